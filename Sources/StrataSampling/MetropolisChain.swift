import StrataKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One block of coordinates that are proposed together: a normal random walk whose scale is tuned
/// to the best acceptance for its size, and whose shape is learned from the warmup.
struct MetropolisBlock {
  let range: Range<Int>
  /// The acceptance aimed at: 0.44 for one coordinate, 0.234 from five on (Gelman1996).
  let target: Double
  /// Lower factor of the proposal's covariance, row by row.
  private(set) var factor: [Double]
  private(set) var logScale: Double
  private var covariance: CovarianceEstimator
  private var updates = 0.0

  init(range: Range<Int>) {
    self.range = range
    let size = range.count
    target = size >= 5 ? 0.234 : [0.44, 0.35, 0.3, 0.26][size - 1]
    factor = Array(repeating: 0, count: size * size)
    for i in 0..<size { factor[i * (size + 1)] = 1 }
    logScale = log(2.38 / Double(size).squareRoot())
    covariance = CovarianceEstimator(shape: .dense, dimension: size)
  }

  /// The proposal's variances.
  var variances: [Double] {
    let size = range.count
    let square = exp(2 * logScale)
    return (0..<size).map { row in
      square * (0...row).reduce(0) { $0 + factor[row * size + $1] * factor[row * size + $1] }
    }
  }

  /// What is frozen after warmup.
  func writeState(to writer: inout ByteWriter) {
    writer.put(factor)
    writer.put(logScale)
  }

  mutating func readState(_ reader: inout ByteReader) throws {
    let factor = try reader.doubles()
    guard factor.count == self.factor.count else { throw ByteReader.Ended() }
    self.factor = factor
    logScale = try reader.double()
  }

  /// Writes a proposal over the block's coordinates of `position`.
  func propose(
    _ position: UnsafeMutablePointer<Double>, normals: UnsafeMutablePointer<Double>,
    random: inout RandomStream
  ) {
    let size = range.count
    let scale = exp(logScale)
    for i in 0..<size { normals[i] = random.normal() }
    for row in 0..<size {
      var step = 0.0
      for column in 0...row { step += factor[row * size + column] * normals[column] }
      position[range.lowerBound + row] += scale * step
    }
  }

  /// Robbins-Monro: the log scale follows the acceptance with steps that shrink.
  mutating func tune(acceptance: Double) {
    updates += 1
    logScale += (acceptance - target) * min(1, 5 / updates.squareRoot()) / target.squareRoot()
  }

  mutating func learn(_ position: UnsafePointer<Double>) {
    covariance.add(position + range.lowerBound)
  }

  /// At the end of a window: takes the covariance of its positions, with correlations shrunk
  /// towards zero where the window is short for the size of the block.
  mutating func endWindow() {
    let size = range.count
    let n = Double(covariance.count)
    defer { covariance.reset() }
    let keep = max(0, 1 - Double(size + 2) / n)
    var matrix = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      let variance = covariance.covariance(row, row)
      // A coordinate that never moved keeps its scale.
      guard variance > 0, variance.isFinite else { return }
      for column in 0..<size {
        matrix[row * size + column] =
          row == column ? variance : keep * covariance.covariance(row, column)
      }
    }
    do { try LinearAlgebra.cholesky(&matrix, dimension: size) } catch { return }
    factor = matrix
    logScale = log(2.38 / Double(size).squareRoot())
    updates = 0
  }
}

/// One chain of adaptive Metropolis within blocks. A draw is one sweep over all blocks (or as many
/// as the thinning says); everything is frozen after warmup, so the draws are exact.
/// Sources: Haario2001, RobertsRosenthal2009.
struct MetropolisChain: ResumableChain {
  private let configuration: MetropolisConfiguration
  private let chain: Int
  private let dimension: Int
  private let density: DensityFunctions
  private var random: RandomStream
  private var monitor: ChainMonitor
  private var blocks: [MetropolisBlock]
  private var position: [Double]
  private var proposal: [Double]
  private var normals: [Double]
  private var logDensity = 0.0
  private var terms: MetropolisTerms
  private var evaluations = 0
  var draws: DrawStore
  var recorder: ChainRecorder?
  private var warmupEvaluations = 0
  private var warmupSeconds = 0.0
  private var samplingSeconds = 0.0

  init(
    _ density: DensityFunctions, configuration: MetropolisConfiguration, chain: Int, seed: UInt64,
    cancelled: AtomicFlag, progress: ProgressHandler?
  ) throws(SamplingError) {
    self.configuration = configuration
    self.chain = chain
    self.density = density
    draws = DrawStore(density, seed: seed, chain: chain)
    dimension = density.dimension
    random = RandomStream(seed: seed, stream: UInt64(chain))
    monitor = ChainMonitor(chain: chain, cancelled: cancelled, handler: progress)
    let ranges = configuration.blocks ?? (0..<dimension).map { $0..<$0 + 1 }
    let covered = ranges.reduce(0) { $0 + $1.count }
    let end = ranges.map(\.upperBound).max() ?? 0
    guard covered == density.dimension, end == density.dimension else {
      throw .invalidSetting(
        name: "the Metropolis blocks", value: "\(ranges)",
        expected: "ranges that together cover the \(density.dimension) coordinates once each")
    }
    blocks = ranges.map { MetropolisBlock(range: $0) }
    terms = MetropolisTerms(density, blocks: ranges)
    position = Array(repeating: 0, count: dimension)
    proposal = position
    normals = position
  }

  mutating func warmUp(initial: [Double]?) throws {
    let begin = ContinuousClock.now
    let density = density
    var tried = 0
    position = try Start.find(
      chain: chain, dimension: dimension, given: initial, radius: configuration.startRadius,
      random: &random
    ) { point in
      tried += 1
      return (try density.value(point), [])
    }
    proposal = position
    logDensity = try density.value(position)
    evaluations = tried + 1
    try warmUp()
    warmupEvaluations = evaluations
    warmupSeconds = (ContinuousClock.now - begin).seconds
  }

  var result: ChainResult {
    ChainResult(
      chain: chain, reportedCount: density.keptCount, reported: draws.reported,
      statistics: draws.statistics, stepSize: .nan, inverseMetric: .diagonal(proposalVariances),
      warmupSeconds: warmupSeconds, samplingSeconds: samplingSeconds,
      warmupEvaluations: warmupEvaluations, samplingEvaluations: evaluations - warmupEvaluations,
      warmupDivergences: 0, divergences: [], lastPosition: position,
      isComplete: draws.isComplete, moments: draws.moments)
  }

  private var proposalVariances: [Double] {
    var values = [Double](repeating: 0, count: dimension)
    for block in blocks {
      for (i, variance) in zip(block.range, block.variances) { values[i] = variance }
    }
    return values
  }

  /// One sweep over all blocks; the mean acceptance probability.
  private mutating func sweep(tuning: Bool) throws -> Double {
    var sum = 0.0
    for index in blocks.indices {
      let range = blocks[index].range
      let before = try terms.value(of: index, at: position, logDensity)
      blocks[index].propose(&proposal, normals: &normals, random: &random)
      let raw = try terms.propose(index, at: proposal)
      evaluations += 1
      let value = raw < .infinity ? raw : -.infinity
      let acceptance = value >= before ? 1 : exp(value - before)
      if acceptance >= 1 || random.uniform() < acceptance {
        for i in range { position[i] = proposal[i] }
        logDensity = terms.isWhole(index) ? value : logDensity + (value - before)
        terms.accept(index, value)
      } else {
        for i in range { proposal[i] = position[i] }
        terms.reject(index)
      }
      if tuning { blocks[index].tune(acceptance: acceptance) }
      sum += acceptance
    }
    return blocks.isEmpty ? 1 : sum / Double(blocks.count)
  }

  private mutating func warmUp() throws {
    guard configuration.warmup > 0 else { return }
    let schedule = WarmupSchedule(warmup: configuration.warmup)
    monitor.begin(.warmup, count: configuration.warmup)
    for iteration in 0..<configuration.warmup {
      if monitor.isCancelled { return }
      _ = try sweep(tuning: true)
      if schedule.isSlow(iteration) {
        for index in blocks.indices { blocks[index].learn(position) }
        if schedule.windowEnds.contains(iteration + 1) {
          for index in blocks.indices { blocks[index].endWindow() }
        }
      }
      monitor.report(iteration: iteration + 1, divergences: 0, evaluations: evaluations)
    }
  }

  mutating func draw(_ count: Int) throws {
    let begin = ContinuousClock.now
    defer { samplingSeconds += (ContinuousClock.now - begin).seconds }
    draws.request(count)
    monitor.begin(.sampling, count: draws.requested)
    while !draws.isComplete {
      // Only between draws: a chain that goes on later begins with a whole one.
      if monitor.isCancelled { return }
      var acceptance = 0.0
      for _ in 0..<configuration.thinning {
        acceptance += try sweep(tuning: false)
      }
      try draws.append(
        DrawStatistics(
          logDensity: logDensity, energy: .nan,
          acceptance: acceptance / Double(configuration.thinning), treeDepth: 0,
          leapfrogCount: 0, isDivergent: false),
        at: position)
      monitor.report(iteration: draws.count, divergences: 0, evaluations: evaluations)
      if let recorder, recorder.isDue { record(chain: chain) }
    }
  }

  func writeState(to writer: inout ByteWriter) {
    random.write(to: &writer)
    for block in blocks { block.writeState(to: &writer) }
    writer.put(position)
    for value in [logDensity, warmupSeconds, samplingSeconds] { writer.put(value) }
    for count in [evaluations, warmupEvaluations] { writer.put(count) }
  }

  mutating func readState(_ reader: inout ByteReader) throws {
    random = try RandomStream(&reader)
    for index in blocks.indices { try blocks[index].readState(&reader) }
    position = try reader.doubles()
    guard position.count == dimension else { throw ByteReader.Ended() }
    proposal = position
    logDensity = try reader.double()
    warmupSeconds = try reader.double()
    samplingSeconds = try reader.double()
    evaluations = try reader.int()
    warmupEvaluations = try reader.int()
  }
}
