import StrataKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One chain of an independence sampler with proposals from a grid: a proposal is accepted with the ratio of what the
/// density and the table say of it and of the current point [Tierney1994].
struct GridChain: ResumableChain {
  /// Proposals before the first draw, so that the start is forgotten.
  private static let warmup = 10

  private let proposal: GridProposal
  private let chain: Int
  private let density: DensityFunctions
  private var random: RandomStream
  private var monitor: ChainMonitor
  private var position: [Double]
  private var candidate: [Double]
  private var logDensity = -Double.infinity
  /// The log of density over proposal at the current point.
  private var logWeight = -Double.infinity
  private var evaluations = 0
  private var warmupEvaluations = 0
  private var warmupSeconds = 0.0
  private var samplingSeconds = 0.0
  var draws: DrawStore
  var recorder: ChainRecorder?

  init(
    _ density: DensityFunctions, proposal: GridProposal, chain: Int, seed: UInt64,
    cancelled: AtomicFlag, progress: ProgressHandler?
  ) {
    self.proposal = proposal
    self.chain = chain
    self.density = density
    draws = DrawStore(density, seed: seed, chain: chain)
    random = RandomStream(seed: seed, stream: UInt64(chain))
    monitor = ChainMonitor(chain: chain, cancelled: cancelled, handler: progress)
    position = Array(repeating: 0, count: proposal.dimension)
    candidate = position
  }

  mutating func warmUp(initial: [Double]?) throws {
    let begin = ContinuousClock.now
    for _ in 0..<Self.warmup { _ = try step() }
    warmupEvaluations = evaluations
    warmupSeconds = (ContinuousClock.now - begin).seconds
  }

  /// One proposal; its acceptance probability.
  private mutating func step() throws -> Double {
    proposal.draw(&candidate, random: &random)
    let value = try density.value(candidate)
    evaluations += 1
    let weight = value < .infinity ? value - proposal.logDensity(at: candidate) : -.infinity
    let acceptance = weight >= logWeight ? 1 : exp(weight - logWeight)
    if acceptance >= 1 || random.uniform() < acceptance {
      swap(&position, &candidate)
      (logDensity, logWeight) = (value, weight)
    }
    return acceptance.isNaN ? 0 : acceptance
  }

  mutating func draw(_ count: Int) throws {
    let begin = ContinuousClock.now
    defer { samplingSeconds += (ContinuousClock.now - begin).seconds }
    draws.request(count)
    monitor.begin(.sampling, count: draws.requested)
    while !draws.isComplete {
      if monitor.isCancelled { return }
      let acceptance = try step()
      try draws.append(
        DrawStatistics(
          logDensity: logDensity, energy: .nan, acceptance: acceptance, treeDepth: 0,
          leapfrogCount: 0, isDivergent: false),
        at: position)
      monitor.report(iteration: draws.count, divergences: 0, evaluations: evaluations)
      if let recorder, recorder.isDue { record(chain: chain) }
    }
  }

  func writeState(to writer: inout ByteWriter) {
    random.write(to: &writer)
    writer.put(position)
    for value in [logDensity, logWeight, warmupSeconds, samplingSeconds] { writer.put(value) }
    for count in [evaluations, warmupEvaluations] { writer.put(count) }
  }

  mutating func readState(_ reader: inout ByteReader) throws {
    random = try RandomStream(&reader)
    position = try reader.doubles()
    guard position.count == candidate.count else { throw ByteReader.Ended() }
    logDensity = try reader.double()
    logWeight = try reader.double()
    warmupSeconds = try reader.double()
    samplingSeconds = try reader.double()
    evaluations = try reader.int()
    warmupEvaluations = try reader.int()
  }

  var result: ChainResult {
    ChainResult(
      chain: chain, reportedCount: density.keptCount, reported: draws.reported,
      statistics: draws.statistics, stepSize: .nan,
      inverseMetric: .diagonal(Array(repeating: .nan, count: proposal.dimension)),
      warmupSeconds: warmupSeconds, samplingSeconds: samplingSeconds,
      warmupEvaluations: warmupEvaluations, samplingEvaluations: evaluations - warmupEvaluations,
      warmupDivergences: 0, divergences: [], lastPosition: position,
      isComplete: draws.isComplete, moments: draws.moments)
  }
}
