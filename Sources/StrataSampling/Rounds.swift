/// How chains draw in rounds: the first is of a given size, and after each a criterion says whether there is
/// enough. The limit on draws is that of the sampler's configuration.
public struct RoundPolicy: Sendable, Equatable {
  /// Draws of each chain in the first round.
  public let first: Int
  /// No round makes the draws more than so many times what they were.
  public let maximumGrowth: Double
  /// No round begins after so many seconds, warmup included, and those that begin are sized to end by then.
  /// Warmup and the first round are always finished.
  public let maximumSeconds: Double?

  /// - Throws: `SamplingError.invalidSetting` if a value is out of its range.
  public init(
    first: Int = 250, maximumGrowth: Double = 4, maximumSeconds: Double? = nil
  ) throws(SamplingError) {
    try Check.atLeast(1, first, name: "the size of the first round")
    guard maximumGrowth > 1, maximumGrowth.isFinite else {
      throw .invalidSetting(
        name: "the growth of the rounds", value: "\(maximumGrowth)", expected: "above 1 and finite")
    }
    if let maximumSeconds, !(maximumSeconds > 0) {
      throw .invalidSetting(
        name: "the maximum number of seconds", value: "\(maximumSeconds)", expected: "above 0")
    }
    self.first = first
    self.maximumGrowth = maximumGrowth
    self.maximumSeconds = maximumSeconds
  }
}

/// What a criterion says after a round.
public enum RoundDecision: Sendable, Equatable {
  /// There are enough draws.
  case stop
  /// So many more are wanted of each chain.
  case draw(Int)
}

/// What a run in rounds came to.
public struct RoundsResult: Sendable {
  /// What ended a run.
  public enum End: String, Sendable, Equatable, Codable {
    /// The criterion.
    case criterion
    /// The limit on draws.
    case draws
    /// The limit on seconds.
    case seconds
    /// The task was cancelled; the results are partial.
    case cancelled
  }

  /// One result for each chain, in their order.
  public let chains: [ChainResult]
  /// What ended the run.
  public let end: End
  /// How many rounds there were.
  public let rounds: Int
}

/// Draws from a density in rounds, until a criterion is met or a limit is hit.
///
/// Chains warm up once. The draws are those of one run of the same length, bit for bit; how many there are
/// depends on the criterion, and on the clock where there is a limit on seconds.
///
/// - Parameters:
///   - density: what is sampled.
///   - configuration: the sampler; its number of draws is the limit for each chain.
///   - chains: how many, from which seed, on how many threads.
///   - initial: a start point for each chain; nil for jittered ones.
///   - rounds: how long the first round is, and when there is no other.
///   - progress: hears how far the chains are.
///   - criterion: looks at all draws so far, after each round.
/// - Throws: as the sampler without rounds, and whatever the criterion throws.
@inlinable
public func sample<D: LogDensity>(
  _ density: D, configuration: SamplerConfiguration, chains: ChainConfiguration = .standard,
  initial: [[Double]]? = nil, rounds: RoundPolicy, progress: ProgressHandler? = nil,
  until criterion: @Sendable ([ChainResult]) throws -> RoundDecision
) async throws -> RoundsResult {
  try await run(
    configuration, dimension: density.dimension,
    { try DensityFunctions(density, threads: chains.threadsPerChain) },
    chains: chains, initial: initial, rounds: rounds, progress: progress, until: criterion)
}

@usableFromInline
func run(
  _ configuration: SamplerConfiguration, dimension: Int,
  _ makeDensity: @escaping @Sendable () throws -> DensityFunctions,
  chains: ChainConfiguration, initial: [[Double]]?, rounds: RoundPolicy,
  progress: ProgressHandler?,
  until criterion: @Sendable ([ChainResult]) throws -> RoundDecision
) async throws -> RoundsResult {
  let group = try configuration.makeChains(
    dimension: dimension, makeDensity, chains, initial: initial, progress: progress)
  return try await draw(
    group, chains, limit: configuration.draws, policy: rounds, until: criterion)
}

private func draw(
  _ group: ChainGroup, _ configuration: ChainConfiguration, limit: Int, policy: RoundPolicy,
  until criterion: @Sendable ([ChainResult]) throws -> RoundDecision
) async throws -> RoundsResult {
  let begin = ContinuousClock.now
  var results: [ChainResult] = []
  var total = min(policy.first, limit)
  var rounds = 0
  while true {
    // The chains' own arrays can grow in place only where no result shares them.
    results = []
    results = try await group.draw(upTo: total)
    rounds += 1
    func ended(_ end: RoundsResult.End) -> RoundsResult {
      RoundsResult(chains: results, end: end, rounds: rounds)
    }
    if results.contains(where: { !$0.isComplete }) { return ended(.cancelled) }
    guard case .draw(let wanted) = try criterion(results) else { return ended(.criterion) }
    if Task.isCancelled {
      guard configuration.keepsPartialResults else { throw CancellationError() }
      return ended(.cancelled)
    }
    if total >= limit { return ended(.draws) }
    let growth = max(1, Int(Double(total) * (policy.maximumGrowth - 1)))
    var next = min(max(1, wanted), growth, limit - total)
    if let seconds = policy.maximumSeconds {
      let left = seconds - (ContinuousClock.now - begin).seconds
      let affordable = left / secondsPerDraw(results, configuration)
      // A round of a few draws is not worth another look at them all.
      guard affordable >= max(1, 0.01 * Double(total)) else { return ended(.seconds) }
      if affordable < Double(next) { next = Int(affordable) }
    }
    total += next
  }
}

/// The wall time that a draw of all chains takes.
private func secondsPerDraw(_ results: [ChainResult], _ configuration: ChainConfiguration) -> Double
{
  let seconds = results.reduce(0) { $0 + $1.samplingSeconds }
  let atOnce = Double(min(configuration.threads, configuration.chains))
  return max(seconds / atOnce / Double(results[0].drawCount), 1e-9)
}
