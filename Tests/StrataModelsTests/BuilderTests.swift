// Foundation is here to show that its functions and the model's live side by side.
import Foundation
import StrataModels
import Testing

@Suite struct BuilderTests {
  private let county: Column = "county"

  @Test func radonModel() throws {
    let muA = Parameter("mu_a", .normal(0, 1))
    let sigmaA = Parameter("sigma_a", .halfCauchy(1))
    let muB = Parameter("mu_b", .normal(0, 1))
    let sigmaB = Parameter("sigma_b", .halfCauchy(1))
    let za = Parameter("za", by: "county", .normal(0, 1))
    let a = Deterministic("a", by: "county", muA + sigmaA * za[county])
    let b = Parameter("b", by: "county", .normal(muB, sigmaB))
    let eps = Parameter("eps", .halfCauchy(1))
    let floor = Column("floor")
    let model = try Model(name: "radon") {
      muA
      sigmaA
      muB
      sigmaB
      za
      a
      b
      eps
      Observed("log_radon", .normal(a[county] + b[county] * floor, eps))
    }
    #expect(
      model.description == """
        mu_a ~ Normal(0, 1)
        sigma_a ~ HalfCauchy(1)
        mu_b ~ Normal(0, 1)
        sigma_b ~ HalfCauchy(1)
        za[county] ~ Normal(0, 1)
        a[county] = mu_a + sigma_a * za[county]
        b[county] ~ Normal(mu_b, sigma_b)
        eps ~ HalfCauchy(1)
        log_radon ~ Normal(a[county] + b[county] * floor, eps)

        """)
    #expect(model.text.name == "radon")
    #expect(model.statements[8].targetRange == SourceRange(line: 9, start: 1, end: 10))
  }

  @Test func operatorsAndFunctions() throws {
    let x = Column("x")
    let y = Column("y z")
    let mu = Parameter("mu", .flat())
    let k = 2.5
    func text(_ value: some ModelValue) -> String { value.expression.description }
    #expect(text(x + y) == "x + `y z`")
    #expect(text(x + 1 - y) == "x + 1 - `y z`")
    #expect(text(2 * x / 3) == "2 * x / 3")
    #expect(text(k * mu) == "2.5 * mu")
    #expect(text(x - (y - mu)) == "x - (`y z` - mu)")
    #expect(text((x + y) * -2) == "(x + `y z`) * -2")
    #expect(text(1 / (1 + x)) == "1 / (1 + x)")
    #expect(text(1 - x) == "1 - x")
    #expect(text(-pow(x, 2)) == "-x^2")
    #expect(text(pow(-x, 2)) == "(-x)^2")
    #expect(text(pow(x, y)) == "x^`y z`")
    #expect(text(exp(x) + log(x) + log10(x)) == "exp(x) + log(x) + log10(x)")
    #expect(text(sqrt(x) + abs(x - 1)) == "sqrt(x) + abs(x - 1)")
    #expect(text(logit(x) + inverseLogit(mu)) == "logit(x) + inverse_logit(mu)")
    #expect(text(mu * (x .== 3)) == "mu * (x == 3)")
    #expect(text((x .== "Y") + (x .!= "N")) == "(x == \"Y\") + (x != \"N\")")
    #expect(text((x .< y) * (x .<= 1)) == "(x < `y z`) * (x <= 1)")
    #expect(text((x .> y) * (x .>= 1) * (x .!= 2)) == "(x > `y z`) * (x >= 1) * (x != 2)")
    #expect(text(-3.5) == "-3.5")
    #expect(text(-7) == "-7")
    // Plain numbers keep Foundation's functions.
    #expect(exp(0.0) == 1 && log(1.0) == 0 && sqrt(4.0) == 2 && abs(-1) == 1 && pow(2.0, 3) == 8)
  }

  @Test func elements() throws {
    let cell = Parameter("cell", by: ["Eth", "Sex"], .normal(0, 1))
    let rate = Parameter("rate", by: "arm", .beta(1, 1))
    let z = Parameter("z", by: .row, .normal(0, 1))
    let sex = Column("Sex")
    #expect(cell["A", sex].description == "cell[\"A\", Sex]")
    #expect((rate["B"] - rate["A"]).description == "rate[\"B\"] - rate[\"A\"]")
    #expect(z[Column.row].description == "z[row]")
    #expect(z.statement.description == "z[row] ~ Normal(0, 1)")
    #expect(cell.statement.description == "cell[Eth, Sex] ~ Normal(0, 1)")
  }

  @Test func coefficients() throws {
    let beta = Coefficients("beta", over: ["x1", "x 2"], .normal(0, 1))
    let model = try Model {
      beta
      Observed("y", .normal(dot(beta), 1))
      Observed("w", .normal(dot(columns: ["x3", "x4"], beta), 1))
    }
    #expect(
      model.description == """
        beta[columns: x1, `x 2`] ~ Normal(0, 1)
        y ~ Normal(dot(beta), 1)
        w ~ Normal(dot(columns: x3, x4; beta), 1)

        """)
  }

  @Test(
    arguments: [
      (.normal(0, 1), "Normal(0, 1)"), (.studentT(4, 0, 2.5), "StudentT(4, 0, 2.5)"),
      (.cauchy(0, 1), "Cauchy(0, 1)"), (.halfNormal(1), "HalfNormal(1)"),
      (.halfCauchy(1), "HalfCauchy(1)"), (.halfStudentT(3, 1), "HalfStudentT(3, 1)"),
      (.logNormal(0, 1), "LogNormal(0, 1)"), (.laplace(0, 1), "Laplace(0, 1)"),
      (.uniform(-1, 1), "Uniform(-1, 1)"), (.exponential(2), "Exponential(2)"),
      (.gamma(2, 1), "Gamma(2, 1)"), (.gamma(mean: 2, sd: 1), "Gamma(mean = 2, sd = 1)"),
      (.inverseGamma(2, 1), "InverseGamma(2, 1)"), (.beta(1, 1), "Beta(1, 1)"),
      (.beta(mean: 0.5, concentration: 2), "Beta(mean = 0.5, concentration = 2)"),
      (.beta(mean: 0.5, sd: 0.1), "Beta(mean = 0.5, sd = 0.1)"),
      (.negBinomial(3, 1), "NegBinomial(3, 1)"),
      (.negBinomial(mean: 3, dispersion: 1), "NegBinomial(mean = 3, dispersion = 1)"),
      (.negBinomial(log: 3, dispersion: 1), "NegBinomial(log = 3, dispersion = 1)"),
      (.poisson(3), "Poisson(3)"), (.poisson(log: 3), "Poisson(log = 3)"),
      (.bernoulli(0.5), "Bernoulli(0.5)"), (.bernoulli(logit: 0), "Bernoulli(logit = 0)"),
      (.binomial(Column("n"), 0.5), "Binomial(n, 0.5)"),
      (.binomial(Column("n"), logit: 0), "Binomial(n, logit = 0)"), (.flat(), "Flat()"),
      (.flat(lower: 0), "Flat(lower = 0)"), (.flat(upper: 0), "Flat(upper = 0)"),
      (.flat(lower: 0, upper: 1), "Flat(lower = 0, upper = 1)"),
    ] as [(DistributionCall, String)])
  func distributions(call: DistributionCall, text: String) throws {
    #expect(call.description == text)
    #expect(try Model { Parameter("q", call) }.description == "q ~ \(text)\n")
  }

  @Test func observedExpressions() throws {
    let earn = Column("earn")
    let model = try Model {
      Observed(log(earn), .normal(0, 1))
      Observed(Column("use") .== "Y", .bernoulli(0.5))
      Observed(earn, .normal(0, 1))
    }
    #expect(
      model.description == """
        log(earn) ~ Normal(0, 1)
        (use == "Y") ~ Bernoulli(0.5)
        earn ~ Normal(0, 1)

        """)
    #expect(model.statements[2].target == .name("earn"))
  }

  private func columnwise(_ columns: [String], noisy: Bool) throws -> Model {
    let sigma = Parameter("sigma", .halfNormal(1))
    let priors: [any ModelStatement] = columns.map { Parameter("mu_\($0)", .normal(0, 1)) }
    return try Model {
      if noisy { sigma }
      priors
      for column in columns {
        let mu = Parameter("mu_\(column)", .normal(0, 1))
        if noisy {
          Observed(column, .normal(mu, sigma))
        } else {
          Observed(column, .normal(mu, 1))
        }
      }
    }
  }

  @Test func loopsAndConditions() throws {
    #expect(
      try columnwise(["a", "b"], noisy: true).description == """
        sigma ~ HalfNormal(1)
        mu_a ~ Normal(0, 1)
        mu_b ~ Normal(0, 1)
        a ~ Normal(mu_a, sigma)
        b ~ Normal(mu_b, sigma)

        """)
    #expect(
      try columnwise(["a"], noisy: false).description == """
        mu_a ~ Normal(0, 1)
        a ~ Normal(mu_a, 1)

        """)
  }

  @Test func sameAsText() throws {
    let built = try Model { Parameter("mu", .normal(-1, 1e-3)) }
    #expect(try Model("mu ~ Normal(-1, 0.001) # a comment") == built)
  }

  @Test func whatTextCannotSay() throws {
    var error = try #require(throws: ModelError.self) { try Model {} }
    #expect(error.message.hasPrefix("the model is empty"))
    error = try #require(throws: ModelError.self) {
      try Model(name: "m") {
        Parameter("mu", .normal(0, 1))
        Parameter("nu", .normal(0, .infinity as Double))
      }
    }
    #expect(
      error.description == """
        m:2:1: this line was built as something that text cannot say; a constant must be finite, and an \
        observed expression cannot be `name[column]`
          nu ~ Normal(0, inf)
          ^^^^^^^^^^^^^^^^^^^
        """)
    error = try #require(throws: ModelError.self) {
      try Model { Parameter("q", .normal(Double.nan, 1)) }
    }
    #expect(error.message.contains("finite"))
    error = try #require(throws: ModelError.self) { try Model { Parameter("", .normal(0, 1)) } }
    #expect(error.message == "a name in backticks is empty")
    error = try #require(throws: ModelError.self) {
      try Model { Parameter("a ~ Normal(0, 1)\nb", .normal(0, 1)) }
    }
    #expect(error.message == "the name that starts here has no closing ` on its line")
    error = try #require(throws: ModelError.self) {
      try Model { Coefficients("b", over: [], .normal(0, 1)) }
    }
    #expect(error.message == "expected a column, as in `b[columns: x1, x2]`, found `]`")
  }
}
