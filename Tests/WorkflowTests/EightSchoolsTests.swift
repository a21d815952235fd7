import Foundation
import Testing
import Workflows

/// Against quadrature over tau: given tau, everything else is normal.
@Suite struct EightSchoolsTests {
  private static let y: [Double] = [28, 8, -3, 7, -1, 1, 18, 12]
  private static let sigma: [Double] = [15, 10, 16, 11, 9, 11, 10, 18]

  /// What follows from some schools if tau is known: mu is Normal(mean, √variance).
  private struct GivenTau {
    var tau: Double
    var mean: Double
    var variance: Double
    /// log of the density of all studies.
    var logLikelihood: Double

    init(_ tau: Double, schools: [Int]) {
      self.tau = tau
      var precision = 1 / 25.0
      var sum = 0.0
      var density = -log(25.0) / 2
      for j in schools {
        let v = sigma[j] * sigma[j] + tau * tau
        precision += 1 / v
        sum += y[j] / v
        density -= (log(2 * Double.pi * v) + y[j] * y[j] / v) / 2
      }
      mean = sum / precision
      variance = 1 / precision
      logLikelihood = density - log(precision) / 2 + sum * mean / 2
    }

    /// theta of a school: tau² / (tau² + sigma²) of its own study, the rest from mu.
    func effect(_ j: Int) -> (own: Double, mean: Double, variance: Double) {
      let own = tau * tau / (tau * tau + sigma[j] * sigma[j])
      return (own, own * y[j] + (1 - own) * mean, own * sigma[j] * sigma[j])
    }
  }

  /// tau ~ HalfCauchy(5): the tangent of an angle that is uniform.
  private static func posterior(_ schools: [Int]) -> WeightedNodes<GivenTau> {
    WeightedNodes(
      middles(4000, 0, .pi / 2).map {
        let given = GivenTau(5 * tan($0), schools: schools)
        return (given, given.logLikelihood - log(4000))
      })
  }

  @Test func agreesWithQuadrature() async throws {
    var expected = Expectations(of: try await eightSchools())
    let all = Self.posterior(Array(0..<8))
    // 20,000 draws from a grid over mu and tau, which are nearly independent: half of them counted.
    let draws = 10_000.0
    func probability(_ name: String, _ value: (GivenTau) -> Double) {
      let p = all.mean(value)
      expected.expect(name, mean: p, sd: (p * (1 - p)).squareRoot(), draws: draws)
    }
    probability("P(A is better than C)") {
      let (a, c) = ($0.effect(0), $0.effect(2))
      let fromMu = (c.own - a.own) * (c.own - a.own) * $0.variance
      let sd = (a.variance + c.variance + fromMu).squareRoot()
      return sd == 0 ? 0.5 : normalProbability(below: (a.mean - c.mean) / sd)
    }
    probability("P(tau < 5)") { $0.tau < 5 ? 1 : 0 }
    probability("P(ninth effect > 0)") {
      normalProbability(below: $0.mean / ($0.variance + $0.tau * $0.tau).squareRoot())
    }
    probability("P(ninth study > 0)") {
      normalProbability(below: $0.mean / ($0.variance + $0.tau * $0.tau + 100).squareRoot())
    }
    let a = all.mean { $0.effect(0).mean }
    let square = all.mean {
      let effect = $0.effect(0)
      let rest = 1 - effect.own
      return effect.mean * effect.mean + effect.variance + rest * rest * $0.variance
    }
    expected.expect("theta[A]", mean: a, sd: (square - a * a).squareRoot(), draws: draws)
    let ninth = all.mean { $0.mean }
    let spread = all.mean { $0.mean * $0.mean + $0.variance + $0.tau * $0.tau } - ninth * ninth
    expected.expect(
      "effect of a ninth school", mean: ninth, sd: spread.squareRoot(), draws: draws)
    expectElpds(&expected, all)
    expected.check("eight schools")
  }

  /// The log density of a school's study given the others: the difference of two evidences.
  private func expectElpds(_ expected: inout Expectations, _ all: WeightedNodes<GivenTau>) {
    var (differ, same) = (0.0, 0.0)
    let together = GivenTau(0, schools: Array(0..<8)).logLikelihood
    for left in 0..<8 {
      let others = (0..<8).filter { $0 != left }
      differ += all.logTotal - Self.posterior(others).logTotal
      same += together - GivenTau(0, schools: others).logLikelihood
    }
    // The density of a study, as wide as its standard error, varies by less than half of its mean over the draws
    // (effects of new schools are about half as wide): eight means over draws, half of them counted.
    func error(_ draws: Double) -> Double { 0.5 * (8 / (draws / 2)).squareRoot() }
    expected.expect("elpd, schools differ", differ, error: error(20_000))
    expected.expect("elpd, all the same", same, error: error(4000))
  }
}
