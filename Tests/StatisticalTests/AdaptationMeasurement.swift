import Foundation
import Strata
import Testing

extension Statistical {
  /// Not a check but a measurement, run when STRATA_MEASURE is set: what warmup and draws cost and
  /// give under each estimate of the metric, in gradients, so that a busy machine changes nothing.
  /// STRATA_SEEDS is the number of seeds (3), STRATA_TARGET the target acceptance (0.8).
  @Suite(
    .serialized, .enabled(if: ProcessInfo.processInfo.environment["STRATA_MEASURE"] != nil))
  struct AdaptationMeasurement {
    @Test(arguments: [MetricEstimate.variance, .fisher])
    func gradientsAndEffectiveDraws(_ estimate: MetricEstimate) async throws {
      let environment = ProcessInfo.processInfo.environment
      let seeds = environment["STRATA_SEEDS"].flatMap(UInt64.init) ?? 3
      print(
        "\(estimate): example, gradients of warmup and of draws, min bulk-ESS, min tail-ESS,",
        "bulk-ESS per 1000 gradients (warmup included), divergences; means of \(seeds) seeds")
      for example in ExampleCase.all {
        var sums = [Double](repeating: 0, count: 6)
        for seed in 1...seeds {
          var options = FitOptions(seed: 100 + seed)
          options.metricEstimate = estimate
          options.targetAcceptance = environment["STRATA_TARGET"].flatMap(Double.init)
          let fit = try await example.fit(options)
          for (i, value) in Self.numbers(fit).enumerated() { sums[i] += value / Double(seeds) }
        }
        let cells = zip(sums, [0, 0, 0, 0, 2, 1]).map { String(format: "%.\($1)f", $0) }
        print("|", ([example.table] + cells).joined(separator: " | "), "|")
      }
    }

    private static func numbers(_ fit: Fit) -> [Double] {
      let warmup = Double(fit.chains.reduce(0) { $0 + $1.warmupEvaluations })
      let draws = Double(fit.chains.reduce(0) { $0 + $1.samplingEvaluations })
      let bulk = fit.summary.rows.compactMap(\.statistics.bulkESS).min() ?? 0
      let tail = fit.summary.rows.compactMap(\.statistics.tailESS).min() ?? 0
      return [warmup, draws, bulk, tail, 1000 * bulk / (warmup + draws), Double(fit.divergences)]
    }
  }
}
