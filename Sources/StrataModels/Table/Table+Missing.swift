extension Table {
  /// Checks that no cell is missing in the columns given.
  /// - Throws: ``TableError/missingCell(at:column:rows:)`` for the first row with a missing cell.
  public func requireComplete(columns names: [String]) throws(TableError) {
    guard let (row, column, count) = try firstMissing(in: names) else { return }
    throw .missingCell(at: location(ofRow: row), column: column, rows: count)
  }

  /// The rows that have no missing cell in the columns given, and how many were left out.
  /// - Throws: ``TableError`` if no row is left.
  public func droppingMissing(
    in names: [String]
  ) throws(TableError) -> (table: Table, droppedRows: Int) {
    var isMissing: Set<Int> = []
    for name in names { isMissing.formUnion(try column(name).missing) }
    if isMissing.isEmpty { return (self, 0) }
    let kept = (0..<rowCount).filter { !isMissing.contains($0) }
    if kept.isEmpty { throw .allRowsDropped(table: name, columns: names) }
    return (try rows(kept), isMissing.count)
  }

  /// The table as a model that uses the columns given wants it: complete in them, or without the
  /// rows that are not, if ``dropMissing`` says so.
  public func complete(
    in names: [String]
  ) throws(TableError) -> (table: Table, droppedRows: Int) {
    if dropMissing { return try droppingMissing(in: names) }
    try requireComplete(columns: names)
    return (self, 0)
  }

  /// Some of the rows, in their order.
  package func rows(_ range: Range<Int>) throws(TableError) -> Table {
    if range == 0..<rowCount { return self }
    return try rows(Array(range))
  }

  /// The rows at the positions given (from 0), in that order.
  package func rows(_ kept: [Int]) throws(TableError) -> Table {
    var origin = self.origin
    origin.original = kept.map { self.origin.original?[$0] ?? $0 }
    return try Table(
      names: columnNames, columns: columns.map { $0.gathered(kept) }, origin: origin,
      dropMissing: dropMissing)
  }

  private func firstMissing(
    in names: [String]
  ) throws(TableError) -> (row: Int, column: String, rowCount: Int)? {
    var first: (row: Int, column: String)?
    var rows: Set<Int> = []
    for name in names {
      let missing = try column(name).missing
      rows.formUnion(missing)
      if let row = missing.first, row < first?.row ?? .max { first = (row, name) }
    }
    return first.map { ($0.row, $0.column, rows.count) }
  }
}
