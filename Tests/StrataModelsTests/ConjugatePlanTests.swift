import StrataModels
import StrataSampling
import TestSupport
import Testing

/// Beta and Gamma parameters that the plan integrates out, against quadrature of the direct density.
@Suite struct ConjugatePlanTests {
  static func table() throws -> Table {
    let group = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 4, 4, 4, 4]
    return try Table([
      "g": .wholeNumbers(group), "h": .wholeNumbers(group.map { $0 / 2 }),
      "u": .numbers(group.map { [0.3, -0.4, 1.1, 0, 0.7][$0] }),
      // Groups without successes, without failures, and with both.
      "b": .wholeNumbers([1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1]),
      "c": .wholeNumbers([0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0]),
      "n": .wholeNumbers([5, 9, 3, 0, 20, 6, 7, 2, 2, 12, 40, 1, 8, 3, 6]),
      "k": .wholeNumbers([2, 9, 0, 0, 13, 6, 2, 0, 0, 12, 11, 1, 4, 0, 5]),
      "count": .wholeNumbers([3, 0, 7, 2, 0, 0, 0, 31, 24, 1, 5, 2, 8, 0, 3]),
      "e": .numbers([0.5, 1, 2.5, 0.1, 3, 1, 0.7, 12, 9, 1, 2, 2, 1.5, 0.2, 1]),
      // Nothing was exposed where nothing happened.
      "z": .numbers([1, 0, 2, 1, 0, 1, 1, 4, 4, 1, 1, 1, 1, 0, 1]),
      "y": .numbers((0..<15).map { 0.3 * Double($0 % 4) }),
    ])
  }

  /// Models, and the names of what is integrated out. The second argument of a Beta is at least 1 at the positions
  /// below: the direct density knows 1 - t to 1e-16 only.
  static let cases: [(text: String, integrated: [String])] = [
    ("a ~ Exponential(1)\nt[g] ~ Beta(a, 2.5)\nb ~ Bernoulli(t[g])", ["t"]),
    ("a ~ Exponential(1)\nd ~ Exponential(0.5)\nt[g] ~ Beta(a, d)\nb ~ Bernoulli(t[g])", ["t"]),
    ("a[g] ~ Exponential(1)\nt[g] ~ Beta(a[g], 2)\nk ~ Binomial(n, t[g])", ["t"]),
    (
      "a[h] ~ Exponential(1)\nd ~ Exponential(0.5)\nt[g] ~ Beta(a[h], d)\nb ~ Bernoulli(t[g])",
      ["t"]
    ),
    (
      "a[h] ~ Exponential(1)\nd[h] ~ Exponential(0.5)\nt[g] ~ Beta(a[h], d[h])\nk ~ Binomial(n, t[g])",
      ["t"]
    ),
    (
      "a[h] ~ Exponential(1)\nd[g] ~ Exponential(0.5)\nt[g] ~ Beta(a[h], d[g])\nk ~ Binomial(n, t[g])",
      ["t"]
    ),
    ("m ~ Normal(0, 1)\nt[g] ~ Beta(exp(m * u), 1.5)\nk ~ Binomial(n, t[g])", ["t"]),
    (
      """
      m ~ Beta(2, 2)
      s ~ Exponential(0.1)
      t[g] ~ Beta(mean = m, concentration = s)
      k ~ Binomial(n, t[g])
      """, ["t"]
    ),
    (
      """
      m[h] ~ Beta(2, 2)
      s[h] ~ Exponential(0.1)
      t[g] ~ Beta(mean = m[h], concentration = s[h])
      b ~ Bernoulli(t[g])
      """, ["t"]
    ),
    (
      """
      m ~ Uniform(0.3, 0.7)
      s ~ Uniform(0.05, 0.3)
      t[g] ~ Beta(mean = m, sd = s)
      k ~ Binomial(n, t[g])
      """, ["t"]
    ),
    ("a ~ Exponential(1)\nt ~ Beta(a, 2)\nb ~ Bernoulli(t)", ["t"]),
    ("a ~ Exponential(1)\nt ~ Beta(a, a)\nk ~ Binomial(n, t)\nb ~ Bernoulli(t)", ["t"]),
    ("t ~ Beta(2, 3)\nb ~ Bernoulli(t)", ["t"]),
    ("a ~ Exponential(1)\nt[g] ~ Beta(a, 1)\nk ~ Binomial(40, t[g])", ["t"]),
    ("a ~ Exponential(1)\nt[row] ~ Beta(a, 1)\nk ~ Binomial(n, t[row])", ["t"]),
    (
      """
      a ~ Exponential(1)
      t[g] ~ Beta(a, 2)
      k ~ Binomial(n, t[g])
      b ~ Bernoulli(t[g])
      c ~ Bernoulli(t[g])
      """, ["t"]
    ),
    (
      """
      a ~ Exponential(1)
      t[g] ~ Beta(a, 2)
      r[h] ~ Beta(2, a)
      k ~ Binomial(n, t[g])
      b ~ Bernoulli(r[h])
      """, ["t", "r"]
    ),
    ("a ~ Exponential(1)\nt[g] ~ Beta(a, 2)\np[g] = t[g]\nb ~ Bernoulli(p[g])", ["t"]),
    (
      "a ~ Exponential(1)\nt[g] ~ Beta(a, 2)\nodds[g] = t[g] / (1 - t[g])\nb ~ Bernoulli(t[g])",
      ["t"]
    ),

    ("a ~ Exponential(1)\nr ~ Exponential(1)\nt[g] ~ Gamma(a, r)\ncount ~ Poisson(t[g])", ["t"]),
    ("a[h] ~ Exponential(1)\nt[g] ~ Gamma(a[h], 0.5)\ncount ~ Poisson(t[g])", ["t"]),
    (
      "a[g] ~ Exponential(1)\nr[h] ~ Exponential(1)\nt[g] ~ Gamma(a[g], r[h])\ncount ~ Poisson(t[g])",
      ["t"]
    ),
    (
      "m ~ Exponential(1)\ns ~ Exponential(1)\nt[g] ~ Gamma(mean = m, sd = s)\ncount ~ Poisson(t[g])",
      ["t"]
    ),
    (
      """
      m ~ Exponential(1)
      s[h] ~ Exponential(1)
      t[g] ~ Gamma(mean = m, sd = s[h])
      count ~ Poisson(t[g] * e)
      """, ["t"]
    ),
    ("a ~ Exponential(1)\nt[g] ~ Gamma(a, 2)\ncount ~ Poisson(e * t[g])", ["t"]),
    ("a ~ Exponential(1)\nt[g] ~ Gamma(2, a)\ncount ~ Poisson(3 * t[g])", ["t"]),
    ("a ~ Exponential(1)\nt[g] ~ Gamma(a, 2)\np[g] = t[g] * exp(u)\ncount ~ Poisson(p[g])", ["t"]),
    ("m ~ Normal(0, 1)\nt[g] ~ Gamma(2, exp(m * u))\ncount ~ Poisson(exp(u) * t[g])", ["t"]),
    ("a ~ Exponential(1)\nt ~ Gamma(a, 2)\ncount ~ Poisson(t)", ["t"]),
    ("a ~ Exponential(1)\nt ~ Gamma(a, 2)\ncount ~ Poisson(e * t)", ["t"]),
    ("t ~ Gamma(3, 2)\ncount ~ Poisson(t)", ["t"]),
    (
      """
      a ~ Exponential(1)
      t[g] ~ Gamma(a, 0.2)
      count ~ Poisson(t[g])
      k ~ Poisson(e * t[g])
      """, ["t"]
    ),
    (
      """
      a ~ Exponential(1)
      t[g] ~ Gamma(a, 0.2)
      r[h] ~ Beta(a, 2)
      count ~ Poisson(t[g])
      k ~ Binomial(n, r[h])
      """, ["t", "r"]
    ),
  ]

  @Test(arguments: cases.indices) func marginalIsTheIntegralOfTheDirectDensity(_ index: Int) throws
  {
    let (text, names) = Self.cases[index]
    let oracle = ConjugateOracle(try Model(text).bound(to: Self.table()))
    let planned = oracle.planned
    let found = planned.planned.integrated.map { planned.planned.parameters[$0].name }
    #expect(Set(found) == Set(names), "\(text)\n\(planned.plan)")
    var random = RandomStream(seed: UInt64(index), stream: 4)
    for _ in 0..<3 {
      let position = (0..<planned.dimension).map { _ in 1.4 * random.uniform() - 0.7 }
      let (value, gradient) = planned.evaluate(at: position)
      let expected = oracle.conditional(at: position).logMarginal
      #expect(abs(value - expected) < 1e-9 * max(1, abs(expected)), "\(text)\n\(position)")
      #expect(planned.value(at: position) == value)
      for (index, found) in gradient.enumerated() {
        let slope = derivative(rounding: 1e-15 * max(1, abs(value))) { step in
          var moved = position
          moved[index] += step
          return planned.value(at: moved)
        }
        #expect(abs(slope.value - found) < 10 * slope.error + 1e-8 * max(1, abs(found)), "\(text)")
      }
    }
  }

  /// Kolmogorov's statistic of about 130 numbers: one of them exceeds 3.3 with probability 1e-7.
  @Test(arguments: cases.indices) func drawsHaveTheConditionalDistribution(_ index: Int) throws {
    let (text, _) = Self.cases[index]
    let oracle = ConjugateOracle(try Model(text).bound(to: Self.table()))
    let position = (0..<oracle.planned.dimension).map { 0.5 * Double($0 % 3) - 0.4 }
    let densities = oracle.conditional(at: position).densities
    let evaluation = oracle.planned.makeEvaluation()
    var drawn = [[Double]](repeating: [], count: oracle.integrated.count)
    for draw in 0..<4000 {
      var random = RandomStream(seed: UInt64(index), stream: UInt64(draw))
      let all = evaluation.completed(position, random: &random)
      for (place, coordinate) in oracle.integrated.enumerated() {
        drawn[place].append(all[coordinate])
      }
    }
    for (sample, density) in zip(drawn, densities) {
      #expect(kolmogorov(sample, ConjugateOracle.distribution(density)) < 3.3, "\(text)")
    }
  }

  /// Levels are drawn independently of each other: correlations of normal scores would be as large as 6 / sqrt(4000)
  /// with probability 2e-9 each.
  @Test func levelsAreDrawnIndependently() throws {
    let text = "a ~ Exponential(1)\nt[g] ~ Beta(a, 2.5)\nr[h] ~ Gamma(a, 1)\n"
    let lines = "b ~ Bernoulli(t[g])\ncount ~ Poisson(r[h])"
    let oracle = ConjugateOracle(try Model(text + lines).bound(to: Self.table()))
    let distributions = oracle.conditional(at: [0]).densities.map(ConjugateOracle.distribution)
    let evaluation = oracle.planned.makeEvaluation()
    let d = distributions.count
    var products = [[Double]](repeating: Array(repeating: 0, count: d), count: d)
    let count = 4000
    for draw in 0..<count {
      var random = RandomStream(seed: 9, stream: UInt64(draw))
      let all = evaluation.completed([0], random: &random)
      // Uniform on (-1, 1), of variance 1/3.
      let scores = zip(oracle.integrated, distributions).map { 2 * $1(all[$0]) - 1 }
      for i in 0..<d { for j in 0..<i { products[i][j] += 3 * scores[i] * scores[j] } }
    }
    for i in 0..<d {
      for j in 0..<i { #expect(abs(products[i][j]) < 6 * Double(count).squareRoot()) }
    }
  }

  /// Used in more than counts with the conjugate likelihood, or not as itself: sampled, with the direct density.
  static let others = [
    "t[g] ~ Beta(2, 2)\nb ~ Bernoulli(t[g])\ny ~ StudentT(4, t[g], 1)",
    "t[g] ~ Beta(2, 2)\nb ~ Bernoulli(t[g])\ncount ~ Poisson(t[g])",
    "t[g] ~ Beta(2, 2)\nb ~ Bernoulli(logit = t[g])",
    "t[g] ~ Beta(2, 2)\nk ~ Binomial(n, logit = t[g])",
    "t[g] ~ Beta(2, 2)\nb ~ Bernoulli(1 - t[g])",
    "t[g] ~ Beta(2, 2)\nr ~ Beta(1, 1)\nb ~ Bernoulli(t[g] * r)",
    "t[g] ~ Beta(2, 2)\nb ~ Bernoulli(t[g])\nc ~ Bernoulli(t[g] ^ 2)",
    "t ~ Beta(2, 2)\nb ~ Bernoulli(t)\nv ~ Uniform(0, t)\ny ~ StudentT(4, v, 1)",
    "t ~ Beta(2, 2)\nb ~ Bernoulli(t)\nr[g] ~ Beta(mean = t, concentration = 3)\ny ~ StudentT(4, r[g], 1)",
    "t[g] ~ Beta(2, 2)\nb ~ Bernoulli(t[g])\ny ~ Normal(0, t[g])",
    "t[g] ~ Beta(2, 2)\nb ~ Bernoulli(t[g])\ny ~ Normal(1, 1 + t[g])",
    "t[g] ~ Beta(2, 2)\ny ~ StudentT(4, t[g], 1)",
    "t[g] ~ Uniform(0, 1)\nb ~ Bernoulli(t[g])",
    "t[g] ~ Gamma(2, 2)\ncount ~ Poisson(exp(t[g]))",
    "t[g] ~ Gamma(2, 2)\ncount ~ Poisson(log = t[g])",
    "t[g] ~ Gamma(2, 2)\ncount ~ Poisson(t[g] + 1)",
    "t[g] ~ Gamma(2, 2)\ncount ~ Poisson(t[g] * t[g])",
    "t[g] ~ Gamma(2, 2)\ncount ~ Poisson(t[g] / e)",
    "t[g] ~ Gamma(2, 2)\ncount ~ Poisson(t[g] * z)",
    "t[g] ~ Gamma(2, 2)\nr ~ Gamma(1, 1)\ncount ~ Poisson(t[g] * r)",
    "t[g] ~ Gamma(2, 2)\ncount ~ Poisson(t[g])\ny ~ Normal(0, t[g])",
    "t[g] ~ Gamma(2, 2)\ncount ~ Poisson(t[g])\nk ~ NegBinomial(t[g], 2)",
    "t[g] ~ Gamma(2, 2)\ncount ~ NegBinomial(t[g], 3)",
    "t[g] ~ Gamma(2, 2)\ncount ~ NegBinomial(3, t[g])",
    "t ~ Gamma(2, 2)\ncount ~ Poisson(t)\nv ~ Flat(lower = 0, upper = t)\ny ~ StudentT(4, v, 1)",
    "t[g] ~ InverseGamma(2, 2)\ncount ~ Poisson(t[g])",
  ]

  @Test(arguments: others) func othersAreSampled(text: String) throws {
    let bound = try Model(text).bound(to: Self.table())
    let planned = PosteriorDensity(bound, plan: .auto)
    #expect(planned.planned.integrated.isEmpty, "\(planned.plan)")
    try PlanTests.compare(PosteriorDensity(bound), planned, rows: 15)
  }
}
