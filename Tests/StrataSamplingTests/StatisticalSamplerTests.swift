import StrataSampling
import Testing

/// Draws against targets whose expectations are known exactly.
///
/// Each z statistic is (mean of the draws - expectation) / standard error, the latter from the means
/// of 50 batches in each of 4 chains (t with 196 degrees of freedom). A test fails if any of its
/// statistics exceeds the Bonferroni quantile for a family-wise false alarm rate of 1e-4, and
/// prints an alert over the one for 1e-2. The seeds are fixed, so the outcome never changes.
@Suite struct StatisticalSamplerTests {
  private struct Expectation {
    let name: String
    let value: Double
    let function: ([Double]) -> Double
  }

  private enum Sampler: String, CaseIterable, CustomTestStringConvertible {
    case diagonal, dense, metropolis
    var testDescription: String { rawValue }
  }

  private func draw<D: LogDensity>(
    _ density: D, _ sampler: Sampler, seed: UInt64, blocks: [Range<Int>]? = nil, thinning: Int = 5
  ) async throws -> [ChainResult] {
    let chains = try ChainConfiguration(seed: seed)
    switch sampler {
    case .metropolis:
      return try await sample(
        density,
        configuration: .metropolis(
          MetropolisConfiguration(draws: 10_000, thinning: thinning, blocks: blocks)),
        chains: chains)
    default:
      return try await sample(
        density,
        configuration: .nuts(
          NUTSConfiguration(
            draws: 10_000, targetAcceptance: 0.9, metric: sampler == .dense ? .dense : .diagonal)),
        chains: chains)
    }
  }

  private func check(
    _ results: [ChainResult], _ expectations: [Expectation], _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let batches = 50
    let degrees = Double((batches - 1) * results.count)
    let fail = TestMath.bonferroni(count: expectations.count, degreesOfFreedom: degrees)
    let alert = TestMath.bonferroni(
      count: expectations.count, familywise: 1e-2, degreesOfFreedom: degrees)
    for expectation in expectations {
      var means: [Double] = []
      for result in results {
        let size = result.drawCount / batches
        for batch in 0..<batches {
          var sum = 0.0
          for draw in batch * size..<(batch + 1) * size {
            let start = draw * result.reportedCount
            sum += expectation.function(
              Array(result.reported[start..<start + result.reportedCount]))
          }
          means.append(sum / Double(size))
        }
      }
      let n = Double(means.count)
      let mean = means.reduce(0, +) / n
      let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      let z = (mean - expectation.value) / (variance / n).squareRoot()
      if abs(z) > alert { print("alert: \(what), \(expectation.name): z = \(z)") }
      #expect(
        abs(z) < fail, "\(what), \(expectation.name): mean \(mean), z = \(z)",
        sourceLocation: sourceLocation)
    }
  }

  private func moments(
    _ dimension: Int, _ covariance: (Int, Int) -> Double
  ) -> [Expectation] {
    (0..<dimension).flatMap { i in
      [Expectation(name: "x\(i)", value: 0) { $0[i] }]
        + (0...i).map { j in
          Expectation(name: "x\(i) x\(j)", value: covariance(i, j)) { $0[i] * $0[j] }
        }
    }
  }

  @Test(arguments: Sampler.allCases)
  private func standardNormal(sampler: Sampler) async throws {
    let results = try await draw(NormalDensity(dimension: 5), sampler, seed: 1)
    let quantiles = [0.05, 0.25, 0.95].map { p in
      let x = TestMath.normalQuantile(p)
      return Expectation(name: "P(x0 < \(x))", value: p) { $0[0] < x ? 1 : 0 }
    }
    check(results, moments(5) { $0 == $1 ? 1 : 0 } + quantiles, "standard normal, \(sampler)")
  }

  @Test(arguments: Sampler.allCases)
  private func scaledNormal(sampler: Sampler) async throws {
    let scales = [1e-3, 0.1, 1, 10, 1e3]
    let results = try await draw(NormalDensity(scales: scales), sampler, seed: 2)
    check(
      results, moments(5) { $0 == $1 ? scales[$0] * scales[$0] : 0 }, "scaled normal, \(sampler)")
  }

  @Test(arguments: Sampler.allCases)
  private func correlatedNormal(sampler: Sampler) async throws {
    let density = CorrelatedNormal(lower: [
      [1, 0, 0, 0], [0.9, 0.44, 0, 0], [-3, 1, 2, 0], [0.05, 0, 0.02, 0.1],
    ])
    let results = try await draw(density, sampler, seed: 3, blocks: [0..<4], thinning: 10)
    check(results, moments(4, density.covariance), "correlated normal, \(sampler)")
  }

  /// Standard logistic (variance pi²/3) beside a t with 8 degrees of freedom (variance 4/3).
  @Test(arguments: Sampler.allCases)
  private func heavyTails(sampler: Sampler) async throws {
    let density = FunctionDensity(dimension: 2) { x, gradient in
      let e = TestMath.exp(-abs(x[0]))
      gradient[0] = (x[0] > 0 ? -1 : 1) * (1 - e) / (1 + e)
      gradient[1] = -9 * x[1] / (8 + x[1] * x[1])
      return -abs(x[0]) - 2 * TestMath.log1p(e) - 4.5 * TestMath.log1p(x[1] * x[1] / 8)
    }
    let results = try await draw(density, sampler, seed: 4)
    let expectations =
      moments(2) { $0 == $1 ? ($0 == 0 ? Double.pi * Double.pi / 3 : 4.0 / 3) : 0 }
      + [-3.0, 1, 4].flatMap { x in
        [
          Expectation(name: "P(x0 < \(x))", value: 1 / (1 + TestMath.exp(-x))) {
            $0[0] < x ? 1 : 0
          },
          Expectation(name: "P(x1 < \(x))", value: TestMath.studentCDF(x, 8)) {
            $0[1] < x ? 1 : 0
          },
        ]
      }
    check(results, expectations, "heavy tails, \(sampler)")
  }

  /// x0 ~ Normal(0, 1), x1 ~ Normal(x0²/2, 1): x1 has mean 1/2 and variance 3/2. (With a ridge that
  /// narrows much more, NUTS at target acceptance 0.8 diverges in the bend and is biased there, as
  /// it should report; at 0.99 it is right.)
  @Test(arguments: Sampler.allCases)
  private func banana(sampler: Sampler) async throws {
    let density = FunctionDensity(dimension: 2) { x, gradient in
      let miss = x[1] - 0.5 * x[0] * x[0]
      gradient[0] = -x[0] + x[0] * miss
      gradient[1] = -miss
      return -0.5 * (x[0] * x[0] + miss * miss)
    }
    let results = try await draw(density, sampler, seed: 5, thinning: 20)
    check(
      results,
      [
        Expectation(name: "x0", value: 0) { $0[0] },
        Expectation(name: "x0²", value: 1) { $0[0] * $0[0] },
        Expectation(name: "x1", value: 0.5) { $0[1] },
        Expectation(name: "(x1 - 1/2)²", value: 1.5) { ($0[1] - 0.5) * ($0[1] - 0.5) },
        Expectation(name: "x0² x1", value: 1.5) { $0[0] * $0[0] * $0[1] },
        Expectation(name: "P(x0 < 1)", value: TestMath.normalCDF(1)) { $0[0] < 1 ? 1 : 0 },
        Expectation(name: "P(x1 < x0²/2)", value: 0.5) { $0[1] < 0.5 * $0[0] * $0[0] ? 1 : 0 },
      ], "banana, \(sampler)")
  }

  /// The helper itself: independent draws pass, draws that are shifted by 0.05 sd do not.
  @Test func theTestSeesAShift() {
    for shift in [0, 0.05] {
      let results = (0..<4).map { chain -> ChainResult in
        var random = RandomStream(seed: 6, stream: UInt64(chain))
        let values = (0..<10_000).map { _ in random.normal() + shift }
        return ChainResult(chain: chain, draws: values)
      }
      let expectations = moments(1) { _, _ in 1 }
      if shift == 0 {
        check(results, expectations, "independent draws")
      } else {
        withKnownIssue { check(results, expectations, "shifted draws") }
      }
    }
  }
}

extension ChainResult {
  /// A result with these draws of one number.
  fileprivate init(chain: Int, draws: [Double]) {
    self.init(
      chain: chain, reportedCount: 1, reported: draws,
      statistics: draws.map { _ in
        DrawStatistics(
          logDensity: 0, energy: 0, acceptance: 1, treeDepth: 1, leapfrogCount: 1,
          isDivergent: false)
      }, stepSize: 1, inverseMetric: .diagonal([1]), warmupSeconds: 0, samplingSeconds: 0,
      warmupEvaluations: 0, samplingEvaluations: 0, warmupDivergences: 0, divergences: [],
      lastPosition: [], isComplete: true)
  }
}
