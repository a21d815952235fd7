import Foundation
import Strata
import Testing

/// Probabilities of counts: those of the distribution itself, averaged over the draws, one by one.
@Suite struct CountProbabilityTests {
  /// log of n over k.
  private static func choose(_ n: Double, _ k: Double) -> Double {
    lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
  }

  private static func poisson(_ k: Double, _ rate: Double) -> Double {
    exp(k * log(rate) - rate - lgamma(k + 1))
  }

  private static func negBinomial(_ k: Double, _ mean: Double, _ dispersion: Double) -> Double {
    let logTerms = lgamma(k + dispersion) - lgamma(dispersion) - lgamma(k + 1)
    let p = mean / (mean + dispersion)
    return exp(logTerms + dispersion * log(1 - p) + k * log(p))
  }

  private static func binomial(_ k: Double, _ n: Double, _ p: Double) -> Double {
    k > n ? 0 : exp(choose(n, k) + k * log(p) + (n - k) * log(1 - p))
  }

  /// Every family that counts, as it is written with and without a link.
  @Test func everyFamily() throws {
    let text = """
      p ~ Beta(2, 3)
      m ~ Gamma(4, 2)
      d ~ Gamma(5, 2)
      a ~ Bernoulli(p)
      b ~ Bernoulli(logit = log(p / (1 - p)))
      c ~ Binomial(n, p)
      e ~ Binomial(n, logit = log(p / (1 - p)) + x)
      f ~ Poisson(m)
      g ~ Poisson(log = log(m) + x)
      h ~ NegBinomial(m, d)
      i ~ NegBinomial(log = log(m) + x, dispersion = d)
      """
    let (n, x) = ([7, 0, 3], [0.3, -0.2, 0])
    let table = try Table(["n": .wholeNumbers(n), "x": .numbers(x)])
    let prior = try Model(text).priorPredictive(for: table, draws: 300, seed: 2)
    let p = try prior.draws(of: "p")
    let (m, d) = (try prior.draws(of: "m"), try prior.draws(of: "d"))
    let shifted: (Double, Double) -> Double = { p, x in p / (p + (1 - p) * exp(-x)) }
    let mass: [String: (_ k: Double, _ row: Int, _ draw: Int) -> Double] = [
      "a": { k, _, draw in Self.binomial(k, 1, p[draw]) },
      "b": { k, _, draw in Self.binomial(k, 1, p[draw]) },
      "c": { k, row, draw in Self.binomial(k, Double(n[row]), p[draw]) },
      "e": { k, row, draw in Self.binomial(k, Double(n[row]), shifted(p[draw], x[row])) },
      "f": { k, _, draw in Self.poisson(k, m[draw]) },
      "g": { k, row, draw in Self.poisson(k, m[draw] * exp(x[row])) },
      "h": { k, _, draw in Self.negBinomial(k, m[draw], d[draw]) },
      "i": { k, row, draw in Self.negBinomial(k, m[draw] * exp(x[row]), d[draw]) },
    ]
    for (outcome, mass) in mass {
      let found = try prior.predictions(of: .outcome(outcome)).probabilities(of: -2...400)
      for row in 0..<3 {
        #expect(found[row].count == 403)
        #expect(found[row][0] == 0 && found[row][1] == 0)
        #expect(abs(found[row].reduce(0, +) - 1) < 1e-9, "\(outcome)")
        for k in 0...9 {
          let expected = p.indices.reduce(0) { $0 + mass(Double(k), row, $1) } / 300
          // The kernels' logarithms are good to 1e-14 or so, and sizes stay under 100.
          #expect(
            abs(found[row][k + 2] - expected) <= 1e-11 * expected, "\(outcome), row \(row): \(k)")
        }
      }
    }
  }

  /// Rows of the fit, known and new groups, against simulated outcomes; tables longer than a block.
  @Test func predictionsOfFits() async throws {
    let text = """
      mu ~ Normal(0, 1)
      tau ~ HalfNormal(0.5)
      a[site] ~ Normal(mu, tau)
      y ~ Poisson(log = a[site])
      """
    let site = (0..<5000).map { ["north", "south", "west"][$0 % 3] }
    let table = try Table([
      "site": .text(site), "y": .wholeNumbers((0..<5000).map { ($0 * 7) % 4 }),
    ])
    let fit = try await Model(text).fit(to: table, options: FitOptions(chains: 2, draws: 200))
    let all = try fit.predict().probabilities(of: 0...2)
    #expect(all.count == 5000)
    for (row, name) in [(0, "north"), (4097, site[4097])] {
      let a = try fit.draws(of: "a[\(name)]").flatMap { $0 }
      for k in 0...2 {
        let expected = a.reduce(0) { $0 + Self.poisson(Double(k), exp($1)) } / 400
        #expect(abs(all[row][k] - expected) < 1e-11)
      }
    }
    let new = try Table(["site": .text(["east", "north"])])
    let predictions = try fit.predict(new, for: .newLevels)
    let found = try predictions.probabilities(of: 0...3)
    let means = try fit.predict(new, for: .newLevels, of: .mean()).draws()
    for row in 0..<2 {
      for k in 0...3 {
        let expected = means[row].reduce(0) { $0 + Self.poisson(Double(k), $1) } / 400
        #expect(abs(found[row][k] - expected) < 1e-11)
        // 400 simulated outcomes: five standard errors.
        let share = try predictions.probability { $0 == Double(k) }[row]
        #expect(abs(share - expected) < 5 * (expected * (1 - expected) / 400).squareRoot())
      }
    }
  }

  @Test func onlyCountsHaveThem() throws {
    let table = try Table(["x": .numbers([0, 1])])
    let prior = try Model("m ~ Normal(0, 1)\ny ~ Normal(m * x, 1)\nk ~ Poisson(2)")
      .priorPredictive(for: table, draws: 10)
    for quantity in [PredictedQuantity.outcome("y"), .mean("k")] {
      #expect {
        _ = try prior.predictions(of: quantity).probabilities(of: 0...3)
      } throws: {
        "\($0)".contains("only an outcome that is a count")
      }
    }
    #expect(throws: PredictionError.self) {
      try prior.predictions(of: .outcome("k")).probabilities(of: 0...(1 << 30))
    }
  }
}
