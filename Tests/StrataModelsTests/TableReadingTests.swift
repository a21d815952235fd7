import StrataModels
import Testing

/// How CSV text becomes columns.
struct TableReadingTests {
  private func numbers(_ csv: String, _ column: String = "x") throws -> [Double] {
    try Table(csv: csv).numbers(column)
  }

  @Test func readsColumnsInTheirKinds() throws {
    let table = try Table(csv: "n,x,g\n1,1.5,a\n2,2,b\n-3,1e3,1\n")
    #expect(table.columnNames == ["n", "x", "g"])
    #expect(table.rowCount == 3)
    #expect(try table.column("n").kind == .wholeNumbers)
    #expect(try table.column("x").kind == .numbers)
    #expect(try table.column("g").kind == .text)
    #expect(try table.numbers("x") == [1.5, 2, 1000])
    #expect(try table.text("g") == ["a", "b", "1"])
    #expect(try table.text("x") == ["1.5", "2", "1e3"])
  }

  @Test(arguments: ["\n", "\r\n", "\r"], ["", "end"])
  func endsOfLine(_ end: String, last: String) throws {
    let csv = ["g,x", "a,1", "b,2"].joined(separator: end) + (last.isEmpty ? "" : end)
    let table = try Table(csv: csv)
    #expect(try table.text("g") == ["a", "b"])
    #expect(try table.numbers("x") == [1, 2])
  }

  @Test func byteOrderMark() throws {
    #expect(try Table(csv: "\u{FEFF}x,y\n1,2\n").columnNames == ["x", "y"])
    #expect(try Table(csv: "\u{FEFF}\"x\",y\n1,2\n").columnNames == ["x", "y"])
  }

  @Test func quoting() throws {
    let table = try Table(
      csv:
        "g,\"the x\"\n\"a,b\",\"1\"\n\"say \"\"hi\"\"\",2\n\"two\nlines\", 3\n \"q\" ,4\n5\" pipe,5\n"
    )
    #expect(try table.text("g") == ["a,b", "say \"hi\"", "two\nlines", "q", "5\" pipe"])
    #expect(try table.numbers("the x") == [1, 2, 3, 4, 5])
    #expect(table.location(ofRow: 3).line == 6)
    #expect(try Table(csv: "g,h\n\"\"\"\",\"\"\n").text("g") == ["\""])
  }

  @Test func blanksAroundCells() throws {
    let table = try Table(csv: " g , x\t\n a b ,\t1 \nc, 2\n")
    #expect(table.columnNames == ["g", "x"])
    #expect(try table.text("g") == ["a b", "c"])
    #expect(try table.numbers("x") == [1, 2])
  }

  @Test func blankLinesAtTheEnd() throws {
    #expect(try numbers("x,y\n1,2\n\n  \n\r\n") == [1])
    #expect(try numbers("x\n1\n\n\n") == [1])
    // In a table of one column a blank line between rows is a missing cell.
    #expect(try Table(csv: "x\n1\n\n2\n").column("x").missingCount == 1)
  }

  @Test func oneRowAndAConstantColumn() throws {
    #expect(try numbers("x\n7") == [7])
    #expect(try Table(csv: "g\na\na\na").factor("g").levels == ["a"])
  }

  @Test func numbersAsTheyAreWritten() throws {
    let csv = "x\n+1\n1e5\n.5\n5.\n-0\n1e12\n1e-12\n1E+2\n007\n9007199254740993\n"
    let values = try numbers(csv)
    #expect(values == [1, 1e5, 0.5, 5, 0, 1e12, 1e-12, 100, 7, 9_007_199_254_740_992])
    #expect(values[4].sign == .minus)
  }

  @Test(arguments: ["1_000", "0x1F", "1,000", "1e", "e5", ".", "-", "1.2.3", "12a", "nan", "1e5.0"])
  func textThatIsNoNumber(_ cell: String) throws {
    #expect(try Table(csv: "x\n1\n\"\(cell)\"\n").column("x").kind == .text)
  }

  @Test func missingCells() throws {
    let table = try Table(csv: "a,b,c\n1,NA,\n,x,\" \"\n NaN ,\"NA\",NaN\n")
    #expect(try table.column("a").missingCount == 2)
    #expect(try table.column("b").missingCount == 2)
    #expect(try table.column("c").missingCount == 3)
    #expect(try table.column("a").kind == .wholeNumbers)
    #expect(try table.column("b").kind == .text)
  }

  @Test func textAfterManyNumbers() throws {
    let rows = (0..<100).map { $0 == 60 ? "n/a,\($0)" : "\($0),\($0)" }
    let table = try Table(csv: "g,x\n" + rows.joined(separator: "\n"))
    #expect(try table.text("g")[59...61] == ["59", "n/a", "61"])
    #expect(try table.numbers("x") == (0..<100).map(Double.init))
  }

  @Test func leavesOutRowsWithMissingCellsInUsedColumns() throws {
    let table = try Table(csv: "g,x,z\na,1,\nb,,2\nc,3.0,\n", dropMissing: true)
    let (kept, dropped) = try table.complete(in: ["g", "x"])
    #expect(dropped == 1)
    #expect(try kept.numbers("x") == [1, 3])
    #expect(try kept.text("x") == ["1", "3.0"])
    #expect(try kept.factor("g").levels == ["a", "c"])
    #expect(try kept.factor("x").levels == ["1", "3.0"])
    #expect(kept.location(ofRow: 1).row == 3)
    #expect(kept.rowFactor().levels == ["1", "3"])
    #expect(try kept.column("z").missingCount == 2)
    // Once more, from the table that has already lost a row.
    #expect(throws: TableError.allRowsDropped(table: "table", columns: ["z"])) {
      try kept.complete(in: ["z"])
    }
  }

  @Test func fromSwiftValues() throws {
    let table = try Table([
      "y": .numbers([1, 2.5, .nan]), "n": .wholeNumbers([1, 2, 9_007_199_254_740_993]),
      "g": .text([" a ", "NA", "1"]),
    ])
    #expect(table.columnNames == ["y", "n", "g"])
    #expect(try table.text("y") == ["1", "2.5", ""])
    #expect(try table.text("n") == ["1", "2", "9007199254740993"])
    #expect(try table.text("g") == ["a", "", "1"])
    #expect(table.contentHash == nil)
    #expect(table.location(ofRow: 1).description == "table, row 2")
  }

  @Test func manyColumnsAndLongCells() throws {
    let names = (0..<300).map { "c\($0)" }
    let long = String(repeating: "ä", count: 5000)
    let csv = names.joined(separator: ",") + "\n" + names.map { _ in long }.joined(separator: ",")
    #expect(try Table(csv: csv).text("c299") == [long])
  }

  /// Random bytes, and random pieces of CSV, give a table or a typed error.
  @Test func neverCrashesOnRandomBytes() {
    var generator = SplitMix(state: 20_261_121)
    let pieces = [
      ",", "\n", "\r", "\"", "\"\"", " ", "a", "1", "-", ".5", "1e9", "NA", "é", "\t", ";", "\0",
      "\r\n",
    ].map { Array($0.utf8) }
    for round in 0..<4000 {
      var bytes: [UInt8] = round % 3 == 0 ? [] : Array("a,b\n".utf8)
      for _ in 0..<Int(generator.next() % 40) {
        if round % 3 == 0 {
          bytes.append(UInt8(truncatingIfNeeded: generator.next()))
        } else {
          bytes += pieces[Int(generator.next() % UInt64(pieces.count - (round % 3 == 1 ? 0 : 2)))]
        }
      }
      do {
        let table = try Table(csv: bytes)
        for name in table.columnNames {
          _ = try? table.numbers(name)
          _ = try? table.factor(name)
          #expect(try table.text(name).count == table.rowCount)
        }
        _ = table.location(ofRow: table.rowCount - 1)
      } catch {
        #expect(!"\(error)".isEmpty)
      }
    }
  }
}
