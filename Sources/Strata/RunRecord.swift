package import StrataModels

/// The version of the library and the command.
public let strataVersion = "0.1.0"

/// What `run.json` says of a fit: enough to make it again.
public struct RunRecord: Sendable, Codable {
  /// The data that a model was fitted to.
  public struct Data: Sendable, Codable {
    public var file: String?
    public var sha256: String?
    public var rows: Int
    public var droppedRows: Int

    enum CodingKeys: String, CodingKey {
      case file, sha256, rows
      case droppedRows = "dropped_rows"
    }
  }

  /// Seconds of wall time.
  public struct Seconds: Sendable, Codable {
    public var reading: Double?
    public var planning: Double
    public var warmup: Double
    public var sampling: Double
  }

  public var version: String
  public var model: String
  public var modelFile: String?
  public var data: Data
  public var sampler: String
  public var plan: String
  /// What the plan did, line by line.
  public var planSteps: [String]
  public var dimension: Int
  public var chains: Int
  public var warmup: Int
  public var draws: Int
  public var seed: UInt64
  public var targetAcceptance: Double?
  public var maximumTreeDepth: Int?
  public var stepSizes: [Double]
  public var divergences: Int
  public var gradientEvaluations: Int
  public var seconds: Seconds
  public var notes: [String]
  public var diagnostics: [String]
  public var diagnosticsFailed: Bool

  enum CodingKeys: String, CodingKey {
    case version, model, data, sampler, plan, dimension, chains, warmup, draws, seed, divergences
    case seconds, notes, diagnostics
    case modelFile = "model_file"
    case planSteps = "plan_steps"
    case targetAcceptance = "target_acceptance"
    case maximumTreeDepth = "max_tree_depth"
    case stepSizes = "step_sizes"
    case gradientEvaluations = "gradient_evaluations"
    case diagnosticsFailed = "diagnostics_failed"
  }

  /// The record of a fit to `table`.
  /// - Parameter reading: the seconds that reading the table took, if it was read.
  public init(_ fit: Fit, table: Table, reading: Double? = nil) {
    version = strataVersion
    model = fit.model.description
    modelFile = fit.model.name
    data = Data(
      file: table.contentHash == nil ? nil : table.name, sha256: table.contentHash, rows: fit.rowCount,
      droppedRows: fit.droppedRows)
    sampler = fit.settings.sampler.rawValue
    plan = fit.settings.plan.rawValue
    planSteps = fit.plan.steps.map { "\($0.subject): \($0.action)" }
    dimension = fit.dimension
    chains = fit.settings.chains
    warmup = fit.settings.warmup
    draws = fit.settings.draws
    seed = fit.settings.seed
    targetAcceptance = fit.settings.targetAcceptance
    maximumTreeDepth = fit.settings.maximumTreeDepth
    stepSizes = fit.settings.sampler == .nuts ? fit.chains.map(\.stepSize) : []
    divergences = fit.divergences
    gradientEvaluations = fit.evaluations
    seconds = Seconds(
      reading: reading, planning: fit.seconds.planning, warmup: fit.seconds.warmup,
      sampling: fit.seconds.sampling)
    notes = fit.notes
    diagnostics = fit.diagnostics.lines
    diagnosticsFailed = fit.diagnostics.hasFailed
  }
}
