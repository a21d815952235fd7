import StrataModels
import StrataSampling

/// What a run was made from: enough to make it again, and to make of its draws a fit.
struct RunDescription: Codable {
  /// What this Strata writes, and the newest that it reads.
  static let newestVersion = 1
  /// Tables of more bytes are not copied into an archive.
  static let largestTable = 100_000_000

  var archiveVersion = RunDescription.newestVersion
  var strataVersion = Strata.strataVersion
  var model: String
  var options: Options
  /// What the archive has beside posterior and data.
  var extras: [ArchiveExtra]
  var writesStanCSV: Bool
  var table: TableDescription

  /// The columns of a table that a model uses.
  struct TableDescription: Codable {
    var rows: Int
    var textColumns: [String]
    /// The XXH64 of the columns as CSV.
    var hash: String
    /// The SHA-256 of the file.
    var sha256: String?
    /// Where the file was, if the archive has no copy of the columns.
    var file: String?
  }

  /// `FitOptions` without what does not change the draws.
  struct Options: Codable {
    var chains: Int
    var warmup: Int?
    var draws: Int
    var target: PrecisionTarget?
    var seed: UInt64
    var sampler: FitOptions.Sampler
    var targetAcceptance: Double?
    var maximumTreeDepth: Int
    var metric: MetricShape?
    var start: FitOptions.Start?
    var metricEstimate: MetricEstimate
    var plan: Plan.Mode
    var sampled: [String]
    var integrated: [String]
    var effects: Plan.Effects
    var dropMissing: Bool
  }

  /// - Returns: the description, and the bytes of the table's used columns.
  static func make(
    _ model: Model, _ options: FitOptions, _ source: FitSource, extras: Set<ArchiveExtra>,
    stanCSV: Bool
  ) throws -> (RunDescription, csv: [UInt8]) {
    let stored = try model.storedTable(source.table)
    let isLarge = stored.csv.count > largestTable && source.table.contentHash != nil
    let table = TableDescription(
      rows: source.table.rowCount, textColumns: stored.textColumns,
      hash: XXH64.text(XXH64.hash(stored.csv)), sha256: source.sha256,
      file: isLarge ? source.table.name : nil)
    let text = model.text.text
    let description = RunDescription(
      model: text.isEmpty ? model.description : text, options: Options(options, source.table),
      extras: ArchiveExtra.allCases.filter(extras.contains), writesStanCSV: stanCSV, table: table)
    return (description, isLarge ? [] : stored.csv)
  }

  /// The table again.
  /// - Parameters:
  ///   - csv: the stored columns; empty if there are none.
  ///   - given: a table to be used in its place, if it has the same columns.
  func table(_ csv: [UInt8], given: Table?, of model: Model, folder: String) throws -> Table {
    if let given { return try checked(given, of: model, folder) }
    if let file = table.file {
      guard FolderFiles.exists(file) else {
        throw ArchiveError.tableMoved(folder: folder, path: file)
      }
      return try checked(try Table(contentsOf: file), of: model, folder)
    }
    return try StoredTable(csv: csv, textColumns: table.textColumns).table(
      named: "the table of \(folder)")
  }

  private func checked(_ given: Table, of model: Model, _ folder: String) throws -> Table {
    let hash = try? XXH64.text(XXH64.hash(model.storedTable(given).csv))
    guard hash == table.hash else {
      throw ArchiveError.otherTable(folder: folder, table: given.name)
    }
    return given
  }
}

extension RunDescription.Options {
  /// - Parameter table: may itself say that rows with missing cells are left out.
  init(_ options: FitOptions, _ table: Table) {
    self.init(
      chains: options.chains, warmup: options.warmup, draws: options.draws, target: options.target,
      seed: options.seed, sampler: options.sampler, targetAcceptance: options.targetAcceptance,
      maximumTreeDepth: options.maximumTreeDepth, metric: options.metric, start: options.start,
      metricEstimate: options.metricEstimate, plan: options.plan, sampled: options.sampled.sorted(),
      integrated: options.integrated.sorted(), effects: options.effects,
      dropMissing: options.dropMissing || table.dropMissing)
  }

  func fitOptions(threads: Int? = nil) -> FitOptions {
    var result = FitOptions(chains: chains, warmup: warmup, draws: draws, seed: seed)
    result.target = target
    result.sampler = sampler
    result.targetAcceptance = targetAcceptance
    result.maximumTreeDepth = maximumTreeDepth
    result.metric = metric
    result.start = start
    result.metricEstimate = metricEstimate
    result.plan = plan
    result.sampled = Set(sampled)
    result.integrated = Set(integrated)
    result.effects = effects
    result.dropMissing = dropMissing
    result.threads = threads
    return result
  }
}

extension Model {
  /// The columns of a table that the model uses.
  func storedTable(_ table: Table) throws -> StoredTable {
    try StoredTable(table, columns: columnsUsed(among: table.columnNames))
  }

  /// Whether it is the same model, however it is spaced and commented.
  func isSame(as other: Model) -> Bool { description == other.description }
}

/// What an archive can have beside the posterior and the data.
public enum ArchiveExtra: String, Sendable, CaseIterable, Codable {
  /// The log density of every outcome in every draw: what `arviz.loo` wants.
  case logLikelihood = "log_likelihood"
  /// Outcomes drawn anew for every draw.
  case posteriorPredictive = "posterior_predictive"
  /// Draws of the priors, and outcomes drawn from them.
  case prior
}
