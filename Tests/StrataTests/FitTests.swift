import Strata
import Testing

/// Σ aᵢ bᵢ.
func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += x * y }
  return sum
}

/// The Swift API of a fit.
@Suite struct FitTests {
  static let y = [1.2, -0.4, 2.2, 0.9, 1.7, 0.1, 1.1, 2.6, -0.8, 1.4]

  private func fit(
    _ text: String, _ columns: KeyValuePairs<String, Table.Column>,
    _ options: FitOptions = FitOptions()
  ) async throws -> Fit {
    try await Model(text).fit(to: Table(columns), options: options)
  }

  @Test func drawsAreFoundByName() async throws {
    let options = FitOptions(chains: 3, warmup: 200, draws: 150, seed: 2)
    let fit = try await fit(
      "mu ~ Normal(0, 1)\na[g] ~ Normal(mu, 1)\ny ~ Normal(a[g], 1)",
      ["y": .numbers([1, 2, 3]), "g": .text(["p", "q", "p"])], options)
    #expect(fit.parameterNames == ["mu", "a[p]", "a[q]"])
    let draws = try #require(fit["a[q]"])
    #expect(draws.count == 3)
    #expect(draws.allSatisfy { $0.count == 150 })
    #expect(try fit.draws(of: "a[q]") == draws)
    let sum: Double = draws.joined().reduce(0) { $0 + $1 }
    let mean: Double = try #require(fit.summary["a[q]"]?.mean)
    // The same numbers, summed in another order.
    #expect(abs(mean - sum / 450) < 1e-12)

    #expect(fit["unknown"] == nil)
    #expect(fit.summary["unknown"] == nil)
    #expect {
      try fit.draws(of: "a[r]")
    } throws: {
      "\($0)" == "there is no parameter \"a[r]\": did you mean \"a[p]\"?"
    }
    #expect {
      try fit.draws(of: "something else")
    } throws: {
      "\($0)" == """
        there is no parameter "something else": there are mu and a
        """
    }
  }

  @Test func unknownNamesAreAnsweredWithWhatThereIs() {
    let names = ["mu"] + (1...20).map { "a[county \($0)]" }
    func message(_ name: String, _ names: [String]) -> String {
      "\(UnknownParameter(name: name, among: names))"
    }
    #expect(message("beta", names) == "there is no parameter \"beta\": there are mu and a")
    #expect(
      message("a[Hennepin]", names).hasSuffix(
        ": there are a[county 1], a[county 2], a[county 3], a[county 4], a[county 5], a[county 6],"
          + " a[county 7], a[county 8] and 12 more"))
    #expect(message("beta", ["mu"]) == "there is no parameter \"beta\": there is only mu")
    #expect(message("beta", []) == "there is no parameter \"beta\": there is none")
  }

  @Test func moreDrawsThanMemoryHoldsAreRefused() async throws {
    await #expect {
      try await fit(
        "mu ~ Normal(0, 1)\ny ~ Normal(mu, 1)", ["y": .numbers([1])],
        FitOptions(chains: 1, draws: 1 << 50))
    } throws: {
      let text = "\($0)"
      return text.hasPrefix("the number of draws is 1125899906842624, but it has to be at most ")
        && text.hasSuffix(": 1 chain of draws of 1 number have to fit into memory")
    }
  }

  @Test func failedStartNamesTheParameters() async throws {
    await #expect {
      try await fit("m ~ Uniform(-3, -2)\ny ~ Normal(log(m), 1)", ["y": .numbers([1])])
    } throws: {
      let text = "\($0)"
      return text.contains("cannot start: at 100 points tried the log posterior density is -inf")
        && text.contains("at the last one m = -2.")
    }
  }

  @Test func impossibleSettingsAreErrors() async throws {
    for (options, message) in [
      (FitOptions(chains: 0), "the number of chains is 0, but it has to be at least 1"),
      (FitOptions(draws: -1), "the number of draws is -1, but it has to be at least 1"),
    ] {
      await #expect {
        try await fit("mu ~ Normal(0, 1)\ny ~ Normal(mu, 1)", ["y": .numbers([1])], options)
      } throws: {
        "\($0)" == message
      }
    }
  }

  @Test func droppedRowsAreNoted() async throws {
    var options = FitOptions(warmup: 100, draws: 100)
    options.dropMissing = true
    let fit = try await fit(
      "mu ~ Normal(0, 1)\ny ~ Normal(mu, 1)", ["y": .numbers([1, .nan, 3])], options)
    #expect(fit.rowCount == 2)
    #expect(fit.droppedRows == 1)
    #expect(fit.notes == ["1 row was left out: a used cell is missing"])
  }

  // MARK: The mode

  /// y = a + b x with known noise and Normal priors: the mode is the posterior mean, (P + XᵀX)⁻¹ Xᵀy.
  @Test func modeOfARegressionIsItsClosedForm() throws {
    let x = (0..<10).map { Double($0) - 4.5 }
    let table = try Table(["y": .numbers(Self.y), "x": .numbers(x)])
    let model = try Model("a ~ Normal(0, 2)\nb ~ Normal(0, 0.5)\ny ~ Normal(a + b * x, 1)")
    let mode = try model.mode(of: table)
    // x is centred, so a and b are independent.
    let ones = [Double](repeating: 1, count: 10)
    let a: Double = dot(ones, Self.y) / (dot(ones, ones) + 0.25)
    let b: Double = dot(x, Self.y) / (dot(x, x) + 4)
    // L-BFGS stops when a step gains nothing in double precision: half the digits of the values.
    #expect(abs(try #require(mode["a"]) - a) < 1e-6)
    #expect(abs(try #require(mode["b"]) - b) < 1e-6)
    #expect(mode["c"] == nil)
    #expect(mode.parameterNames == ["a", "b"])
  }

  @Test func modeOfACentredHierarchyIsUnbounded() throws {
    let table = try Table(contentsOf: Command.example("eight_schools")[2])
    let model = try Model(
      """
      mu ~ Normal(0, 5)
      tau ~ HalfCauchy(5)
      theta[school] ~ Normal(mu, tau)
      y ~ Normal(theta[school], sigma)
      """)
    #expect {
      try model.mode(of: table)
    } throws: { error in
      if case SamplingError.unboundedDensity = error { true } else { false }
    }
  }
}
