import Strata
import Testing

/// What is kept of group effects that are integrated out.
@Suite struct EffectsTests {
  static let model = """
    mu   ~ Normal(0, 2)
    tau  ~ HalfNormal(1)
    e    ~ HalfNormal(1)
    gain = mu - a["p"]
    z[g] ~ Normal(0, 1)
    a[g] = mu + tau * z[g]
    s[h] = tau + h
    y    ~ Normal(a[g], e)
    """

  static func fit(_ effects: Plan.Effects, _ change: (inout FitOptions) -> Void = { _ in })
    async throws -> Fit
  {
    var options = FitOptions(chains: 3, warmup: 200, draws: 150, seed: 2)
    options.effects = effects
    change(&options)
    let group = (0..<24).map { ["p", "q", "r", "s", "t", "u"][$0 % 6] }
    let y: [Double] = (0..<24).map { row in
      let (level, rest) = (Double(row % 6), Double(row * 7 % 11))
      return 0.3 * level + 0.2 * rest
    }
    let half: [Int] = (0..<24).map { $0 % 2 }
    let table = try Table(["g": .text(group), "h": .wholeNumbers(half), "y": .numbers(y)])
    return try await Model(model).fit(to: table, options: options)
  }

  /// The same draws as with all kept; of the effects the same means and sds, up to rounding.
  @Test(arguments: [false, true]) func meansAreThoseOfTheDraws(inRounds: Bool) async throws {
    func options(_ options: inout FitOptions) {
      if inRounds { options.target = .until(bulkESS: 500, maximumDraws: 400) }
    }
    let full = try await Self.fit(.draws, options)
    let fit = try await Self.fit(.mean, options)
    #expect(fit.settings.effects == .mean)
    #expect(fit.parameterNames == full.parameterNames)
    #expect(fit.chains[0].reportedCount == 6)
    #expect(fit.settings.draws == full.settings.draws)
    for name in ["mu", "tau", "e", "gain", "s[0]", "s[1]"] {
      #expect(fit[name] == full[name], "\(name)")
      #expect(fit.summary[name] == full.summary[name])
    }
    for name in full.parameterNames where name.hasPrefix("z[") || name.hasPrefix("a[") {
      let (found, expected) = try (
        #require(fit.summary[name]), #require(full.summary[name])
      )
      // Sums of some hundred numbers of size 1 in another order.
      #expect(abs(try #require(found.mean) - #require(expected.mean)) < 1e-13)
      #expect(abs(try #require(found.sd) - #require(expected.sd)) < 1e-13)
      #expect(found.undefined == .notKept)
      #expect(found.q50 == nil && found.rHat == nil && found.bulkESS == nil)
      #expect(fit[name] == nil)
    }
    #expect {
      try fit.draws(of: "a[p]")
    } throws: {
      "\($0)"
        == "of \"a[p]\" only the mean and the sd were kept: fit with effects draws to keep its draws"
    }
    let lines = fit.summary.csv.split(separator: "\n")
    let line = try #require(lines.first { $0.hasPrefix("a[q],") })
    #expect(line.hasSuffix(",,,,,,,") && line.split(separator: ",").count == 3)
    #expect("\(fit.summary)".contains(" - "))
    #expect(!fit.diagnostics.lines.contains { $0.contains("a[") || $0.contains("z[") })
  }

  @Test func noneLeavesOutWhatDependsOnTheEffects() async throws {
    let full = try await Self.fit(.draws)
    let fit = try await Self.fit(.none)
    #expect(fit.parameterNames == ["mu", "tau", "e", "s[0]", "s[1]"])
    for name in fit.parameterNames { #expect(fit[name] == full[name], "\(name)") }
    #expect(fit["a[p]"] == nil)
    for name in ["a[p]", "z[q]", "gain", "a"] {
      #expect {
        try fit.draws(of: name)
      } throws: {
        "\($0)"
          == "\"\(name)\" was integrated out and not drawn: fit with effects draws to have its draws"
      }
    }
    #expect { try fit.draws(of: "mo") } throws: { $0 is UnknownParameter }
  }

  @Test func onlyWhatIsKeptHasToFitIntoMemory() async throws {
    for (effects, count) in [(Plan.Effects.draws, 18), (.mean, 6), (.none, 5)] {
      await #expect {
        try await Self.fit(effects) { $0.draws = 1 << 50 }
      } throws: {
        "\($0)".hasSuffix(": 3 chains of draws of \(count) numbers have to fit into memory")
      }
    }
  }

  /// Probabilities of groups, and one of all: that is a number, and stays.
  @Test func conjugateGroupsAreLeftOutToo() async throws {
    let table = try Table([
      "g": .wholeNumbers([1, 1, 2, 2, 3, 3]), "b": .wholeNumbers([1, 0, 1, 1, 0, 0]),
      "c": .wholeNumbers([1, 0, 1, 1, 0, 1]),
    ])
    let text = """
      m ~ Beta(2, 2)
      all ~ Beta(1, 1)
      p[g] ~ Beta(mean = m, concentration = 5)
      b ~ Bernoulli(p[g])
      c ~ Bernoulli(all)
      """
    var options = FitOptions(chains: 2, warmup: 200, draws: 200)
    let full = try await Model(text).fit(to: table, options: options)
    options.effects = .none
    let none = try await Model(text).fit(to: table, options: options)
    #expect(none.parameterNames == ["m", "all"])
    #expect(none["m"] == full["m"])
    #expect(abs(try #require(none.summary["all"]?.mean) - 0.625) < 0.05)
    options.effects = .mean
    let mean = try await Model(text).fit(to: table, options: options)
    #expect(mean["all"] == full["all"])
    #expect(
      abs(try #require(mean.summary["p[2]"]?.mean) - #require(full.summary["p[2]"]?.mean)) < 1e-13)
  }

  @Test func nothingToLeaveOutIsAnError() async throws {
    for effects in [Plan.Effects.mean, .none] {
      await #expect {
        try await Self.fit(effects) { $0.plan = .compressed }
      } throws: {
        "\($0)" == """
          effects \(effects.rawValue) leaves out the draws of group effects that are integrated out, and the plan \
          integrates out none (strata explain says why): use effects draws
          """
      }
    }
  }
}
