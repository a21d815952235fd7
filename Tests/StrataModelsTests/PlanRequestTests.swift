import StrataModels
import Testing

/// Parameters that must be integrated out, and such as must not be.
@Suite struct PlanRequestTests {
  static let model = """
    m ~ Normal(0, 1)
    s ~ HalfNormal(1)
    e ~ HalfNormal(1)
    z[person] ~ Normal(0, 1)
    a[person] = m + s * z[person]
    p ~ Beta(1, 1)
    q ~ Gamma(2, 1)
    rate[item] ~ Gamma(q, 1)
    y ~ Normal(a[person], e)
    k ~ Poisson(rate[item])
    d ~ Bernoulli(0.5 * p)
    """

  private func plan(
    _ text: String = model, mode: Plan.Mode = .auto, sampled: Set<String> = [],
    integrated: Set<String> = []
  ) throws -> Plan {
    let bound = try Model(text).bound(to: PlanTextTests.table())
    let request = Plan.Request(mode: mode, sampled: sampled, integrated: integrated)
    let density = try PosteriorDensity(bound, request: request, effects: .draws)
    #expect(density.dimension == density.plan.dimension)
    return density.plan
  }

  @Test func whatIsNamedIsSampled() throws {
    #expect(try plan().sampled == ["s", "e", "p", "q"])
    #expect(try plan(sampled: ["m"]).sampled == ["m", "s", "e", "p", "q"])
    #expect(try plan(sampled: ["s"]).sampled == ["s", "e", "p", "q"])
    let conjugate = try plan(sampled: ["rate"])
    #expect(conjugate.sampled == ["s", "e", "p", "q", "rate (100 levels of item)"])
    #expect(
      conjugate.lines.contains("rate: not integrated out: sampling it was asked for"))
    // Without z the mean is not the same in all rows given what is sampled.
    let effects = try plan(sampled: ["z"])
    #expect(effects.sampled == ["m", "s", "e", "z (120 levels of person)", "p", "q"])
    #expect(
      effects.lines.contains("m: not integrated out: in y, the mean also holds z, which is sampled")
    )
  }

  @Test func whatIsRequiredIsIntegratedOut() throws {
    #expect(try plan(integrated: ["m", "z", "rate"]) == plan())
    #expect(try plan(sampled: ["m"], integrated: ["z"]).sampled == ["m", "s", "e", "p", "q"])
  }

  /// Where all that could be integrated is sampled, nothing is left but the direct density, up to its sums' rounding.
  @Test func sampledParametersKeepTheDensity() throws {
    let text = """
      m ~ Normal(0, 1)
      beta[columns: x, w] ~ Normal(0, 1)
      rate[item] ~ Gamma(2, 1)
      e ~ HalfNormal(1)
      y ~ Normal(m + dot(beta), e)
      k ~ Poisson(rate[item])
      """
    let bound = try Model(text).bound(to: PlanTextTests.table())
    let density = try PosteriorDensity(
      bound, request: Plan.Request(sampled: ["m", "beta", "rate"]), effects: .draws)
    #expect(density.plan.dimension == density.plan.parameterCount)
    let position = (0..<density.dimension).map { 0.3 - 0.1 * Double($0 % 5) }
    let direct = PosteriorDensity(bound).value(at: position)
    #expect(abs(density.value(at: position) - direct) < 1e-11 * abs(direct))
  }

  @Test(arguments: [
    (["m", "s"], "\"s\" can't be integrated out: its prior is HalfNormal, not Normal"),
    (["p"], "\"p\" can't be integrated out: d uses it in an expression"),
    (["q"], "\"q\" can't be integrated out: used in the prior of rate"),
    (["a"], "the plan names \"a\", which is computed, not a parameter: name \"z\""),
    (["ratte"], "the plan names \"ratte\", but there is no such parameter: did you mean \"rate\"?"),
    (
      ["nothing"],
      """
      the plan names "nothing", but there is no such parameter: strata explain lists what there is
      """
    ),
    (
      ["e", "q"],
      """
      "e" can't be integrated out: its prior is HalfNormal, not Normal; "q" can't be integrated out: used in the \
      prior of rate
      """
    ),
  ]) func whatCannotBeIntegratedIsAnError(names: [String], message: String) throws {
    #expect {
      try plan(integrated: Set(names))
    } throws: {
      $0 is PlanError && "\($0)" == message
    }
  }

  @Test func contradictionsAreErrors() throws {
    let errors: [(PlanError, Plan.Mode, Set<String>, Set<String>)] = [
      (.sampledAndIntegrated("z"), .auto, ["z"], ["z"]),
      (.modeIntegratesNothing(.direct, "z"), .direct, [], ["z"]),
      (.modeIntegratesNothing(.compressed, "z"), .compressed, [], ["z"]),
      (.unknownParameter(name: "zz", nearest: nil), .direct, ["zz"], []),
    ]
    for (error, mode, sampled, integrated) in errors {
      #expect(throws: error) {
        try plan(mode: mode, sampled: sampled, integrated: integrated)
      }
    }
  }

  /// Each reason by the model that has it.
  @Test(arguments: [
    (
      "b[item] ~ Normal(0, 1)\ny ~ Normal(a[person] + b[item], e)",
      "in y, the mean also holds b, which is sampled"
    ),
    ("y ~ StudentT(4, a[person], e)", "y is StudentT, not Normal"),
    ("y ~ Normal(x, exp(a[person]))", "used in the sd of y"),
    ("y ~ Normal(a[person] ^ 2, e)", "in y, used nonlinearly"),
    (
      "b ~ Normal(0, 1)\ny ~ Normal(a[person] + exp(b * x), e)",
      "in y, part of the mean is computed anew in every row"
    ),
    ("y ~ Normal(a[person], exp(e * x))", "in y, the sd is computed anew in every row"),
    (
      "b[person] ~ Normal(a[person], 1)\ny ~ StudentT(4, b[person], e)",
      "used in the prior of b, which is sampled"
    ),
    ("y ~ Normal(x, e)", "no Normal likelihood reaches it"),
    ("y ~ Normal(a[person] + a[\"3\"], e)", "in y, a single level of it is used on its own"),
    ("u ~ Uniform(a[\"1\"], 9)\ny ~ Normal(a[person] + u, e)", "it bounds u"),
  ]) func gaussianReasonsAreSaid(lines: String, reason: String) throws {
    let text = "s ~ HalfNormal(1)\ne ~ HalfNormal(1)\na[person] ~ Normal(0, s)\n\(lines)"
    #expect {
      try plan(text, integrated: ["a"])
    } throws: {
      "\($0)" == "\"a\" can't be integrated out: \(reason)"
    }
  }
}
