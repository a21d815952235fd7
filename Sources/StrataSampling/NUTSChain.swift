import StrataKernels

/// One chain of NUTS: start, warmup, draws. Synchronous; runs inside one task.
struct NUTSChain {
  let configuration: NUTSConfiguration
  let chain: Int
  private let seed: UInt64
  let dimension: Int
  private let limits: TreeLimits
  private let density: DensityFunctions
  var hamiltonian: Hamiltonian
  var monitor: ChainMonitor
  var stepSize = 1.0
  var metric: InverseMetric
  private var divergences: [Divergence] = []
  /// Where the current transition began.
  private var startPosition: [Double]

  init(
    _ density: DensityFunctions, configuration: NUTSConfiguration, chain: Int, seed: UInt64,
    cancelled: AtomicFlag, progress: ProgressHandler?
  ) {
    self.configuration = configuration
    self.chain = chain
    self.seed = seed
    self.density = density
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

  /// Runs the chain to its end, or to the cancellation of its task.
  mutating func run(initial: [Double]?) throws -> ChainResult {
    let clock = ContinuousClock()
    let begin = clock.now
    try start(initial)
    let warmupDivergences = try warmUp()
    let warmed = clock.now
    let warmupEvaluations = hamiltonian.evaluations
    let (reported, statistics) = try sample()
    return ChainResult(
      chain: chain, reportedCount: density.reportedCount, reported: reported,
      statistics: statistics, stepSize: stepSize, inverseMetric: metric,
      warmupSeconds: (warmed - begin).seconds, samplingSeconds: (clock.now - warmed).seconds,
      warmupEvaluations: warmupEvaluations,
      samplingEvaluations: hamiltonian.evaluations - warmupEvaluations,
      warmupDivergences: warmupDivergences, divergences: divergences,
      lastPosition: Array(UnsafeBufferPointer(start: hamiltonian.current, count: dimension)),
      isComplete: statistics.count == configuration.draws)
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
    let directions = UInt32(truncatingIfNeeded: hamiltonian.random.next())
    var summary = TreeSummary()
    let start = hamiltonian.begin(stepSize: stepSize)
    let tree = try hamiltonian.grow(
      from: start, directions: directions, limits: limits, summary: &summary)
    hamiltonian.finish(tree)
    return summary
  }

  // MARK: Draws

  /// The kept draws, fewer if the task is cancelled.
  private mutating func sample() throws -> ([Double], [DrawStatistics]) {
    let width = density.reportedCount
    var statistics: [DrawStatistics] = []
    statistics.reserveCapacity(configuration.draws)
    monitor.begin(.sampling, count: configuration.draws)
    // Capacity 0 would be the empty array that all threads share, and its count would be written.
    let capacity = max(1, configuration.draws * width)
    let reported = try [Double](unsafeUninitializedCapacity: capacity) {
      buffer, count in
      var divergent = 0
      for draw in 0..<configuration.draws {
        if monitor.isCancelled { break }
        let (start, length) = (UnsafePointer(hamiltonian.current), dimension)
        startPosition.withUnsafeMutableBufferPointer {
          $0.baseAddress?.update(from: start, count: length)
        }
        let summary = try transition()
        if summary.isDivergent {
          divergent += 1
          record(draw: draw)
        }
        statistics.append(
          DrawStatistics(
            logDensity: hamiltonian.logDensity(hamiltonian.current),
            energy: hamiltonian.energy(hamiltonian.current), acceptance: summary.acceptance,
            treeDepth: summary.depth, leapfrogCount: summary.leapfrogCount,
            isDivergent: summary.isDivergent))
        if let output = buffer.baseAddress {
          var random = RandomStream(seed: seed, chain: chain, draw: draw)
          try density.report(UnsafePointer(hamiltonian.current), output + draw * width, &random)
        }
        count = (draw + 1) * width
        monitor.report(
          iteration: draw + 1, divergences: divergent, evaluations: hamiltonian.evaluations)
      }
    }
    return (reported, statistics)
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
