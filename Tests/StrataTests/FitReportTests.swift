import Foundation
import Strata
import StrataModels
import TestSupport
import Testing

/// The report of a fit as a page.
@Suite struct FitReportTests {
  private static func example(
    _ name: String, data: String? = nil, sampler: FitOptions.Sampler = .auto
  ) async throws -> Fit {
    let folder = Command.root.appending(path: "Examples").path
    let table = try Table(contentsOf: "\(folder)/\(data ?? name).csv")
    var options = FitOptions(draws: 500)
    options.sampler = sampler
    return try await Model(contentsOf: "\(folder)/\(name).strata")
      .fit(to: table, options: options)
  }

  /// Radon's page as a browser lays it out, with its own fonts: nothing overlaps, nothing sticks out, no error.
  @Test(.enabled(if: Browser.path != nil, "needs Chromium"), arguments: [400, 900, 1600])
  func radonInABrowser(width: Int) async throws {
    let report = FitReport(try await Self.example("radon", sampler: .nuts))
    let found = try Browser.inspect(report.html(), width: width)
    #expect(found == ["width \(width) of \(width)", "pictures 15"])
  }

  @Test func radonHasEverything() async throws {
    // Energies are NUTS's alone.
    let fit = try await Self.example("radon", sampler: .nuts)
    let report = FitReport(fit)
    #expect(
      report.pictures.map(\.name) == [
        "model", "plan", "forest-a", "forest-b", "prior", "predictive-log_radon",
        "distribution-log_radon", "regression-log_radon", "calibration-log_radon",
        "pareto-log_radon", "trace", "ranks-\(worst(fit))", "growth-\(worst(fit))", "pairs",
        "energy",
      ])
    let page = report.html()
    #expect(page.utf8.count < 1_500_000)
    #expect(page.contains("All checks passed"))
    #expect(page.contains("a[county] ~ Normal(mu_a, sigma_a)"))
    #expect(page.contains("919 rows"))
    #expect(!page.contains("<script") && !page.contains("Left out"))
    #expect(page == FitReport(fit).html())
  }

  /// The population-level parameter with the fewest effective draws.
  private func worst(_ fit: Fit) -> String {
    fit.summary.rows.filter { !$0.name.contains("[") }
      .min { $0.statistics.bulkESS! < $1.statistics.bulkESS! }!.name
  }

  @Test(arguments: [
    ("eight_schools", "eight_schools"), ("epil", "epil"), ("water_quality", "water_quality_18_3_3"),
    ("response_times", "response_times"), ("email_campaigns", "email_campaigns"), ("cbpp", "cbpp"),
    ("dyestuff", "dyestuff"), ("sites", "sites"), ("sleepstudy", "sleepstudy"),
    ("efron_morris", "efron_morris"),
  ])
  func everyExampleHasAReport(model: String, data: String) async throws {
    let report = FitReport(try await Self.example(model, data: data))
    let page = report.html()
    #expect(!page.contains("Left out"))
    #expect(!page.contains("Nothing to draw"))
    #expect(Set(report.pictures.map(\.name)).count == report.pictures.count)
    #expect(page.utf8.count < 1_500_000)
  }

  /// Thousands of groups: a page that is still small, and names a few.
  @Test func manyGroups() async throws {
    let groups = 3000
    let table = try Table([
      "g": .text((0..<2 * groups).map { "customer \($0 % groups)" }),
      "y": .numbers((0..<2 * groups).map { sin(Double($0 % groups)) + cos(Double($0 * $0)) }),
    ])
    let fit = try await Model(
      "mu ~ Normal(0, 1)\ntau ~ HalfNormal(1)\ns ~ HalfNormal(1)\na[g] ~ Normal(mu, tau)\ny ~ Normal(a[g], s)"
    ).fit(to: table, options: FitOptions(chains: 2, draws: 200))
    let page = FitReport(fit).html()
    #expect(page.utf8.count < 1_500_000)
    #expect(page.contains("2,970"))
    #expect(page.contains("… 2,994 between, worst:"))
  }

  /// Names from a table can't end a file's name, an element or a folder.
  @Test func awkwardNames() async throws {
    let table = try Table([
      "a <b>/..": .text(["x,y", "\"q\"", "x,y", "\"q\"", "<i>", "<i>"]),
      "out/come": .numbers([1, 2, 1.5, 2.5, 0.5, 0.7]),
    ])
    let fit = try await Model(
      "mu[`a <b>/..`] ~ Normal(0, 3)\ns ~ HalfNormal(1)\n`out/come` ~ Normal(mu[`a <b>/..`], s)"
    ).fit(to: table, options: FitOptions(chains: 2, draws: 200))
    let report = FitReport(fit)
    #expect(report.pictures.allSatisfy { !$0.name.contains("/") && !$0.name.contains("<") })
    #expect(!report.html().contains("<i>"))
  }

  /// A prior that can't be drawn from leaves densities, not a hole.
  @Test func improperPrior() async throws {
    let fit = try await Model("mu ~ Flat()\ns ~ HalfNormal(1)\ny ~ Normal(mu + 0 * x, s)")
      .fit(to: PlotTests.table(), options: FitOptions(chains: 2, draws: 200))
    let report = FitReport(fit)
    #expect(report.pictures.contains { $0.name == "density" })
    #expect(!report.pictures.contains { $0.name == "prior" })
  }

  @Test func commandWritesPageAndPictures() async throws {
    let folder = try Scratch()
    let arguments = ["fit"] + Command.example("eight_schools") + ["--quiet", "--draws", "600"]
    _ = try await Command.run(arguments + ["--out", "with"], in: folder)
    let files = try FileManager.default.contentsOfDirectory(
      atPath: folder.url.appending(path: "with/plots").path)
    #expect(files.contains("forest-theta.svg") && files.contains("model.svg"))
    #expect(try folder.read("with/report.html").contains("eight_schools.strata, fitted to"))
    _ = try await Command.run(arguments + ["--out", "without", "--no-report"], in: folder)
    #expect(
      try FileManager.default.contentsOfDirectory(
        atPath: folder.url.appending(path: "without").path
      ).sorted() == ["fit.zarr", "run.json", "summary.csv"])
  }

  @Test func commandDrawsOnePicture() async throws {
    let folder = try Scratch()
    let example = Command.example("eight_schools")
    func run(_ arguments: String...) async throws -> Command.Result {
      try await Command.run(
        ["plot"] + example[..<1] + arguments + example[1...] + ["--draws", "600"], in: folder)
    }
    var result = try await run("forest", "theta")
    #expect(result.status == 0 && result.errors == "Wrote forest-theta.svg.\n")
    #expect(try folder.read("forest-theta.svg").hasPrefix("<svg "))
    result = try await run("model", "--out", "pictures/m.dot")
    #expect(try folder.read("pictures/m.dot").hasPrefix("digraph"))
    result = try await run("plan", "--out", "-")
    #expect(result.output.hasPrefix("<svg "))
    result = try await run("forest", "thta")
    #expect(result.status == 1)
    #expect(result.errors.contains("did you mean \"theta\"?"))
    result = try await run("florest")
    #expect(result.status == 1 && result.errors.contains("picture: expected trace, ranks,"))
    result = try await run("forest")
    #expect(result.status == 1 && result.errors.contains("the name of a parameter with levels"))
    result = try await run("energy", "mu")
    #expect(result.status == 1 && result.errors.contains("no name after it"))
  }

  /// Tables for a narrow terminal, and with histograms.
  @Test func summaryFitsAWidth() async throws {
    let fit = try await Self.example("eight_schools")
    for width in [120, 80, 60, 40, 24] {
      let lines = fit.summary.text(width: width, sparks: fit.sparklines()).split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= width }, "\(width)")
      #expect(lines.count == fit.summary.rows.count + 1)
    }
    #expect(fit.summary.text() == fit.summary.description)
    #expect(fit.sparklines().allSatisfy { $0.count == 12 && $0.contains("█") })
  }
}
