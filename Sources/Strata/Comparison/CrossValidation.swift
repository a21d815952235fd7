import StrataModels
import StrataSampling

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Fit {
  /// Cross-validation by refitting without one of `count` parts of the rows after the other.
  ///
  /// The rows of a part are predicted given the others; a group all of whose rows are left out is predicted as a new
  /// one. Rows are dealt out at random, from a stream of the fit's seed.
  /// - Throws: whatever a fit throws; ``PredictionError``.
  public func kFold(_ count: Int, outcome: String? = nil) async throws -> PredictiveAccuracy {
    let rows = bound.layout.table.rowCount
    guard (2...max(2, rows)).contains(count) else {
      throw SamplingError.invalidSetting(
        name: "the number of folds", value: "\(count)", expected: "a whole number from 2 to \(rows)"
      )
    }
    var random = PredictionKey(seed: settings.seed, chain: 0, draw: 0).stream(.other)
    var order = Array(0..<rows)
    order.shuffle(using: &random)
    var fold = [Int](repeating: 0, count: rows)
    for (place, row) in order.enumerated() { fold[row] = place % count }
    return try await crossValidate(.kFold(count), fold, count, outcome)
  }

  /// Exact leave-one-group-out cross-validation: refits without the rows of one level of a column after the other.
  ///
  /// The rows of a group are predicted as those of a new one, each for itself.
  /// - Parameters:
  ///   - columns: one column, or several whose combinations are the groups.
  ///   - outcome: which one, if the model has several.
  /// - Throws: whatever a fit throws; ``PredictionError``; ``TableError`` for an unknown column.
  public func leaveOneGroupOut(
    _ columns: String..., outcome: String? = nil
  ) async throws -> PredictiveAccuracy {
    let factor = try bound.layout.table.factor(columns)
    guard factor.levelCount > 1 else {
      throw SamplingError.invalidSetting(
        name: "the number of groups of \(columns.joined(separator: ", "))", value: "1",
        expected: "at least 2")
    }
    return try await crossValidate(
      .groups(columns), factor.codes.map(Int.init), factor.levelCount, outcome)
  }

  private func crossValidate(
    _ method: PredictiveAccuracy.Method, _ fold: [Int], _ count: Int, _ outcome: String?
  ) async throws -> PredictiveAccuracy {
    let table = bound.layout.table
    let (index, name, data) = try identified(outcome)
    var elpd = [Double](repeating: .nan, count: fold.count)
    for part in 0..<count {
      let held = fold.indices.filter { fold[$0] == part }
      let kept = fold.indices.filter { fold[$0] != part }
      let fit = try await model.fit(to: try table.rows(kept), options: options)
      let draws = try fit.rowDraws(
        try table.rows(held), .newLevels, .outcome(index), .logDensities)
      var next = 0
      try draws.forEachSlice { rows, matrix in
        for row in 0..<rows.count {
          elpd[held[next]] = logMeanExp(matrix.row(row))
          next += 1
        }
      }
    }
    return PredictiveAccuracy(method, elpd: elpd, outcome: name, data: data)
  }
}

/// log of the mean of exp(x), without overflow; NaN if a number is.
func logMeanExp(_ x: UnsafeBufferPointer<Double>) -> Double {
  let largest = x.max() ?? -.infinity
  guard largest.isFinite else { return x.contains(where: \.isNaN) ? .nan : largest }
  let total = x.reduce(0) { $0 + exp($1 - largest) }
  return largest + log(total / Double(x.count))
}
