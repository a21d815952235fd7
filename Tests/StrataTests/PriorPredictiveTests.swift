import Foundation
import Strata
import Testing

@Suite struct PriorPredictiveTests {
  @Test func parametersAndOutcomesFollowTheirPriors() throws {
    let text = """
      mu ~ Normal(1, 2)
      tau ~ HalfCauchy(1)
      z[site] ~ Normal(mu, tau)
      p ~ Beta(mean = 0.2, concentration = 10)
      odds = p / (1 - p)
      y ~ Normal(z[site], 3)
      k ~ Binomial(n, p)
      """
    // Neither outcome is in the table.
    let table = try Table(["site": .text(["A", "B", "A"]), "n": .wholeNumbers([4, 5, 6])])
    let prior = try Model(text).priorPredictive(for: table, draws: 4000, seed: 5)
    #expect(prior.parameterNames == ["mu", "tau", "p", "odds", "z[A]", "z[B]"])
    #expect(prior.outcomes == ["y", "k"])
    let count = 4000.0
    let (mu, tau) = (try prior.draws(of: "mu"), try prior.draws(of: "tau"))
    let (z, p) = (try prior.draws(of: "z[A]"), try prior.draws(of: "p"))
    // Shares below known quantiles: five standard errors.
    func check(_ values: [Double], below limit: Double, is share: Double, _ what: String) {
      let found = values.reduce(0) { $0 + ($1 < limit ? 1 : 0) } / count
      #expect(abs(found - share) < 5 * (share * (1 - share) / count).squareRoot(), "\(what)")
    }
    check(mu, below: 1 + 2 * 0.674_489_75, is: 0.75, "mu")
    check(tau, below: 1, is: 0.5, "the median of a half-Cauchy is its scale")
    #expect(tau.allSatisfy { $0 > 0 })
    check(
      zip(z, zip(mu, tau)).map { ($0 - $1.0) / $1.1 }, below: 1, is: 0.841_344_75,
      "z given mu and tau")
    #expect(try prior.draws(of: "odds") == p.map { $0 / (1 - $0) })
    let y = try prior.predictions(of: .outcome("y")).draws()
    check(zip(y[0], z).map { ($0 - $1) / 3 }, below: -1, is: 0.158_655_25, "y given z")
    let k = try prior.predictions(of: .outcome("k")).draws()
    #expect(k[2].allSatisfy { $0 >= 0 && $0 <= 6 && $0 == $0.rounded() })
    // The mean of a Beta-Binomial, and its variance n m (1 - m) (c + n) / (c + 1).
    let mean = k[1].reduce(0, +) / count
    #expect(abs(mean - 1) < 5 * (5 * 0.2 * 0.8 * 15 / 11 / count).squareRoot())
    #expect(try prior.predictions(of: .mean("k")).draws()[1] == p.map { 5 * $0 })
    #expect(throws: PredictionError.self) { try prior.predictions() }
  }

  @Test func modelsWithoutATable() throws {
    let prior = try Model("p ~ Beta(mean = 0.05, sd = 0.02)\nall = p^5\nfailed ~ Binomial(5, p)")
      .priorPredictive(draws: 2000)
    #expect(prior.parameterNames == ["p", "all"])
    #expect(prior.outcomes == ["failed"])
    #expect(abs(prior.summary["p"]!.mean! - 0.05) < 0.003)
    #expect(try prior.predictions().draws()[0].allSatisfy { $0 >= 0 && $0 <= 5 })
  }

  @Test func badInput() throws {
    #expect(throws: ModelError.self) { try Model("a ~ Flat()\ny ~ Normal(a, 1)").priorPredictive() }
    #expect(throws: ModelError.self) {
      try Model("a[site] ~ Normal(0, 1)\ny ~ Normal(a[site], 1)").priorPredictive()
    }
    #expect(throws: SamplingError.self) { try Model("a ~ Normal(0, 1)").priorPredictive(draws: 0) }
  }
}
