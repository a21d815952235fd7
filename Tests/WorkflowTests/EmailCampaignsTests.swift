import Foundation
import Testing
import Workflows

/// Against closed forms for separate rates, and quadrature over alpha and beta for hierarchical ones.
@Suite struct EmailCampaignsTests {
  private static let data: [(campaign: String, sent: Double, converted: Double)] = [
    ("A", 200, 19), ("B", 10, 3),
  ]
  /// 20,000 draws from a grid or of exact posteriors, which are nearly independent: half of them counted.
  private static let draws = 10_000.0

  /// The probability that none of n mails converts if the rate is Beta(a, b).
  private static func none(_ n: Double, _ a: Double, _ b: Double) -> Double {
    exp(logBeta(a, b + n) - logBeta(a, b))
  }

  @Test func agreesWithClosedFormsAndQuadrature() async throws {
    var expected = Expectations(of: try await emailCampaigns())
    separate(&expected)
    try hierarchical(&expected)
    expected.check("email campaigns")
    #expect(Set(expected.workflow.pictures.keys) == ["email_rates", "email_conversions"])
  }

  private func separate(_ expected: inout Expectations) {
    for (campaign, n, y) in Self.data {
      let (a, b) = (2 + y, 5 + n - y)
      let sd = (a * b / (a + b + 1)).squareRoot() / (a + b)
      expected.expect(
        "separate: rate of \(campaign)", mean: a / (a + b), sd: sd, draws: Self.draws)
      for (when, a, b, draws) in [("prior", 2, 5, 10_000), ("sent again", a, b, Self.draws)] {
        // (1 − p)^n, whose square is the same with 2 n.
        let (mean, square) = (Self.none(n, a, b), Self.none(2 * n, a, b))
        expected.expect(
          "separate: P(no conversion of \(campaign)), \(when)", mean: mean,
          sd: (square - mean * mean).squareRoot(), draws: draws)
      }
    }
    // Beta(5, 12) above Beta(21, 186): a sum, as 5 is whole.
    let better = (0..<5).reduce(0.0) {
      let i = Double($1)
      return $0 + exp(logBeta(21 + i, 198) - log(12 + i) - logBeta(1 + i, 12) - logBeta(21, 186))
    }
    let sd = (better * (1 - better)).squareRoot()
    expected.expect("separate: P(B is better)", mean: better, sd: sd, draws: Self.draws)
    // Beta(2, 5): its quantiles x solve 1 − (1 − x)^5 (1 + 5 x) = p; its density is 30 x (1 − x)^4.
    expected.expect(
      "separate: rate of a new campaign", mean: 2.0 / 7, sd: (10.0 / 8).squareRoot() / 7,
      draws: Self.draws)
    for (name, p) in [("its 5 % quantile", 0.05), ("its 95 % quantile", 0.95)] {
      let x = bisect { 1 - pow(1 - $0, 5) * (1 + 5 * $0) - p }
      expected.expect(
        "separate: \(name)", quantile: x, p, density: 30 * x * pow(1 - x, 4), draws: Self.draws)
    }
  }

  /// The root between 0 and 1 of a function that rises.
  private func bisect(_ f: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if f(middle) < 0 { low = middle } else { high = middle }
    }
    return low
  }

  private func hierarchical(_ expected: inout Expectations) throws {
    let grid = middles(90, 0.2, 5).flatMap { a in middles(90, 1.5, 11).map { (a: a, b: $0) } }
    func logPrior(_ a: Double, _ b: Double) -> Double {
      15 * log(a) - 9 * a + 39 * log(b) - 8 * b
    }
    let prior = WeightedNodes(grid.map { ($0, logPrior($0.a, $0.b)) })
    let posterior = WeightedNodes(
      grid.map { a, b in
        (
          (a: a, b: b),
          logPrior(a, b) + logBeta(a + 19, b + 181) + logBeta(a + 3, b + 7) - 2 * logBeta(a, b)
        )
      })
    let reference = try ExpectedPosterior("email_campaigns_beta_binomial")
    for (campaign, n, y) in Self.data {
      let name = "conversion_rate_\(campaign)"
      expected.expect(
        "hierarchical: rate of \(campaign)", mean: try reference(name, "mean"),
        sd: try reference(name, "sd"), draws: Self.draws)
      func compare(
        _ name: String, _ nodes: WeightedNodes<(a: Double, b: Double)>, _ y: Double, _ m: Double
      ) {
        // Given the rate; the draws know it, not only alpha and beta.
        let mean = nodes.mean { Self.none(n, $0.a + y, $0.b + m) }
        let square = nodes.mean { Self.none(2 * n, $0.a + y, $0.b + m) }
        expected.expect(
          "hierarchical: P(no conversion of \(campaign)), \(name)", mean: mean,
          sd: (square - mean * mean).squareRoot(), draws: Self.draws)
      }
      compare("prior", prior, 0, 0)
      compare("sent again", posterior, y, n - y)
    }
    let better = posterior.mean { probabilityThatBIsBetter($0.a, $0.b) }
    expected.expect(
      "hierarchical: P(B is better)", mean: better, sd: (better * (1 - better)).squareRoot(),
      draws: Self.draws)
    let new = "conversion_rate_C (new)"
    expected.expect(
      "hierarchical: rate of a new campaign", mean: try reference(new, "mean"),
      sd: try reference(new, "sd"), draws: Self.draws)
    for (name, key, p) in [("its 5 % quantile", "q5", 0.05), ("its 95 % quantile", "q95", 0.95)] {
      let x = try reference(new, key)
      let density = posterior.mean { a, b in
        exp((a - 1) * log(x) + (b - 1) * log(1 - x) - logBeta(a, b))
      }
      expected.expect("hierarchical: \(name)", quantile: x, p, density: density, draws: Self.draws)
    }
  }

  /// Given alpha and beta: the integral of B's density over A's distribution function.
  private func probabilityThatBIsBetter(_ a: Double, _ b: Double) -> Double {
    let nodes = Self.nodes.map { log, logRest in
      (
        exp((a + 18) * log + (b + 180) * logRest - logBeta(a + 19, b + 181)),
        exp((a + 2) * log + (b + 6) * logRest - logBeta(a + 3, b + 7))
      )
    }
    let width = 1 / Double(nodes.count)
    var (below, total) = (0.0, 0.0)
    for (one, two) in nodes {
      total += two * (below + one / 2) * width * width
      below += one
    }
    return total
  }

  private static let nodes = middles(200, 0, 1).map { (log($0), log(1 - $0)) }
}
