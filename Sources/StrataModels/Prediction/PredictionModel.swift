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

extension BoundModel {
  /// The columns that an outcome is made of, and a hash of their cells: whether two models predict the same.
  package func outcomeHash(_ index: Int) -> (columns: [String], hash: UInt64) {
    let columns = model.statements[outcomes[index].statement].targetColumns
    var hash = FNV1a()
    for column in columns {
      if let numbers = try? layout.table.numbers(column) {
        for number in numbers { hash.add(number.bitPattern) }
      } else {
        for cell in (try? layout.table.text(column)) ?? [] {
          for byte in cell.utf8 { hash.add(byte) }
          hash.add(0 as UInt8)
        }
      }
    }
    return (columns, hash.value)
  }
}

/// A hash that is the same on every machine. Source: [FNV].
struct FNV1a {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  mutating func add(_ word: UInt64) {
    for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: word >> shift))
    }
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
