import Foundation
import StrataModels
import Testing

/// Lines of correlations: how they are read and printed, what is refused and with which words, and what plans make of
/// them. Their densities are in the oracle's tests, and in those of Gaussian plans.
@Suite struct CorrelationTests {
  private static let effects = """
    s ~ HalfNormal(1)
    a[county] ~ Normal(0, s)
    b[county] ~ Normal(0, 1)
    y ~ Normal(a[county] + b[county] * x, s)

    """

  @Test(arguments: [
    "correlation(a, b) ~ LKJ(2)",
    "correlation(`an effect`, b, c) ~ LKJ(0.5)",
    "r = correlation(a, b) * s",
    "r = correlation(`an effect`, b)^2 - correlation(b, c)",
    "correlation = 3",
    "y ~ Normal(correlation, 1)",
  ])
  func printsAsItIsRead(_ text: String) throws {
    #expect(try Model(text).description == text + "\n")
  }

  @Test func builtInSwift() throws {
    let county = Column("county")
    let a = Parameter("a", by: county, .normal(0, 1))
    let b = Parameter("b", by: county, .normal(0, 2))
    let c = Parameter("c", by: county, .normal(0, 2))
    let correlation = Correlation(of: [a, b, c], .lkj(1.5))
    let model = try Model {
      a
      b
      c
      correlation
      Deterministic("shared", correlation.between(c, a) + correlation.between(a, b))
    }
    #expect(
      model.description.hasSuffix(
        """
        correlation(a, b, c) ~ LKJ(1.5)
        shared = correlation(a, c) + correlation(a, b)

        """))
  }

  @Test(arguments: [
    (
      "correlation(a, c) ~ LKJ(1)",
      "5:1: there is no parameter `c`: correlations are those of group effects, such as `a[county] ~ Normal(mu, sigma)`"
    ),
    (
      "correlation(a, s) ~ LKJ(1)",
      "5:1: `s` is not a parameter with a value per level: correlations are those of group effects, such as `a[county] ~ Normal(mu, sigma)`"
    ),
    (
      "correlation(a) ~ LKJ(1)",
      "5:14: a correlation is that of two effects or more, as in `correlation(a, b)`"
    ),
    ("correlation(a, a) ~ LKJ(1)", "5:16: `a` stands twice in this correlation"),
    (
      "correlation(a[county], b) ~ LKJ(1)",
      "5:14: the effects stand without their brackets, as in `correlation(a, b)`"
    ),
    (
      "correlation(a, 2) ~ LKJ(1)",
      "5:16: expected the name of a group effect, as in `correlation(a, b)`, found `2`"
    ),
    ("correlation(a, b = 2", "5:18: `=` inside an expression; a comparison is written `==`"),
    (
      "correlation(a, b) = 0.5",
      "5:1: correlations need a prior: write `correlation(a, b) ~ LKJ(1)`"
    ),
    (
      "correlation(a, b) ~ Normal(0, 1)",
      "5:21: correlations have the prior LKJ(eta), not Normal: LKJ(1) is the same for all correlation matrices, a larger eta expects smaller correlations"
    ),
    ("correlation(a, b) ~ LKJ(s)", "5:21: the eta of LKJ must be a number, not a parameter"),
    ("correlation(a, b) ~ LKJ(0)", "5:25: the eta of LKJ must be positive, and is 0"),
    ("correlation(a, b) ~ LKJ(1, 2)", "5:21: LKJ was given 2 arguments: expected LKJ(eta)"),
    (
      "r ~ LKJ(1)",
      "5:5: LKJ is the prior of correlations between group effects: write `correlation(a, b) ~ LKJ(…)`"
    ),
    (
      "correlation(a, b) ~ LKJ(1)\ncorrelation(b, a) ~ LKJ(1)",
      "6:1: `b` is in `correlation(a, b)` already: name all effects that are correlated in one line"
    ),
    (
      "correlation(a, b) ~ LKJ(1)\ncorrelation(a, b) ~ LKJ(1)",
      "6:1: `correlation(a, b)` is defined twice, first on line 5"
    ),
    (
      "c[state] ~ Normal(0, 1)\ncorrelation(a, c) ~ LKJ(1)",
      "6:1: effects of different factors cannot be correlated: `a` is by the column `county`, `c` by the column `state`"
    ),
    (
      "c[county] ~ StudentT(4, 0, 1)\ncorrelation(a, c) ~ LKJ(1)",
      "6:1: `c` is StudentT: only effects with a Normal prior can be correlated"
    ),
    (
      "c[county] = 2 * a[county]\ncorrelation(a, c) ~ LKJ(1)",
      "6:1: `c` is not a parameter with a value per level: correlations are those of group effects, such as `a[county] ~ Normal(mu, sigma)`"
    ),
    (
      "r = correlation(b, a)\ncorrelation(a, b) ~ LKJ(1)",
      "5:5: `correlation(b, a)` is neither a column of the table nor a parameter: did you mean `correlation(a, b)`?"
    ),
    (
      "r = correlation(a, b, s)", "5:5: one correlation is that of two effects: `correlation(a, b)`"
    ),
    (
      "c[county] ~ Normal(a[county], 1)\ncorrelation(a, c) ~ LKJ(1)",
      "5:1: the prior of `c` holds `a`, which it is correlated with: write the one or the other"
    ),
    (
      "c[county] ~ Normal(a[county], 1)\ncorrelation(c, a) ~ LKJ(1)",
      "5:20: the model goes round in a circle: `a` needs `c` needs `a`"
    ),
  ])
  func isRefused(_ line: String, _ message: String) {
    let found = Bound(model: Self.effects + line, table: BindingCase.table).message()
    let first = found.split(separator: "\n").first.map(String.init)
    #expect(first?.replacing("m.strata:", with: "") == message)
  }

  @Test(arguments: [
    (
      "",
      """
      y: 6 rows → sums of squares and products of 3 levels of county
      a, b: integrated out exactly (3 levels of county, correlated)
      sampled: s, correlation(a, b)
      2 of 8 parameters are sampled; the others are drawn exactly given them.
      """
    ),
    (
      "bin ~ Bernoulli(logit = b[county])",
      """
      y: 6 rows as they are: 3 groups of 2 coefficients would not be fewer
      bin: 6 rows → 3 sets of like rows, their outcomes added up
      a: not integrated out: used in the prior of b, which is sampled
      b: not integrated out: bin is Bernoulli, not Normal
      a: sampled, each level of county centred as far as warmup finds good
      b: sampled, each level of county centred as far as warmup finds good
      sampled: s, a (3 levels of county), correlation(a, b), b (3 levels of county)
      8 parameters are sampled.
      """
    ),
    (
      "c[row] ~ Normal(0, s)\nu ~ Normal(c[row], 1)",
      """
      y: 6 rows as they are: 3 groups of 2 coefficients would not be fewer
      u: 6 rows as they are, each with its own level
      c: integrated out exactly (one per row)
      a, b: not integrated out: only effects of row are integrated with their
        correlations
      a: sampled, each level of county centred as far as warmup finds good
      b: sampled, each level of county centred as far as warmup finds good
      sampled: s, a (3 levels of county), correlation(a, b), b (3 levels of county)
      8 of 14 parameters are sampled; the others are drawn exactly given them.
      """
    ),
  ])
  func planSaysWhatBecomesOfIt(_ line: String, _ plan: String) throws {
    let text = Self.effects + "correlation(a, b) ~ LKJ(1)\n" + line
    let bound = try Model(text).bound(to: Table(csv: BindingCase.table))
    #expect("\(bound.planned(.auto).plan)" == plan)
  }

  @Test func reasonsNameThePrior() throws {
    let text = Self.effects + "correlation(a, b) ~ LKJ(1)"
    let bound = try Model(text).bound(to: Table(csv: BindingCase.table))
    let error = #expect(throws: PlanError.self) {
      try bound.planned(Plan.Request(integrated: ["correlation(a, b)"]))
    }
    #expect("\(error!)".contains("its prior is LKJ, not Normal"))
  }

  /// Backticks stay where a name that looks like a correlation is none.
  @Test(arguments: [
    "`correlation(a, b)` ~ Normal(0, 1)", "`correlation(a, b)`[g] ~ Normal(0, 1)",
    "a[`correlation(x, y)`] ~ Normal(0, 1)", "correlation(`correlation(a, b)`, c) ~ LKJ(1)",
  ])
  func namesThatLookLikeCorrelations(_ text: String) throws {
    #expect(try Model(text).description == text + "\n")
    #expect(try Model(Model(text).description) == Model(text))
  }

  /// The priors that power-scaling scales hold the whole density of correlations.
  @Test func logPriorsHoldCorrelations() throws {
    func logPrior(_ eta: Double, _ r: [Double]) throws -> Double {
      let text = """
        a[county] ~ Normal(0, 1)
        b[county] ~ Normal(0, 1)
        c[county] ~ Normal(0, 1)
        correlation(a, b, c) ~ LKJ(\(eta))
        y ~ Normal(a[county] + b[county] * x + c[county] * u, 1)
        """
      let bound = try Model(text).bound(to: Table(csv: BindingCase.table))
      let names = ["correlation(a, b)", "correlation(a, c)", "correlation(b, c)"]
      let priors = LogPriors(bound) { names.firstIndex(of: $0) }
      #expect(priors.names == names)
      return r.withUnsafeBufferPointer {
        priors.logDensities($0.baseAddress!, width: 3, count: 1)[0]
      }
    }
    let determinant: ([Double]) -> Double = {
      1 - $0[0] * $0[0] - $0[1] * $0[1] - $0[2] * $0[2] + 2 * $0[0] * $0[1] * $0[2]
    }
    let (r, s) = ([0.3, -0.6, 0.2], [0.1, 0.7, -0.4])
    for eta in [0.7, 1, 3] {
      let expected = (eta - 1) * log(determinant(r) / determinant(s))
      #expect(abs(try logPrior(eta, r) - logPrior(eta, s) - expected) < 1e-12)
    }
  }

  /// Of five correlations in -1 … 1 that bound each other, none leaves the matrix without a root, wherever the sampler is.
  @Test func everyPositionIsACorrelationMatrix() throws {
    let text = """
      a[county] ~ Normal(0, 1)
      b[county] ~ Normal(0, 1)
      c[county] ~ Normal(0, 1)
      d[county] ~ Normal(0, 1)
      correlation(a, b, c, d) ~ LKJ(1)
      y ~ Normal(a[county] + b[county] * x + c[county] * u + d[county] * pos, 1)
      """
    let bound = try Model(text).bound(to: Table(csv: BindingCase.table))
    let density = PosteriorDensity(bound, plan: .auto)
    #expect(density.dimension == 6)
    for corner in 0..<64 {
      let position = (0..<6).map { corner >> $0 & 1 == 0 ? -6.0 : 6.0 }
      let (value, gradient) = density.evaluate(at: position)
      let isFinite = value.isFinite && gradient.allSatisfy(\.isFinite)
      #expect(isFinite, "\(position)")
    }
  }
}
