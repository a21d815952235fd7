import StrataDiagnostics
import Testing

/// Every finding by its exact text.
@Suite struct DiagnosticReportTests {
  static let good: QuantitySummary = summary(rHat: 1.0012, bulk: 3120.7, tail: 2890.2, chance: 0.4)

  static func summary(
    rHat: Double, bulk: Double?, tail: Double?, chance: Double? = 0.4
  ) -> QuantitySummary {
    var summary = QuantitySummary(undefined: nil)
    summary.rHat = rHat
    summary.bulkESS = bulk
    summary.tailESS = tail
    summary.rHatChance = chance
    return summary
  }

  static func sampler(
    divergences: [Int] = [0, 0, 0, 0], saturated: [Int] = [], energies: [[Double]] = []
  ) -> SamplerStatistics {
    SamplerStatistics(
      drawsPerChain: 1000, divergences: divergences, saturatedTrees: saturated,
      maximumTreeDepth: 10, energies: energies)
  }

  /// E-BFMI 3: three steps of 1 over four deviations of 1/2.
  static let wild: [Double] = [0, 1, 0, 1]
  /// E-BFMI 20/770: twenty steps of 1 over the squares of −10...10.
  static let slow: [Double] = (0...20).map(Double.init)

  @Test func allGood() {
    let report = DiagnosticReport(
      parameters: [("mu", Self.good), ("tau", Self.summary(rHat: 1.004, bulk: 2310, tail: 4000))],
      sampler: Self.sampler(energies: [Self.wild, Self.wild]))
    #expect(!report.hasFailed && report.findings.isEmpty)
    #expect(
      report.lines == [
        "All checks passed: R-hat at most 1.004, bulk-ESS at least 2310, tail-ESS at least 2890,"
          + " no divergent draws, E-BFMI at least 3.00."
      ])
  }

  @Test func allGoodWithoutSampler() {
    let report = DiagnosticReport(parameters: [("mu", Self.good)])
    #expect(
      report.lines == [
        "All checks passed: R-hat at most 1.001, bulk-ESS at least 3120, tail-ESS at least 2890."
      ])
  }

  @Test func nothing() {
    #expect(DiagnosticReport(parameters: []).lines == ["There is nothing to check."])
  }

  @Test func oneDivergenceIsANote() {
    let report = DiagnosticReport(
      parameters: [("mu", Self.good)], sampler: Self.sampler(divergences: [0, 1, 0, 0]))
    #expect(!report.hasFailed)
    #expect(
      report.lines == [
        "All checks passed: R-hat at most 1.001, bulk-ESS at least 3120, tail-ESS at least 2890,"
          + " 1 divergent draw.",
        "1 of 4000 draws (0.025 %) is divergent (chain 2: 1): too few to bias much. If more come,"
          + " raise the target acceptance.",
      ])
  }

  /// Exactly 0.1 % is not more than 0.1 %.
  @Test func fourOfFourThousandIsANote() {
    let report = DiagnosticReport(
      parameters: [], sampler: Self.sampler(divergences: [1, 1, 1, 1]))
    #expect(!report.hasFailed)
    #expect(report.findings.first?.severity == .note)
  }

  @Test func manyDivergencesAreAFailure() {
    let report = DiagnosticReport(
      parameters: [("mu", Self.good)], sampler: Self.sampler(divergences: [2, 0, 10, 0]))
    #expect(report.hasFailed && report.verdict == nil)
    #expect(
      report.lines == [
        "12 of 4000 draws (0.30 %) are divergent (chain 3: 10 and chain 1: 2): the sampler could"
          + " not follow the density there, so the posterior may be biased. Raise the target"
          + " acceptance (towards 0.99), tighten the priors of scales, or write group-level"
          + " effects non-centred."
      ])
  }

  /// What is advised about group-level effects is what can still be done.
  @Test(arguments: [
    (
      DiagnosticReport.Effects.handled, "or tighten the priors of scales.",
      "Tighten heavy-tailed priors, or lengthen the warmup."
    ),
    (
      .asRequested,
      "tighten the priors of scales, or let the plan choose how group-level effects are sampled"
        + " (plan auto).",
      "Tighten heavy-tailed priors, let the plan choose how group-level effects are sampled"
        + " (plan auto), or lengthen the warmup."
    ),
  ])
  func adviceFitsThePlan(effects: DiagnosticReport.Effects, divergent: String, energy: String) {
    let report = DiagnosticReport(
      parameters: [],
      sampler: Self.sampler(divergences: [9, 0, 0, 0], energies: [Self.slow]), effects: effects)
    #expect(
      report.lines.map { $0.hasSuffix(divergent) || $0.hasSuffix(energy) } == [true, true])
  }

  @Test func saturatedTrees() {
    let report = DiagnosticReport(parameters: [], sampler: Self.sampler(saturated: [0, 0, 37, 0]))
    #expect(!report.hasFailed)
    #expect(
      report.findings.map(\.message) == [
        "37 of 4000 draws (0.93 %) reached the maximum tree depth 10 (chain 3: 37): correct, but"
          + " slow. Bring predictors to similar size, or raise the maximum tree depth."
      ])
  }

  @Test func lowEnergyFraction() {
    let report = DiagnosticReport(
      parameters: [], sampler: Self.sampler(energies: [Self.wild, Self.slow, Self.wild]))
    #expect(report.hasFailed)
    #expect(
      report.lines == [
        "E-BFMI is under 0.3 in chain 2 (0.03): the sampler moves through the energies too slowly"
          + " to see the tails. Tighten heavy-tailed priors, write group-level effects"
          + " non-centred, or lengthen the warmup."
      ])
  }

  @Test func undefinedEnergyFraction() {
    let report = DiagnosticReport(
      parameters: [], sampler: Self.sampler(energies: [[1, 1, 1], Self.wild]))
    #expect(!report.hasFailed)
    #expect(
      report.findings.map(\.message) == [
        "E-BFMI is undefined in chain 1: the energies are constant, not finite, or fewer than"
          + " three."
      ])
  }

  @Test func lowESS() {
    let report = DiagnosticReport(parameters: [
      ("mu", Self.summary(rHat: 1.003, bulk: 399.9, tail: 800)), ("a[x]", Self.good),
      ("tau", Self.summary(rHat: 1.008, bulk: 120.5, tail: 95)),
    ])
    #expect(report.hasFailed)
    #expect(
      report.lines == [
        "ESS is under 400 for tau (bulk 120, tail 95) and mu (bulk 399, tail 800): too few"
          + " effective draws to trust means and intervals. Draw about 5 times as many."
      ])
    #expect(report.findings[0].parameters == ["tau", "mu"])
  }

  @Test func exactly400IsEnough() {
    let enough = Self.summary(rHat: 1, bulk: 400, tail: 400)
    #expect(!DiagnosticReport(parameters: [("mu", enough)]).hasFailed)
  }

  @Test func hopelessESS() {
    let report = DiagnosticReport(parameters: [
      ("mu", Self.summary(rHat: 1.8, bulk: 6.4, tail: 12, chance: 1))
    ])
    #expect(
      report.lines == [
        "ESS is under 400 for mu (bulk 6, tail 12): too few effective draws to trust means and"
          + " intervals. The chains hardly move there: before drawing more, look for divergences,"
          + " several modes, or parameters that the data cannot tell apart.",
        "R-hat is above 1.01 for mu (1.800), which can be chance at this ESS. More draws would"
          + " settle it.",
      ])
  }

  @Test func highRHat() {
    // Chance limits: 1e-4 / 8 for eight parameters.
    let bad = (1...7).map { k in
      (
        "a[\(k)]",
        Self.summary(rHat: 1 + 0.02 * Double(k), bulk: 500, tail: 600, chance: 1.2e-5)
      )
    }
    let borderline = ("mu", Self.summary(rHat: 1.0302, bulk: 500, tail: 600, chance: 1.3e-5))
    let report = DiagnosticReport(parameters: bad + [borderline])
    #expect(report.hasFailed)
    #expect(
      report.lines == [
        "R-hat is above 1.01 for a[7] (1.140), a[6] (1.120), a[5] (1.100), a[4] (1.080), a[3]"
          + " (1.060) and 2 more: the chains disagree by more than chance. Lengthen the warmup and"
          + " draw more; if it stays, look for several modes or for parameters that the data"
          + " cannot tell apart.",
        "R-hat is above 1.01 for mu (1.030), which can be chance at this ESS. More draws would"
          + " settle it.",
      ])
    #expect(report.findings[0].parameters.count == 7)
  }

  /// Surprising, but below 1.01: no finding.
  @Test func smallRHatIsFineWhateverItsChance() {
    let summary = Self.summary(rHat: 1.0099, bulk: 90_000, tail: 90_000, chance: 0)
    #expect(DiagnosticReport(parameters: [("mu", summary)]).findings.isEmpty)
  }

  @Test func stuckChains() {
    let chains = (1...4).map { [Double](repeating: Double($0), count: 100) }
    let report = DiagnosticReport(parameters: [("k", QuantitySummary(chains))])
    #expect(report.hasFailed)
    #expect(
      report.findings.contains {
        $0.message.hasPrefix("R-hat is above 1.01 for k (infinite): the chains disagree")
      })
  }

  @Test func undefinedValuesAreNotes() {
    var random = Draws(seed: 5)
    let yesOrNo = (0..<4).map { _ in (0..<500).map { _ in random.uniform() < 0.4 ? 1.0 : 0.0 } }
    let constant = [[Double]](repeating: [Double](repeating: 3, count: 10), count: 2)
    let infinite = constant.map { $0.map { $0 / 0 } }
    let report = DiagnosticReport(parameters: [
      ("k", QuantitySummary(constant)), ("ratio", QuantitySummary(infinite)),
      ("empty", QuantitySummary([])), ("flag", QuantitySummary(yesOrNo)),
    ])
    #expect(!report.hasFailed)
    #expect(
      report.findings.map(\.message) == [
        "R-hat and ESS are undefined for k (always 3.0): all draws are equal.",
        "Mean, R-hat and ESS are undefined for ratio: some draws are not finite. Look for a"
          + " division by zero, the logarithm of a negative number, or overflow.",
        "Nothing is known of empty: there are no draws.",
        "Tail-ESS is undefined for flag: more than 5 % of the draws share the largest value.",
      ])
    #expect(report.findings.allSatisfy { $0.topic == .undefined && $0.severity == .note })
  }

  @Test func tooFewDrawsIsAFailure() {
    let report = DiagnosticReport(parameters: [
      ("mu", QuantitySummary([[1, 2, 3, 4, 5], [2, 1, 3, 5, 4]]))
    ])
    #expect(report.hasFailed)
    #expect(
      report.lines == [
        "There are fewer than six draws per chain, so ESS is undefined and nothing can be checked."
          + " Draw more."
      ])
  }
}
