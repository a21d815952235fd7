import Foundation
import Strata
import Testing

/// The code blocks of README.md as functions, and that they are the same text: the README cannot drift.
@Suite struct ReadmeExampleTests {
  // swift-format-ignore
  /// The first block; its first line is the import.
  private func example() async throws -> Fit {
    // README 1
    let table = try Table(contentsOf: "Examples/radon.csv")
    let model = try Model(contentsOf: "Examples/radon.strata")
    let fit = try await model.fit(to: table)

    print(fit)
    let steep = try fit.probability { $0["b[HENNEPIN]"] < -0.7 }
    print("P(slope < -0.7) = \(steep)")  // with its Monte Carlo error

    let new = try Table(["county": .text(["HENNEPIN", "NOWHERE"]), "floor": .numbers([0, 1])])
    for row in try fit.predict(new, for: .newLevels).summary() { print(row.lower!, row.upper!) }
    print(try fit.leaveOneOut())  // elpd, its error, and which rows are unreliable
    // end
    return fit
  }

  // swift-format-ignore
  /// The second block.
  private func typedModel() throws -> Model {
    // README 2
    let county = Column("county"), floor = Column("floor")
    let muA = Parameter("mu_a", .normal(0, 1)), sigmaA = Parameter("sigma_a", .halfCauchy(1))
    let muB = Parameter("mu_b", .normal(0, 1)), sigmaB = Parameter("sigma_b", .halfCauchy(1))
    let eps = Parameter("eps", .halfCauchy(1))
    let a = Parameter("a", by: "county", .normal(muA, sigmaA))
    let b = Parameter("b", by: "county", .normal(muB, sigmaB))
    let model = try Model {
      muA; sigmaA; muB; sigmaB; eps
      a; b
      Observed("log_radon", .normal(a[county] + b[county] * floor, eps))
    }
    // end
    return model
  }

  @Test func exampleRuns() async throws {
    #expect(FileManager.default.changeCurrentDirectoryPath(Command.root.path))
    let fit = try await example()
    #expect(fit.parameterNames.count == 5 + 2 * 85)
    #expect(fit.diagnostics.verdict != nil)
    let slope = try #require(fit.summary["b[HENNEPIN]"])
    // Examples/expected: -0.763; the tolerance is about 10 Monte Carlo standard errors.
    #expect(abs(try #require(slope.mean) + 0.763) < 0.03)
  }

  @Test func typedModelIsTheTextModel() throws {
    let path = Command.root.appending(path: "Examples/radon.strata").path
    let text = try Model(contentsOf: path).description
    #expect(try typedModel().description == text)
  }

  @Test func blocksAreTheTextOfTheFunctions() throws {
    let blocks = try swiftBlocks()
    try #require(blocks.count >= 2)
    #expect(blocks[0] == ["import Strata", ""] + (try body("README 1")))
    #expect(blocks[1] == (try body("README 2")))
  }

  /// What `strata explain` prints of the radon example.
  @Test func explanationIsTheText() throws {
    let model = try Model(contentsOf: Command.root.appending(path: "Examples/radon.strata").path)
    let table = try Table(contentsOf: Command.root.appending(path: "Examples/radon.csv").path)
    let plan = try model.plan(for: table, mode: .auto).description
    let indented = plan.split(separator: "\n").map { "    " + $0 }
    let readme = try lines(of: Command.root.appending(path: "README.md"))
    let start = try #require(readme.firstIndex(of: indented[0]))
    #expect(Array(readme[start...].prefix(indented.count)) == indented)
  }

  private func swiftBlocks() throws -> [[String]] {
    var blocks: [[String]] = []
    var current: [String]?
    for line in try lines(of: Command.root.appending(path: "README.md")) {
      if line == "```swift" {
        current = []
      } else if line == "```", let block = current {
        blocks.append(block)
        current = nil
      } else {
        current?.append(line)
      }
    }
    return blocks
  }

  /// The lines between `// name` and `// end` in this file, without the function's indentation.
  private func body(_ name: String) throws -> [String] {
    let all = try lines(of: URL(filePath: #filePath))
    let start = try #require(all.firstIndex(of: "    // \(name)"))
    return all[(start + 1)...].prefix { $0 != "    // end" }.map { String($0.dropFirst(4)) }
  }

  private func lines(of file: URL) throws -> [String] {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
