import Foundation
import StrataModels
import StrataSampling
import Testing

/// What `strata explain` says, word for word.
@Suite struct PlanTextTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// The example whose table is used; nil for ``table()``.
    var example: String?
    /// Nil for the example's own model.
    var text: String?
    var plan: String

    init(_ name: String, data: String? = nil, _ text: String, _ plan: String) {
      (self.name, example, self.text, self.plan) = (name, data, text, plan)
    }

    init(example name: String, _ plan: String) {
      (self.name, example, self.plan) = (name, name, plan)
    }

    var testDescription: String { name }

    func bound() throws -> BoundModel {
      let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../Examples/")
      let file = example == "water_quality" ? "water_quality_18_3_3" : example
      let table = try file.map { try Table(contentsOf: folder.appending(path: "\($0).csv").path) }
      let model =
        try text.map { try Model($0) }
        ?? Model(contentsOf: folder.appending(path: "\(name).strata").path)
      return try model.bound(to: table ?? PlanTextTests.table())
    }
  }

  /// 600 rows of two crossed factors with 120 and 100 levels, and a coarse one.
  static func table() throws -> Table {
    let rows = 0..<600
    var random = RandomStream(seed: 1)
    return try Table([
      "person": .wholeNumbers(rows.map { $0 % 120 }),
      "item": .wholeNumbers(rows.map { $0 / 6 }),
      "site": .wholeNumbers(rows.map { $0 % 120 / 30 }),
      "x": .numbers(rows.map { _ in random.normal() }),
      "w": .numbers(rows.map { _ in random.normal() }),
      "y": .numbers(rows.map { _ in random.normal() }),
      "d": .wholeNumbers(rows.map { $0 * 7 % 3 % 2 }),
      "k": .wholeNumbers(rows.map { _ in Int(random.poisson(mean: 3)) }),
    ])
  }

  @Test(arguments: cases) func planReadsLikeThis(_ example: Case) throws {
    let plan = try example.bound().planned(.auto).plan
    #expect("\(plan)" == example.plan, "\(plan)")
  }

  static let cases: [Case] = [
    Case(
      example: "radon",
      """
      log_radon: 919 rows → sums of squares and products of 85 levels of county
      a, b: integrated out exactly (85 levels of county)
      mu_a, mu_b: integrated out exactly
      sampled: sigma_a, sigma_b, eps
      3 of 175 parameters are sampled; the others are drawn exactly given them.
      """),
    Case(
      example: "eight_schools",
      """
      y: 8 rows, one for each level of school
      z: integrated out exactly (8 levels of school)
      mu: integrated out exactly
      sampled: tau
      1 of 10 parameters is sampled; the others are drawn exactly given it.
      """),
    Case(
      example: "sleepstudy",
      """
      Reaction: 180 rows → sums of squares and products of 18 levels of Subject
      a, b: integrated out exactly (18 levels of Subject)
      mu_a, mu_b: integrated out exactly
      sampled: sigma_a, sigma_b, sigma
      3 of 41 parameters are sampled; the others are drawn exactly given them.
      """),
    Case(
      example: "dyestuff",
      """
      Yield: 30 rows → sums of squares and products of 6 levels of Batch
      z: integrated out exactly (6 levels of Batch)
      mu: integrated out exactly
      sampled: tau, sigma
      2 of 9 parameters are sampled; the others are drawn exactly given them.
      """),
    Case(
      example: "epil",
      """
      y: 236 rows → a table of outcomes (35 numbers) and 118 sets of like rows, their
        outcomes added up
      mu_a: not integrated out: used in the prior of a, which is sampled
      b_lbase, b_lage, b_trt, b_V4, a: not integrated out: y is NegBinomial, not
        Normal
      a: sampled, each level of subject centred as far as warmup finds good
      sampled: mu_a, b_lbase, b_lage, b_trt, b_V4, alpha, sigma_a, a (59 levels of
        subject)
      66 parameters are sampled.
      """),
    Case(
      example: "cbpp",
      """
      incidence: 56 rows as they are: no two of them are alike
      mu_a, b2, b3, b4, z: not integrated out: incidence is Binomial, not Normal
      z: sampled, each level of herd centred as far as warmup finds good
      sampled: mu_a, b2, b3, b4, sigma_a, z (15 levels of herd)
      20 parameters are sampled.
      """),
    Case(
      example: "water_quality",
      """
      y: 90 rows → successes and trials of 3 levels of g
      theta: integrated out exactly (3 levels of g, conjugate Beta prior)
      sampled: mu, nu
      2 of 5 parameters are sampled; the others are drawn exactly given them.
      """),
    Case(
      example: "email_campaigns",
      """
      converted: 2 rows, one for each level of campaign
      rate: integrated out exactly (2 levels of campaign, conjugate Beta prior)
      sampled: alpha, beta
      2 of 4 parameters are sampled; the others are drawn exactly given them.
      """),
    Case(
      example: "response_times",
      """
      y: 894 rows → a table of outcomes per level of g (931 numbers) and 26 sets of
        like rows, their outcomes added up
      mu, alpha: not integrated out: y is NegBinomial, not Poisson with this rate
      sampled: mu_mu, sigma_mu, mu_al, sigma_al, mu (26 levels of g), alpha (26 levels
        of g)
      56 parameters are sampled.
      """),
    Case(
      example: "sites",
      """
      y: 40 rows → sums of squares and products of 2 levels of g
      beta: integrated out exactly (2 levels of g)
      mu_global: integrated out exactly
      sigma: not integrated out: its prior is HalfCauchy, not Normal
      sampled: sigma (2 levels of g)
      2 of 5 parameters are sampled; the others are drawn exactly given them.
      """),
    Case(
      "radon, non-centred", data: "radon",
      """
      mu_a ~ Normal(0, 1)
      sigma_a ~ HalfCauchy(1)
      mu_b ~ Normal(0, 1)
      sigma_b ~ HalfCauchy(1)
      a[county] = mu_a + sigma_a * za[county]
      b[county] = mu_b + sigma_b * zb[county]
      za[county] ~ Normal(0, 1)
      zb[county] ~ Normal(0, 1)
      eps ~ HalfCauchy(1)
      log_radon ~ Normal(a[county] + b[county] * floor, eps)
      """,
      """
      log_radon: 919 rows → sums of squares and products of 85 levels of county
      za, zb: integrated out exactly (85 levels of county)
      mu_a, mu_b: integrated out exactly
      sampled: sigma_a, sigma_b, eps
      3 of 175 parameters are sampled; the others are drawn exactly given them.
      """),
    Case(
      "eight schools, centred", data: "eight_schools",
      """
      mu ~ Normal(0, 5)
      tau ~ HalfCauchy(5)
      theta[school] ~ Normal(mu, tau)
      y ~ Normal(theta[school], sigma)
      """,
      """
      y: 8 rows, one for each level of school
      theta: integrated out exactly (8 levels of school)
      mu: integrated out exactly
      sampled: tau
      1 of 10 parameters is sampled; the others are drawn exactly given it.
      """),
    Case(
      "an effect per row, nothing to sample", data: "eight_schools",
      """
      m ~ Normal(0, 1)
      a[row] ~ Normal(m, 1)
      y ~ Normal(a[row], sigma)
      """,
      """
      y: 8 rows as they are, each with its own level
      a: integrated out exactly (one per row)
      m: integrated out exactly
      No parameter is sampled: all 9 are drawn exactly.
      """),
    Case(
      "crossed factors with many levels",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      t ~ HalfNormal(1)
      e ~ HalfNormal(1)
      a[person] ~ Normal(m, s)
      b[item] ~ Normal(0, t)
      y ~ Normal(a[person] + b[item], e)
      """,
      """
      y: 600 rows as they are: the coefficients belong to factors that cross
      m: not integrated out: used in the prior of a, which is sampled
      a: not integrated out: in y, the mean also holds b, which is sampled
      b: not integrated out: 101 coefficients would have to be integrated together
        beside the effects of person, and at most 64 are
      a: sampled, each level of person centred as far as warmup finds good
      b: sampled, each level of item centred as far as warmup finds good
      sampled: m, s, t, e, a (120 levels of person), b (100 levels of item)
      224 parameters are sampled.
      """),
    Case(
      "crossed factors, one with few levels",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      t ~ HalfNormal(1)
      e ~ HalfNormal(1)
      a[item] ~ Normal(m, s)
      b[site] ~ Normal(0, t)
      y ~ Normal(a[item] + b[site], e)
      """,
      """
      y: 600 rows → sums of squares and products of 100 levels of item
      a: integrated out exactly (100 levels of item)
      m: integrated out exactly
      b: integrated out exactly (4 levels of site)
      sampled: s, t, e
      3 of 108 parameters are sampled; the others are drawn exactly given them.
      """),
    Case(
      "a truncated prior",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      e ~ HalfNormal(1)
      a[person] ~ HalfNormal(s)
      y ~ Normal(m + a[person], e)
      """,
      """
      y: 600 rows → 120 levels of person, 1 number each and a residual sum of squares
      m: not integrated out: in y, the mean also holds a, which is sampled
      a: not integrated out: its prior is HalfNormal, not Normal
      sampled: m, s, e, a (120 levels of person)
      123 parameters are sampled.
      """),
    Case(
      "an effect in the sd",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      e ~ Normal(0, 1)
      a[site] ~ Normal(0, s)
      y ~ Normal(m, exp(e + a[site]))
      """,
      """
      y: 600 rows → sums of squares and products
      m: integrated out exactly
      e, a: not integrated out: used in the sd of y
      a: sampled, each level of site centred as far as warmup finds good
      sampled: s, e, a (4 levels of site)
      6 of 7 parameters are sampled; the other is drawn exactly given them.
      """),
    Case(
      "an effect used nonlinearly",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      e ~ HalfNormal(1)
      a[person] ~ Normal(m, s)
      y ~ Normal(exp(a[person]) * x, e)
      """,
      """
      y: 600 rows → 120 levels of person, 1 number each and a residual sum of squares
      m: not integrated out: used in the prior of a, which is sampled
      a: not integrated out: in y, used nonlinearly
      a: sampled, each level of person centred as far as warmup finds good
      sampled: m, s, e, a (120 levels of person)
      123 parameters are sampled.
      """),
    Case(
      "a StudentT likelihood",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      e ~ HalfNormal(1)
      a[person] ~ Normal(m, s)
      y ~ StudentT(4, a[person], e)
      """,
      """
      y: 600 rows as they are: StudentT has no sufficient statistics
      m: not integrated out: used in the prior of a, which is sampled
      a: not integrated out: y is StudentT, not Normal
      a: sampled, each level of person centred as far as warmup finds good
      sampled: m, s, e, a (120 levels of person)
      123 parameters are sampled.
      """),
    Case(
      "a regression without groups",
      """
      m ~ Normal(0, 1)
      beta[columns: x, w] ~ Normal(0, 1)
      e ~ HalfNormal(1)
      y ~ Normal(m + dot(beta), e)
      """,
      """
      y: 600 rows → sums of squares and products
      m: integrated out exactly
      beta: integrated out exactly (2 columns)
      sampled: e
      1 of 4 parameters is sampled; the others are drawn exactly given it.
      """),
    Case(
      "Gamma rates with Poisson counts",
      """
      a ~ HalfNormal(1)
      rate[item] ~ Gamma(a, 2)
      k ~ Poisson(rate[item])
      """,
      """
      k: 600 rows → totals and exposures of 100 levels of item
      rate: integrated out exactly (100 levels of item, conjugate Gamma prior)
      sampled: a
      1 of 101 parameters is sampled; the others are drawn exactly given it.
      """),
    Case(
      "a Gamma rate among others",
      """
      a ~ HalfNormal(1)
      rate[item] ~ Gamma(a, 2)
      k ~ Poisson(rate[item] * exp(a * x))
      """,
      """
      k: 600 rows as they are: no two of them are alike
      rate: not integrated out: k uses it in an expression
      sampled: a, rate (100 levels of item)
      101 parameters are sampled.
      """),
    Case(
      "a StudentT prior",
      """
      s ~ HalfNormal(1)
      e ~ HalfNormal(1)
      a[person] ~ StudentT(4, 0, s)
      y ~ Normal(a[person], e)
      """,
      """
      y: 600 rows → 120 levels of person, 1 number each and a residual sum of squares
      a: not integrated out: its prior is StudentT, not Normal
      sampled: s, e, a (120 levels of person)
      122 parameters are sampled.
      """),
  ]
}
