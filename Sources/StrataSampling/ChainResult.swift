/// What one transition did.
public struct DrawStatistics: Sendable, Equatable {
  /// The log density at the draw.
  public var logDensity: Double
  /// The Hamiltonian's energy at the draw, for E-BFMI; NaN for Metropolis, which has none.
  public var energy: Double
  /// The mean acceptance statistic of the transition.
  public var acceptance: Double
  /// Doublings of the tree (0 for Metropolis).
  public var treeDepth: Int
  /// Leapfrog steps, each one gradient (0 for Metropolis).
  public var leapfrogCount: Int
  /// Whether the transition ended in a divergence.
  public var isDivergent: Bool

  /// All values.
  public init(
    logDensity: Double, energy: Double, acceptance: Double, treeDepth: Int, leapfrogCount: Int,
    isDivergent: Bool
  ) {
    self.logDensity = logDensity
    self.energy = energy
    self.acceptance = acceptance
    self.treeDepth = treeDepth
    self.leapfrogCount = leapfrogCount
    self.isDivergent = isDivergent
  }
}

/// A divergence: where the transition began, and where its energy error went over the limit.
public struct Divergence: Sendable, Equatable {
  /// The draw (from 0) in whose transition it happened.
  public var draw: Int
  /// The position that the transition started from.
  public var start: [Double]
  /// The position of the step that diverged.
  public var end: [Double]
  /// Energy there minus energy at the start; infinite outside the support.
  public var energyError: Double
}

/// The draws of one chain, and how they were made.
public struct ChainResult: Sendable, Equatable {
  /// The chain's number, from 0: it drew from stream `chain` of the seed.
  public let chain: Int
  /// How many numbers are kept of each draw.
  public let reportedCount: Int
  /// These numbers, draw after draw: `reported[draw * reportedCount + index]`.
  public let reported: [Double]
  /// Of the numbers whose draws are not kept.
  public let moments: RunningMoments
  /// One entry for each draw.
  public let statistics: [DrawStatistics]
  /// The step size of the draws; NaN for Metropolis.
  public let stepSize: Double
  /// The inverse metric of the draws (for Metropolis: the variances of its proposals).
  public let inverseMetric: InverseMetric
  /// Wall-clock seconds of warmup, the search for a start included.
  public let warmupSeconds: Double
  /// Wall-clock seconds of the draws.
  public let samplingSeconds: Double
  /// Evaluations of the gradient (Metropolis: of the density) in warmup, start included.
  public let warmupEvaluations: Int
  /// Evaluations of the gradient (Metropolis: of the density) in the draws.
  public let samplingEvaluations: Int
  /// Divergent transitions in warmup; harmless.
  public let warmupDivergences: Int
  /// The first divergences among the draws, as many as the configuration records.
  public let divergences: [Divergence]
  /// The unconstrained position of the chain's last point.
  public let lastPosition: [Double]
  /// False if the chain was cancelled before its last draw.
  public let isComplete: Bool

  package init(
    chain: Int, reportedCount: Int, reported: [Double], statistics: [DrawStatistics],
    stepSize: Double, inverseMetric: InverseMetric, warmupSeconds: Double, samplingSeconds: Double,
    warmupEvaluations: Int, samplingEvaluations: Int, warmupDivergences: Int,
    divergences: [Divergence], lastPosition: [Double], isComplete: Bool,
    moments: RunningMoments = RunningMoments(count: 0)
  ) {
    self.chain = chain
    self.reportedCount = reportedCount
    self.reported = reported
    self.moments = moments
    self.statistics = statistics
    self.stepSize = stepSize
    self.inverseMetric = inverseMetric
    self.warmupSeconds = warmupSeconds
    self.samplingSeconds = samplingSeconds
    self.warmupEvaluations = warmupEvaluations
    self.samplingEvaluations = samplingEvaluations
    self.warmupDivergences = warmupDivergences
    self.divergences = divergences
    self.lastPosition = lastPosition
    self.isComplete = isComplete
  }

  /// The first draws, as if they were all; moments and counts stay those of all.
  package func prefix(_ count: Int, isComplete: Bool = true) -> ChainResult {
    ChainResult(
      chain: chain, reportedCount: reportedCount,
      reported: Array(reported.prefix(count * reportedCount)),
      statistics: Array(statistics.prefix(count)), stepSize: stepSize,
      inverseMetric: inverseMetric, warmupSeconds: warmupSeconds,
      samplingSeconds: samplingSeconds, warmupEvaluations: warmupEvaluations,
      samplingEvaluations: samplingEvaluations, warmupDivergences: warmupDivergences,
      divergences: divergences.filter { $0.draw < count }, lastPosition: lastPosition,
      isComplete: isComplete, moments: moments)
  }

  /// How many draws there are.
  public var drawCount: Int { statistics.count }

  /// How many of the draws' transitions diverged.
  public var divergenceCount: Int { statistics.reduce(0) { $0 + ($1.isDivergent ? 1 : 0) } }

  /// All draws of one reported number.
  public func draws(of index: Int) -> [Double] {
    precondition(index >= 0 && index < reportedCount, "there is no reported number \(index)")
    return (0..<drawCount).map { reported[$0 * reportedCount + index] }
  }
}

/// How far a chain has come.
public struct ChainProgress: Sendable, Equatable {
  /// The part of a chain's run.
  public enum Phase: String, Sendable {
    /// Adaptation; its iterations are not kept.
    case warmup
    /// The draws.
    case sampling
  }

  /// The chain's number, from 0.
  public var chain: Int
  /// Where the chain is.
  public var phase: Phase
  /// Finished iterations of this phase, and all of them.
  public var iteration: Int
  /// All iterations of this phase.
  public var iterationCount: Int
  /// Divergent transitions in this phase so far.
  public var divergences: Int
  /// Evaluations of the gradient (Metropolis: of the density) so far.
  public var evaluations: Int
}

/// Receives the progress of the chains: at most about ten times a second from each chain, and at the
/// end of each phase. It is called on the chain's own thread, from several at once, and holds up
/// that chain (no other) while it runs: it should only store or print.
public typealias ProgressHandler = @Sendable (ChainProgress) -> Void
