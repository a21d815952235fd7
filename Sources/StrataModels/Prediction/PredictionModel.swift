extension BoundModel {
  /// The model bound to rows that are to be predicted.
  ///
  /// - Parameters:
  ///   - table: the rows; only the columns that predictions need are looked at.
  ///   - firstFittedRow: if the rows are some of those that were fitted, the number of the first.
  /// - Throws: ``PredictionError``, ``ModelError``, ``TableError``.
  package func predicting(
    _ table: Table, groups: PredictedGroups, firstFittedRow: Int? = nil
  ) throws -> BoundModel {
    let prediction = BindingPurpose.Prediction(
      fitted: self, groups: groups, firstFittedRow: firstFittedRow)
    var binder = try Binder(model, table, for: .prediction(prediction), dropMissing: false)
    return try binder.bind()
  }
}

extension Model {
  /// The model bound to a table that its outcomes are to be simulated for.
  ///
  /// - Throws: ``ModelError``, also for an improper prior, and ``TableError``.
  package func simulating(_ table: Table, dropMissing: Bool = false) throws -> BoundModel {
    var binder = try Binder(self, table, for: .simulation, dropMissing: dropMissing)
    return try binder.bind()
  }
}
