public import StrataModels
public import StrataSampling

/// How a model is fitted. What is not given is chosen: `fit.settings` says what was.
public struct FitOptions: Sendable {
  /// The sampler.
  public enum Sampler: String, Sendable, CaseIterable, Codable {
    /// A grid where the plan leaves at most four parameters and nothing is asked of NUTS, else NUTS.
    case auto
    /// The No-U-Turn sampler.
    case nuts
    /// Adaptive Metropolis: needs no gradient, mixes more slowly. A draw is a sweep over all parameters.
    case metropolis
    /// Proposals from a table of the density, for at most four parameters: nearly independent draws.
    case grid
  }

  /// Where chains start.
  public enum Start: String, Sendable, CaseIterable, Codable {
    /// Around the mode of the density that is sampled, with its curvature as first metric.
    case mode
    /// At points near zero, in units that suit the data.
    case jittered
  }

  /// The number of chains.
  public var chains = 4
  /// Warmup iterations of each chain; nil chooses: with a dense metric from the mode 10 for each parameter and
  /// at least 200, else 1000 (Metropolis: 2000).
  public var warmup: Int?
  /// Draws kept of each chain, unless there is a ``target``.
  public var draws = 1000
  /// Draw in rounds until this precision is reached, `.until(bulkESS: 1000)`; nil for a given number of draws.
  public var target: PrecisionTarget?
  /// Chain k draws from the random stream (seed, k): the same seed gives the same draws, on any number
  /// of threads.
  public var seed: UInt64 = 1
  /// The sampler.
  public var sampler = Sampler.auto
  /// The acceptance statistic that NUTS tunes its step size to; nil chooses: 0.85, or 0.9 where Normal
  /// group effects, or scales of integrated ones, are sampled, 0.95 where positive effects are.
  public var targetAcceptance: Double?
  /// Step sizes meet their target here, where Stan's 0.8 lands near 0.9: between the two, with fewer runs that
  /// their diagnostics fail than at 0.8 and fewer gradients than at 0.9 (Docs/Decisions, fisher-metric).
  static let defaultTargetAcceptance = 0.85
  /// Where Normal group effects are sampled, in coordinates that suit them, or scales of integrated ones, which may be
  /// close to zero (Docs/Decisions, white-effects, exact-marginals).
  static let groupEffectsTargetAcceptance = 0.9
  /// Where positive ones are, on the log scale as they come: at 0.85 one seed in four leaves their hyperparameters
  /// an ESS below 1000 in the response times.
  static let positiveEffectsTargetAcceptance = 0.95
  /// No tree of NUTS grows over 2^maximumTreeDepth - 1 steps.
  public var maximumTreeDepth = 10
  /// The shape of NUTS' inverse metric; nil for a dense one where chains start from the mode of at most 50
  /// parameters, else a diagonal one.
  public var metric: MetricShape?
  /// Where chains start; nil for the mode if there are at most 50 parameters and the sampler is NUTS. Where no mode
  /// can be trusted (the density is unbounded, has several modes, or is nothing like normal around it) chains start
  /// from jittered points: `fit.settings.start` says so. Chains of Metropolis start from the mode only where that is
  /// asked for, all at the one point that a climb finds.
  public var start: Start?
  /// What warmup makes the metric from.
  public var metricEstimate = MetricEstimate.fisher
  /// Which exact moves may be taken before sampling.
  public var plan = Plan.Mode.auto
  /// Parameters that shall be sampled even if they could be integrated out, by their names in the model.
  public var sampled: Set<String> = []
  /// Parameters that must be integrated out, by their names: where that can't be, fitting is an error that says which
  /// condition fails.
  public var integrated: Set<String> = []
  /// What is kept of group effects that are integrated out: for so many groups that their draws would not fit into
  /// memory, or are not wanted.
  public var effects = Plan.Effects.draws
  /// Leave out rows with a missing cell in a used column; otherwise such a cell is an error.
  public var dropMissing = false
  /// Threads in all; nil for one on every core. Each runs a chain; those left over share the long loops of
  /// chains with large tables.
  public var threads: Int?

  /// Whether a grid may be used: nothing is asked that only NUTS has.
  var allowsGrid: Bool {
    if sampler == .grid { return true }
    return sampler == .auto && plan == .auto && warmup == nil && targetAcceptance == nil
      && metric == nil && start == nil
  }

  /// The defaults, to be changed by setting properties.
  public init() {}

  /// The options that are most often given.
  public init(chains: Int = 4, warmup: Int? = nil, draws: Int = 1000, seed: UInt64 = 1) {
    self.chains = chains
    self.warmup = warmup
    self.draws = draws
    self.seed = seed
  }
}

extension FitOptions {
  /// What is asked of the planner.
  var request: Plan.Request { Plan.Request(mode: plan, sampled: sampled, integrated: integrated) }
}

/// The settings a fit ran with, `auto` values resolved.
public struct FitSettings: Sendable, Codable, Equatable {
  /// The sampler.
  public var sampler: FitOptions.Sampler
  /// Whether exact moves were taken before sampling.
  public var plan: Plan.Mode
  /// Parameters that were to be sampled, in the order of the alphabet.
  public var sampled: [String]
  /// Parameters that had to be integrated out.
  public var integrated: [String]
  /// What was kept of group effects that were integrated out.
  public var effects: Plan.Effects
  /// The number of chains.
  public var chains: Int
  /// Warmup iterations of each chain.
  public var warmup: Int
  /// Draws kept of each chain.
  public var draws: Int
  /// The precision that was to be reached.
  public var target: PrecisionTarget?
  /// The seed of the random streams.
  public var seed: UInt64
  /// The target acceptance; NUTS only.
  public var targetAcceptance: Double?
  /// The limit of the trees' depth; NUTS only.
  public var maximumTreeDepth: Int?
  /// Where the chains started; Metropolis: nil unless a start was asked for.
  public var start: FitOptions.Start?
  /// The shape of the inverse metric; NUTS only.
  public var metric: MetricShape?

  init(_ options: FitOptions) {
    let isNUTS = options.sampler != .metropolis
    sampler = isNUTS ? .nuts : .metropolis
    plan = options.plan
    sampled = options.sampled.sorted()
    integrated = options.integrated.sorted()
    effects = options.effects
    chains = options.chains
    warmup = options.warmup ?? (isNUTS ? 1000 : 2000)
    draws = options.target == nil ? options.draws : options.target?.maximumDraws ?? 1
    target = options.target
    seed = options.seed
    targetAcceptance = isNUTS ? options.targetAcceptance ?? FitOptions.defaultTargetAcceptance : nil
    maximumTreeDepth = isNUTS ? options.maximumTreeDepth : nil
  }

  /// What remains of the settings where a grid is used.
  mutating func useGrid() {
    sampler = .grid
    (warmup, targetAcceptance, maximumTreeDepth, start, metric) = (0, nil, nil, nil, nil)
  }

  /// What depends on the plan.
  mutating func choose(_ options: FitOptions, for density: PosteriorDensity) {
    guard sampler == .nuts, options.targetAcceptance == nil, plan != .direct else { return }
    if density.planned.hasPositiveEffects {
      targetAcceptance = FitOptions.positiveEffectsTargetAcceptance
    } else if density.samplesSpreads {
      targetAcceptance = FitOptions.groupEffectsTargetAcceptance
    }
  }
}
