import StrataDiagnostics
import Testing

/// Undefined results: nil with a reason, never a crash.
@Suite struct EdgeCaseTests {
  typealias Function = @Sendable ([[Double]]) -> Double?

  static let functions: [(name: String, f: Function)] = [
    ("rHat", { Diagnostics.rHat($0) }),
    ("bulkESS", { Diagnostics.bulkESS($0) }),
    ("tailESS", { Diagnostics.tailESS($0) }),
    ("meanESS", { Diagnostics.meanESS($0) }),
    ("sdESS", { Diagnostics.sdESS($0) }),
    ("quantileESS", { Diagnostics.quantileESS($0, probability: 0.3) }),
    ("meanMCSE", { Diagnostics.meanMCSE($0) }),
    ("sdMCSE", { Diagnostics.sdMCSE($0) }),
    ("quantileMCSE", { Diagnostics.quantileMCSE($0, probability: 0.3) }),
  ]

  static let ordinary: [[Double]] = {
    var random = Draws(seed: 3)
    return random.chains(4, draws: 50)
  }()

  static func with(_ value: Double) -> [[Double]] {
    var chains = ordinary
    chains[1][7] = value
    return chains
  }

  static let undefined: [(what: String, chains: [[Double]], reason: UndefinedReason)] = [
    ("no chain", [], .noDraws),
    ("zero draws", [[], []], .noDraws),
    ("different lengths", [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5]], .noDraws),
    ("one draw", [[1.5]], .tooFewDraws),
    ("constant", [[Double]](repeating: [Double](repeating: 2.5, count: 20), count: 4), .constant),
    ("zeros", [[Double]](repeating: [Double](repeating: 0, count: 20), count: 4), .constant),
    ("plus and minus zero", [[0, -0.0, 0, -0.0, 0, -0.0, 0, 0]], .constant),
    ("NaN", with(.nan), .notFinite),
    ("infinite", with(.infinity), .notFinite),
    ("minus infinite", with(-.infinity), .notFinite),
    ("overflowing", with(1e305), .notFinite),
    (
      "rounding of 1",
      (0..<4).map { c in (0..<20).map { ($0 + c) % 3 == 0 ? 1 : 1 - 0x1p-53 } }, .constant
    ),
  ]

  @Test(arguments: undefined.indices) func isNil(index: Int) {
    let (what, chains, reason) = Self.undefined[index]
    for (name, f) in Self.functions { #expect(f(chains) == nil, "\(name) of \(what)") }
    let summary = QuantitySummary(chains)
    #expect(summary.undefined == reason, "\(what)")
    #expect(summary.rHat == nil && summary.bulkESS == nil && summary.tailESS == nil)
    #expect(summary.meanMCSE == nil && summary.rHatChance == nil)
  }

  @Test func whatRemainsOfConstantDraws() {
    let summary = QuantitySummary([[2.5, 2.5, 2.5], [2.5, 2.5, 2.5]])
    #expect(summary.mean == 2.5 && summary.sd == 0)
    #expect(summary.q5 == 2.5 && summary.q50 == 2.5 && summary.q95 == 2.5)
  }

  @Test func whatRemainsOfOneDraw() {
    let summary = QuantitySummary([[1.5]])
    #expect(summary.mean == 1.5 && summary.sd == nil && summary.q50 == 1.5)
  }

  @Test func oneDrawPerChain() {
    let summary = QuantitySummary([[1], [2], [3], [4]])
    #expect(summary.undefined == .tooFewDraws)
    #expect(summary.mean == 2.5 && summary.q50 == 2.5 && summary.rHat == nil)
  }

  /// Quantiles survive infinite draws, means don't; NaN spoils both.
  @Test func whatRemainsOfInfiniteDraws() {
    let infinite = QuantitySummary(Self.with(.infinity))
    #expect(infinite.mean == nil && infinite.sd == nil && infinite.q50?.isFinite == true)
    let nan = QuantitySummary(Self.with(.nan))
    #expect(nan.mean == nil && nan.q50 == nil)
  }

  @Test(arguments: 1...7) func everyShortLength(draws: Int) {
    var random = Draws(seed: 4)
    for chainCount in 1...3 {
      let chains = random.chains(chainCount, draws: draws)
      for (name, f) in Self.functions {
        let isDefined = f(chains) != nil
        let least = name == "rHat" ? 4 : 6
        #expect(isDefined == (draws >= least), "\(name), \(chainCount) × \(draws)")
      }
    }
  }

  /// ESS and R-hat do not depend on units; MCSE and sd go with them. Powers of two: exact.
  @Test(arguments: [0x1p-900, 0x1p-60, 0x1p60, 0x1p900]) func units(factor: Double) {
    let base = Self.ordinary
    let scaled = base.map { $0.map { $0 * factor } }
    for (name, f) in Self.functions {
      let expected = name.hasSuffix("MCSE") ? f(base)! * factor : f(base)!
      #expect(agrees(f(scaled), expected, tolerance: 1e-12), "\(name) at \(factor)")
    }
  }

  @Test func probabilitiesOutsideTheirRange() {
    for p in [-0.1, 1.1, .nan] {
      #expect(Diagnostics.quantile([1, 2, 3], probability: p) == nil)
      #expect(Diagnostics.quantileESS(Self.ordinary, probability: p) == nil)
      #expect(Diagnostics.quantileMCSE(Self.ordinary, probability: p) == nil)
    }
  }

  @Test func quantiles() {
    #expect(Diagnostics.quantile([], probability: 0.5) == nil)
    #expect(Diagnostics.quantile([1, .nan], probability: 0.5) == nil)
    #expect(Diagnostics.quantile([3, -1, .infinity, 0], probability: 0.5) == 1.5)
    #expect(Diagnostics.quantile([-.infinity, .infinity], probability: 0.5) == nil)
    #expect(Diagnostics.quantile([-0.0, -5, .leastNonzeroMagnitude, 4], probability: 0) == -5)
    #expect(Diagnostics.quantile([-3, -1, -2, -8, 1e300, 0.5], probability: 1) == 1e300)
  }

  @Test func energyBFMI() {
    #expect(Diagnostics.energyBFMI([]) == nil)
    #expect(Diagnostics.energyBFMI([1, 2]) == nil)
    #expect(Diagnostics.energyBFMI([1, 1, 1]) == nil)
    #expect(Diagnostics.energyBFMI([1, .nan, 2]) == nil)
    #expect(Diagnostics.energyBFMI([1, .infinity, 2]) == nil)
    #expect(Diagnostics.energyBFMI([0, 1, 2]) == 1)
  }

  /// A summariser for one shape refuses another.
  @Test func shapeMismatch() {
    let summarizer = QuantitySummarizer(chains: 4, draws: 51)
    #expect(summarizer.summarize(Self.ordinary).undefined == .noDraws)
    #expect(QuantitySummarizer(chains: 0, draws: 0).summarize([]).undefined == .noDraws)
  }
}
