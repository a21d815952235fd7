import Strata
import TestSupport
import Testing

extension Statistical {
  /// Coordinates change no posterior: the default plan against every row and every parameter as they are, with long
  /// runs and a high target acceptance.
  @Suite(.serialized) struct StatisticalCentring {
    private static let names = [
      "rich and poor levels", "nested", "logistic", "correlated", "correlated, Normal",
    ]

    /// Reported quantities of each, five statistics each.
    static let levels = AgreementLevels(
      comparisons: (32 + 91 + 203 + 85 + 30) * Fit.statistics.count)

    @Test(arguments: names) func autoAgreesWithDirect(_ name: String) async throws {
      let example = try #require(CentringCase.all.first { $0.name == name })
      var options = FitOptions(draws: 4000, seed: 20_260)
      let auto = try await example.fit(options)
      options = FitOptions(warmup: 2000, draws: 10_000, seed: 20_261)
      options.plan = .direct
      options.targetAcceptance = 0.95
      let direct = try await example.fit(options)
      let agreement = Agreement(
        name: "\(name), auto and direct", comparisons: try auto.comparisons(with: direct),
        levels: Self.levels)
      agreement.report(note: "auto \(auto.note), direct \(direct.note)")
      #expect(agreement.failures.isEmpty)
      #expect(auto.plan.mode == .auto)
      #expect(auto.divergences == 0)
      #expect(!auto.diagnostics.hasFailed)
    }

    /// The measured models with the promise that comes with the defaults, on one seed.
    @Test(arguments: [
      "epil", "cbpp", "efron_morris", "response_times", "nested", "correlated",
    ])
    func defaultsLeaveNoDivergenceAndEnoughDraws(_ name: String) async throws {
      let example = try #require(CentringCase.all.first { $0.name == name })
      let fit = try await example.fit(FitOptions(seed: 1))
      #expect(fit.divergences <= 2)
      for row in fit.summary.rows {
        let ess = min(row.statistics.bulkESS ?? 0, row.statistics.tailESS ?? 0)
        #expect(ess > 1000, "\(row.name): \(ess)")
      }
    }
  }
}
