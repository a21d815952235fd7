/// Cuts CSV text into rows of cells, one row at a time.
///
/// RFC 4180 with the liberties the field takes: lines end in LF, CRLF or CR; blanks around a cell
/// and around a quoted cell do not count; a quote inside an unquoted cell is an ordinary character.
///
/// Safe to share: a value over bytes that never change.
struct CSVScanner: @unchecked Sendable {
  /// A cell's bytes: trimmed, without the quotes around it.
  struct Cell {
    var start = 0
    var count = 0
    /// The cell holds quotes written twice.
    var hasDoubledQuotes = false
  }

  private let file: ByteFile
  private let name: String
  private let text: UnsafePointer<UInt8>
  private let end: Int
  private(set) var position: Int
  /// The line of the file at `position`, from 1.
  private(set) var line: Int

  init(_ file: ByteFile, name: String, position: Int = 0, line: Int = 1) {
    self.file = file
    self.name = name
    text = file.start
    end = file.count
    self.position = position
    self.line = line
  }

  /// Reads the next row and returns how many cells it has, 0 at the end of the text.
  ///
  /// Cells past the size of `cells` are counted and not stored. Blank lines at the end of the text
  /// do not count as rows.
  mutating func nextRow(into cells: UnsafeMutableBufferPointer<Cell>) throws(TableError) -> Int {
    if position == end || (isAtBlankLine && onlyBlanksRemain) { return 0 }
    var found = 0
    while true {
      let cell = try nextCell(number: found + 1)
      if found < cells.count { cells[found] = cell }
      found += 1
      if position == end { return found }
      if text[position] == UInt8(ascii: ",") {
        position += 1
        continue
      }
      endLine()
      return found
    }
  }

  /// Reads one cell and stops at the comma, at the line's end or at the end of the text.
  private mutating func nextCell(number: Int) throws(TableError) -> Cell {
    var p = position
    while isBlank(text[p]) { p += 1 }
    if p < end && text[p] == UInt8(ascii: "\"") {
      position = p
      return try quotedCell(number: number)
    }
    let start = p
    // The line feed after the last byte ends the loop.
    while true {
      let byte = text[p]
      if byte == UInt8(ascii: ",") || byte == 10 || byte == 13 { break }
      p += 1
    }
    position = p
    while p > start && isBlank(text[p - 1]) { p -= 1 }
    return Cell(start: start, count: p - start)
  }

  private mutating func quotedCell(number: Int) throws(TableError) -> Cell {
    let firstLine = line
    var start = position + 1
    var p = start
    var hasDoubledQuotes = false
    while true {
      if p >= end { throw .unterminatedQuote(file: name, line: firstLine) }
      let byte = text[p]
      if byte == UInt8(ascii: "\"") {
        // One past the end is a line feed, never a quote.
        if text[p + 1] != UInt8(ascii: "\"") { break }
        hasDoubledQuotes = true
        p += 1
      } else if byte == 10 || (byte == 13 && text[p + 1] != 10) {
        line += 1
      }
      p += 1
    }
    var stop = p
    p += 1
    while isBlank(text[p]) { p += 1 }
    guard p >= end || text[p] == UInt8(ascii: ",") || text[p] == 10 || text[p] == 13 else {
      throw .textAfterQuote(file: name, line: line, cell: number)
    }
    position = min(p, end)
    while start < stop && isSpace(text[start]) { start += 1 }
    while stop > start && isSpace(text[stop - 1]) { stop -= 1 }
    return Cell(start: start, count: stop - start, hasDoubledQuotes: hasDoubledQuotes)
  }

  private mutating func endLine() {
    // CRLF is one end of line; the line feed after the last byte is not part of the text.
    if text[position] == 13 && position + 1 < end && text[position + 1] == 10 { position += 1 }
    position += 1
    line += 1
  }

  private var isAtBlankLine: Bool {
    var p = position
    while isBlank(text[p]) { p += 1 }
    return text[p] == 10 || text[p] == 13
  }

  private var onlyBlanksRemain: Bool {
    var p = position
    while p < end && isSpace(text[p]) { p += 1 }
    return p == end
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
  private func isSpace(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9 || byte == 10 || byte == 13
  }

  /// Calls `body` with a cell's bytes, doubled quotes made single.
  func withBytes<Result>(
    of cell: Cell, _ body: (UnsafePointer<UInt8>, Int) -> Result
  ) -> Result {
    guard cell.hasDoubledQuotes else { return body(text + cell.start, cell.count) }
    var bytes: [UInt8] = []
    var p = cell.start
    while p < cell.start + cell.count {
      bytes.append(text[p])
      p += text[p] == UInt8(ascii: "\"") ? 2 : 1
    }
    return bytes.withUnsafeBufferPointer { body($0.baseAddress!, $0.count) }
  }

  /// A cell's text.
  func string(_ cell: Cell) -> String {
    withBytes(of: cell) { start, count in
      String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }
}
