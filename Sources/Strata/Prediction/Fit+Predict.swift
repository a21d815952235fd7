public import StrataModels
import StrataSampling

extension Fit {
  /// Predictions for the rows that were fitted, or for those of another table.
  ///
  /// ```swift
  /// let new = try Table(contentsOf: "new_homes.csv")
  /// let predictions = try fit.predict(new, for: .newLevels)
  /// for row in try predictions.summary() { print(row.mean!) }
  /// ```
  ///
  /// - Parameters:
  ///   - table: the rows; nil for those of the fit. It needs the columns that the outcome's line uses (and its
  ///     group effects' priors, where levels are new), not the outcome.
  ///   - groups: which groups the rows may belong to.
  ///   - quantity: the outcome, its mean, or a quantity per row.
  ///   - seed: of what is drawn; nil for the fit's.
  /// - Throws: ``PredictionError``, ``ModelError`` and ``TableError`` for rows that the model can't predict,
  ///   ``DrawsNotKept`` if a parameter that is needed was not drawn.
  public func predict(
    _ table: Table? = nil, for groups: PredictedGroups = .knownLevels,
    of quantity: PredictedQuantity = .outcome(), seed: UInt64? = nil
  ) throws -> Predictions {
    let (wanted, name) = try quantity.resolved(in: bound)
    let kind: RowDraws.Kind = if case .outcome = quantity { .outcomes } else { .values }
    return Predictions(
      name: name, table: table ?? bound.layout.table,
      newLevels: try table.map { try newLevels(in: $0, groups) } ?? [],
      chainCount: chains.count, drawCount: drawsPerChain,
      groupColumns: bound.groupColumns,
      rows: try rowDraws(table, groups, wanted, kind, seed: seed))
  }

  /// Draws of every chain.
  var drawsPerChain: Int { chains.map(\.drawCount).min() ?? 0 }

  /// Numbers for rows × draws.
  func rowDraws(
    _ table: Table?, _ groups: PredictedGroups, _ wanted: Simulator.Wanted, _ kind: RowDraws.Kind,
    seed: UInt64? = nil
  ) throws -> RowDraws {
    let rows = table ?? bound.layout.table
    let isFitted = table == nil
    let make: @Sendable (Range<Int>) throws -> Simulator = { range in
      let part = try rows.rows(range)
      let model = try bound.predicting(
        part, groups: groups, firstFittedRow: isFitted ? range.lowerBound : nil)
      return try Simulator(model, wanted: wanted, start: start)
    }
    // Whatever is wrong is said now, and not when the numbers are asked for.
    let first = try make(0..<min(rows.rowCount, RowDraws.blockSize))
    for start in stride(from: RowDraws.blockSize, to: rows.rowCount, by: RowDraws.blockSize) {
      _ = try bound.predicting(
        try rows.rows(start..<min(start + RowDraws.blockSize, rows.rowCount)), groups: groups,
        firstFittedRow: isFitted ? start : nil)
    }
    if kind == .logDensities, let outcome = first.outcome, outcome.values == nil {
      throw PredictionError.noOutcome(table: rows.name, outcome: outcome.subject)
    }
    return RowDraws(
      chains: chains, drawCount: drawsPerChain, seed: seed ?? settings.seed, kind: kind,
      rowCount: rows.rowCount, makeSimulator: make)
  }

  /// The terms of each row's log density that no parameter has a part in.
  func logDensityConstants(_ outcome: Int) throws -> [Double] {
    let model = try bound.predicting(bound.layout.table, groups: .knownLevels, firstFittedRow: 0)
    return try Simulator(model, wanted: .outcome(outcome), start: start).constants
  }

  /// Where a quantity's numbers start in a draw.
  @Sendable
  func start(of quantity: String) throws -> Int {
    if let start = quantityStarts[quantity] { return start }
    if let missing = DrawsNotKept(quantity, among: parameterNames, leftOut) { throw missing }
    throw DrawsNotKept(quantity: quantity, hasMean: true)
  }

  /// The levels of a table that the fit has not seen.
  private func newLevels(in table: Table, _ groups: PredictedGroups) throws -> [String] {
    guard groups == .newLevels else { return [] }
    return try bound.predicting(table, groups: groups).parameters.flatMap { parameter in
      (parameter.origin?.newLevels ?? []).map { "\(parameter.name)[\($0)]" }
    }
  }
}
