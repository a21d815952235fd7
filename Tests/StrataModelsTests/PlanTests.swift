import StrataModels
import StrataSampling
import TestSupport
import Testing

/// Compressed rows give the same density as the rows themselves, constants included.
@Suite struct PlanTests {
  /// Tables in which rows repeat, groups have one row and many, and a predictor is constant in a group.
  static func table(rows: Int = 240, seed: UInt64 = 1) throws -> Table {
    var random = RandomStream(seed: seed)
    let group = (0..<rows).map { $0 < 3 ? $0 : 3 + Int(random.uniform() * 9) }
    let half = group.map { $0 / 6 }
    let other = (0..<rows).map { _ in Int(random.uniform() * 4) }
    let x = group.map { $0 % 5 == 0 ? 1.0 : random.normal() }
    let binary = (0..<rows).map { _ in random.uniform() < 0.4 ? 1 : 0 }
    return try Table([
      "g": .wholeNumbers(group), "h": .wholeNumbers(half), "other": .wholeNumbers(other),
      "x": .numbers(x), "w": .numbers((0..<rows).map { _ in random.normal() }),
      "big": .numbers((0..<rows).map { _ in 1e6 + random.normal() }),
      "d": .wholeNumbers(other.map { $0 % 2 }),
      "s": .numbers((0..<rows).map { _ in 0.5 + random.uniform() }),
      "y": .numbers(x.map { 1 + 2 * $0 + random.normal() }), "b": .wholeNumbers(binary),
      "k": .wholeNumbers((0..<rows).map { _ in Int(random.poisson(mean: 3)) }),
      "n": .wholeNumbers((0..<rows).map { _ in 12 }),
      "many": .wholeNumbers(
        (0..<rows).map { $0 == 7 ? 1_000_000_000 : Int(random.poisson(mean: 40)) }),
    ])
  }

  static let priors = """
    m ~ Normal(0, 2)
    t ~ HalfNormal(1)
    e ~ HalfNormal(2)
    a[g] ~ Normal(m, t)
    c[g] ~ Normal(0, 1)
    r[h] ~ Normal(0, 1)
    v[g] ~ HalfNormal(1)
    o[other] ~ Normal(0, 1)
    beta[columns: x, w, big] ~ Normal(0, 1)

    """

  static let compressible = [
    "y ~ Normal(m, e)",
    "y ~ Normal(a[g], e)",
    "y ~ Normal(a[g] + c[g] * x, e)",
    "y ~ Normal(a[g] + c[g] * x, v[g])",
    "y ~ Normal(a[g] + c[g] * x, s)",
    "y ~ Normal(a[g] - m * w / 3 + 2 * (c[g] * x - 4), e)",
    "y ~ Normal(a[g] + r[h] * x + m, e)",
    "y ~ Normal(m + dot(beta), e)",
    "y ~ Normal(a[g] + c[g] * big, e)",
    "log(s) ~ Normal(a[g], e)",
    "b ~ Bernoulli(inverse_logit(a[g]))",
    "b ~ Bernoulli(logit = a[g] + m * d + o[other])",
    "b ~ Bernoulli(0.2 + 0.5 * inverse_logit(a[g]))",
    "k ~ Binomial(n, logit = a[g] + c[g] * d)",
    "k ~ Binomial(12, 0.2 + 0.5 * inverse_logit(a[g]))",
    "k ~ Poisson(exp(a[g] + m * d))",
    "k ~ Poisson(v[g] * (1 + d))",
    "k ~ NegBinomial(v[g], 0.3 + e)",
    "k ~ NegBinomial(v[g], v[g])",
    "k ~ NegBinomial(exp(a[g] + m * d), v[g])",
    "k ~ NegBinomial(exp(a[g] + m * w), e)",
    "k ~ NegBinomial(v[g] * (1 + d), 2)",
    "many ~ NegBinomial(exp(a[g]), v[g])",
    "many ~ NegBinomial(e, t)",
  ]

  static let incompressible = [
    "y ~ Normal(a[g] * c[g] * x * m + exp(x * m), e)",
    "y ~ Normal(a[g] + o[other], e)",
    "y ~ Normal(a[g], exp(m * x))",
    "y ~ StudentT(4, a[g], e)",
    "b ~ Bernoulli(logit = a[g] + m * w)",
    "b ~ Bernoulli(logit = m + dot(beta))",
    "k ~ NegBinomial(exp(a[g]), exp(m * w))",
  ]

  @Test(arguments: compressible) func compressedDensityIsTheSame(line: String) throws {
    let bound = try Model(PlanTests.priors + line).bound(to: PlanTests.table())
    let direct = PosteriorDensity(bound)
    let compressed = PosteriorDensity(bound, plan: .compressed)
    #expect(compressed.plan.steps[0].action.contains("→"), "\(compressed.plan)")
    try PlanTests.compare(direct, compressed, rows: 240)
  }

  @Test(arguments: incompressible) func otherLikelihoodsStayAndSayWhy(line: String) throws {
    let bound = try Model(PlanTests.priors + line).bound(to: PlanTests.table())
    let density = PosteriorDensity(bound, plan: .compressed)
    #expect(density.plan.steps[0].action.hasPrefix("240 rows as they are: "), "\(density.plan)")
    try PlanTests.compare(PosteriorDensity(bound), density, rows: 240)
  }

  @Test func severalLinesAreCompressedEachInItsWay() throws {
    let text =
      PlanTests.priors
      + "y ~ Normal(a[g], e)\nb ~ Bernoulli(logit = c[g])\nw ~ StudentT(4, m, e)"
    let bound = try Model(text).bound(to: PlanTests.table())
    try PlanTests.compare(
      PosteriorDensity(bound), PosteriorDensity(bound, plan: .compressed), rows: 240)
  }

  /// Squares of such numbers overflow or vanish.
  @Test(arguments: [1e-200, 1e200]) func columnsOfAnySizeAreCompressed(size: Double) throws {
    let x = [-1.5, -0.5, 0.25, 1, 2, 0.75]
    let y = [-2.0, 0.1, 1.5, 3.25, 4.5, 2.75]
    for (sizeOfX, sizeOfY) in [(size, 1), (1, size), (size, size)] {
      let table = try Table([
        "x": .numbers(x.map { $0 * sizeOfX }), "y": .numbers(y.map { $0 * sizeOfY }),
      ])
      let model = try Model(
        """
        a ~ Normal(0, \(sizeOfY))
        b ~ Normal(0, \(sizeOfY / sizeOfX))
        s ~ HalfNormal(\(sizeOfY))
        y ~ Normal(a + b * x, s)
        """)
      let bound = try model.bound(to: table)
      let compressed = PosteriorDensity(bound, plan: .compressed)
      #expect(compressed.plan.steps[0].action.contains("→"), "\(compressed.plan)")
      try PlanTests.compare(PosteriorDensity(bound), compressed, rows: 6)
    }
  }

  /// Quantities that use one another many times over, or in a long chain in any order.
  @Test(arguments: ["m", "m * x", "a[g] * x"]) func longChainsOfQuantitiesAreResolved(
    start: String
  ) throws {
    let doubling = (0..<60).map { "q\($0 + 1) = (q\($0) + q\($0)) / 2" }
    let chain = (0..<3000).map { "r\($0) = r\($0 + 1) + 0.001" }
    let text = (doubling + chain + ["r3000 = q60", "q0 = \(start)", "y ~ Normal(r0, e)"])
    let bound = try Model(PlanTests.priors + text.joined(separator: "\n"))
      .bound(to: PlanTests.table())
    let compressed = PosteriorDensity(bound, plan: .compressed)
    #expect(compressed.plan.steps[0].action.contains("→"), "\(compressed.plan)")
    try PlanTests.compare(PosteriorDensity(bound), compressed, rows: 240)
  }

  /// Values and gradients at random positions. Rounding grows with the size of the terms: each row's
  /// terms are at most a few hundred here, so their sum is below 1e3 per row, and 1e-12 of that is allowed.
  static func compare(_ a: PosteriorDensity, _ b: PosteriorDensity, rows: Int) throws {
    #expect(a.dimension == b.dimension)
    var random = RandomStream(seed: 5)
    let (first, second) = (a.makeEvaluation(), b.makeEvaluation())
    for _ in 0..<20 {
      let position = (0..<a.dimension).map { _ in random.normal() }
      var (left, right) = (position, position)
      let x = first.logDensity(at: position, gradient: &left)
      let y = second.logDensity(at: position, gradient: &right)
      let scale = max(abs(x), Double(rows))
      #expect(abs(x - y) <= 1e-12 * scale, "\(x) and \(y)")
      let size = left.reduce(1.0) { max($0, abs($1)) }
      for (l, r) in zip(left, right) { #expect(abs(l - r) <= 1e-11 * max(size, scale)) }
    }
  }
}
