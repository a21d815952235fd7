import Foundation
import Testing
import Workflows

/// Against the reference's quantiles: those of an odds ratio are the exponentials of the coefficient's.
@Suite struct CbppTests {
  @Test func agreesWithReference() async throws {
    let reference = try ExpectedPosterior("cbpp_binomial")
    var expected = Expectations(of: try await cbpp())
    // A median's error is √(π / 2) of a mean's. 20,000 draws of NUTS, a quarter of them counted, beside the reference's
    // own error.
    func error(_ parameter: String) throws -> Double {
      let own = try reference(parameter, "sd") / 5000.0.squareRoot()
      return try (.pi / 2).squareRoot() * hypot(own, reference(parameter, "err_mean"))
    }
    for period in ["b2", "b3", "b4"] {
      let ratio = exp(try reference(period, "q50"))
      expected.expect("\(period), odds ratio", ratio, error: ratio * (try error(period)))
    }
    let rate = 1 / (1 + exp(-(try reference("mu_a", "q50"))))
    // The derivative of the inverse logit is p (1 − p).
    expected.expect(
      "cases in a typical herd, period 1", 20 * rate,
      error: 20 * rate * (1 - rate) * (try error("mu_a")))
    expected.check("cbpp")

    let numbers = expected.workflow.numbers
    let difference = try #require(numbers["elpd of herds that are alike, difference"])
    #expect(difference < 0)
    // A new herd is often spared in the last period, seldom in the first.
    let first = try #require(numbers["P(no case in a new herd), period 1"])
    let last = try #require(numbers["P(no case in a new herd), period 4"])
    #expect(first > 0 && 3 * first < last && last < 1)
  }
}
