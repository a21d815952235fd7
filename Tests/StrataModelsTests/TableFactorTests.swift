import StrataModels
import Testing

/// Levels, their order and labels, and how factors stand to one another.
struct TableFactorTests {
  @Test func levelsInNumericalOrderIfAllAreWhole() throws {
    let factor = try Table(csv: "g\n10\n9\n-2\n10\n").factor("g")
    #expect(factor.levels == ["-2", "9", "10"])
    #expect(factor.codes == [2, 1, 0, 2])
    #expect(factor.rowCounts == [1, 1, 2])
  }

  @Test func levelsElseInOrderOfBytes() throws {
    #expect(try Table(csv: "g\n10\n9\nx\n").factor("g").levels == ["10", "9", "x"])
    #expect(try Table(csv: "g\nb\nB\né\nz\na\n").factor("g").levels == ["B", "a", "b", "z", "é"])
    #expect(
      try Table(csv: "g\nabcdefgh2\nabcdefgh1\nabc\n").factor("g").levels
        == ["abc", "abcdefgh1", "abcdefgh2"])
    // Not whole as written, so by bytes.
    #expect(try Table(csv: "g\n10.0\n9.0\n").factor("g").levels == ["10.0", "9.0"])
  }

  @Test func labelsAreTheText() throws {
    let factor = try Table(csv: "g\n1\n01\n+1\n1\n").factor("g")
    #expect(factor.levels == ["+1", "01", "1"])
    #expect(factor.codes == [2, 1, 0, 2])
    #expect(factor.code(of: "01") == 1)
    #expect(factor.code(of: "001") == nil)
    #expect(factor.code(of: "x") == nil)
    // One letter in two spellings that Swift strings hold equal.
    #expect(try Table(csv: "g\n\u{E9}\ne\u{301}\n").factor("g").levelCount == 2)
  }

  @Test func wholeNumbersOfAnyLengthStayExact() throws {
    let factor = try Table(
      csv: "g\n9007199254740993\n9007199254740992\n123456789012345678901234567890\n-0\n"
    ).factor("g")
    #expect(
      factor.levels
        == ["-0", "9007199254740992", "9007199254740993", "123456789012345678901234567890"])
    let swift = try Table(["g": .wholeNumbers([9_007_199_254_740_993, 9_007_199_254_740_992])])
    #expect(try swift.factor("g").levels == ["9007199254740992", "9007199254740993"])
  }

  @Test func sparseAndDenseWholeNumbers() throws {
    #expect(
      try Table(csv: "g\n1000000000\n5\n5\n").factor("g").levels == ["5", "1000000000"])
    #expect(try Table(csv: "g\n7\n5\n5\n").factor("g").codes == [1, 0, 0])
    #expect(try Table(["g": .numbers([0.5, 2, 0.5])]).factor("g").levels == ["0.5", "2"])
  }

  @Test func combinationsThatOccur() throws {
    let table = try Table(csv: "Eth,Sex\nB,M\nA,F\nB,F\nA,F\n")
    let factor = try table.factor("Eth", "Sex")
    #expect(factor.levels == ["A,F", "B,F", "B,M"])
    #expect(factor.codes == [2, 0, 1, 0])
    #expect(factor.components == [["A", "B", "B"], ["F", "F", "M"]])
    #expect(factor.code(ofCells: ["B", "F"]) == 1)
    #expect(factor.code(ofCells: ["A", "M"]) == nil)
    #expect(factor.code(of: "B,M") == 2)
    // Components in their own order: 9 before 10.
    let mixed = try Table(csv: "a,b,c\n10,x,1\n9,y,2\n10,x,0\n").factor("a", "b", "c")
    #expect(mixed.levels == ["9,y,2", "10,x,0", "10,x,1"])
  }

  @Test func labelsAreQuotedWhereTheyMust() throws {
    let factor = try Table(["g": .text(["a,b", "c]", "say \"hi\"", "plain [x"])]).factor("g")
    #expect(factor.levels == ["\"a,b\"", "\"c]\"", "plain [x", "\"say \"\"hi\"\"\""])
    #expect(factor.code(of: "a,b") == 0)
    #expect(factor.code(of: "\"a,b\"") == 0)
  }

  @Test func coarserFactors() throws {
    let table = try Table(csv: "player,position,height\nx,P,1.8\ny,C,1.9\nx,P,1.80\nz,P,2\n")
    let player = try table.factor("player")
    let position = try table.factor("position")
    #expect(position.isConstant(within: player))
    #expect(!player.isConstant(within: position))
    #expect(try position.codes(perLevelOf: player) == [1, 0, 1])
    #expect(try table.numbers("height", perLevelOf: player) == [1.8, 1.9, 2])
  }

  @Test func codesInTheFactorOfAnotherTable() throws {
    let factor = try Table(csv: "g\nb\na\nc\n").factor("g")
    #expect(try Table(csv: "g\nc\nd\na\n").codes(in: factor) == [2, -1, 0])
    let whole = try Table(csv: "g\n3\n10\n").factor("g")
    #expect(try Table(csv: "g\n10\nx\n4\n").codes(in: whole) == [1, -1, -1])
  }
}
