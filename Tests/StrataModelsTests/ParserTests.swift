import StrataModels
import Testing

/// The rules of the model text, each by a text and the tree it must give.
@Suite struct ParserTests {
  private let a = Expression(.name("a"))
  private let b = Expression(.name("b"))
  private let c = Expression(.name("c"))
  private let x = Expression(.name("x"))

  private func number(_ value: Double) -> Expression { Expression(.number(value)) }

  private func binary(_ a: Expression, _ operation: BinaryOperator, _ b: Expression) -> Expression {
    Expression(.binary(operation, a, b))
  }

  private func negate(_ a: Expression) -> Expression { Expression(.negate(a)) }

  private func statement(_ text: String) throws -> Statement {
    let statements = try Model(text).statements
    try #require(statements.count == 1)
    return statements[0]
  }

  /// The right side of `q = text`.
  private func value(_ text: String) throws -> Expression {
    guard case .equals(let expression) = try statement("q = " + text).content else {
      throw ModelError("no expression")
    }
    return expression
  }

  private func distribution(_ text: String) throws -> DistributionCall {
    guard case .distributed(let call) = try statement("q ~ " + text).content else {
      throw ModelError("no distribution")
    }
    return call
  }

  // MARK: Statements

  @Test func radonModel() throws {
    let text = """
      # radon.strata — radon in Minnesota homes, varying intercept and slope
      mu_a      ~ Normal(0, 1)
      sigma_a   ~ HalfCauchy(1)
      mu_b      ~ Normal(0, 1)
      sigma_b   ~ HalfCauchy(1)
      a[county] ~ Normal(mu_a, sigma_a)
      b[county] ~ Normal(mu_b, sigma_b)
      eps       ~ HalfCauchy(1)
      log_radon ~ Normal(a[county] + b[county] * floor, eps)
      """
    let model = try Model(text, name: "radon.strata")
    #expect(
      model.description == """
        mu_a ~ Normal(0, 1)
        sigma_a ~ HalfCauchy(1)
        mu_b ~ Normal(0, 1)
        sigma_b ~ HalfCauchy(1)
        a[county] ~ Normal(mu_a, sigma_a)
        b[county] ~ Normal(mu_b, sigma_b)
        eps ~ HalfCauchy(1)
        log_radon ~ Normal(a[county] + b[county] * floor, eps)

        """)
    #expect(model.statements.count == 8)
    #expect(model.statements[4].target == .grouped("a", by: ["county"]))
    #expect(try Model(model.description) == model)
  }

  @Test func onePerLineAndBracketsContinue() throws {
    let model = try Model("x = (a +\n\n  # half way\n  b)\ny ~ Normal(\n  0,\n  1\n)\nz[\ng] = 1")
    #expect(model.description == "x = a + b\ny ~ Normal(0, 1)\nz[g] = 1\n")
  }

  @Test(arguments: [
    "x = a\ny = b", "x = a\r\ny = b\r\n", "x = a\ry = b", "\u{FEFF}x = a\ny = b",
    "\n\n# c\n\tx\t=\ta\t# c = d ~ (\n\n  y=b  \n\n", "x\u{A0}= a\ny = b #", "`x` = `a`\n`y` = `b`",
  ])
  func layoutDoesNotMatter(text: String) throws {
    #expect(try Model(text).description == "x = a\ny = b\n")
  }

  @Test func relationBindsLoosest() throws {
    let text = "use == \"Y\" ~ Bernoulli(p)"
    let useIsY = binary(Expression(.name("use")), .equal, Expression(.text("Y")))
    #expect(try statement(text).target == .expression(useIsY))
    #expect(try statement("(use == \"Y\") ~ Bernoulli(p)") == statement(text))
    #expect(try value("a < b") == binary(a, .less, b))
  }

  @Test func targets() throws {
    #expect(try statement("mu = 1").target == .name("mu"))
    #expect(try statement("(mu) ~ Normal(0, 1)").target == .name("mu"))
    #expect(try statement("a[county] ~ Normal(0, 1)").target == .grouped("a", by: ["county"]))
    #expect(try statement("a[county] = 1").target == .grouped("a", by: ["county"]))
    #expect(
      try statement("cell[Eth, Sex] ~ Normal(0, 1)").target == .grouped("cell", by: ["Eth", "Sex"]))
    #expect(try statement("z[row] ~ Normal(0, 1)").target == .grouped("z", by: ["row"]))
    #expect(
      try statement("beta[columns: x1, `x 2`] ~ Normal(0, 1)").target
        == .coefficients("beta", columns: ["x1", "x 2"]))
    #expect(try statement("b[columns] ~ Normal(0, 1)").target == .grouped("b", by: ["columns"]))
    #expect(
      try statement("log(x) ~ Normal(0, 1)").target == .expression(Expression(.call(.log, x))))
    #expect(
      try statement("a / b ~ Normal(0, 1)").target == .expression(binary(a, .divide, b)))
  }

  // MARK: Expressions

  @Test func precedence() throws {
    #expect(try value("a + b * c") == binary(a, .add, binary(b, .multiply, c)))
    #expect(try value("a * b + c") == binary(binary(a, .multiply, b), .add, c))
    #expect(try value("a - b - c") == binary(binary(a, .subtract, b), .subtract, c))
    #expect(try value("a / b / c") == binary(binary(a, .divide, b), .divide, c))
    #expect(try value("a / b * c") == binary(binary(a, .divide, b), .multiply, c))
    #expect(try value("a - (b - c)") == binary(a, .subtract, binary(b, .subtract, c)))
  }

  @Test func powersAndSigns() throws {
    #expect(try value("a^b^c") == binary(a, .power, binary(b, .power, c)))
    #expect(try value("(a^b)^c") == binary(binary(a, .power, b), .power, c))
    #expect(try value("-x^2") == negate(binary(x, .power, number(2))))
    #expect(try value("(-x)^2") == binary(negate(x), .power, number(2)))
    #expect(try value("2^-1") == binary(number(2), .power, negate(number(1))))
    #expect(try value("2^-x * a") == binary(binary(number(2), .power, negate(x)), .multiply, a))
    #expect(try value("-a * b") == binary(negate(a), .multiply, b))
    #expect(try value("a - -b") == binary(a, .subtract, negate(b)))
    #expect(try value("a * -b") == binary(a, .multiply, negate(b)))
    #expect(try value("--a") == negate(negate(a)))
  }

  @Test func comparisons() throws {
    for operation in BinaryOperator.allCases where operation.isComparison {
      #expect(try value("a \(operation.rawValue) -1") == binary(a, operation, negate(number(1))))
    }
    let isThree = binary(a, .equal, number(3))
    #expect(try value("b * (a == 3)") == binary(b, .multiply, isThree))
    #expect(try value("(b * a) == 3") == binary(binary(b, .multiply, a), .equal, number(3)))
    #expect(try value("(a == 3) == b") == binary(isThree, .equal, b))
    #expect(try value("exp(a)^2 > -b^2").description == "exp(a)^2 > -b^2")
    #expect(
      try value("b * (trt == \"pro\"\"g\") + 1").description == "b * (trt == \"pro\"\"g\") + 1")
    #expect(
      try value("\"Y\" != use") == binary(Expression(.text("Y")), .notEqual, .init(.name("use"))))
  }

  @Test func functions() throws {
    for function in Function.allCases {
      #expect(
        try value("\(function.rawValue)(a + b)") == .init(.call(function, binary(a, .add, b))))
    }
    #expect(try value("exp (a)") == Expression(.call(.exp, a)))
    let exp = Expression(.name("exp"))
    #expect(try value("exp * dot") == binary(exp, .multiply, Expression(.name("dot"))))
    #expect(try value("exp[g]") == Expression(.element("exp", [.column("g")])))
    #expect(try statement("exp ~ Normal(0, 1)").target == .name("exp"))
  }

  @Test func dotProducts() throws {
    #expect(
      try value("dot(columns: x1, x2, x3; beta)")
        == Expression(.dot(columns: ["x1", "x2", "x3"], coefficients: "beta")))
    #expect(
      try value("dot(columns: columns, `x 2`; beta)")
        == Expression(.dot(columns: ["columns", "x 2"], coefficients: "beta")))
    let short = Expression(.dot(columns: [], coefficients: "beta"))
    #expect(try value("a + dot(beta)") == binary(a, .add, short))
    #expect(
      try value("dot(columns)") == Expression(.dot(columns: [], coefficients: "columns")))
  }

  @Test func elements() throws {
    #expect(
      try value("cell[Eth, Sex]") == Expression(.element("cell", [.column("Eth"), .column("Sex")])))
    #expect(
      try value("rate[\"B\"] - rate[\"A\"]")
        == binary(
          Expression(.element("rate", [.level("B")])), .subtract,
          Expression(.element("rate", [.level("A")]))))
    #expect(
      try value("cell[\"A\", `a \"b\"`]")
        == Expression(.element("cell", [.level("A"), .column("a \"b\"")])))
    #expect(try value("a[\"\"]") == Expression(.element("a", [.level("")])))
  }

  @Test(arguments: [
    ("1", 1), (".5", 0.5), ("0.5", 0.5), ("2.", 2), ("1e-3", 0.001), ("1E+3", 1000), ("1e3", 1000),
    ("0", 0), ("0e9", 0), ("0.1", 0.1), ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
    ("5e-324", Double.leastNonzeroMagnitude), ("007", 7),
  ])
  func numbers(text: String, expected: Double) throws {
    #expect(try value(text) == number(expected))
  }

  @Test(arguments: [
    ("größe", "größe"), ("σ", "σ"), ("_a1", "_a1"), ("身長", "身長"), ("`x.1`", "x.1"),
    ("`a b`", "a b"),
    ("`a``b`", "a`b"), ("`1st`", "1st"), ("`# ~ =`", "# ~ ="), ("`exp`", "exp"), ("` a`", " a"),
  ])
  func names(text: String, expected: String) throws {
    #expect(try value(text) == Expression(.name(expected)))
  }

  // MARK: Distributions

  @Test func arguments() throws {
    #expect(try distribution("Flat()") == DistributionCall("Flat", []))
    #expect(
      try distribution("Normal(a, b * c)")
        == DistributionCall(
          "Normal", [.init(nil, a), .init(nil, binary(b, .multiply, c))]))
    #expect(
      try distribution("Binomial(a, logit = b == 1)")
        == DistributionCall(
          "Binomial", [.init(nil, a), .init("logit", binary(b, .equal, number(1)))]))
    #expect(
      try distribution("Gamma(mean=a,sd=b)")
        == DistributionCall("Gamma", [.init("mean", a), .init("sd", b)]))
    // An argument may be called like a function or a column.
    #expect(
      try distribution("Poisson(log = log(log))")
        == DistributionCall(
          "Poisson", [.init("log", Expression(.call(.log, Expression(.name("log")))))]))
    // Which distributions there are, the parser does not say.
    #expect(try distribution("Nrmal(1)").name == "Nrmal")
  }

  @Test func places() throws {
    let model = try Model("mu ~ Normal(0, 1)\ny[g] ~ Normal(mu + (a\n* b), -x^2)")
    #expect(model.statements[1].targetRange == SourceRange(line: 2, start: 1, end: 5))
    guard case .distributed(let call) = model.statements[1].content else { return }
    #expect(call.range == SourceRange(line: 2, start: 8, end: 14))
    #expect(call.arguments[0].value.range == SourceRange(line: 2, start: 15, end: 21))
    #expect(call.arguments[1].value.range == SourceRange(line: 3, start: 7, end: 11))
  }
}
