import StrataKernels

/// How many chains, from which seed, on how many threads.
public struct ChainConfiguration: Sendable, Equatable {
  /// The number of chains.
  public let chains: Int
  /// Chain k draws from the stream (seed, k).
  public let seed: UInt64
  /// At most this many chains run at once, and threads that no chain needs share the work of each; the draws
  /// do not depend on it.
  public let threads: Int
  /// When the task is cancelled: true returns the draws made so far, in results whose `isComplete`
  /// is false; false throws `CancellationError`.
  public let keepsPartialResults: Bool
  /// Takes down the draws while they are made; nil if nobody does.
  package var recording: DrawRecording?

  /// The threads that each chain may share its work among, when there are more threads than chains.
  @usableFromInline var threadsPerChain: Int { max(1, threads / chains) }

  /// - Parameters:
  ///   - chains: the number of chains.
  ///   - seed: chain k draws from the stream (seed, k).
  ///   - threads: nil for the number of cores.
  ///   - keepsPartialResults: what becomes of the draws when the task is cancelled, see ``keepsPartialResults``.
  /// - Throws: `SamplingError.invalidSetting` if a number is not positive.
  public init(
    chains: Int = 4, seed: UInt64 = 1, threads: Int? = nil, keepsPartialResults: Bool = false
  ) throws(SamplingError) {
    try Check.atLeast(1, chains, name: "the number of chains")
    if let threads { try Check.atLeast(1, threads, name: "the number of threads") }
    self.chains = chains
    self.seed = seed
    self.threads = threads ?? WorkerThread.cores
    self.keepsPartialResults = keepsPartialResults
  }

  /// Four chains, seed 1, one thread for each core.
  public static var standard: ChainConfiguration { try! ChainConfiguration() }
}

/// Where chains start that are given no point.
public enum ChainStart: Sendable, Equatable {
  /// Uniform in (-startRadius, startRadius), with the identity as first metric.
  case jittered
  /// Around a mode, with its curvature as first metric.
  case mode(ModeStart)
}

/// The settings of NUTS.
public struct NUTSConfiguration: Sendable, Equatable {
  /// Iterations of warmup for each chain; 0 runs with the identity metric and the first step size.
  public let warmup: Int
  /// Draws kept of each chain.
  public let draws: Int
  /// The acceptance statistic that warmup tunes the step size to.
  public let targetAcceptance: Double
  /// No tree grows over 2^maximumTreeDepth - 1 steps.
  public let maximumTreeDepth: Int
  /// The shape of the inverse metric.
  public let metric: MetricShape
  /// How the metric is estimated.
  public let metricEstimate: MetricEstimate
  /// Where chains start that are given no point.
  public let start: ChainStart
  /// Half the width of the interval that jittered start points are from.
  public let startRadius: Double
  /// How many divergences of each chain are recorded with their positions.
  public let recordedDivergences: Int

  /// - Throws: `SamplingError.invalidSetting` if a value is out of its range.
  public init(
    warmup: Int = 1000, draws: Int = 1000, targetAcceptance: Double = 0.8,
    maximumTreeDepth: Int = 10, metric: MetricShape = .diagonal,
    metricEstimate: MetricEstimate = .fisher, start: ChainStart = .jittered,
    startRadius: Double = 2, recordedDivergences: Int = 25
  ) throws(SamplingError) {
    try Check.atLeast(0, warmup, name: "the number of warmup iterations")
    try Check.atLeast(1, draws, name: "the number of draws")
    try Check.open(0, 1, targetAcceptance, name: "the target acceptance")
    try Check.atLeast(1, maximumTreeDepth, name: "the maximum tree depth")
    guard maximumTreeDepth <= 30 else {
      throw .invalidSetting(
        name: "the maximum tree depth", value: "\(maximumTreeDepth)", expected: "at most 30")
    }
    guard startRadius >= 0, startRadius.isFinite else {
      throw .invalidSetting(
        name: "the start radius", value: "\(startRadius)", expected: "finite and not negative")
    }
    try Check.atLeast(0, recordedDivergences, name: "the number of recorded divergences")
    self.warmup = warmup
    self.draws = draws
    self.targetAcceptance = targetAcceptance
    self.maximumTreeDepth = maximumTreeDepth
    self.metric = metric
    self.metricEstimate = metricEstimate
    self.start = start
    self.startRadius = startRadius
    self.recordedDivergences = recordedDivergences
  }

  /// 1000 warmup iterations, 1000 draws, target acceptance 0.8, maximum tree depth 10.
  public static var standard: NUTSConfiguration { try! NUTSConfiguration() }
}

/// The settings of adaptive Metropolis.
public struct MetropolisConfiguration: Sendable, Equatable {
  /// Sweeps of warmup for each chain.
  public let warmup: Int
  /// Draws kept of each chain.
  public let draws: Int
  /// Sweeps over all blocks for each kept draw.
  public let thinning: Int
  /// The coordinates that are proposed together; nil: each alone.
  public let blocks: [Range<Int>]?
  /// Start points are uniform in (-startRadius, startRadius) unless they are given.
  public let startRadius: Double

  /// - Throws: `SamplingError.invalidSetting` if a value is out of its range, or the blocks overlap
  ///   or one is empty.
  public init(
    warmup: Int = 2000, draws: Int = 1000, thinning: Int = 1, blocks: [Range<Int>]? = nil,
    startRadius: Double = 2
  ) throws(SamplingError) {
    try Check.atLeast(0, warmup, name: "the number of warmup iterations")
    try Check.atLeast(1, draws, name: "the number of draws")
    try Check.atLeast(1, thinning, name: "the thinning")
    guard startRadius >= 0, startRadius.isFinite else {
      throw .invalidSetting(
        name: "the start radius", value: "\(startRadius)", expected: "finite and not negative")
    }
    var last = 0
    for block in (blocks ?? []).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard !block.isEmpty, block.lowerBound >= last else {
        throw .invalidSetting(
          name: "the Metropolis block", value: "\(block)",
          expected: "a range of coordinates that is not empty and overlaps no other block")
      }
      last = block.upperBound
    }
    self.warmup = warmup
    self.draws = draws
    self.thinning = thinning
    self.blocks = blocks
    self.startRadius = startRadius
  }

  /// 2000 warmup sweeps, 1000 draws, no thinning, each coordinate alone.
  public static var standard: MetropolisConfiguration { try! MetropolisConfiguration() }
}

/// Checks of settings, each with a message that says what was expected.
enum Check {
  static func atLeast(_ least: Int, _ value: Int, name: String) throws(SamplingError) {
    guard value >= least else {
      throw .invalidSetting(name: name, value: "\(value)", expected: "at least \(least)")
    }
  }

  static func open(
    _ low: Double, _ high: Double, _ value: Double, name: String
  ) throws(SamplingError) {
    guard value > low, value < high else {
      throw .invalidSetting(
        name: name, value: "\(value)", expected: "strictly between \(low) and \(high)")
    }
  }
}
