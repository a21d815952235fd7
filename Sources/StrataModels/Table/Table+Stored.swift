/// Some columns of a table as bytes that are read back as the same columns: for archives of fits.
package struct StoredTable: Sendable {
  /// CSV with a header; a missing cell is `NA`, others are spelled as in the table.
  package var csv: [UInt8]
  /// Columns of text that could be taken for numbers.
  package var textColumns: [String]

  package init(csv: [UInt8], textColumns: [String]) {
    self.csv = csv
    self.textColumns = textColumns
  }

  /// The columns given, all rows of the table.
  package init(_ table: Table, columns names: [String]) throws(TableError) {
    var columns: [Cells] = []
    textColumns = []
    for name in names {
      columns.append(try table.storedCells(ofColumn: name))
      if try table.column(name).kind == .text { textColumns.append(name) }
    }
    var csv = Array(names.map(Self.quoted).joined(separator: [UInt8(ascii: ",")]))
    csv.append(UInt8(ascii: "\n"))
    func write(_ row: Int, fromSource cell: (_ place: Int) -> Void) {
      for (index, column) in columns.enumerated() {
        if index > 0 { csv.append(UInt8(ascii: ",")) }
        switch column {
        case .coded(let codes, let labels): Self.append(codes[row], labels, to: &csv)
        case .inSource(let place): cell(place)
        }
      }
      csv.append(UInt8(ascii: "\n"))
    }
    if let source = table.origin.source, columns.contains(where: \.isInSource) {
      var row = 0
      source.forEachRow { scanner, cells in
        write(row) { place in
          scanner.withBytes(of: cells[place]) { Self.append($0, count: $1, to: &csv) }
        }
        row += 1
      }
    } else {
      for row in 0..<table.rowCount { write(row) { _ in } }
    }
    self.csv = csv
  }

  /// Where the cells of a column come from.
  fileprivate enum Cells {
    /// A code for each row, −1 where the cell is missing, and what the codes stand for.
    case coded([Int32], [[UInt8]])
    /// This place in each row of the file that the table was read from.
    case inSource(Int)

    var isInSource: Bool { if case .inSource = self { true } else { false } }
  }

  private static func append(_ code: Int32, _ labels: [[UInt8]], to csv: inout [UInt8]) {
    if code < 0 { csv += "NA".utf8 } else { csv += labels[Int(code)] }
  }

  /// A cell of a column of numbers: it needs no quotes.
  private static func append(_ text: UnsafePointer<UInt8>, count: Int, to csv: inout [UInt8]) {
    if isMissingCell(text, count: count) {
      csv += "NA".utf8
    } else {
      csv += UnsafeBufferPointer(start: text, count: count)
    }
  }

  /// The table again, under a name for messages.
  package func table(named name: String) throws(TableError) -> Table {
    let read = try Table(csv: csv, name: name)
    let asText = Set(textColumns)
    var columns: [Table.Column] = []
    for (column, name) in zip(read.columns, read.columnNames) {
      let isText = column.kind != .text && asText.contains(name)
      columns.append(isText ? .text(try read.text(name)) : column)
    }
    return try Table(
      names: read.columnNames, columns: columns, origin: read.origin, dropMissing: false)
  }

  fileprivate static func quoted(_ cell: String) -> [UInt8] {
    let bytes = Array(cell.utf8)
    let isSpecial = bytes.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    guard isSpecial || bytes.isEmpty else { return bytes }
    return [0x22] + bytes.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22]
  }
}

extension Table {
  /// Numbers are copied from the file, where all of its rows are there: most are all different, and need no labels.
  fileprivate func storedCells(ofColumn name: String) throws(TableError) -> StoredTable.Cells {
    let position = try position(ofColumn: name)
    if case .numbers(_, _, .inSource) = columns[position].cells, origin.original == nil {
      return .inSource(position)
    }
    let (codes, labels) = try codedText(name)
    return .coded(codes, labels.map(StoredTable.quoted))
  }
}
