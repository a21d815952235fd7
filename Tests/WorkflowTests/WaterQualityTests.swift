import Foundation
import Testing
import Workflows

/// Against quadrature over mu and nu: the shares have closed forms given both.
@Suite struct WaterQualityTests {
  /// mu ~ Beta(1, 1), nu ~ HalfNormal(10), and regions of 30 samples.
  private static func posterior(_ safe: [Int]) -> WeightedNodes<(mu: Double, nu: Double)> {
    WeightedNodes(
      middles(300, 0, 1).flatMap { mu in
        middles(240, 0, 60).map { nu in
          let (a, b) = (mu * nu, (1 - mu) * nu)
          let prior = -nu * nu / 200 - Double(safe.count) * logBeta(a, b)
          let terms = safe.map { logBeta(a + Double($0), b + 30 - Double($0)) }
          return ((mu, nu), prior + terms.reduce(0, +))
        }
      })
  }

  @Test func agreesWithQuadrature() async throws {
    var expected = Expectations(of: try await waterQuality())
    // 20,000 draws from a grid, which are nearly independent: half of them counted.
    let draws = 10_000.0
    for safe in [[18, 18, 18], [3, 3, 3], [18, 3, 3]] {
      let posterior = Self.posterior(safe)
      let name = safe.map(String.init).joined(separator: "/")
      for (region, y) in safe.enumerated() {
        let y = Double(y)
        let mean = posterior.mean { ($0.mu * $0.nu + y) / ($0.nu + 30) }
        let square = posterior.mean {
          let (a, n) = ($0.mu * $0.nu + y, $0.nu + 30)
          return a * (a + 1) / (n * (n + 1))
        }
        let sd = (square - mean * mean).squareRoot()
        expected.expect("\(name): theta[\(region)]", mean: mean, sd: sd, draws: draws)
      }
      let mean = posterior.mean { $0.mu }
      let square = posterior.mean { $0.mu * ($0.mu * $0.nu + 1) / ($0.nu + 1) }
      expected.expect(
        "\(name): a new region", mean: mean, sd: (square - mean * mean).squareRoot(), draws: draws)
      if safe[0] == safe[1] {
        // Regions that say the same: a fair bet.
        expected.expect("\(name): P(theta[0] > theta[1])", mean: 0.5, sd: 0.5, draws: draws)
      }
    }
    expected.check("water quality")
    let workflow = expected.workflow
    #expect(try #require(workflow.numbers["18/3/3: P(theta[0] > theta[1])"]) > 0.999)
    #expect(Set(workflow.pictures.keys) == ["water_quality_regions", "water_quality_populations"])
  }
}
