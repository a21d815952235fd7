/// Makes typed columns of CSV text, in one pass where the first cell of a column tells its kind.
struct CSVReader {
  private let file: ByteFile
  private let name: String

  /// What a file holds.
  struct Contents {
    var names: [String]
    var columns: [Table.Column]
    var source: TableSource
  }

  static func read(_ file: ByteFile, name: String) throws(TableError) -> Contents {
    try CSVReader(file: file, name: name).contents()
  }

  private func contents() throws(TableError) -> Contents {
    let start = try TextCheck.start(of: file, name: name)
    var scanner = CSVScanner(file, name: name, position: start)
    let names = try header(&scanner)
    let source = TableSource(
      name: name, file: file, columnCount: names.count, firstRow: scanner)

    var builders = [ColumnBuilder](repeating: ColumnBuilder(), count: names.count)
    let all = Array(names.indices)
    let rowCount = try fill(&builders, all, from: source)
    guard rowCount > 0 else { throw .noRows(file: name) }
    // Columns that looked like numbers at first and are text: once more, all together.
    let pending = all.filter { builders[$0].isPendingText }
    if !pending.isEmpty {
      for column in pending { builders[column] = ColumnBuilder(text: true) }
      _ = try fill(&builders, pending, from: source)
    }
    return Contents(names: names, columns: builders.map { $0.column() }, source: source)
  }

  /// Feeds the cells of the columns named to their builders; returns the number of rows.
  private func fill(
    _ builders: inout [ColumnBuilder], _ columns: [Int], from source: TableSource
  ) throws(TableError) -> Int {
    let cells = UnsafeMutableBufferPointer<CSVScanner.Cell>.allocate(capacity: source.columnCount)
    cells.initialize(repeating: .init())
    defer { cells.deallocate() }
    var scanner = source.firstRow
    var row = 0
    while true {
      let line = scanner.line
      let found = try scanner.nextRow(into: cells)
      if found == 0 { return row }
      if found != source.columnCount {
        throw .ragged(file: name, line: line, expected: source.columnCount, found: found)
      }
      for column in columns {
        let cell = cells[column]
        if cell.hasDoubledQuotes {
          scanner.withBytes(of: cell) { builders[column].append($0, count: $1, row: row) }
        } else {
          builders[column].append(file.start + cell.start, count: cell.count, row: row)
        }
      }
      row += 1
    }
  }

  private func header(_ scanner: inout CSVScanner) throws(TableError) -> [String] {
    var ahead = scanner
    let count = try ahead.nextRow(into: .init(start: nil, count: 0))
    guard count > 0 else { throw .empty(file: name) }
    let cells = UnsafeMutableBufferPointer<CSVScanner.Cell>.allocate(capacity: count)
    cells.initialize(repeating: .init())
    defer { cells.deallocate() }
    _ = try scanner.nextRow(into: cells)
    let names = cells.map { scanner.string($0) }

    if count == 1 {
      for (separator, word) in [(";", "semicolon"), ("\t", "tab")] as [(Character, String)] {
        let found = names[0].count { $0 == separator }
        if found > 0 { throw .wrongSeparator(file: name, separator: word, count: found) }
      }
    }
    if names.allSatisfy({ NumberParser.parse($0) != nil }) { throw .headerOfNumbers(file: name) }
    for (position, column) in names.enumerated() where column.isEmpty {
      throw .emptyColumnName(file: name, position: position + 1)
    }
    return names
  }
}

/// What must be true of the bytes before they are cut into cells.
enum TextCheck {
  /// Checks that the bytes are UTF-8 text without zero bytes; returns where the text begins, past a
  /// byte order mark.
  static func start(of file: ByteFile, name: String) throws(TableError) -> Int {
    let bytes = file.bytes
    if let (format, remedy) = otherFormat(bytes) {
      throw .otherFormat(file: name, format: format, remedy: remedy)
    }
    var i = 0
    while i < bytes.count {
      // Eight bytes at a time while all are ASCII and none is zero.
      if i + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
        let zeros = (word &- 0x0101_0101_0101_0101) & ~word
        if (word | zeros) & 0x8080_8080_8080_8080 == 0 {
          i += 8
          continue
        }
      }
      if bytes[i] == 0 { throw .zeroByte(file: name, line: line(at: i, in: bytes)) }
      guard let length = scalarLength(bytes, at: i) else {
        throw .notUTF8(file: name, line: line(at: i, in: bytes))
      }
      i += length
    }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private static func otherFormat(_ bytes: UnsafeRawBufferPointer) -> (String, String)? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return ("UTF-16", "save it as CSV in UTF-8")
    }
    if bytes.starts(with: [0x1F, 0x8B]) { return ("a gzip archive", "unpack it with gunzip") }
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
      return ("a spreadsheet or zip archive", "save the sheet as CSV in UTF-8")
    }
    return nil
  }

  /// The length of the scalar that begins at `i`, or nil if none does (Unicode table 3-7).
  private static func scalarLength(_ bytes: UnsafeRawBufferPointer, at i: Int) -> Int? {
    let first = bytes[i]
    var second: ClosedRange<UInt8> = 0x80...0xBF
    let length: Int
    switch first {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if first == 0xE0 { second = 0xA0...0xBF }
      if first == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      length = 4
      if first == 0xF0 { second = 0x90...0xBF }
      if first == 0xF4 { second = 0x80...0x8F }
    default: return nil
    }
    guard i + length <= bytes.count, second.contains(bytes[i + 1]) else { return nil }
    for k in 2..<max(length, 2) where bytes[i + k] & 0xC0 != 0x80 { return nil }
    return length
  }

  private static func line(at position: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    var line = 1
    for i in 0..<position
    where bytes[i] == 10 || (bytes[i] == 13 && !(i + 1 < bytes.count && bytes[i + 1] == 10)) {
      line += 1
    }
    return line
  }
}
