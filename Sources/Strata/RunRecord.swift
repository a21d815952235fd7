package import StrataModels

/// The version of the library and the command.
public let strataVersion = "0.1.0"

/// What `run.json` says of a fit: enough to make it again.
public struct RunRecord: Sendable, Codable {
  /// The data that a model was fitted to.
  public struct Data: Sendable, Codable {
    /// The path as it was given; nil for a table from Swift values.
    public var file: String?
    /// The SHA-256 of the file's bytes in hexadecimal.
    public var sha256: String?
    /// Rows that were used.
    public var rows: Int
    /// Rows left out because a used cell was missing.
    public var droppedRows: Int

    private enum CodingKeys: String, CodingKey {
      case file, sha256, rows
      case droppedRows = "dropped_rows"
    }

    /// Every key is written: what is not known is null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(file, forKey: .file)
      try container.encode(sha256, forKey: .sha256)
      try container.encode(rows, forKey: .rows)
      try container.encode(droppedRows, forKey: .droppedRows)
    }
  }

  /// A precision to reach.
  public struct Target: Sendable, Codable {
    /// The least bulk-ESS wanted.
    public var bulkESS: Double
    /// The least tail-ESS wanted.
    public var tailESS: Double
    /// The limit on draws of each chain, if one was given.
    public var maximumDraws: Int?
    /// The limit on seconds, if one was given.
    public var maximumSeconds: Double?
    /// How many rounds there were.
    public var rounds: Int
    /// What ended the run: `target`, `draws` or `seconds`.
    public var stoppedBy: String

    private enum CodingKeys: String, CodingKey {
      case rounds
      case bulkESS = "bulk_ess"
      case tailESS = "tail_ess"
      case maximumDraws = "max_draws"
      case maximumSeconds = "max_seconds"
      case stoppedBy = "stopped_by"
    }

    init?(_ fit: Fit) {
      guard let target = fit.settings.target, let rounds = fit.rounds else { return nil }
      bulkESS = target.bulkESS
      tailESS = target.tailESS
      maximumDraws = target.maximumDraws
      maximumSeconds = target.maximumSeconds
      self.rounds = rounds.rounds
      stoppedBy = rounds.end.rawValue
    }

    /// Every key is written: what is not known is null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(bulkESS, forKey: .bulkESS)
      try container.encode(tailESS, forKey: .tailESS)
      try container.encode(maximumDraws, forKey: .maximumDraws)
      try container.encode(maximumSeconds, forKey: .maximumSeconds)
      try container.encode(rounds, forKey: .rounds)
      try container.encode(stoppedBy, forKey: .stoppedBy)
    }
  }

  /// Seconds of wall time.
  public struct Seconds: Sendable, Codable {
    /// Reading the table; nil if it was not read from a file.
    public var reading: Double?
    /// Binding the model to the table.
    public var planning: Double
    /// Warmup of the chains.
    public var warmup: Double
    /// The draws of the chains.
    public var sampling: Double

    private enum CodingKeys: CodingKey { case reading, planning, warmup, sampling }

    /// Every key is written: what is not known is null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(reading, forKey: .reading)
      try container.encode(planning, forKey: .planning)
      try container.encode(warmup, forKey: .warmup)
      try container.encode(sampling, forKey: .sampling)
    }
  }

  /// Strata's version.
  public var version: String
  /// The model's text as it was written; of a model built in Swift, its text form.
  public var model: String
  /// The file that the text was read from.
  public var modelFile: String?
  /// The table.
  public var data: Data
  /// `nuts` or `metropolis`.
  public var sampler: String
  /// The plan that was taken, `auto` resolved.
  public var plan: String
  /// What was kept of group effects that were integrated out: `draws`, `mean` or `none`.
  public var effects: String
  /// Parameters that were to be sampled.
  public var sampled: [String]
  /// Parameters that had to be integrated out.
  public var integrated: [String]
  /// The plan: what became of the rows, what was integrated out, what was not and why, and what was sampled.
  public var planSteps: [String]
  /// The number of parameters that were sampled.
  public var dimension: Int
  /// The number of chains.
  public var chains: Int
  /// Warmup iterations of each chain.
  public var warmup: Int
  /// Draws kept of each chain.
  public var draws: Int
  /// What a fit to a precision was to reach and what ended it; nil where the number of draws was given.
  public var target: Target?
  /// The seed.
  public var seed: UInt64
  /// NUTS only.
  public var targetAcceptance: Double?
  /// NUTS only.
  public var maximumTreeDepth: Int?
  /// `mode` or `jittered`; NUTS only.
  public var start: String?
  /// `dense` or `diagonal`; NUTS only.
  public var metric: String?
  /// Each chain's step size after warmup; empty for Metropolis.
  public var stepSizes: [Double]
  /// Divergent draws of all chains.
  public var divergences: Int
  /// Evaluations of the gradient (Metropolis: of the density), warmup included.
  public var gradientEvaluations: Int
  /// Those of warmup alone.
  public var warmupGradientEvaluations: Int
  /// Where the time went.
  public var seconds: Seconds
  /// What is worth knowing of model and data.
  public var notes: [String]
  /// What the diagnostics say, one sentence or two each.
  public var diagnostics: [String]
  /// Whether the draws should not be used as they are.
  public var diagnosticsFailed: Bool

  private enum CodingKeys: String, CodingKey {
    case version, model, data, sampler, plan, effects, dimension, chains, warmup, draws, seed,
      divergences
    case start, metric, target, seconds, notes, diagnostics
    case modelFile = "model_file"
    case sampled = "sample"
    case integrated = "integrate"
    case planSteps = "plan_steps"
    case targetAcceptance = "target_acceptance"
    case maximumTreeDepth = "max_tree_depth"
    case stepSizes = "step_sizes"
    case gradientEvaluations = "gradient_evaluations"
    case warmupGradientEvaluations = "warmup_gradient_evaluations"
    case diagnosticsFailed = "diagnostics_failed"
  }

  /// The record of a fit to `table`.
  /// - Parameters:
  ///   - fit: the fit.
  ///   - table: what it was fitted to.
  ///   - reading: the seconds that reading the table took, if it was read.
  public init(_ fit: Fit, table: Table, reading: Double? = nil) {
    version = strataVersion
    model = fit.model.text.text.isEmpty ? fit.model.description : fit.model.text.text
    modelFile = fit.model.name
    let hash = table.contentHash
    data = Data(
      file: hash == nil ? nil : table.name, sha256: hash, rows: fit.rowCount,
      droppedRows: fit.droppedRows)
    sampler = fit.settings.sampler.rawValue
    plan = fit.settings.plan.rawValue
    effects = fit.settings.effects.rawValue
    sampled = fit.settings.sampled
    integrated = fit.settings.integrated
    planSteps = fit.plan.lines
    dimension = fit.dimension
    chains = fit.settings.chains
    warmup = fit.settings.warmup
    draws = fit.settings.draws
    target = Target(fit)
    seed = fit.settings.seed
    targetAcceptance = fit.settings.targetAcceptance
    maximumTreeDepth = fit.settings.maximumTreeDepth
    start = fit.settings.start?.rawValue
    metric = fit.settings.metric?.rawValue
    stepSizes = fit.settings.sampler == .nuts ? fit.chains.map(\.stepSize) : []
    divergences = fit.divergences
    gradientEvaluations = fit.evaluations
    warmupGradientEvaluations = fit.warmupEvaluations
    seconds = Seconds(
      reading: reading, planning: fit.seconds.planning, warmup: fit.seconds.warmup,
      sampling: fit.seconds.sampling)
    notes = fit.notes
    diagnostics = fit.diagnostics.lines
    diagnosticsFailed = fit.diagnostics.hasFailed
  }

  /// Every key is written: what is not known is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(version, forKey: .version)
    try container.encode(model, forKey: .model)
    try container.encode(modelFile, forKey: .modelFile)
    try container.encode(data, forKey: .data)
    try container.encode(sampler, forKey: .sampler)
    try container.encode(plan, forKey: .plan)
    try container.encode(effects, forKey: .effects)
    try container.encode(sampled, forKey: .sampled)
    try container.encode(integrated, forKey: .integrated)
    try container.encode(planSteps, forKey: .planSteps)
    try container.encode(dimension, forKey: .dimension)
    try container.encode(chains, forKey: .chains)
    try container.encode(warmup, forKey: .warmup)
    try container.encode(draws, forKey: .draws)
    try container.encode(target, forKey: .target)
    try container.encode(seed, forKey: .seed)
    try container.encode(targetAcceptance, forKey: .targetAcceptance)
    try container.encode(maximumTreeDepth, forKey: .maximumTreeDepth)
    try container.encode(start, forKey: .start)
    try container.encode(metric, forKey: .metric)
    try container.encode(stepSizes, forKey: .stepSizes)
    try container.encode(divergences, forKey: .divergences)
    try container.encode(gradientEvaluations, forKey: .gradientEvaluations)
    try container.encode(warmupGradientEvaluations, forKey: .warmupGradientEvaluations)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(notes, forKey: .notes)
    try container.encode(diagnostics, forKey: .diagnostics)
    try container.encode(diagnosticsFailed, forKey: .diagnosticsFailed)
  }
}
