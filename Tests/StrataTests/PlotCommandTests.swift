import Foundation
import Strata
import Testing

/// `strata plot` with the folder of a fit, with several fits, and without a picture's name.
@Suite struct PlotCommandTests {
  /// A folder `out` with a fit of eight schools, without a report.
  private static func fitted(_ arguments: String...) async throws -> Scratch {
    let scratch = try Scratch()
    let result = try await Command.run(
      ["fit", "--out", "out", "--no-report", "--quiet"] + arguments
        + Command.example("eight_schools"), in: scratch)
    #expect(result.status == 0)
    return scratch
  }

  private static func files(_ path: String, in scratch: Scratch) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.url.appending(path: path).path)
      .sorted()
  }

  /// The same bytes as from model and table, whatever the picture.
  @Test func folderStandsForModelAndTable() async throws {
    let scratch = try await Self.fitted()
    let example = Command.example("eight_schools")
    for words in [
      ["forest", "theta"], ["trace"], ["pairs", "mu", "tau"], ["prior"], ["rows"], ["pareto"],
      ["density", "mu", "--reference", "-1.5"], ["model"], ["plan"],
    ] {
      let read = try await Command.run(["plot", "out"] + words + ["--out", "-"], in: scratch)
      #expect(read.status == 0 && read.errors.isEmpty, "\(words)")
      let direct = try await Command.run(
        ["plot", example[0]] + words + ["--out", "-"] + example[1...], in: scratch)
      #expect(read.output.hasPrefix("<svg ") && read.output == direct.output, "\(words)")
    }
    let dot = try await Command.run(["plot", "out", "model", "--out", "m.dot"], in: scratch)
    #expect(dot.status == 0)
    #expect(try scratch.read("m.dot").hasPrefix("digraph"))
    let options = try await Command.run(["plot", "out", "trace", "--draws", "10"], in: scratch)
    #expect(
      options.errors.contains("\"out\" is a fit that is there already, and options of sampling"))
    let missing = try await Command.run(["plot", example[0], "trace"], in: scratch)
    #expect(missing.errors.contains("Missing expected argument '--data <table.csv>'"))
  }

  /// Without a picture's name: the page that fit would have written.
  @Test func withoutAPictureTheReportIsWritten() async throws {
    let scratch = try await Self.fitted()
    let written = try await Command.run(["plot", "out"], in: scratch)
    #expect(written.status == 0)
    #expect(written.errors.hasPrefix("Wrote out/report.html and, in out/plots: model, plan, "))
    let page = try scratch.read("out/report.html")
    #expect(page.contains("<h1>eight_schools.strata, fitted to eight_schools.csv</h1>"))
    let example = Command.example("eight_schools")
    _ = try await Command.run(["fit", "--out", "out", "--quiet"] + example, in: scratch)
    let fitted = try scratch.read("out/report.html")
    _ = try await Command.run(["plot", "out", "--quiet"], in: scratch)
    #expect(try scratch.read("out/report.html") == fitted)
    #expect(page.contains("strata check out\n"))
    let direct = try await Command.run(
      ["plot", example[0], "--out", "elsewhere", "--quiet"] + example[1...], in: scratch)
    #expect(direct.status == 0 && direct.errors.isEmpty)
    #expect(try Self.files("elsewhere", in: scratch) == ["plots", "report.html"])
    #expect(try Self.files("elsewhere/plots", in: scratch) == Self.files("out/plots", in: scratch))
    let nowhere = try await Command.run(["plot"] + example, in: scratch)
    #expect(nowhere.status == 1)
    #expect(nowhere.errors.contains("or --out FOLDER for a report with all"))
    let by = try await Command.run(["plot", "out", "--by", "school"], in: scratch)
    #expect(by.errors.contains("--by: expected the name of a picture beside it"))
  }

  /// Pictures of the report before are removed, other files are not.
  @Test func oldPicturesOfTheReportAreRemoved() async throws {
    let scratch = try await Self.fitted()
    _ = try await Command.run(["plot", "out"], in: scratch)
    let before = try Self.files("out/plots", in: scratch)
    try scratch.write("<svg/>", to: "out/plots/mine.svg")
    _ = try await Command.run(
      ["fit", "--out", "out", "--quiet", Command.example("radon")[0]]
        + Command.example("radon")[1...], in: scratch)
    let after = Set(try Self.files("out/plots", in: scratch))
    #expect(before.contains("forest-theta.svg") && !after.contains("forest-theta.svg"))
    #expect(after.contains("mine.svg") && after.contains("forest-a.svg"))
  }

  @Test func severalFits() async throws {
    let scratch = try await Self.fitted()
    let example = Command.example("eight_schools")
    try scratch.write(
      "theta[school] ~ Normal(0, 100)\ny ~ Normal(theta[school], sigma)", to: "separate.strata")
    let both = try await Command.run(
      ["plot", "out", "forest", "theta", "--beside", "separate.strata", "--out", "-"]
        + example[1...], in: scratch)
    #expect(both.status == 0)
    #expect(both.output.contains(">separate<") && both.output.contains(">out<"))
    let arrows = try await Command.run(
      ["plot", "out", "shrinkage", "theta", "theta", "--beside", "separate.strata"] + example[1...],
      in: scratch)
    #expect(arrows.status == 0 && arrows.errors == "Wrote shrinkage-theta-theta.svg.\n")
    func message(_ words: String...) async throws -> String {
      try await Command.run(["plot", "out"] + words, in: scratch).errors
    }
    #expect(try await message("shrinkage", "theta", "z").contains("--beside with the one model"))
    #expect(try await message("shrinkage", "theta").contains("the names of two parameters"))
    #expect(
      try await message("trace", "--beside", "out").contains("the picture forest or shrinkage"))
    #expect(try await message("trace", "--reference", "1").contains("density or forest"))
    #expect(try await message("density", "--reference", "x").contains("expected a number"))
    #expect(try await message("forest", "theta", "--beside", "a.strata").contains("'--data <"))
  }

  /// An unknown name is answered with what there is, in words that mean something at the command line.
  @Test func unknownNames() async throws {
    let scratch = try await Self.fitted()
    let far = try await Command.run(["plot", "out", "forest", "quality"], in: scratch)
    #expect(far.status == 1)
    #expect(
      far.errors == "Error: there is no parameter \"quality\": there are mu, tau, theta and z\n")
    let level = try await Command.run(
      ["plot", "out", "density", "theta[Northampton High]"], in: scratch)
    #expect(level.errors.contains("there are theta[A], theta[B], "))
  }

  /// Divergent draws are marked, and a scale that they gather at the foot of is drawn in logarithms.
  @Test func divergentDrawsAreMarked() async throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      mu ~ Normal(0, 5)
      tau ~ HalfCauchy(5)
      theta[school] ~ Normal(mu, tau)
      y ~ Normal(theta[school], sigma)
      """, to: "funnel.strata")
    let result = try await Command.run(
      ["fit", "funnel.strata", "--plan", "direct", "--out", "out", "--quiet"]
        + Command.example("eight_schools")[1...], in: scratch)
    #expect(result.status == 3)
    #expect(result.output.contains("(plan auto)") || result.output.contains("(plan\n"))
    let pairs = try scratch.read("out/plots/pairs.svg")
    #expect(pairs.contains(">after a divergent transition<"))
    #expect(pairs.contains("Logarithmic: tau.") && pairs.contains(">theta["))
    #expect(try scratch.read("out/plots/trace.svg").contains("divergent transitions."))
  }

  @Test func priorTakesQuiet() async throws {
    let scratch = try Scratch()
    let result = try await Command.run(
      ["prior", "--quiet", "--draws", "50"] + Command.example("eight_schools"), in: scratch)
    #expect(result.status == 0 && result.errors.isEmpty)
  }
}
