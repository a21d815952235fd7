import Synchronization

/// The file a table was read from, kept for what is seldom asked: lines of rows, cells as written,
/// the hash.
final class TableSource: Sendable {
  let name: String
  let file: ByteFile
  let columnCount: Int
  /// A scanner at the first row after the header.
  let firstRow: CSVScanner
  private let digest = Mutex<String?>(nil)

  /// The SHA-256 of the file's bytes, computed once.
  var contentHash: String {
    digest.withLock { digest in
      let value = digest ?? SHA256.hexDigest(file.bytes)
      digest = value
      return value
    }
  }

  init(name: String, file: ByteFile, columnCount: Int, firstRow: CSVScanner) {
    self.name = name
    self.file = file
    self.columnCount = columnCount
    self.firstRow = firstRow
  }

  /// The line on which a row (from 0) begins. Scans the file up to it.
  func line(ofRow row: Int) -> Int {
    var scanner = firstRow
    // The text was scanned before without an error, so it is not thrown here.
    for _ in 0..<row { _ = try? scanner.nextRow(into: .init(start: nil, count: 0)) }
    return scanner.line
  }

  /// Calls `body` for each row with its cells.
  func forEachRow(
    _ body: (borrowing CSVScanner, UnsafeMutableBufferPointer<CSVScanner.Cell>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: CSVScanner.Cell.self, capacity: columnCount) { cells in
      cells.initialize(repeating: .init())
      var scanner = firstRow
      while let found = try? scanner.nextRow(into: cells), found > 0 { body(scanner, cells) }
    }
  }
}

/// Rows of a table and where they came from.
struct RowOrigin: Sendable {
  var table: String
  var source: TableSource?
  /// The number (from 0) of each row in the table as it was read; nil while none was left out.
  var original: [Int]?

  /// Where the row at a position (from 0) stands.
  func location(_ position: Int) -> RowLocation {
    let row = original?[position] ?? position
    return RowLocation(table: table, row: row + 1, line: source?.line(ofRow: row))
  }
}
