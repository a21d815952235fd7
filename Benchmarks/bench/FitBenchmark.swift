import Strata

/// Whole fits, from table to draws: seconds of wall time, ESS per second and per gradient.
enum FitBenchmark {
  struct Result: Encodable {
    var name: String
    var chains: Int
    var warmup: Int
    var draws: Int
    var seconds: Double
    var gradients: Int
    var divergences: Int
    var minBulkESS: Double
    var minTailESS: Double
    var maxRHat: Double
    var bulkESSPerSecond: Double
    var bulkESSPerGradient: Double
  }

  private static let examples = ["radon", "eight_schools", "response_times"]

  static func run(_ wants: (String) -> Bool) async throws -> [Result] {
    var results: [Result] = []
    for name in examples where wants("fit " + name) {
      let (model, table) = try GradientBenchmark.example(name)
      // The median of three seeds by seconds per effective draw.
      var runs: [Result] = []
      for seed in 1...3 {
        runs.append(try await measure(name, model, table, seed: UInt64(seed)))
      }
      results.append(runs.sorted { $0.bulkESSPerSecond < $1.bulkESSPerSecond }[1])
    }
    printTable(
      "Fits, 4 chains of 1000 warmup + 1000 draws, warmup included, median of 3 seeds",
      ["model", "s", "gradients", "divergent", "min bulk-ESS", "R-hat", "ESS/s", "ESS/gradient"],
      results.map {
        [
          $0.name, short($0.seconds), "\($0.gradients)", "\($0.divergences)", short($0.minBulkESS),
          short($0.maxRHat), short($0.bulkESSPerSecond), short($0.bulkESSPerGradient),
        ]
      })
    return results
  }

  private static func measure(_ name: String, _ model: Model, _ table: Table, seed: UInt64)
    async throws -> Result
  {
    let clock = ContinuousClock()
    let start = clock.now
    let fit = try await model.fit(to: table, options: FitOptions(seed: seed))
    let seconds = (clock.now - start) / .seconds(1)
    let statistics = fit.summary.rows.map(\.statistics)
    let bulk = statistics.compactMap(\.bulkESS).min() ?? 0
    return Result(
      name: name, chains: fit.settings.chains, warmup: fit.settings.warmup,
      draws: fit.settings.draws, seconds: seconds, gradients: fit.evaluations,
      divergences: fit.divergences, minBulkESS: bulk,
      minTailESS: statistics.compactMap(\.tailESS).min() ?? 0,
      maxRHat: statistics.compactMap(\.rHat).max() ?? 0, bulkESSPerSecond: bulk / seconds,
      bulkESSPerGradient: bulk / Double(fit.evaluations))
  }
}
