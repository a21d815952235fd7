import Strata

/// Whole fits: seconds of wall time, effective draws per second and per gradient.
enum FitBenchmark {
  struct Result: Encodable {
    var name: String
    var chains: Int
    var warmup: Int
    var draws: Int
    /// Planning, warmup and draws.
    var samplingSeconds: Double
    /// From table to summary.
    var seconds: Double
    var warmupGradients: Int
    var drawGradients: Int
    var divergences: Int
    var minBulkESS: Double
    var minTailESS: Double
    var maxRHat: Double
    /// Over the sampling seconds.
    var bulkESSPerSecond: Double
    var bulkESSPerGradient: Double
  }

  static func run(_ wants: (String) -> Bool) async throws -> [Result] {
    var results: [Result] = []
    for named in NamedModel.all where wants("fit " + named.name) {
      let (model, table) = try named.make()
      var runs: [Result] = []
      for seed in 1...named.seeds {
        runs.append(try await measure(named, model, table, seed: UInt64(seed)))
      }
      results.append(runs.sorted { $0.bulkESSPerSecond < $1.bulkESSPerSecond }[runs.count / 2])
    }
    printTable(
      "Fits with warmup, the median of the seeds by effective draws per second of sampling",
      [
        "model", "chains", "sampling s", "total s", "gradients", "divergent", "min bulk-ESS",
        "max R-hat", "ESS/s", "ESS/1000 gradients",
      ],
      results.map {
        [
          $0.name, "\($0.chains) x (\($0.warmup) + \($0.draws))", short($0.samplingSeconds),
          short($0.seconds), "\($0.warmupGradients) + \($0.drawGradients)", "\($0.divergences)",
          short($0.minBulkESS), short($0.maxRHat), short($0.bulkESSPerSecond),
          short(1000 * $0.bulkESSPerGradient),
        ]
      })
    return results
  }

  private static func measure(
    _ named: NamedModel, _ model: Model, _ table: Table, seed: UInt64
  ) async throws -> Result {
    let lengths = named.lengths
    let clock = ContinuousClock()
    let start = clock.now
    let fit = try await model.fit(
      to: table,
      options: FitOptions(
        chains: lengths.chains, warmup: lengths.warmup, draws: lengths.draws, seed: seed))
    let seconds = (clock.now - start) / .seconds(1)
    let sampling = fit.seconds.planning + fit.seconds.warmup + fit.seconds.sampling
    let statistics = fit.summary.rows.map(\.statistics)
    let bulk = statistics.compactMap(\.bulkESS).min() ?? 0
    return Result(
      name: named.name, chains: fit.settings.chains, warmup: fit.settings.warmup,
      draws: fit.settings.draws, samplingSeconds: sampling, seconds: seconds,
      warmupGradients: fit.warmupEvaluations,
      drawGradients: fit.samplingEvaluations,
      divergences: fit.divergences, minBulkESS: bulk,
      minTailESS: statistics.compactMap(\.tailESS).min() ?? 0,
      maxRHat: statistics.compactMap(\.rHat).max() ?? 0, bulkESSPerSecond: bulk / sampling,
      bulkESSPerGradient: bulk / Double(fit.evaluations))
  }
}
