import Foundation
import Testing

/// The commands around a fit, run as a user would: predict, prior, check, compare, calibrate.
@Suite struct WorkflowCommandTests {
  private static func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private static func write(_ folder: borrowing Scratch) throws {
    try folder.write(
      "t ~ Normal(0, 1)\na[g] ~ Normal(t, 1)\ny ~ Normal(a[g] + 2 * x, 1)\n", to: "m.strata")
    try folder.write("t ~ Normal(0, 1)\ny ~ Normal(t, 3)\n", to: "flat.strata")
    try folder.write(
      "g,x,y\n"
        + (0..<24).map { "g\($0 % 4),\($0),\(2 * Double($0) + sin(Double($0 * $0)))\n" }.joined(),
      to: "t.csv")
    try folder.write("x,g\n1,g0\n2,new\n", to: "new.csv")
  }

  @Test func predictPrintsARowForEachRow() async throws {
    let folder = try Scratch()
    try Self.write(folder)
    let fitted = try await Command.run(
      ["predict", "m.strata", "--data", "t.csv", "--out", "o"], in: folder)
    #expect(fitted.status == 0)
    let lines = fitted.output.split(separator: "\n")
    #expect(lines.count == 26 && lines[0] == "y")
    #expect(
      lines[1].split(separator: " ") == [
        "row", "g", "mean", "sd", "5", "%", "50", "%", "95", "%", "observed",
      ])
    let csv = try folder.read("o/predictions.csv").split(separator: "\n")
    #expect(csv.count == 25 && csv[0] == "row,g,mean,sd,q5,q50,q95,observed")

    let new = try await Command.run(
      [
        "predict", "m.strata", "--data", "t.csv", "--new", "new.csv", "--groups", "new", "--json",
        "--probability", "0.5",
      ],
      in: folder)
    let rows = try #require(try Self.object(new.output)["rows"] as? [[String: Any]])
    #expect(rows.map { $0["g"] as? String } == ["g0", "new"])
    #expect(rows.allSatisfy { Set($0.keys) == ["row", "g", "mean", "sd", "q25", "q50", "q75"] })
    #expect(new.errors.contains("New levels, drawn from the population: a[new]."))
    // The row of a new group is less certain.
    #expect(try #require(rows[1]["sd"] as? Double) > #require(rows[0]["sd"] as? Double))

    let known = try await Command.run(
      ["predict", "m.strata", "--data", "t.csv", "--new", "new.csv"], in: folder)
    #expect(known.status == 1 && known.output.isEmpty)
    #expect(
      known.errors.hasPrefix(
        "Error: new.csv, line 3 (row 2): the fit has not seen the level \"new\" of `g`"))
  }

  @Test func priorNeedsNoOutcome() async throws {
    let folder = try Scratch()
    try Self.write(folder)
    let text = try await Command.run(["prior", "m.strata", "--data", "new.csv"], in: folder)
    #expect(text.status == 0)
    #expect(text.output.contains("a[new]") && text.output.contains("mean of y"))
    let json = try await Command.run(
      ["prior", "m.strata", "--data", "new.csv", "--json", "--draws", "50"], in: folder)
    #expect(try Self.object(json.output)["draws"] as? Int == 50)
    try folder.write("a ~ Flat()\ny ~ Normal(a, 1)\n", to: "improper.strata")
    let improper = try await Command.run(["prior", "improper.strata"], in: folder)
    #expect(improper.status == 1 && improper.errors.contains("Flat() is improper"))
  }

  @Test func checkAndCompareSayWhichModelIsWrong() async throws {
    let folder = try Scratch()
    try Self.write(folder)
    let check = try await Command.run(
      ["check", "flat.strata", "--data", "t.csv", "--by", "g"], in: folder)
    #expect(check.output.contains("mean, g3") && check.output.contains("!"))
    let json = try await Command.run(
      ["check", "m.strata", "--data", "t.csv", "--json"], in: folder)
    #expect(
      Set(try Self.object(json.output).keys)
        == ["outcome", "statistics", "loo_pit_chance", "prior_sensitivity"])
    let compare = try await Command.run(
      ["compare", "flat.strata", "m.strata", "--data", "t.csv"], in: folder)
    let lines = compare.output.split(separator: "\n")
    #expect(lines[1].hasPrefix("m ") && lines[2].hasPrefix("flat"))
    for option in [["--waic"], ["--folds", "4"], ["--leave-out", "g"]] {
      let other = try await Command.run(
        ["compare", "flat.strata", "m.strata", "--data", "t.csv", "--json"] + option, in: folder)
      let models = try #require(try Self.object(other.output)["models"] as? [[String: Any]])
      #expect((models[0]["accuracy"] as? [String: Any])?["model"] as? String == "m", "\(option)")
    }
    let both = try await Command.run(
      ["compare", "m.strata", "--data", "t.csv", "--waic", "--folds", "3"], in: folder)
    #expect(both.status == 1)
  }

  @Test func calibrateCountsRanks() async throws {
    let folder = try Scratch()
    try Self.write(folder)
    let result = try await Command.run(
      ["calibrate", "m.strata", "--data", "t.csv", "--refits", "20", "--ranks", "19", "--json"],
      in: folder)
    #expect(result.status == 0)
    let object = try Self.object(result.output)
    #expect(object["refits"] as? Int == 20)
    #expect((object["quantities"] as? [[String: Any]])?.count == 6)
  }
}
