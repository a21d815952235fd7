public import StrataDiagnostics
import StrataModels
import StrataSampling

/// How well a model predicts rows that it has not seen: the expected log predictive density (elpd), row by row.
public struct PredictiveAccuracy: Sendable {
  /// How it was found.
  public enum Method: Sendable, Hashable {
    /// Leave-one-out by Pareto-smoothed importance sampling: no refit. [Vehtari2024]
    case psisLOO
    /// The widely applicable information criterion. [Watanabe2010]
    case waic
    /// Refits without one of so many parts of the rows.
    case kFold(Int)
    /// Refits without one group of rows: the levels of these columns.
    case groups([String])
  }

  /// How it was found.
  public let method: Method
  /// The outcome, as the model writes it.
  public let outcome: String
  /// What the numbers below are for: each row, or each group of rows that these columns make.
  public let groups: [String]?
  /// The elpd of each row or group.
  public let elpd: [Double]
  /// How much less than for the rows that the model has seen, each row's share of the effective number of
  /// parameters; nil where that was not asked.
  public let effectiveParameters: [Double]?
  /// Of PSIS-LOO: each row's Pareto k. Above ``threshold`` the elpd of a row is not to be trusted.
  public let paretoK: [Double]?
  /// Rows (from 0) whose elpd is unreliable.
  public let unreliableRows: [Int]
  /// What `k` has to stay under; nil but for PSIS-LOO.
  public let threshold: Double?
  /// The Monte Carlo error of the sum; nil but for PSIS-LOO.
  public let standardErrorOfSampling: Double?
  /// Which outcomes were predicted: only accuracies of the same can be compared.
  let data: OutcomeData

  /// The sum over rows with its standard error.
  public var total: Estimate { Estimate(summing: elpd) }

  init(_ loo: LeaveOneOut, outcome: String, data: OutcomeData, groups: [String]? = nil) {
    method = .psisLOO
    self.groups = groups
    self.outcome = outcome
    self.data = data
    elpd = loo.observations.map(\.elpd)
    effectiveParameters = loo.observations.map(\.p)
    paretoK = loo.observations.map(\.paretoK)
    unreliableRows = loo.unreliable
    threshold = loo.threshold
    standardErrorOfSampling = loo.elpdMCSE
  }

  init(_ waic: WAIC, outcome: String, data: OutcomeData, groups: [String]? = nil) {
    method = .waic
    self.groups = groups
    self.outcome = outcome
    self.data = data
    elpd = waic.observations.map(\.elpd)
    effectiveParameters = waic.observations.map(\.p)
    unreliableRows = waic.unreliable
    (paretoK, threshold, standardErrorOfSampling) = (nil, nil, nil)
  }

  init(_ method: Method, elpd: [Double], outcome: String, data: OutcomeData) {
    self.method = method
    self.outcome = outcome
    self.data = data
    self.elpd = elpd
    groups = nil
    unreliableRows = elpd.indices.filter { !elpd[$0].isFinite }
    (effectiveParameters, paretoK, threshold, standardErrorOfSampling) = (nil, nil, nil, nil)
  }
}

extension PredictiveAccuracy: CustomStringConvertible {
  /// The sums with their standard errors, and what is unreliable.
  public var description: String {
    let one = NumberFormat.fixed(decimals: 1)
    func line(_ name: String, _ estimate: Estimate) -> String {
      "\(name)  \(one.text(estimate.value)) ± \(one.text(estimate.standardError))"
    }
    let units = groups.map { "groups by \($0.joined(separator: ", "))" } ?? "rows"
    var lines = ["\(title), \(elpd.count) \(units) of \(outcome)", line("elpd", total)]
    if let effectiveParameters {
      lines.append(line("p   ", Estimate(summing: effectiveParameters)))
    }
    if !unreliableRows.isEmpty { lines.append(warning.wrapped()) }
    return lines.joined(separator: "\n")
  }

  private var title: String {
    switch method {
    case .psisLOO: "leave-one-out (PSIS)"
    case .waic: "WAIC"
    case .kFold(let count): "\(count)-fold cross-validation"
    case .groups(let columns): "leave-one-group-out by \(columns.joined(separator: ", "))"
    }
  }

  /// Which rows are unreliable, and what to do.
  var warning: String {
    let count = unreliableRows.count
    let shown = unreliableRows.prefix(8).map { String($0 + 1) }.joined(separator: ", ")
    let unit = groups == nil ? "row" : "group"
    let rows =
      "\(unit)\(count == 1 ? "" : "s") \(shown)\(count > 8 ? " and \(count - 8) more" : "")"
    switch method {
    case .psisLOO:
      let limit = NumberFormat.fixed(decimals: 2).text(threshold)
      return """
        Pareto k over \(limit) in \(rows): their elpd is unreliable, as the posterior depends much on each of \
        them. Use k-fold cross-validation.
        """
    case .waic:
      return "p over 0.4 in \(rows): WAIC is unreliable there. Use leave-one-out."
    case .kFold, .groups: return "the elpd is not finite in \(rows)."
    }
  }
}

/// What identifies the outcomes that a model predicts.
struct OutcomeData: Sendable, Equatable {
  var columns: [String]
  var rows: Int
  var hash: UInt64
}

extension Fit {
  /// The log likelihood of each row under each draw: for each row, chain after chain.
  ///
  /// The rows are those of the table, also where the plan added them up. A transformed outcome, `log(y) ~ …`, has the
  /// density of its column.
  /// - Throws: ``PredictionError``, also for more than 2^29 numbers: ``leaveOneOut(_:outcome:)`` and
  ///   ``waic(_:outcome:)`` have no such limit; ``DrawsNotKept``.
  public func logLikelihood(outcome: String? = nil) throws -> [[Double]] {
    let draws = try logDensities(outcome).rows
    guard draws.rowCount <= (1 << 29) / max(1, draws.draws) else {
      throw PredictionError.tooLarge(rows: draws.rowCount, draws: draws.draws)
    }
    var all: [[Double]] = []
    try draws.forEachSlice { rows, matrix in
      for row in 0..<rows.count { all.append(Array(matrix.row(row))) }
    }
    return all
  }

  /// Leave-one-out cross-validation by Pareto-smoothed importance sampling: no refit. Source: [Vehtari2017], [Vehtari2024].
  ///
  /// - Parameters:
  ///   - likelihood: conditional on the group effects, one row left out at a time; or marginal, one group.
  ///   - outcome: which one, if the model has several.
  /// - Throws: ``PredictionError`` if the model has several outcomes and none is named; ``DrawsNotKept``.
  public func leaveOneOut(
    _ likelihood: LikelihoodScope = .conditional, outcome: String? = nil
  ) throws -> PredictiveAccuracy {
    let draws = drawsPerChain
    let (parts, name, data) = try observations(likelihood, outcome) { rows -> LeaveOneOut in
      var part = LeaveOneOut(chains: chains.count, draws: draws)
      for row in rows { _ = part.add(row) }
      return part
    }
    var result = LeaveOneOut(chains: chains.count, draws: draws)
    for part in parts { result.append(contentsOf: part) }
    return PredictiveAccuracy(result, outcome: name, data: data, groups: likelihood.groups)
  }

  /// The widely applicable information criterion. Source: [Watanabe2010].
  /// - Throws: as ``leaveOneOut(_:outcome:)``.
  public func waic(
    _ likelihood: LikelihoodScope = .conditional, outcome: String? = nil
  ) throws -> PredictiveAccuracy {
    let draws = chains.count * drawsPerChain
    let (parts, name, data) = try observations(likelihood, outcome) { rows -> WAIC in
      var part = WAIC(draws: draws)
      for row in rows { _ = part.add(row) }
      return part
    }
    var result = WAIC(draws: draws)
    for part in parts { result.append(contentsOf: part) }
    return PredictiveAccuracy(result, outcome: name, data: data, groups: likelihood.groups)
  }

  /// What `body` makes of parts of the rows, or groups, each with its log likelihood under every draw.
  private func observations<T: Sendable>(
    _ likelihood: LikelihoodScope, _ outcome: String?,
    _ body: @Sendable ([UnsafeBufferPointer<Double>]) -> T
  ) throws -> (parts: [T], name: String, data: OutcomeData) {
    var (draws, name, data) = try logDensities(outcome)
    var parts: [T] = []
    func add(_ matrix: DrawMatrix, _ count: Int) {
      parts += inParts(count) { range in body(range.map { matrix.row($0) }) }
    }
    switch likelihood {
    case .conditional: try draws.forEachSlice { rows, matrix in add(matrix, rows.count) }
    case .marginal(let columns):
      let matrix = try marginalLogLikelihood(of: try bound.outcomeIndex(outcome), columns)
      add(matrix, matrix.rows)
      data.columns += columns.map { "group by \($0)" }
    }
    return (parts, name, data)
  }

  /// The outcome of that name, or the only one.
  func outcomeName(_ outcome: String?) throws -> String {
    bound.outcomes[try bound.outcomeIndex(outcome)].subject
  }

  /// The log densities of an outcome's rows, and which outcome it is.
  func logDensities(_ outcome: String?) throws -> (rows: RowDraws, name: String, data: OutcomeData)
  {
    let (index, name, data) = try identified(outcome)
    return (try rowDraws(nil, .knownLevels, .outcome(index), .logDensities), name, data)
  }

  /// Which outcome is meant, and of which data.
  func identified(_ outcome: String?) throws -> (index: Int, name: String, data: OutcomeData) {
    let index = try bound.outcomeIndex(outcome)
    let (columns, hash) = bound.outcomeHash(index)
    return (
      index, bound.outcomes[index].subject,
      OutcomeData(columns: columns, rows: rowCount, hash: hash)
    )
  }
}

/// The results of a function for consecutive parts of 0..<count, one for each core.
private func inParts<T: Sendable>(_ count: Int, _ body: @Sendable (Range<Int>) -> T) -> [T] {
  let size = max(1, (count + 15) / 16)
  let parts = (count + size - 1) / size
  return parallelMap(parts) { body($0 * size..<min(($0 + 1) * size, count)) }
}
