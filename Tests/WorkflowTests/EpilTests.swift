import Foundation
import Testing
import Workflows

/// Against the reference's quantiles, and what a comparison of two distributions has to find.
@Suite struct EpilTests {
  @Test func agreesWithReference() async throws {
    let reference = try ExpectedPosterior("epil_negbin")
    var expected = Expectations(of: try await epil())
    let ratio = exp(try reference("b_trt", "q50"))
    // A median's error is √(π / 2) of a mean's. 10,000 draws of NUTS, a quarter of them counted.
    let own = try reference("b_trt", "sd") / 2500.0.squareRoot()
    let error = try (.pi / 2).squareRoot() * hypot(own, reference("b_trt", "err_mean"))
    expected.expect("rate ratio of progabide", ratio, error: ratio * error)
    expected.check("epil")

    let numbers = expected.workflow.numbers
    // The reference's 95 % quantile of b_trt is below 0.
    #expect(try reference("b_trt", "q95") < 0)
    #expect(try #require(numbers["P(progabide helps)"]) > 0.95)
    let difference = try #require(numbers["elpd of Poisson, difference"])
    #expect(difference < -2 * (try #require(numbers["its standard error"])))
    #expect(try #require(numbers["NegBinomial: p-value of zeros"]) > 0.05)
    #expect(expected.workflow.pictures.count == 2)
  }
}
