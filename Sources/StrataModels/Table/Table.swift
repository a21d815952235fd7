/// Rows of observations in named columns: what a model is fitted to.
///
/// ```swift
/// let table = try Table(contentsOf: "radon.csv")
/// let counties = try table.factor("county")  // 85 levels
/// let y = try table.numbers("log_radon")  // [Double]
/// ```
///
/// A cell that is empty, `NA` or `NaN` is missing. Missing cells matter only in columns that are
/// used: there they are an error, or with `dropMissing` the row is left out.
public struct Table: Sendable {
  /// The file's path as it was given, or the name given to a table from Swift values.
  public let name: String
  /// The columns' names, in their order.
  public let columnNames: [String]
  /// The number of rows, at least one.
  public let rowCount: Int
  /// Whether rows with a missing cell in a used column are left out; else they are an error.
  public let dropMissing: Bool

  let columns: [Column]
  private let positions: [String: Int]
  let origin: RowOrigin

  init(
    names: [String], columns: [Column], origin: RowOrigin, dropMissing: Bool
  ) throws(TableError) {
    guard let first = columns.first else { throw .noColumns(table: origin.table) }
    guard first.count > 0 else { throw .noRows(file: origin.table) }
    var positions: [String: Int] = [:]
    for (position, column) in names.enumerated() {
      if let earlier = positions.updateValue(position, forKey: column) {
        throw .duplicateColumn(
          table: origin.table, column: column, first: earlier + 1, second: position + 1)
      }
      if columns[position].count != first.count {
        throw .columnLengths(
          table: origin.table, column: column, expected: first.count,
          found: columns[position].count)
      }
    }
    name = origin.table
    columnNames = names
    rowCount = first.count
    self.columns = columns
    self.positions = positions
    self.origin = origin
    self.dropMissing = dropMissing
  }

  /// Reads a CSV file: UTF-8, comma-separated, the first line naming the columns.
  ///
  /// - Parameters:
  ///   - path: from the current folder unless absolute. Pipes such as `/dev/stdin` work.
  ///   - dropMissing: leave out rows with a missing cell in a column that the model uses.
  /// - Throws: ``TableError``, naming the line.
  public init(contentsOf path: String, dropMissing: Bool = false) throws(TableError) {
    let file = try ByteFile(path: path)
    try self.init(file, name: path, dropMissing: dropMissing)
  }

  /// Reads CSV text; `name` stands for the file in messages.
  public init(
    csv: String, name: String = "table", dropMissing: Bool = false
  ) throws(TableError) {
    try self.init(ByteFile(copying: csv.utf8), name: name, dropMissing: dropMissing)
  }

  /// Reads the bytes of CSV text in UTF-8; `name` stands for the file in messages.
  public init(
    csv bytes: some Collection<UInt8>, name: String = "table", dropMissing: Bool = false
  ) throws(TableError) {
    try self.init(ByteFile(copying: bytes), name: name, dropMissing: dropMissing)
  }

  private init(_ file: ByteFile, name: String, dropMissing: Bool) throws(TableError) {
    let contents = try CSVReader.read(file, name: name)
    try self.init(
      names: contents.names, columns: contents.columns,
      origin: RowOrigin(table: name, source: contents.source), dropMissing: dropMissing)
  }

  /// A table from Swift values, columns in the order written:
  /// `Table(["y": .numbers([2.5, 3.1]), "site": .text(["north", "south"])])`.
  public init(
    _ columns: KeyValuePairs<String, Column>, name: String = "table", dropMissing: Bool = false
  ) throws(TableError) {
    try self.init(columns.map { ($0.key, $0.value) }, name: name, dropMissing: dropMissing)
  }

  /// A table from pairs of name and column, for columns that are not known when the code is written.
  public init(
    _ columns: [(name: String, column: Column)], name: String = "table", dropMissing: Bool = false
  ) throws(TableError) {
    try self.init(
      names: columns.map(\.name.trimmed), columns: columns.map(\.column),
      origin: RowOrigin(table: name), dropMissing: dropMissing)
  }

  /// Whether there is a column of that name.
  public func hasColumn(_ name: String) -> Bool { positions[name] != nil }

  /// The column of that name.
  /// - Throws: ``TableError/unknownColumn(table:column:nearest:columns:)``.
  public func column(_ name: String) throws(TableError) -> Column {
    columns[try position(ofColumn: name)]
  }

  func position(ofColumn column: String) throws(TableError) -> Int {
    guard let position = positions[column] else {
      throw .unknownColumn(
        table: name, column: column, nearest: nearestName(to: column, among: columnNames),
        columns: columnNames)
    }
    return position
  }

  /// The numbers of a column, one per row, all finite.
  /// - Throws: ``TableError`` if there is no such column, or for the first cell that is missing,
  ///   text, or not finite.
  public func numbers(_ name: String) throws(TableError) -> [Double] {
    let position = try position(ofColumn: name)
    let column = columns[position]
    guard case .numbers(let values, _, _) = column.cells else {
      throw firstText(inColumn: name, column)
    }
    if let row = column.notFinite.first {
      throw .notFinite(at: location(ofRow: row), column: name, cell: cell(row, position))
    }
    try requireComplete(columns: [name])
    return values
  }

  /// Where a row of this table (from 0) stands in the table that was read.
  public func location(ofRow row: Int) -> RowLocation { origin.location(row) }

  /// The SHA-256 of the file's bytes in hexadecimal; nil for a table from Swift values.
  public var contentHash: String? {
    origin.source?.contentHash
  }

  /// The error for the first cell of a text column that is not a number.
  private func firstText(inColumn name: String, _ column: Column) -> TableError {
    guard case .text(let codes, let labels) = column.cells else { preconditionFailure() }
    let isText = labels.map { NumberParser.parse($0) == nil }
    // A text column from Swift values may hold nothing but numbers: then its first cell.
    let row =
      codes.firstIndex { $0 >= 0 && isText[Int($0)] } ?? codes.firstIndex { $0 >= 0 } ?? 0
    let cell = codes[row] >= 0 ? labels[Int(codes[row])] : ""
    return .notANumber(at: location(ofRow: row), column: name, cell: cell)
  }
}
