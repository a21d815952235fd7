import Foundation
import Testing

/// The command on the examples: what it prints, what it writes, how it ends.
@Suite struct CommandTests {
  static let header = "parameter,mean,sd,q5,q50,q95,mcse_mean,ess_bulk,ess_tail,r_hat"

  @Test(arguments: [
    ["--help"], ["help"], ["fit", "--help"], ["explain", "--help"], ["prior", "--help"],
    ["predict", "--help"],
    ["check", "--help"], ["compare", "--help"], ["calibrate", "--help"], [],
  ])
  func helpIsASuccess(_ arguments: [String]) async throws {
    let result = try await Command.run(arguments, in: try Scratch())
    #expect(result.status == 0)
    #expect(result.output.contains("USAGE: strata"))
    #expect(result.errors.isEmpty)
  }

  @Test func versionIsPrinted() async throws {
    let result = try await Command.run(["--version"], in: try Scratch())
    #expect(result.status == 0)
    #expect(result.output == "0.1.0\n")
  }

  @Test func summaryIsPrintedWithWhatTheDiagnosticsSay() async throws {
    let result = try await Command.run(["fit"] + Command.example("sites"), in: try Scratch())
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[0].split(separator: " ").joined(separator: " ")
        == "parameter mean sd 5 % 50 % 95 % MCSE bulk-ESS tail-ESS R-hat")
    let names = lines[1...5].map { String($0.prefix { $0 != " " }) }
    #expect(names == ["mu_global", "beta[0]", "beta[1]", "sigma[0]", "sigma[1]"])
    #expect(lines[6].isEmpty)
    #expect(lines[7].hasPrefix("All checks passed: R-hat at most "))
    #expect(lines.allSatisfy { $0.count <= 80 })
    // No terminal, so no progress: only what ran, `auto` resolved.
    let errors = result.errors.split(separator: "\n").joined(separator: " ")
    #expect(
      errors.hasPrefix(
        "Grid: 4 chains of 1000 kept draws, nearly independent, seed 1, plan auto; 2"))
    #expect(!result.errors.contains("\r"))
  }

  @Test func quietPrintsTheSummaryAlone() async throws {
    let result = try await Command.run(
      ["fit", "--quiet"] + Command.example("sites"), in: try Scratch())
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("parameter "))
    #expect(!result.output.contains("Note:"))
    #expect(result.errors.isEmpty)
  }

  @Test func failedDiagnosticsEndWith3AndAreExplained() async throws {
    let folder = try Scratch()
    try folder.write(
      """
      mu ~ Normal(0, 5)
      tau ~ HalfCauchy(5)
      theta[school] ~ Normal(mu, tau)
      y ~ Normal(theta[school], sigma)
      """, to: "m.strata")
    let table = Command.example("eight_schools")[2]
    let arguments = ["fit", "m.strata", "--data", table, "--draws", "50", "--quiet"]
    let result = try await Command.run(arguments, in: folder)
    #expect(result.status == 3)
    #expect(result.output.contains("\nFailed: ESS is under 400 for "))
    // As JSON: stdout stays JSON, the reason goes to stderr.
    let json = try await Command.run(arguments + ["--json"], in: folder)
    #expect(json.status == 3)
    #expect(json.errors.contains("Failed: ESS is under 400 for "))
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(object?["diagnostics_failed"] as? Bool == true)
  }

  @Test func outputHasTheContractsFilesAndKeys() async throws {
    let folder = try Scratch()
    let example = Command.example("sites")
    let result = try await Command.run(
      ["fit", "--out", "a/b", "--seed", "7", "--chains", "2", "--draws", "800", "--warmup", "300"]
        + example, in: folder)
    #expect(result.status == 0)
    let files = try FileManager.default.contentsOfDirectory(
      atPath: folder.url.appending(path: "a/b").path)
    #expect(files.sorted() == ["fit.zarr", "plots", "report.html", "run.json", "summary.csv"])

    let lines = try folder.read("a/b/summary.csv").split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 7 && lines[6].isEmpty)
    #expect(lines[0] == Self.header)
    #expect(lines[1].hasPrefix("mu_global,1."))
    #expect(lines[1...5].allSatisfy { $0.split(separator: ",").count == 10 })

    let text = try folder.read("a/b/run.json")
    let run = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let keys = [
      "version", "model", "model_file", "data", "sampler", "plan", "sample", "integrate", "effects",
      "plan_steps",
      "dimension",
      "chains", "warmup", "draws", "seed", "target", "target_acceptance", "max_tree_depth", "start",
      "metric",
      "step_sizes",
      "divergences", "gradient_evaluations", "warmup_gradient_evaluations", "seconds", "notes",
      "diagnostics",
      "diagnostics_failed",
    ]
    #expect(Set(run.keys) == Set(keys))
    #expect(run["version"] as? String == "0.1.0")
    #expect(
      run["model"] as? String
        == String(decoding: try Data(contentsOf: URL(filePath: example[0])), as: UTF8.self))
    #expect(run["chains"] as? Int == 2)
    #expect(run["warmup"] as? Int == 300)
    #expect(run["draws"] as? Int == 800)
    #expect(run["seed"] as? Int == 7)
    #expect(run["plan"] as? String == "auto")
    #expect(run["start"] as? String == "mode")
    #expect(run["metric"] as? String == "dense")
    #expect((run["gradient_evaluations"] as? Int).map { $0 > 2200 } == true)
    let data = try #require(run["data"] as? [String: Any])
    #expect(data["file"] as? String == example[2])
    // From sha256sum.
    #expect(
      data["sha256"] as? String
        == "47d1df5f4affaae154a4477b156eae679af898f66f5703eee19e5863e55908b6")
    #expect(data["rows"] as? Int == 40)
    let seconds = try #require(run["seconds"] as? [String: Any])
    #expect(Set(seconds.keys) == ["reading", "planning", "warmup", "sampling"])
    #expect(seconds.values.allSatisfy { ($0 as? Double).map { $0 >= 0 } == true })
  }

  @Test func sameSeedGivesTheSameBytes() async throws {
    let folder = try Scratch()
    for (out, seed) in [("a", "3"), ("b", "3"), ("c", "4")] {
      let result = try await Command.run(
        ["fit", "--draws", "300", "--quiet", "--seed", seed, "--out", out]
          + Command.example("dyestuff"), in: folder)
      #expect(result.status == 0 || result.status == 3)
    }
    #expect(try folder.read("a/summary.csv") == folder.read("b/summary.csv"))
    #expect(try folder.read("a/summary.csv") != folder.read("c/summary.csv"))
  }

  /// Labels that CSV must quote, and a quantity whose R-hat and ESS are undefined.
  @Test func oddLabelsAndUndefinedValuesSurvive() async throws {
    let folder = try Scratch()
    try folder.write(
      """
      mu[g] ~ Normal(0, 1)
      flag = (mu["plain"] > -100)
      y ~ Normal(mu[g], 1)
      """, to: "m.strata")
    try folder.write(
      "y,g\n1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n3,plain\n4,plain\n", to: "t.csv")
    let result = try await Command.run(
      ["fit", "m.strata", "--data", "t.csv", "--json", "--out", "out"], in: folder)
    #expect(result.status == 0)
    #expect(result.errors.contains("Note: R-hat and ESS are undefined for flag"))
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let rows = try #require(object["summary"] as? [[String: Any]])
    let expected = ["flag", "mu[\"a,b\"]", "mu[plain]", "mu[\"say \"\"hi\"\"\"]"]
    #expect(rows.map { $0["parameter"] as? String } == expected)
    #expect(
      rows.allSatisfy { Set($0.keys) == Set(Self.header.split(separator: ",").map(String.init)) })
    #expect(rows[0]["mean"] as? Double == 1)
    #expect(rows[0]["r_hat"] is NSNull)
    #expect(rows[0]["ess_bulk"] is NSNull)
    // Everything of run.json is there too.
    let run = try #require(
      JSONSerialization.jsonObject(with: Data(try folder.read("out/run.json").utf8))
        as? [String: Any])
    #expect(Set(object.keys) == Set(run.keys).union(["summary"]))

    let lines = try folder.read("out/summary.csv").split(separator: "\n")
    #expect(lines[1] == "flag,1.0,0.0,1.0,1.0,1.0,,,,")
    #expect(lines[2].hasPrefix("\"mu[\"\"a,b\"\"]\","))
    #expect(lines[3].hasPrefix("mu[plain],"))
    #expect(lines[4].hasPrefix("\"mu[\"\"say \"\"\"\"hi\"\"\"\"\"\"]\","))
  }

  @Test func ctrlCEndsWithTheSummaryOfTheDrawsThereAre() async throws {
    // A run that went on to its end would take a minute, and end with 0. When the first draws are there depends on the machine.
    var result = Command.Result(status: 0, output: "", errors: "")
    for delay in [1.0, 4, 16, 64] {
      result = try await Command.run(
        ["fit", "--draws", "100000", "--warmup", "100", "--plan", "direct"]
          + Command.example("response_times"), in: try Scratch(), interruptAfter: delay)
      if result.errors != "Interrupted: there were no draws yet.\n" { break }
    }
    #expect(result.status == 130)
    #expect(result.output.contains("\nmu_mu "))
    #expect(result.output.contains("Note: the run was interrupted: these are "))
    #expect(
      result.errors.hasSuffix(
        "\nInterrupted: the draws were not kept. With --out they are, and the run can go on.\n"))
  }

  @Test func explainPrintsThePlan() async throws {
    let result = try await Command.run(["explain"] + Command.example("radon"), in: try Scratch())
    #expect(result.status == 0)
    #expect(
      result.output == """
        log_radon: 919 rows → sums of squares and products of 85 levels of county
        a, b: integrated out exactly (85 levels of county)
        mu_a, mu_b: integrated out exactly
        sampled: sigma_a, sigma_b, eps
        3 of 175 parameters are sampled; the others are drawn exactly given them.

        """)
    #expect(result.errors.isEmpty)
  }

  @Test func explainPrintsThePlanAsJSON() async throws {
    let result = try await Command.run(
      ["explain", "--json", "--sample", "mu_a"] + Command.example("radon"), in: try Scratch())
    struct Plan: Decodable {
      var mode: String
      var dimension: Int
      var parameters: Int
      var sampled: [String]
      var steps: [[String: String]]
    }
    let plan = try JSONDecoder().decode(Plan.self, from: Data(result.output.utf8))
    #expect(plan.mode == "auto" && plan.parameters == 175 && plan.dimension == 4)
    #expect(plan.sampled == ["mu_a", "sigma_a", "sigma_b", "eps"])
    #expect(
      plan.steps.map { $0["kind"] } == ["rows", "integrated", "integrated", "not_integrated"])
    #expect(
      plan.steps.last == [
        "kind": "not_integrated", "subject": "mu_a",
        "action": "not integrated out: sampling it was asked for",
      ])
  }

  @Test func plansAreForced() async throws {
    let folder = try Scratch()
    let radon = Command.example("radon")
    let explained = try await Command.run(
      ["explain", "--sample", "mu_a, mu_b"] + radon, in: folder)
    #expect(explained.output.contains("\nsampled: mu_a, sigma_a, mu_b, sigma_b, eps\n"))
    for command in ["explain", "fit"] {
      let refused = try await Command.run([command, "--integrate", "a,eps"] + radon, in: folder)
      #expect(refused.status == 1)
      #expect(
        refused.errors == """
          Error: "eps" can't be integrated out: its prior is HalfCauchy, not Normal

          """)
    }
    let fit = try await Command.run(
      ["fit", "--sample", "mu_b", "--effects", "none", "--json"] + radon, in: folder)
    let run = try #require(
      JSONSerialization.jsonObject(with: Data(fit.output.utf8)) as? [String: Any])
    #expect(run["sample"] as? [String] == ["mu_b"])
    #expect(run["integrate"] as? [String] == [])
    #expect(run["effects"] as? String == "none")
    #expect(run["dimension"] as? Int == 4)
    #expect((run["plan_steps"] as? [String])?.last == "sampled: sigma_a, mu_b, sigma_b, eps")
    #expect((run["summary"] as? [Any])?.count == 5)
  }
}
