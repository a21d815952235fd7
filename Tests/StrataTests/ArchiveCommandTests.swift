import Foundation
import Strata
import Testing

/// Commands that take a folder with a fit.
@Suite struct ArchiveCommandTests {
  @Test func foldersStandForModelsAndTables() async throws {
    let scratch = try Scratch()
    let radon = Command.example("radon")
    let fitted = try await Command.run(["fit", "--out", "out"] + radon, in: scratch)
    #expect(fitted.status == 0)
    let summary = try await Command.run(["summary", "out"], in: scratch)
    #expect(summary.output == fitted.output)
    #expect(summary.errors.isEmpty)
    let json = try await Command.run(["summary", "out", "--json"], in: scratch)
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect((object?["data"] as? [String: Any])?["file"] as? String == radon[2])
    for command in [["predict"], ["check"], ["predict", "--mean"], ["compare"]] {
      let direct = try await Command.run(command + radon, in: scratch)
      let read = try await Command.run(command + ["out"], in: scratch)
      #expect(direct.status == 0)
      let (a, b) = (direct.output, read.output)
      // compare names models by their files.
      #expect(command == ["compare"] ? a.count == b.count || !b.isEmpty : a == b)
      #expect(read.status == direct.status)
    }
    let both = try await Command.run(["predict", "out", "--data", radon[2]], in: scratch)
    #expect(both.status == 0)
    let wrong = try await Command.run(
      ["predict", "out", "--data", Command.example("eight_schools")[2]], in: scratch)
    #expect(wrong.status == 1)
    #expect(wrong.errors.contains("is not the one that was fitted in \"out\""))
    let options = try await Command.run(["predict", "out", "--draws", "10"], in: scratch)
    #expect(
      options.errors.hasPrefix("Error: \"out\" is a fit that is there already, and options of"))
    let missing = try await Command.run(["predict", radon[0]], in: scratch)
    #expect(missing.errors.contains("Missing expected argument '--data <table.csv>'"))
  }

  @Test func extrasNeedAFolder() async throws {
    let scratch = try Scratch()
    let radon = Command.example("radon")
    let without = try await Command.run(["fit", "--with", "prior"] + radon, in: scratch)
    #expect(without.status == 1)
    #expect(without.errors.contains("--with: expected --out beside it"))
    let unknown = try await Command.run(
      ["fit", "--out", "out", "--with", "priors"] + radon, in: scratch)
    #expect(
      unknown.errors
        == "Error: --with: expected log_likelihood, posterior_predictive or prior, found \"priors\".\n"
    )
  }

  @Test func stanCSVIsReadable() async throws {
    let scratch = try Scratch()
    let result = try await Command.run(
      ["fit", "--out", "out", "--stan-csv", "--draws", "50"] + Command.example("eight_schools"),
      in: scratch)
    #expect([0, 3].contains(result.status))
    let fit = try Fit(contentsOf: scratch.url.appending(path: "out").path)
    for (index, chain) in fit.chains.enumerated() {
      let lines = try scratch.read("out/chain-\(index + 1).csv").split(separator: "\n")
      let rows = lines.filter { !$0.hasPrefix("#") }.map {
        $0.split(separator: ",").map(String.init)
      }
      #expect(rows.count == 51)
      // What CmdStanPy insists on.
      for part in ["# num_warmup = 1", "# metric = diag_e (Default)", "# Diagonal elements of"] {
        let isThere = lines.contains { line in
          line.split(separator: " ").joined(separator: " ").hasPrefix(part)
        }
        #expect(isThere, "\(part)")
      }
      #expect(lines.suffix(4)[lines.count - 4].hasPrefix("#  Elapsed Time: "))
      #expect(
        rows[0].prefix(7) == [
          "lp__", "accept_stat__", "stepsize__", "treedepth__", "n_leapfrog__", "divergent__",
          "energy__",
        ])
      #expect(rows[0].contains("theta.8"))
      let column = try #require(rows[0].firstIndex(of: "theta.2"))
      let expected = fit.draws(ofColumn: "theta", level: 1, chain: chain)
      #expect(rows.dropFirst().map { Double($0[column]) } == expected)
    }
  }
}

extension Fit {
  fileprivate func draws(ofColumn name: String, level: Int, chain: ChainResult) -> [Double?] {
    let names = parameterNames.filter { $0.hasPrefix("\(name)[") }
    return (self[names[level]] ?? [])[chain.chain].map { $0 }
  }
}
