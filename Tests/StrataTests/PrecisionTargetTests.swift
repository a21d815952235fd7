import Foundation
import Strata
import Testing

/// Fits that stop when they are precise enough.
@Suite struct PrecisionTargetTests {
  private static let text = "mu ~ Normal(0, 1)\ns ~ HalfNormal(1)\ny ~ Normal(mu, s)"

  private func fit(_ target: PrecisionTarget?, _ change: (inout FitOptions) -> Void = { _ in })
    async throws -> Fit
  {
    var options = FitOptions(seed: 3)
    options.target = target
    change(&options)
    return try await Model(Self.text).fit(to: Table(["y": .numbers(FitTests.y)]), options: options)
  }

  @Test func stopsWhenTheESSIsReached() async throws {
    let fit = try await fit(.until(bulkESS: 3000, tailESS: 2000))
    #expect(fit.rounds?.end == .target)
    #expect(fit.summary.rows.allSatisfy { ($0.statistics.bulkESS ?? 0) >= 3000 })
    #expect(fit.summary.rows.allSatisfy { ($0.statistics.tailESS ?? 0) >= 2000 })
    #expect(fit.chains.allSatisfy { $0.drawCount == fit.settings.draws && $0.isComplete })
    #expect(fit.settings.draws >= 750 && fit.settings.draws < 10_000)
    let rounds = try #require(fit.rounds).rounds
    #expect(
      fit.notes.last == """
        every parameter reached a bulk-ESS of 3000 and tail-ESS of 2000 after \
        \(fit.settings.draws) draws of each chain in \(rounds) rounds
        """)
    #expect(fit.description.contains("Note: every parameter reached a"))
    #expect(!fit.diagnostics.hasFailed)
  }

  /// The same draws as a fit of that length, and the same length on any number of threads.
  @Test func drawsAreThoseOfOneRun() async throws {
    let first = try await fit(.until(bulkESS: 1500)) { $0.threads = 1 }
    let second = try await fit(.until(bulkESS: 1500)) { $0.threads = 2 }
    let whole = try await fit(nil) { $0.draws = first.settings.draws }
    #expect(whole.rounds == nil)
    for other in [second, whole] {
      #expect(other.chains.map(\.reported) == first.chains.map(\.reported))
    }
    #expect(whole.summary["mu"] == first.summary["mu"])
    #expect(whole.settings.draws == second.settings.draws)
  }

  @Test func theLimitOnDrawsStops() async throws {
    let fit = try await fit(.until(bulkESS: 1e6, maximumDraws: 300))
    #expect(fit.rounds?.end == .draws && fit.settings.draws == 300)
    #expect(
      fit.notes.last?.hasPrefix(
        "the limit on draws ended the run after 300 draws of each chain in 1 round: ") == true)
    #expect(fit.notes.last?.contains(" of 1000000 and a tail-ESS of ") == true)
  }

  @Test func theLimitOnSecondsStops() async throws {
    let fit = try await fit(.until(bulkESS: 1e9, maximumSeconds: 1e-6))
    #expect(fit.rounds?.end == .seconds && fit.rounds?.rounds == 1 && fit.settings.draws == 1000)
    #expect(fit.notes.last?.hasPrefix("the limit on seconds ended the run after 1000") == true)
  }

  @Test func metropolisCanStopToo() async throws {
    let fit = try await fit(.until(bulkESS: 500)) { $0.sampler = .metropolis }
    #expect(fit.rounds?.end == .target)
    #expect(fit.summary.rows.allSatisfy { ($0.statistics.bulkESS ?? 0) >= 500 })
  }

  /// What has no ESS does not keep the others from an end.
  @Test func constantsAreNotWaitedFor() async throws {
    var options = FitOptions(chains: 2)
    options.target = .until(bulkESS: 400)
    let fit = try await Model("mu ~ Normal(0, 1)\nflag = (mu > -100)\ny ~ Normal(mu, 1)")
      .fit(to: Table(["y": .numbers(FitTests.y)]), options: options)
    #expect(fit.rounds?.end == .target)
  }

  @Test func impossibleTargetsAreErrors() async throws {
    for (target, message) in [
      (
        PrecisionTarget.until(bulkESS: 0),
        "the bulk-ESS to reach is 0.0, but it has to be above 0 and finite"
      ),
      (
        .until(bulkESS: 400, tailESS: .infinity),
        "the tail-ESS to reach is inf, but it has to be above 0 and finite"
      ),
      (
        .until(bulkESS: 400, maximumDraws: 0),
        "the maximum number of draws is 0, but it has to be at least 1"
      ),
      (
        .until(bulkESS: 400, maximumSeconds: -1),
        "the maximum number of seconds is -1.0, but it has to be above 0"
      ),
    ] {
      await #expect {
        try await fit(target)
      } throws: {
        "\($0)" == message
      }
    }
    await #expect {
      try await fit(.until(bulkESS: 400, maximumDraws: 1 << 50))
    } throws: {
      let text = "\($0)"
      return text.hasPrefix("the maximum number of draws is 1125899906842624, but it has to be at")
        && text.hasSuffix(": 4 chains of draws of 2 numbers have to fit into half of the memory")
    }
  }

  // MARK: The command

  private func strata(_ arguments: [String], _ folder: Scratch) async throws -> Command.Result {
    try await Command.run(["fit"] + arguments + Command.example("sites"), in: folder)
  }

  @Test func theCommandDrawsUntilTheESS() async throws {
    let result = try await strata(["--ess", "2500", "--json"], try Scratch())
    #expect(result.status == 0)
    let run = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let target = try #require(run["target"] as? [String: Any])
    #expect(target["bulk_ess"] as? Double == 2500 && target["tail_ess"] as? Double == 2500)
    #expect(target["stopped_by"] as? String == "target")
    #expect(target["max_draws"] is NSNull && target["max_seconds"] is NSNull)
    #expect((target["rounds"] as? Int).map { $0 >= 1 } == true)
    let rows = try #require(run["summary"] as? [[String: Any]])
    #expect(rows.allSatisfy { ($0["ess_bulk"] as? Double ?? 0) >= 2500 })
    #expect((run["notes"] as? [String])?.last?.hasPrefix("every parameter reached a") == true)
    #expect(result.errors.contains("Note: every parameter reached a bulk- and tail-ESS of 2500"))
  }

  @Test func theCommandSaysWhichLimitStoppedIt() async throws {
    let draws = try await strata(["--ess", "100000", "--max-draws", "400"], try Scratch())
    #expect(draws.status == 0 || draws.status == 3)
    #expect(draws.output.contains("Note: the limit on draws ended the run after 400 draws"))
    let seconds = try await strata(["--ess", "100000000", "--max-seconds", "0.05"], try Scratch())
    #expect(seconds.output.contains("Note: the limit on seconds ended the run after "))
  }

  @Test(arguments: [
    (["--ess", "0"], "--ess: expected a whole number from 1 to 100000000, found \"0\"."),
    (["--ess", "many"], "--ess: expected a whole number from 1 to 100000000, found \"many\"."),
    (["--max-draws", "5"], "--max-draws: expected --ess beside it, found \"5\"."),
    (["--max-seconds", "5"], "--max-seconds: expected --ess beside it, found \"5\"."),
    (
      ["--ess", "400", "--max-draws", "0"],
      "--max-draws: expected a whole number from 1 to 100000000, found \"0\"."
    ),
    (
      ["--ess", "400", "--max-seconds", "-1"],
      "--max-seconds: expected a number of seconds above 0, found \"-1\"."
    ),
    (["--ess", "400", "--draws", "7"], "--draws: expected --max-draws in its place"),
  ])
  func wrongOptionsAreErrors(_ arguments: [String], _ message: String) async throws {
    let result = try await strata(arguments, try Scratch())
    #expect(result.status == 1)
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
