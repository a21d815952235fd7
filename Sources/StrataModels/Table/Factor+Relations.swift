extension Factor {
  /// Whether all rows of each level of `finer` have one level here: then this factor groups the
  /// levels of `finer` (patients within hospitals).
  public func isConstant(within finer: Factor) -> Bool {
    finer.firstConflict(of: codes) == nil
  }

  /// For each level of `finer` the code of its level here.
  /// - Throws: ``TableError`` that names the level and two rows, if a level of `finer` has several.
  public func codes(perLevelOf finer: Factor) throws(TableError) -> [Int32] {
    if let (level, first, second) = finer.firstConflict(of: codes) {
      throw .notConstant(
        column: columns.joined(separator: ","), within: finer.columns,
        level: finer.levels[level], first: origin.location(first),
        firstValue: levels[Int(codes[first])], second: origin.location(second),
        secondValue: levels[Int(codes[second])])
    }
    return finer.valuePerLevel(codes)
  }

  /// The value of each level, taken from its last row.
  fileprivate func valuePerLevel<Value>(_ values: [Value]) -> [Value] {
    // Every level has a row, so every place is written.
    var result = [Value](repeating: values[0], count: levels.count)
    for (row, code) in codes.enumerated() { result[Int(code)] = values[row] }
    return result
  }

  /// The first row whose value differs from that of an earlier row of its level.
  fileprivate func firstConflict<Value: Equatable>(
    of values: [Value]
  ) -> (level: Int, first: Int, second: Int)? {
    precondition(values.count == codes.count, "a factor of the same rows")
    var firstRow = [Int](repeating: -1, count: levels.count)
    for (row, code) in codes.enumerated() {
      let level = Int(code)
      if firstRow[level] < 0 {
        firstRow[level] = row
      } else if values[firstRow[level]] != values[row] {
        return (level, firstRow[level], row)
      }
    }
    return nil
  }
}

extension Table {
  /// A group-level predictor: the column's number for each level of the factor.
  /// - Throws: ``TableError`` if the column is no column of finite numbers, or naming the level and
  ///   two rows if it is not constant within a level.
  public func numbers(_ name: String, perLevelOf factor: Factor) throws(TableError) -> [Double] {
    let values = try numbers(name)
    if let (level, first, second) = factor.firstConflict(of: values) {
      let position = try position(ofColumn: name)
      throw .notConstant(
        column: name, within: factor.columns, level: factor.levels[level],
        first: location(ofRow: first), firstValue: cell(first, position),
        second: location(ofRow: second), secondValue: cell(second, position))
    }
    return factor.valuePerLevel(values)
  }
}
