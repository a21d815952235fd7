import StrataDiagnostics
import Testing

/// The reference distribution of R-hat, held against converged chains and chains that differ.
@Suite struct RHatChanceTests {
  /// Of converged chains, a fraction p or a little less gets a probability below p.
  ///
  /// 2,000 runs each. Too many: more than p plus 4.5 binomial standard errors. Too few (a test
  /// without power): less than p / 5. Longer runs (10,000 each, not kept) gave at p = 0.1, 0.01 and
  /// 0.001: independent 0.087, 0.0079, 0.0009; φ = 0.5: 0.090, 0.0083, 0.0009; φ = 0.8: 0.078,
  /// 0.0046, 0.0001; φ = −0.5: 0.110, 0.0097, 0.0008.
  @Test(arguments: [(0.0, 200), (0.0, 1000), (0.5, 1000), (0.8, 1000), (-0.5, 400)])
  func convergedChains(correlation: Double, draws: Int) {
    var random = Draws(seed: 20_261_121)
    let summarizer = QuantitySummarizer(chains: 4, draws: draws)
    let runs = 2000
    var chances: [Double] = []
    for _ in 0..<runs {
      let chains = random.chains(4, draws: draws, correlation: correlation)
      chances.append(summarizer.summarize(chains).rHatChance!)
    }
    for p in [0.1, 0.01] {
      let fraction = Double(chances.count { $0 < p }) / Double(runs)
      // At p = 0.1 antithetic chains come out at 0.110: allowed for by a tenth of p.
      let most = 1.1 * p + 4.5 * (p * (1 - p) / Double(runs)).squareRoot()
      #expect(fraction <= most, "φ = \(correlation), p = \(p): \(fraction)")
      #expect(fraction >= p / 5, "φ = \(correlation), p = \(p): \(fraction)")
    }
  }

  /// R-hat above 1.01 is common among converged chains with ESS about 450, and is not a failure.
  @Test func slowButConvergedIsNoFailure() {
    var random = Draws(seed: 1)
    let summarizer = QuantitySummarizer(chains: 4, draws: 1000)
    let parameters = (0..<500).map { k in
      (
        name: "x\(k)",
        summary: summarizer.summarize(random.chains(4, draws: 1000, correlation: 0.8))
      )
    }
    let above = parameters.count { $0.summary.rHat! > DiagnosticLimits.rHat }
    #expect(above > 100)
    let findings = DiagnosticReport(parameters: parameters).findings.filter { $0.topic == .rHat }
    #expect(findings.map(\.severity) == [.note])
    #expect(findings.first?.parameters.count == above)
  }

  /// Chains that differ fail, among a thousand parameters that don't.
  @Test(arguments: ["location", "scale", "stuck"])
  func differingChainsAreAFailure(kind: String) {
    var random = Draws(seed: 2)
    let summarizer = QuantitySummarizer(chains: 4, draws: 1000)
    let good = summarizer.summarize(random.chains(4, draws: 1000))
    var chains = random.chains(4, draws: 1000)
    switch kind {
    case "location": chains[2] = chains[2].map { $0 + 0.5 }
    case "scale": chains[2] = chains[2].map { 2 * $0 }
    default: chains[2] = chains[2].map { _ in 0.25 }
    }
    let bad = summarizer.summarize(chains)
    let parameters =
      (0..<1000).map { (name: "x\($0)", summary: good) } + [(name: "bad", summary: bad)]
    let report = DiagnosticReport(parameters: parameters)
    #expect(report.hasFailed, "\(bad)")
    #expect(report.findings.contains { $0.parameters == ["bad"] && $0.severity == .failure })
    if kind == "stuck" {
      // Differing location and scale show in the ESS too; a stuck chain shows in R-hat only.
      #expect(min(bad.bulkESS!, bad.tailESS!) > 400)
      #expect(report.findings.contains { $0.topic == .rHat && $0.severity == .failure }, "\(bad)")
    }
  }

  /// For independent normal draws (ESS = number of draws) it is the F test of one-way analysis of
  /// variance: V = W/n gives F = 1 exactly.
  @Test func equalsAnalysisOfVariance() {
    let (n, m) = (50, 8)
    let rHat = (Double(n - 1) / Double(n) + 2.5 / Double(n)).squareRoot()
    let chance = probabilityOfLargerRHat(
      than: rHat, ess: Double(n * m), iterations: n, chains: m)
    let expected = fisherTail(2.5, numerator: 7, denominator: 392)
    #expect(abs(chance - expected) <= 1e-11 * expected)
  }

  @Test func edges() {
    func chance(_ rHat: Double, _ ess: Double) -> Double {
      probabilityOfLargerRHat(than: rHat, ess: ess, iterations: 500, chains: 8)
    }
    #expect(chance(.infinity, 3) == 0)
    #expect(chance(2, 8) == 1)
    #expect(chance(2, 0) == 1)
    #expect(chance(0.99, 4000) == 1)
    #expect(chance(1.02, 4000) < 1e-4)
    #expect(chance(1.02, 400) > 1e-2)
  }
}
