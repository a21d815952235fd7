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
    var columns: [(codes: [Int32], cells: [[UInt8]])] = []
    textColumns = []
    for name in names {
      let (codes, labels) = try table.codedText(name)
      columns.append((codes, labels.map { Self.quoted($0) }))
      if try table.column(name).kind == .text { textColumns.append(name) }
    }
    csv = Array(
      names.map { String(decoding: Self.quoted($0), as: UTF8.self) }.joined(separator: ",").utf8)
    csv.append(UInt8(ascii: "\n"))
    for row in 0..<table.rowCount {
      for (index, column) in columns.enumerated() {
        if index > 0 { csv.append(UInt8(ascii: ",")) }
        let code = column.codes[row]
        if code < 0 { csv.append(contentsOf: "NA".utf8) } else { csv += column.cells[Int(code)] }
      }
      csv.append(UInt8(ascii: "\n"))
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

  private static func quoted(_ cell: String) -> [UInt8] {
    let bytes = Array(cell.utf8)
    let isSpecial = bytes.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    guard isSpecial || bytes.isEmpty else { return bytes }
    return [0x22] + bytes.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22]
  }
}
