import Foundation
import StrataDiagnostics
import Testing

/// Moments that draws cannot tell are not told.
@Suite struct TailShapeTests {
  /// x = u^-k has the tail x^(-1/k).
  private static func power(_ k: Double, draws: Int, seed: UInt64) -> [[Double]] {
    var random = Draws(seed: seed)
    return (0..<4).map { _ in (0..<draws).map { _ in pow(random.uniform(), -k) } }
  }

  /// Of draws that have no variance, 20,000 in all, in 98 of 100 sets: k is estimated with a standard error of 0.075.
  @Test func withoutVariance() {
    let summaries = (0..<50).map {
      QuantitySummary(Self.power(0.5, draws: 5000, seed: UInt64($0)))
    }
    #expect(summaries.count { $0.sd == nil } >= 45)
    for summary in summaries {
      #expect((summary.sd == nil) == (summary.meanMCSE == nil))
      #expect(summary.q95 != nil && summary.bulkESS != nil)
    }
    #expect(summaries.count { $0.mean == nil } <= 5)
  }

  /// A Cauchy distribution, to both sides.
  @Test(arguments: [1.0, -1.0]) func withoutMean(_ sign: Double) {
    let chains = Self.power(1, draws: 1000, seed: 3).map { $0.map { sign * $0 } }
    let summary = QuantitySummary(chains)
    #expect(summary.mean == nil && summary.sd == nil && summary.meanMCSE == nil)
    #expect(abs((summary.tailShape ?? 0) - 1) < 0.4)
    #expect(summary.q50 != nil && summary.undefined == nil)
  }

  /// No false alarm in 4 × 200 sets of 2000 and 8000 draws each, correlated ones among them.
  @Test func lightTailsAreLeftAlone() {
    var random = Draws(seed: 9)
    for draws in [500, 2000] {
      for _ in 0..<100 {
        let normal = random.chains(4, draws: draws, correlation: 0.7)
        let transforms: [@Sendable (Double) -> Double] = [
          { $0 }, { $0 * $0 }, { exp(0.5 * $0) }, { -exp($0 / 3) },
        ]
        for transform in transforms {
          let summary = QuantitySummary(normal.map { $0.map(transform) })
          #expect(summary.sd != nil && summary.mean != nil, "k \(summary.tailShape ?? .nan)")
        }
      }
    }
  }

  @Test func fewOrTiedDrawsSayNothing() {
    #expect(QuantitySummary(Self.power(1, draws: 79, seed: 1)).tailShape == nil)
    #expect(QuantitySummary(Self.power(1, draws: 79, seed: 1)).sd != nil)
    let indicator = Self.power(1, draws: 1000, seed: 1).map { $0.map { $0 > 3 ? 1.0 : 0 } }
    #expect(QuantitySummary(indicator).tailShape == nil && QuantitySummary(indicator).sd != nil)
  }

  @Test func theReportNamesThem() {
    var (heavy, worse) = (DiagnosticReportTests.good, DiagnosticReportTests.good)
    (heavy.tailShape, worse.tailShape) = (0.5, 0.93)
    let report = DiagnosticReport(parameters: [
      ("mu", DiagnosticReportTests.good), ("eps", heavy), ("ratio", worse),
    ])
    #expect(!report.hasFailed)
    #expect(
      report.findings.map(\.message) == [
        "Mean and sd are undefined for ratio (0.93): by their Pareto k the tails are so heavy that a few draws"
          + " decide them; from 1 on there is no mean. Use the quantiles.",
        "The sd is undefined for eps (0.50): by their Pareto k the tails are so heavy that a few draws decide it;"
          + " from 0.5 on the variance is infinite. Use the quantiles.",
      ])
    #expect(report.findings.allSatisfy { $0.topic == .heavyTails })
  }
}
