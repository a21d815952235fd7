import Foundation
import Strata
import TestSupport
import Testing
import Workflows

/// Response times: each person alone against quadrature, the population against a long run of Stan, and predictions
/// against what follows from the draws without chance.
@Suite struct ResponseTimesTests {
  @Test func agreesWithReferences() async throws {
    let found = try await responseTimes()
    let table = try Table(contentsOf: "\(examples)/response_times.csv")
    let (g, y) = (try table.numbers("g"), try table.numbers("y"))
    let alone = try #require(found.fits["separate"])
    #expect(alone.settings.sampler == .metropolis && alone.settings.start == .mode)
    let separate = try (0..<26).flatMap { person in
      try comparisons(
        alone, person, g.indices.filter { Int(g[$0]) == person }.map { y[$0] })
    }
    #expect(Agreement.holds("response times, separate", separate))
    let known = try expectedPosterior("response_times_negbin").sorted { $0.key < $1.key }
    // A chain of sweeps that has seen few excursions into a long tail doesn't know how long they last: over 24 seeds, the
    // means of mu[17] scattered 1.35 times as far as the root mean square of their standard errors says.
    for (name, factor) in [("sweeps", 1.5), ("hierarchical", 1.0)] {
      let fit = try #require(found.fits[name])
      var all = try known.flatMap { parameter, reference in
        try fit.quantity(parameter).comparisons(
          mean: reference["mean"], sd: reference["sd"],
          quantiles: [0.05: reference["q5"]!, 0.95: reference["q95"]!],
          error: reference["mcse"]!)
      }
      for index in all.indices { all[index].error *= factor }
      #expect(Agreement.holds("response times, \(name)", all))
    }
    #expect(found.fits.values.allSatisfy { !$0.diagnostics.hasFailed })
    try predictions(found)
  }

  /// A grid over logit(mu / 100) and logit(alpha / 100): the priors are flat in mu and alpha.
  private func comparisons(_ fit: Fit, _ person: Int, _ y: [Double]) throws -> [Comparison] {
    let (n, total) = (Double(y.count), y.reduce(0, +))
    func points(_ low: Double, _ high: Double) -> [(x: Double, log: Double)] {
      grid(from: low, to: high, 181).map { u in
        let x = 100 / (1 + exp(-u))
        return (x, log(x) + log(1 - x / 100))
      }
    }
    let (means, dispersions) = (points(-4, 6), points(-8, 8))
    var (mu, alpha) = (GridMoments(), GridMoments())
    // Twice: for the largest log density, and relative to it.
    var top = -Double.infinity
    for pass in 0..<2 {
      for (a, jacobian) in dispersions {
        let gammas = y.reduce(0) { $0 + lgamma(a + $1) } - n * lgamma(a) + n * a * log(a)
        for (m, other) in means {
          let value = gammas + jacobian + other + total * log(m) - (n * a + total) * log(a + m)
          if pass == 0 {
            top = max(top, value)
          } else {
            mu.add(exp(value - top), m)
            alpha.add(exp(value - top), a)
          }
        }
      }
    }
    return try fit.quantity("mu[\(person)]").comparisons(mean: mu.mean, sd: mu.sd)
      + fit.quantity("alpha[\(person)]").comparisons(mean: alpha.mean, sd: alpha.sd)
  }

  /// Given a draw of the parameters the probability of a statement is known, so that a share of predicted outcomes
  /// scatters around the mean of these with the mean of their variances, divided by the number of draws.
  private func predictions(_ found: Workflow) throws {
    let fit = try #require(found.fits["hierarchical"])
    func mass(_ person: Int) throws -> [[Double]] {
      let (mu, alpha) = (
        try fit.quantity("mu[\(person)]").draws, try fit.quantity("alpha[\(person)]").draws
      )
      return zip(mu, alpha).map { m, a in
        (0...250).map { k in
          let y = Double(k)
          let gammas = lgamma(a + y) - lgamma(a) - lgamma(y + 1)
          return exp(gammas + a * log(a / (a + m)) + y * log(m / (a + m)))
        }
      }
    }
    func compare(_ name: String, _ p: [Double]) -> Comparison {
      let count = Double(p.count)
      let variance = p.reduce(0) { $0 + $1 * (1 - $1) } / count
      return Comparison(
        parameter: name, statistic: .mean, value: found.numbers[name] ?? .nan,
        expected: p.reduce(0, +) / count, error: (variance / count).squareRoot())
    }
    let (three, twenty) = (try mass(3), try mass(20))
    let within = three.map { $0[...10].reduce(0, +) }
    let first = zip(three, twenty).map { a, b in
      var (later, sum) = (b.reduce(0, +), 0.0)
      for k in a.indices {
        later -= b[k]
        sum += a[k] * later
      }
      return sum
    }
    #expect(
      Agreement.holds(
        "response times, predictions",
        [compare("P(3 within 10 s)", within), compare("P(3 before 20)", first)]))
  }
}
