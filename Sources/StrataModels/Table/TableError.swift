/// Where a row of a table stands: its number, and its line in the file if it came from one.
public struct RowLocation: Sendable, Equatable, CustomStringConvertible {
  /// The file's path as it was given, or the table's name.
  public let table: String
  /// The row's number in the table as it was read, from 1, the header not counted.
  public let row: Int
  /// The line of the file on which the row begins, from 1; nil if the table came from Swift values.
  public let line: Int?

  /// `radon.csv, line 14 (row 13)`, or `table, row 13`.
  public var description: String {
    line.map { "\(table), line \($0) (row \(row))" } ?? "\(table), row \(row)"
  }

  /// `line 14`, or `row 13`.
  var short: String { line.map { "line \($0)" } ?? "row \(row)" }
}

/// What is wrong with a table or with the way it is used. Its description says where, what was
/// expected, what came, and what to do.
public enum TableError: Error, Sendable, Equatable {
  // The file
  case noSuchFile(file: String)
  case isFolder(file: String)
  case unreadable(file: String, reason: String)
  case empty(file: String)
  case noRows(file: String)

  // Its bytes
  case otherFormat(file: String, format: String, remedy: String)
  case notUTF8(file: String, line: Int)
  case zeroByte(file: String, line: Int)
  case unterminatedQuote(file: String, line: Int)
  case textAfterQuote(file: String, line: Int, cell: Int)
  case wrongSeparator(file: String, separator: String, count: Int)
  case ragged(file: String, line: Int, expected: Int, found: Int)

  // Its header
  case headerOfNumbers(file: String)
  case emptyColumnName(file: String, position: Int)
  case duplicateColumn(table: String, column: String, first: Int, second: Int)

  // Tables from Swift values
  case noColumns(table: String)
  case columnLengths(table: String, column: String, expected: Int, found: Int)

  // Its use
  case unknownColumn(table: String, column: String, nearest: String?, columns: [String])
  case missingCell(at: RowLocation, column: String, rows: Int)
  case notANumber(at: RowLocation, column: String, cell: String)
  case notFinite(at: RowLocation, column: String, cell: String)
  case allRowsDropped(table: String, columns: [String])
  case notConstant(
    column: String, within: [String], level: String, first: RowLocation, firstValue: String,
    second: RowLocation, secondValue: String)
}

extension TableError: CustomStringConvertible {
  /// One or two plain sentences.
  public var description: String {
    switch self {
    case .noSuchFile(let file):
      return "cannot read \(file): there is no such file."
    case .isFolder(let file):
      return "cannot read \(file): it is a folder; name a CSV file in it."
    case .unreadable(let file, let reason):
      return "cannot read \(file): \(reason)."
    case .empty(let file):
      return
        "\(file) is empty: expected a line with the names of the columns, then one line per row."
    case .noRows(let file):
      return "\(file) has names of columns but no rows."
    case .otherFormat(let file, let format, let remedy):
      return "\(file) looks like \(format), not CSV text: \(remedy)."
    case .notUTF8(let file, let line):
      return "\(file), line \(line): the text is not UTF-8; save the file as CSV in UTF-8."
    case .zeroByte(let file, let line):
      return
        "\(file), line \(line): holds a zero byte, so it is not CSV text; save it as CSV in UTF-8."
    case .unterminatedQuote(let file, let line):
      return "\(file), line \(line): the double quote that opens here is never closed."
    case .textAfterQuote(let file, let line, let cell):
      return "\(file), line \(line), cell \(cell): text follows a closing double quote; "
        + "expected a comma or the end of the line. A quote within a quoted cell is written twice."
    case .wrongSeparator(let file, let separator, let count):
      return "\(file), line 1: expected column names separated by commas, found none and "
        + "\(count) \(separator)\(count == 1 ? "" : "s"); save the file with commas."
    case .ragged(let file, let line, let expected, let found):
      let remedy = found > expected ? "; a cell that holds a comma must be in double quotes" : ""
      return "\(file), line \(line): expected \(expected) cell\(expected == 1 ? "" : "s") "
        + "as in the header, found \(found)\(remedy)."
    case .headerOfNumbers(let file):
      return "\(file), line 1: expected the names of the columns, found only numbers; "
        + "add a first line with names."
    case .emptyColumnName(let file, let position):
      let rowNames =
        "; R and pandas write row names so, leave them out (row.names = FALSE, index=False)"
      return "\(file), line 1: column \(position) has no name\(position == 1 ? rowNames : "")."
    case .duplicateColumn(let table, let column, let first, let second):
      return
        "\(table): columns \(first) and \(second) are both named \(quoted(column)); rename one."
    case .noColumns(let table):
      return "\(table) has no columns."
    case .columnLengths(let table, let column, let expected, let found):
      return
        "\(table): column \(quoted(column)) has \(found) rows, the first column has \(expected)."
    default:
      return useDescription
    }
  }

  private var useDescription: String {
    switch self {
    case .unknownColumn(let table, let column, let nearest, let columns):
      let suggestion = nearest.map { "; did you mean \(quoted($0))?" } ?? "."
      let list =
        columns.count <= 12
        ? "Its columns: \(columns.joined(separator: ", "))." : "It has \(columns.count) columns."
      return "\(table) has no column \(quoted(column))\(suggestion) \(list)"
    case .missingCell(let location, let column, let rows):
      let others = rows > 1 ? " (the first of \(rows) such rows)" : ""
      return
        "\(location), column \(quoted(column)): the cell is missing (empty, NA or NaN)\(others). "
        + "Fill it in, or leave out rows with missing cells (--drop-missing; in Swift dropMissing: true)."
    case .notANumber(let location, let column, let cell):
      return "\(location), column \(quoted(column)): expected a number, found \(quoted(cell))."
        + (Self.looksMissing(cell) ? " A missing cell is empty, NA or NaN." : "")
    case .notFinite(let location, let column, let cell):
      return "\(location), column \(quoted(column)): expected a finite number, found \(cell)."
    case .allRowsDropped(let table, let columns):
      return "\(table): every row has a missing cell in \(columns.joined(separator: ", ")), "
        + "so none is left."
    case .notConstant(let column, let group, let level, let first, let a, let second, let b):
      return "\(first.table): column \(quoted(column)) must be constant within each level of "
        + "\(group.joined(separator: ", ")), but in \(level) it is \(a) on \(first.short) "
        + "and \(b) on \(second.short)."
    default:
      return ""
    }
  }

  private static func looksMissing(_ cell: String) -> Bool {
    ["na", "nan", "n/a", "null", "nil", "none", ".", "-", "?", "missing", "#n/a"].contains(
      cell.lowercased())
  }
}

/// The text in double quotes, on one line and shortened to 40 characters.
func quoted(_ text: String) -> String {
  var shown = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == 40 {
      shown += "…"
      break
    }
    count += 1
    if scalar.value < 32 || scalar.value == 127 {
      shown += scalar.escaped(asASCII: true)
    } else {
      shown.unicodeScalars.append(scalar)
    }
  }
  return "\"\(shown)\""
}
