import StrataKernels

/// One chain of NUTS: start, warmup, draws. Synchronous.
struct NUTSChain: ResumableChain {
  let configuration: NUTSConfiguration
  let chain: Int
  let dimension: Int
  private let limits: TreeLimits
  private let density: DensityFunctions
  var hamiltonian: Hamiltonian
  var monitor: ChainMonitor
  var stepSize = 1.0
  var metric: InverseMetric
  var draws: DrawStore
  var recorder: ChainRecorder?
  private var divergences: [Divergence] = []
  private var divergenceCount = 0
  private var warmupDivergences = 0
  private var warmupEvaluations = 0
  private var warmupSeconds = 0.0
  private var samplingSeconds = 0.0
  /// Where the current transition began.
  private var startPosition: [Double]

  init(
    _ density: DensityFunctions, configuration: NUTSConfiguration, chain: Int, seed: UInt64,
    cancelled: AtomicFlag, progress: ProgressHandler?
  ) {
    self.configuration = configuration
    self.chain = chain
    self.density = density
    draws = DrawStore(density, seed: seed, chain: chain)
    dimension = density.dimension
    startPosition = Array(repeating: 0, count: density.dimension)
    limits = TreeLimits(depth: configuration.maximumTreeDepth)
    metric =
      switch configuration.start {
      case .jittered: .identity(configuration.metric, dimension: dimension)
      case .mode(let mode): mode.inverseMetric(as: configuration.metric)
      }
    monitor = ChainMonitor(chain: chain, cancelled: cancelled, handler: progress)
    hamiltonian = Hamiltonian(
      density, random: RandomStream(seed: seed, stream: UInt64(chain)),
      maximumDepth: configuration.maximumTreeDepth, shape: configuration.metric)
  }

  mutating func warmUp(initial: [Double]?) throws {
    let begin = ContinuousClock.now
    try start(initial)
    warmupDivergences = try warmUp()
    warmupEvaluations = hamiltonian.evaluations
    warmupSeconds = (ContinuousClock.now - begin).seconds
  }

  var result: ChainResult {
    ChainResult(
      chain: chain, reportedCount: density.keptCount, reported: draws.reported,
      statistics: draws.statistics, stepSize: stepSize, inverseMetric: metric,
      warmupSeconds: warmupSeconds, samplingSeconds: samplingSeconds,
      warmupEvaluations: warmupEvaluations,
      samplingEvaluations: hamiltonian.evaluations - warmupEvaluations,
      warmupDivergences: warmupDivergences, divergences: divergences,
      lastPosition: Array(UnsafeBufferPointer(start: hamiltonian.current, count: dimension)),
      isComplete: draws.isComplete, moments: draws.moments)
  }

  /// Moves the chain to where it starts.
  private mutating func start(_ initial: [Double]?) throws {
    var random = hamiltonian.random
    if initial == nil, case .mode(let mode) = configuration.start {
      try Start.find(around: mode, random: &random, evaluate: { try hamiltonian.moveTo($0) })
    } else {
      _ = try Start.find(
        chain: chain, dimension: dimension, given: initial, radius: configuration.startRadius,
        random: &random, evaluate: { try hamiltonian.moveTo($0) })
    }
    hamiltonian.random = random
  }

  /// One transition of the chain.
  @inline(__always)
  mutating func transition() throws -> TreeSummary {
    let directions = hamiltonian.drawDirections()
    var summary = TreeSummary()
    let start = hamiltonian.begin(stepSize: stepSize)
    let tree = try hamiltonian.grow(
      from: start, directions: directions, limits: limits, summary: &summary)
    hamiltonian.finish(tree)
    try hamiltonian.foldCurrent()
    return summary
  }

  // MARK: Draws

  mutating func draw(_ count: Int) throws {
    var begin = ContinuousClock.now
    draws.request(count)
    monitor.begin(.sampling, count: draws.requested)
    while !draws.isComplete && !monitor.isCancelled {
      let (start, length) = (UnsafePointer(hamiltonian.current), dimension)
      startPosition.withUnsafeMutableBufferPointer {
        $0.baseAddress?.update(from: start, count: length)
      }
      let summary = try transition()
      if summary.isDivergent {
        divergenceCount += 1
        record(draw: draws.count)
      }
      try draws.append(
        DrawStatistics(
          logDensity: hamiltonian.logDensity(hamiltonian.current),
          energy: hamiltonian.energy(hamiltonian.current), acceptance: summary.acceptance,
          treeDepth: summary.depth, leapfrogCount: summary.leapfrogCount,
          isDivergent: summary.isDivergent),
        at: UnsafePointer(hamiltonian.current))
      monitor.report(
        iteration: draws.count, divergences: divergenceCount,
        evaluations: hamiltonian.evaluations)
      if let recorder, recorder.isDue {
        samplingSeconds += (ContinuousClock.now - begin).seconds
        begin = .now
        record(chain: chain)
      }
    }
    samplingSeconds += (ContinuousClock.now - begin).seconds
  }

  // MARK: Going on later

  func writeState(to writer: inout ByteWriter) {
    hamiltonian.writeState(to: &writer)
    metric.write(to: &writer)
    writer.put(stepSize)
    writer.put(divergences.count)
    for divergence in divergences { divergence.write(to: &writer) }
    for count in [divergenceCount, warmupDivergences, warmupEvaluations] { writer.put(count) }
    writer.put(warmupSeconds)
    writer.put(samplingSeconds)
  }

  mutating func readState(_ reader: inout ByteReader) throws {
    try hamiltonian.readState(&reader)
    metric = try InverseMetric(&reader)
    stepSize = try reader.double()
    for _ in 0..<(try reader.int()) { divergences.append(try Divergence(&reader)) }
    divergenceCount = try reader.int()
    warmupDivergences = try reader.int()
    warmupEvaluations = try reader.int()
    warmupSeconds = try reader.double()
    samplingSeconds = try reader.double()
  }

  private mutating func record(draw: Int) {
    guard divergences.count < configuration.recordedDivergences else { return }
    divergences.append(
      Divergence(
        draw: draw, start: startPosition,
        end: Array(UnsafeBufferPointer(start: hamiltonian.latest, count: dimension)),
        energyError: hamiltonian.latestEnergyError))
  }
}
