public import StrataDiagnostics

/// Models ranked by how well they predict the same outcomes.
public struct FitComparison: Sendable, CustomStringConvertible {
  /// The models, the best first, with the differences to it.
  public let ranking: ModelComparison
  /// The accuracies, in the order of the ranking.
  public let accuracies: [PredictiveAccuracy]
  /// The weights of the best mixture of the predictions, in the order of the ranking. [Yao2018]
  public let stackingWeights: [Double]

  /// Compares accuracies of the same outcomes, found by the same method.
  /// - Throws: ``IncomparableModels``, ``ComparisonError``.
  public init(_ models: KeyValuePairs<String, PredictiveAccuracy>) throws {
    try self.init(models.map { ($0.key, $0.value) })
  }

  /// The same, of names that are not known when the code is written.
  public init(_ models: [(name: String, accuracy: PredictiveAccuracy)]) throws {
    if let first = models.first {
      for other in models.dropFirst() {
        if let problem = IncomparableModels(first, other) { throw problem }
      }
    }
    let elpds = models.map { (name: $0.name, elpd: $0.accuracy.elpd) }
    ranking = try ModelComparison(elpds)
    let weights = try ModelWeights.stacking(elpds)
    accuracies = ranking.rows.map { models[$0.position].accuracy }
    stackingWeights = ranking.rows.map { weights[$0.position] }
  }

  /// A table: the best model first.
  public var description: String {
    let one = NumberFormat.fixed(decimals: 1)
    var columns = [["model"], ["elpd"], ["se"], ["difference"], ["se"], ["p"], ["weight"]]
    for (index, row) in ranking.rows.enumerated() {
      let p = accuracies[index].effectiveParameters.map { Estimate(summing: $0).value }
      let cells =
        [row.name]
        + [
          row.elpd.value, row.elpd.standardError, row.difference.value,
          row.difference.standardError, p,
        ].map(one.text)
        + [NumberFormat.fixed(decimals: 2).text(stackingWeights[index])]
      for (column, cell) in cells.enumerated() { columns[column].append(cell) }
    }
    let warnings = ranking.rows.indices.filter { !accuracies[$0].unreliableRows.isEmpty }.map {
      "\(ranking.rows[$0].name): \(accuracies[$0].warning)".wrapped()
    }
    return ([TextTable.aligned(columns)] + warnings).joined(separator: "\n")
  }
}

/// Compares fits to the same outcomes by leave-one-out cross-validation: `compare(["pooled": a, "by county": b])`.
///
/// - Parameters:
///   - fits: with the names that the table gives them.
///   - outcome: which one, if the models have several.
/// - Throws: ``PredictionError``, ``IncomparableModels``, ``ComparisonError``, ``DrawsNotKept``.
public func compare(
  _ fits: KeyValuePairs<String, Fit>, outcome: String? = nil
) throws -> FitComparison {
  try FitComparison(fits.map { ($0.key, try $0.value.leaveOneOut(outcome: outcome)) })
}

/// Accuracies that say nothing about each other.
public struct IncomparableModels: Error, CustomStringConvertible {
  /// What differs.
  public let description: String

  init?(
    _ first: (name: String, accuracy: PredictiveAccuracy),
    _ other: (name: String, accuracy: PredictiveAccuracy)
  ) {
    let (a, b) = (first.accuracy, other.accuracy)
    func columns(_ data: OutcomeData) -> String {
      data.columns.map { "`\($0)`" }.joined(separator: ", ")
    }
    if a.data.columns != b.data.columns {
      description = """
        '\(other.name)' predicts \(columns(b.data)) and '\(first.name)' predicts \(columns(a.data)): only models of the \
        same outcome can be compared.
        """
    } else if a.data.rows != b.data.rows {
      description = """
        '\(other.name)' was fitted to \(b.data.rows) rows and '\(first.name)' to \(a.data.rows): fit both to the same \
        rows.
        """
    } else if a.data.hash != b.data.hash {
      description = """
        '\(other.name)' and '\(first.name)' were fitted to different values of \(columns(a.data)): fit both to the same \
        table.
        """
    } else if a.method != b.method {
      description = """
        '\(other.name)' and '\(first.name)' were evaluated by different methods: use the same for both.
        """
    } else {
      return nil
    }
  }
}
