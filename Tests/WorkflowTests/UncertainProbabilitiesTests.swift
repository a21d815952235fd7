import Foundation
import Testing
import Workflows

/// Against the moments of Beta distributions and a mixture of two binomials.
@Suite struct UncertainProbabilitiesTests {
  /// Independent draws.
  private static let draws = 100_000.0

  @Test func agreesWithClosedForms() async throws {
    var expected = Expectations(of: try await uncertainProbabilities())
    for (knowledge, sd) in [("measured", 0.01), ("known", 0.02), ("guessed", 0.04)] {
      let size = 0.05 * 0.95 / (sd * sd) - 1
      // E[p^k] of Beta(a, b) is the product of (a + i) / (a + b + i).
      func moment(_ k: Int) -> Double {
        (0..<k).reduce(1) { $0 * (0.05 * size + Double($1)) / (size + Double($1)) }
      }
      expected.expect("\(knowledge): P(a part fails)", mean: 0.05, sd: sd, draws: Self.draws)
      expected.expect(
        "\(knowledge): P(five fail)", mean: moment(5),
        sd: (moment(10) - moment(5) * moment(5)).squareRoot(), draws: Self.draws)
    }
    for heads in 0...10 {
      let k = Double(heads)
      let choose = exp(lgamma(11) - lgamma(k + 1) - lgamma(11 - k))
      let (low, high) = (
        choose * pow(0.3, k) * pow(0.7, 10 - k), choose * pow(0.7, k) * pow(0.3, 10 - k)
      )
      // Which side a draw is on is all that is random, beside the rounding of 100,000 sums.
      expected.expect(
        "loaded: P(\(heads) heads)", (low + high) / 2,
        error: abs(high - low) / 2 / Self.draws.squareRoot() + 1e-12)
      // Nothing is random.
      expected.expect("fair: P(\(heads) heads)", choose / 1024, error: 1e-12)
    }
    expected.check("uncertain probabilities")
    #expect(Set(expected.workflow.pictures.keys) == ["redundant_parts", "coins"])
  }
}
