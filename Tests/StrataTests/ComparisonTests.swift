import Foundation
import Strata
import Testing

/// Log likelihoods, leave-one-out, comparisons and cross-validation of fits, against closed forms and slow ways.
@Suite struct ComparisonTests {
  private static let y = [1.2, 0.3, 2.1, -0.4, 0.9, 1.7, 0.2, 1.1]

  private static func table() throws -> Table {
    try Table([
      "y": .numbers(y), "positive": .numbers(y.map { exp($0) }),
      "g": .text(["a", "a", "b", "b", "c", "c", "d", "d"]),
      "n": .wholeNumbers([5, 5, 4, 6, 5, 5, 3, 2]),
      "k": .wholeNumbers([1, 2, 0, 3, 5, 2, 1, 1]), "x": .numbers([1, 2, 3, 4, 5, 6, 7, 8]),
    ])
  }

  /// With a known sd, leaving a row out has a closed form: y_i given the others is Normal.
  @Test func leaveOneOutOfANormalMean() async throws {
    let fit = try await Model("t ~ Normal(0, 2)\ny ~ Normal(t, 1)").fit(
      to: Self.table(), options: FitOptions(draws: 4000))
    let loo = try fit.leaveOneOut()
    let refits = try await fit.kFold(8)
    for row in Self.y.indices {
      let others = Self.y.indices.filter { $0 != row }.map { Self.y[$0] }
      let precision = Double(others.count) + 0.25
      let (mean, variance) = (others.reduce(0, +) / precision, 1 / precision + 1)
      let expected =
        -0.5 * log(2 * .pi * variance) - 0.5 * (Self.y[row] - mean) * (Self.y[row] - mean)
        / variance
      // Monte Carlo errors here are about 0.003; k-fold has its own draws.
      #expect(abs(loo.elpd[row] - expected) < 0.02, "row \(row)")
      #expect(abs(refits.elpd[row] - expected) < 0.02, "row \(row)")
    }
    #expect(loo.unreliableRows.isEmpty && loo.effectiveParameters!.reduce(0, +) > 0.3)
    let waic = try fit.waic()
    #expect(abs(waic.total.value - loo.total.value) < 0.1)
    let pit = try fit.leaveOneOutPIT()
    for row in Self.y.indices {
      let others = Self.y.indices.filter { $0 != row }.map { Self.y[$0] }
      let precision = Double(others.count) + 0.25
      let z = (Self.y[row] - others.reduce(0, +) / precision) / (1 / precision + 1).squareRoot()
      #expect(abs(pit[row] - 0.5 * erfc(-z / 2.0.squareRoot())) < 0.02, "row \(row)")
    }
  }

  /// Every family's log likelihood, row by row, against its formula.
  @Test func logLikelihoodsAreThoseOfTheRows() async throws {
    let text = """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      d ~ HalfNormal(2)
      u[g] ~ Normal(0, 0.5)
      y ~ Normal(m + u[g], s)
      k ~ Binomial(n, inverse_logit(m))
      log(positive) ~ StudentT(4, m, s)
      x ~ NegBinomial(exp(m + u[g]), d)
      """
    let table = try Self.table()
    let fit = try await Model(text).fit(
      to: table, options: FitOptions(chains: 1, warmup: 200, draws: 20))
    #expect(throws: PredictionError.self) { try fit.leaveOneOut() }
    let (x, n, k) = (try table.numbers("x"), try table.numbers("n"), try table.numbers("k"))
    let groups = try table.text("g")
    let found = try ["y", "k", "log(positive)", "x"].map { try fit.logLikelihood(outcome: $0) }
    for draw in [0, 7, 19] {
      func value(_ name: String) throws -> Double { try fit.draws(of: name)[0][draw] }
      let (m, s, d) = (try value("m"), try value("s"), try value("d"))
      for row in Self.y.indices {
        let eta = m + (try value("u[\(groups[row])]"))
        let z = (Self.y[row] - eta) / s
        let t = (Self.y[row] - m) / s
        let p = 1 / (1 + exp(-m))
        let choose = lgamma(n[row] + 1) - lgamma(k[row] + 1) - lgamma(n[row] - k[row] + 1)
        let mean = exp(eta)
        let counts = lgamma(x[row] + d) - lgamma(d) - lgamma(x[row] + 1)
        let student =
          lgamma(2.5) - lgamma(2) - 0.5 * log(4 * .pi) - log(s) - 2.5 * log(1 + t * t / 4)
        let expected = [
          -0.5 * z * z - log(s) - 0.5 * log(2 * .pi),
          choose + k[row] * log(p) + (n[row] - k[row]) * log(1 - p),
          // The density of the column has the slope of the log.
          student - Self.y[row],
          counts + d * log(d / (d + mean)) + x[row] * log(mean / (d + mean)),
        ]
        for (outcome, value) in expected.enumerated() {
          #expect(abs(found[outcome][row][draw] - value) < 1e-10, "outcome \(outcome), row \(row)")
        }
      }
    }
  }

  @Test func modelsOfTheSameOutcomeAreCompared() async throws {
    let table = try Self.table()
    let options = FitOptions(draws: 500)
    func fit(_ text: String, _ table: Table) async throws -> PredictiveAccuracy {
      try await Model(text).fit(to: table, options: options).leaveOneOut()
    }
    let plain = try await fit("m ~ Normal(0, 1)\ns ~ HalfNormal(1)\npositive ~ Normal(m, s)", table)
    let log = try await fit(
      "m ~ Normal(0, 1)\ns ~ HalfNormal(1)\nlog(positive) ~ Normal(m, s)", table)
    // The outcome is log-normal: with the Jacobian, the transformed model wins.
    let comparison = try FitComparison(["plain": plain, "log": log])
    #expect(comparison.ranking.rows.map(\.name) == ["log", "plain"])
    #expect(comparison.ranking.rows[1].difference.value < -1)
    #expect(abs(comparison.stackingWeights.reduce(0, +) - 1) < 1e-9)
    #expect("\(comparison)".contains("difference"))
    let other = try await fit("m ~ Normal(0, 1)\ny ~ Normal(m, 1)", table)
    #expect(throws: IncomparableModels.self) {
      try FitComparison(["plain": plain, "other": other])
    }
    let short = try await fit(
      "m ~ Normal(0, 1)\npositive ~ Normal(m, 1)", try Table(["positive": .numbers([1, 2])]))
    #expect(throws: IncomparableModels.self) {
      try FitComparison(["plain": plain, "short": short])
    }
  }

  /// A group that is left out is predicted from the population: for known hyperparameters in closed form.
  @Test func leavingGroupsOut() async throws {
    let fit = try await Model("a[g] ~ Normal(0.5, 1)\ny ~ Normal(a[g], 1)").fit(
      to: Self.table(), options: FitOptions(draws: 4000))
    let accuracy = try await fit.leaveOneGroupOut("g")
    for row in Self.y.indices {
      let expected = -0.5 * log(2 * .pi * 2) - (Self.y[row] - 0.5) * (Self.y[row] - 0.5) / 4
      #expect(abs(accuracy.elpd[row] - expected) < 0.03, "row \(row)")
    }
    await #expect(throws: (any Error).self) { try await fit.leaveOneGroupOut("h") }
    await #expect(throws: SamplingError.self) { try await fit.kFold(1) }
  }

  /// Marginal likelihoods of groups against closed forms: intercepts, intercepts with slopes, Beta-Binomial groups.
  @Test func marginalLikelihoods() async throws {
    let table = try Self.table()
    let options = FitOptions(chains: 1, warmup: 200, draws: 40)
    let groups = [[0, 1], [2, 3], [4, 5], [6, 7]]
    let (y, x) = (Self.y, try table.numbers("x"))

    let slopes = try await Model(
      "m ~ Normal(0, 1)\nt ~ HalfNormal(1)\nw ~ HalfNormal(1)\ne ~ HalfNormal(1)\n"
        + "a[g] ~ Normal(m, t)\nb[g] ~ Normal(0, w)\ny ~ Normal(a[g] + b[g] * x, e)"
    ).fit(to: table, options: options)
    let found = try slopes.marginalLogLikelihoods(["g"])
    for draw in stride(from: 0, to: 40, by: 7) {
      func value(_ name: String) throws -> Double { try slopes.draws(of: name)[0][draw] }
      let (m, t, w, e) = (try value("m"), try value("t"), try value("w"), try value("e"))
      for (g, rows) in groups.enumerated() {
        let (i, j) = (rows[0], rows[1])
        let vi = t * t + w * w * x[i] * x[i] + e * e
        let vj = t * t + w * w * x[j] * x[j] + e * e
        let c = t * t + w * w * x[i] * x[j]
        let determinant = vi * vj - c * c
        let (ri, rj) = (y[i] - m, y[j] - m)
        let form = (vj * ri * ri - 2 * c * ri * rj + vi * rj * rj) / determinant
        let expected = -log(2 * .pi) - 0.5 * log(determinant) - 0.5 * form
        #expect(
          abs(found[g][draw] - expected) < 1e-6 * (1 + abs(expected)), "group \(g), draw \(draw)")
      }
    }

    let counts = try await Model(
      "q ~ Beta(4, 4)\nc ~ LogNormal(2, 0.3)\nr[g] ~ Beta(mean = q, concentration = c)\nk ~ Binomial(n, r[g])"
    ).fit(to: table, options: options)
    let marginal = try counts.marginalLogLikelihoods(["g"])
    let (n, k) = (try table.numbers("n"), try table.numbers("k"))
    func lbeta(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }
    for draw in stride(from: 0, to: 40, by: 7) {
      let (q, c) = (try counts.draws(of: "q")[0][draw], try counts.draws(of: "c")[0][draw])
      for (g, rows) in groups.enumerated() {
        let ways = rows.reduce(0.0) {
          $0 + lgamma(n[$1] + 1) - lgamma(k[$1] + 1) - lgamma(n[$1] - k[$1] + 1)
        }
        let (hits, misses) = (
          k[rows[0]] + k[rows[1]], n[rows[0]] + n[rows[1]] - k[rows[0]] - k[rows[1]]
        )
        let expected = ways + lbeta(q * c + hits, (1 - q) * c + misses) - lbeta(q * c, (1 - q) * c)
        // 15 points around the mode: what is left is the shape of the Beta.
        #expect(abs(marginal[g][draw] - expected) < 1e-4, "group \(g), draw \(draw)")
      }
    }
    #expect(try counts.leaveOneOut(.marginal(["g"])).elpd.count == 4)
    #expect(throws: PredictionError.self) { try counts.waic(.marginal(["x"])) }
    let mixed = try FitComparison([
      "a": counts.leaveOneOut(.marginal(["g"])), "b": counts.leaveOneOut(.marginal(["g"])),
    ])
    #expect(mixed.ranking.rows[1].difference.value == 0)
    #expect(throws: IncomparableModels.self) {
      try FitComparison(["a": counts.leaveOneOut(), "b": counts.leaveOneOut(.marginal(["g"]))])
    }
  }
}
