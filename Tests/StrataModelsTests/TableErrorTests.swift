import Foundation
import StrataModels
import Testing

/// Every error of a table, by its exact text.
struct TableErrorTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func reading(_ csv: String) -> String {
    message { _ = try Table(csv: csv, name: "t.csv") }
  }

  private func reading(_ bytes: [UInt8]) -> String {
    message { _ = try Table(csv: bytes, name: "t.csv") }
  }

  @Test func files() throws {
    #expect(
      message { _ = try Table(contentsOf: "no/such.csv") }
        == "cannot read no/such.csv: there is no such file.")
    #expect(
      message { _ = try Table(contentsOf: "/") }
        == "cannot read /: it is a folder; name a CSV file in it.")
    let file = FileManager.default.temporaryDirectory.appending(
      path: "strata-table-\(UUID().uuidString)")
    let name = file.path(percentEncoded: false)
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(
      message { _ = try Table(contentsOf: name) }
        == "\(name) is empty: expected a line with the names of the columns, then one line per row."
    )
    let text = "x,g\n1,a\n2,b\n"
    try Data(text.utf8).write(to: file)
    let table = try Table(contentsOf: name)
    #expect(try table.numbers("x") == [1, 2])
    #expect(
      table.contentHash == "c77779f13c652954b332f72e564afe743141360e7e165b9ad6992965b10167ad")
    // Root may read everything, so the refusal can't be seen there.
    if geteuid() != 0 {
      chmod(name, 0)
      #expect(
        message { _ = try Table(contentsOf: name) } == "cannot read \(name): Permission denied.")
    }
  }

  @Test func emptyTables() {
    let empty =
      "t.csv is empty: expected a line with the names of the columns, then one line per row."
    #expect(reading("") == empty)
    #expect(reading("\n\n  \n") == empty)
    #expect(reading("\u{FEFF}") == empty)
    #expect(reading("a,b\n") == "t.csv has names of columns but no rows.")
    #expect(message { _ = try Table([:]) } == "table has no columns.")
    #expect(
      message { _ = try Table(["a": .numbers([])]) } == "table has names of columns but no rows.")
  }

  @Test func bytes() {
    #expect(
      reading(Array("a,b\n1,".utf8) + [0xE4, 0x0A])
        == "t.csv, line 2: the text is not UTF-8; save the file as CSV in UTF-8.")
    #expect(
      reading([0x61, 0x0D, 0x0A, 0xED, 0xA0, 0x80])
        == "t.csv, line 2: the text is not UTF-8; save the file as CSV in UTF-8.")
    #expect(
      reading("a,b\n1,2\n3,\0\n")
        == "t.csv, line 3: holds a zero byte, so it is not CSV text; save it as CSV in UTF-8.")
    #expect(
      reading([0xFF, 0xFE, 0x61, 0])
        == "t.csv looks like UTF-16, not CSV text: save it as CSV in UTF-8.")
    #expect(
      reading([0x1F, 0x8B, 8, 0])
        == "t.csv looks like a gzip archive, not CSV text: unpack it with gunzip.")
    #expect(
      reading([0x50, 0x4B, 3, 4])
        == "t.csv looks like a spreadsheet or zip archive, not CSV text: "
        + "save the sheet as CSV in UTF-8.")
  }

  @Test func quotes() {
    #expect(
      reading("a,b\n1,2\n3,\"x\ny\n")
        == "t.csv, line 3: the double quote that opens here is never closed.")
    #expect(
      reading("a,b\n\"x\"y,2\n")
        == "t.csv, line 2, cell 1: text follows a closing double quote; expected a comma or the "
        + "end of the line. A quote within a quoted cell is written twice.")
  }

  @Test func raggedRows() {
    #expect(
      reading("a,b,c\n1,2,3\n1,2\n")
        == "t.csv, line 3: expected 3 cells as in the header, found 2.")
    #expect(
      reading("a,b\n\"x\ny\",2\n1,2,3\n")
        == "t.csv, line 4: expected 2 cells as in the header, found 3; "
        + "a cell that holds a comma must be in double quotes.")
    #expect(
      reading("a\n1,2\n")
        == "t.csv, line 2: expected 1 cell as in the header, found 2; "
        + "a cell that holds a comma must be in double quotes.")
    #expect(
      reading("a,b\n1,2\n\n3,4\n") == "t.csv, line 3: expected 2 cells as in the header, found 1.")
  }

  @Test func headers() {
    #expect(
      reading("a;b;c\n1;2;3\n")
        == "t.csv, line 1: expected column names separated by commas, found none and 2 semicolons; "
        + "save the file with commas.")
    #expect(
      reading("a\tb\n1\t2\n")
        == "t.csv, line 1: expected column names separated by commas, found none and 1 tab; "
        + "save the file with commas.")
    #expect(
      reading("1,2.5\n3,4\n")
        == "t.csv, line 1: expected the names of the columns, found only numbers; "
        + "add a first line with names.")
    #expect(
      reading("\"\",x\n1,2\n")
        == "t.csv, line 1: column 1 has no name; R and pandas write row names so, "
        + "leave them out (row.names = FALSE, index=False).")
    #expect(reading("x,\n1,2\n") == "t.csv, line 1: column 2 has no name.")
    #expect(
      reading("x,y, x\n1,2,3\n") == "t.csv: columns 1 and 3 are both named \"x\"; rename one.")
    #expect(
      message { _ = try Table(["a": .numbers([1]), "b": .text(["x", "y"])]) }
        == "table: column \"b\" has 2 rows, the first column has 1.")
  }

  @Test func unknownColumns() throws {
    let table = try Table(csv: "county,floor\nA,1\n", name: "t.csv")
    #expect(
      message { _ = try table.numbers("flor") }
        == "t.csv has no column \"flor\"; did you mean \"floor\"? Its columns: county, floor.")
    #expect(
      message { _ = try table.factor("site") }
        == "t.csv has no column \"site\". Its columns: county, floor.")
    let wide = try Table((0..<13).map { ("c\($0)", .numbers([1])) }, name: "wide")
    #expect(
      message { _ = try wide.column("zebra") } == "wide has no column \"zebra\". It has 13 columns."
    )
  }

  @Test func missingCells() throws {
    let table = try Table(csv: "g,x,y\na,1,2\n\"b\nc\",1,\nd,NA,3\n", name: "t.csv")
    let remedy =
      "Fill it in, or leave out rows with missing cells (--drop-missing; in Swift dropMissing: true)."
    #expect(
      message { _ = try table.numbers("x") }
        == "t.csv, line 5 (row 3), column \"x\": the cell is missing (empty, NA or NaN). \(remedy)")
    #expect(
      message { try table.requireComplete(columns: ["x", "g", "y"]) }
        == "t.csv, line 3 (row 2), column \"y\": the cell is missing (empty, NA or NaN) "
        + "(the first of 2 such rows). \(remedy)")
    #expect(
      message { _ = try Table(csv: "x,y\n,1\n", name: "t.csv").droppingMissing(in: ["x", "y"]) }
        == "t.csv: every row has a missing cell in x, y, so none is left.")
  }

  @Test func textWhereANumberBelongs() throws {
    #expect(
      message { _ = try Table(csv: "x\n1\n2\nlow\n", name: "t.csv").numbers("x") }
        == "t.csv, line 4 (row 3), column \"x\": expected a number, found \"low\".")
    #expect(
      message { _ = try Table(csv: "x\n1\nnan\n", name: "t.csv").numbers("x") }
        == "t.csv, line 3 (row 2), column \"x\": expected a number, found \"nan\". "
        + "A missing cell is empty, NA or NaN.")
    #expect(
      message { _ = try Table(["x": .text(["1", "2"])]).numbers("x") }
        == "table, row 1, column \"x\": expected a number, found \"1\".")
    let long = String(repeating: "ab\n", count: 40)
    #expect(
      message { _ = try Table(csv: "x,y\n\"\(long)\",1\n", name: "t.csv").numbers("x") }
        == "t.csv, line 2 (row 1), column \"x\": expected a number, found "
        + "\"ab\\nab\\nab\\nab\\nab\\nab\\nab\\nab\\nab\\nab\\nab\\nab\\nab\\na…\".")
  }

  @Test func numbersThatAreNotFinite() throws {
    #expect(
      message { _ = try Table(csv: "x\n1\n-inf\n", name: "t.csv").numbers("x") }
        == "t.csv, line 3 (row 2), column \"x\": expected a finite number, found -inf.")
    #expect(
      message { _ = try Table(csv: "x\n1\n1e999\n", name: "t.csv").numbers("x") }
        == "t.csv, line 3 (row 2), column \"x\": expected a finite number, found 1e999.")
    #expect(
      message { _ = try Table(["x": .numbers([1, .infinity])]).numbers("x") }
        == "table, row 2, column \"x\": expected a finite number, found inf.")
  }

  @Test func columnsThatAreNotConstantWithinALevel() throws {
    let table = try Table(
      csv: "player,position,height\nx,P,1.8\ny,C,1.9\nx,C,1.80\nx,P,1.81\n", name: "t.csv")
    let player = try table.factor("player")
    #expect(
      message { _ = try table.factor("position").codes(perLevelOf: player) }
        == "t.csv: column \"position\" must be constant within each level of player, "
        + "but in x it is P on line 2 and C on line 4.")
    #expect(
      message { _ = try table.numbers("height", perLevelOf: player) }
        == "t.csv: column \"height\" must be constant within each level of player, "
        + "but in x it is 1.8 on line 2 and 1.81 on line 5.")
  }
}
