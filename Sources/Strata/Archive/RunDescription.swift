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
    var columns: [String]
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
    let columns = model.columnsUsed(among: source.table.columnNames)
    let stored = try StoredTable(source.table, columns: columns)
    let isLarge = stored.csv.count > largestTable && source.table.contentHash != nil
    let table = TableDescription(
      rows: source.table.rowCount, columns: columns, textColumns: stored.textColumns,
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
  func table(_ csv: [UInt8], given: Table?, folder: String) throws -> Table {
    if let given { return try checked(given, csv, folder) }
    if let file = table.file {
      guard FolderFiles.exists(file) else {
        throw ArchiveError.tableMoved(folder: folder, path: file)
      }
      return try checked(try Table(contentsOf: file), csv, folder)
    }
    return try StoredTable(csv: csv, textColumns: table.textColumns).table(
      named: "the table of \(folder)")
  }

  private func checked(_ given: Table, _ csv: [UInt8], _ folder: String) throws -> Table {
    let stored = try? StoredTable(given, columns: table.columns)
    if let stored, XXH64.text(XXH64.hash(stored.csv)) == table.hash { return given }
    let fitted = try? StoredTable(csv: csv, textColumns: table.textColumns).table(named: "")
    throw ArchiveError.otherTable(
      folder: folder, table: given.name, difference: difference(given, fitted),
      isKept: table.file == nil)
  }

  /// The first thing that is not as it was fitted.
  /// - Parameter fitted: nil if there is no copy of it.
  private func difference(_ given: Table, _ fitted: Table?) -> String {
    if let missing = table.columns.first(where: { !given.columnNames.contains($0) }) {
      return "it has no column \"\(missing)\""
    }
    if given.rowCount != table.rows {
      return "it has \(given.rowCount) rows, and \(table.rows) were fitted"
    }
    for column in table.columns {
      guard let fitted, let old = try? fitted.codedText(column),
        let new = try? given.codedText(column)
      else { continue }
      for row in 0..<given.rowCount {
        let was = old.codes[row] < 0 ? "NA" : old.labels[Int(old.codes[row])]
        let cell = new.codes[row] < 0 ? "NA" : new.labels[Int(new.codes[row])]
        if cell != was {
          return "row \(row + 1) of column \"\(column)\" is \(cell), and was \(was)"
        }
      }
    }
    return "the columns that the model uses differ"
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
  /// The first statement that is not that of another model; nil if it is the same model, however it is spaced and
  /// commented.
  func difference(from fitted: Model) -> String? {
    let (own, other) = (statements.map(\.description), fitted.statements.map(\.description))
    for (number, (a, b)) in zip(own, other).enumerated() where a != b {
      return "its statement \(number + 1) is `\(a)`, and `\(b)` was fitted"
    }
    if own.count > other.count { return "it also has `\(own[other.count])`" }
    if own.count < other.count { return "it lacks `\(other[own.count])`" }
    return description == fitted.description ? nil : "its text differs"
  }
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
