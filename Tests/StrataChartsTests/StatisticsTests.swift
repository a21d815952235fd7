import Testing

import StrataCharts

/// The numbers behind the pictures, against NumPy 2 and SciPy 1.
@Suite struct StatisticsTests {
  static let x = [0.1, 0.4, 0.45, 0.7, 1.1, 1.15, 1.9, 2.4, 3.3, 5.0]

  /// Interpolates an estimate.
  private func value(_ estimate: DensityEstimate, at x: Double) -> Double {
    guard let i = estimate.x.firstIndex(where: { $0 >= x }) else { return 0 }
    if i == 0 { return estimate.density[0] }
    let part = (x - estimate.x[i - 1]) / (estimate.x[i] - estimate.x[i - 1])
    return estimate.density[i - 1] * (1 - part) + estimate.density[i] * part
  }

  private func integral(_ estimate: DensityEstimate) -> Double {
    zip(estimate.x, estimate.x.dropFirst()).enumerated().reduce(0) {
      $0 + ($1.element.1 - $1.element.0)
        * (estimate.density[$1.offset] + estimate.density[$1.offset + 1]) / 2
    }
  }

  @Test func density() throws {
    let estimate = try #require(DensityEstimate(Self.x))
    #expect(abs(estimate.bandwidth - 0.746_907_528_120_676_5) < 1e-14)
    for (x, expected) in [
      (0.0, 0.214_981_815_520_198_08), (0.5, 0.290_663_975_310_573_1), (1, 0.295_340_193_509_335_9),
      (2, 0.190_201_526_235_567_44), (5, 0.057_553_435_345_584_73),
    ] {
      #expect(abs(value(estimate, at: x) / expected - 1) < 1e-3, "\(x)")
    }
    #expect(abs(integral(estimate) - 1) < 5e-3)
  }

  @Test func densityWithABound() throws {
    let estimate = try #require(DensityEstimate(Self.x, lower: 0))
    #expect(estimate.x[0] == 0)
    for (x, expected) in [
      (0.0, 0.429_963_631_040_415_96), (0.5, 0.404_046_379_771_957_4), (1, 0.336_642_284_769_969_6),
      (2, 0.191_874_189_389_071_78), (5, 0.057_553_435_349_994_78),
    ] {
      #expect(abs(value(estimate, at: x) / expected - 1) < 1e-3, "\(x)")
    }
    #expect(abs(integral(estimate) - 1) < 5e-3)
  }

  @Test func densityBetweenBounds() throws {
    let uniform = (0..<5000).map { (Double($0) + 0.5) / 5000 }
    let estimate = try #require(DensityEstimate(uniform, lower: 0, upper: 1))
    #expect(estimate.density.allSatisfy { abs($0 - 1) < 0.02 })
    #expect(abs(integral(estimate) - 1) < 1e-3)
  }

  @Test func outsideOfTheBounds() throws {
    let estimate = try #require(DensityEstimate(Self.x + [-1, -2, .nan], lower: 0))
    #expect(estimate.leftOut == 3)
    #expect(DensityEstimate([1, 1, 1]) == nil)
    #expect(DensityEstimate([]) == nil)
  }

  @Test func beta() {
    let curve = DensityCurve.beta("b", alpha: 2, beta: 5)
    // 30 p (1 − p)⁴
    for (p, density) in zip(curve.x, curve.density) {
      let q = 1 - p
      #expect(abs(density - 30 * p * q * q * q * q) < 1e-12)
    }
    #expect(DensityCurve.beta("b", alpha: 0.5, beta: 1).density[0] == .infinity)
    #expect(DensityCurve.beta("b", alpha: 1, beta: 1).density.allSatisfy { abs($0 - 1) < 1e-15 })
    #expect(DensityCurve.beta("b", alpha: -1, beta: 1).x.isEmpty)
  }

  @Test func binomialQuantiles() {
    for (n, p, probability, expected) in [
      (100, 0.05, 0.001, 0), (100, 0.05, 0.999, 13), (1000, 0.05, 0.0125, 35),
      (1000, 0.05, 0.9875, 66),
      (919, 0.05, 0.00125, 27),
    ] {
      #expect(Quantile.binomial(n, p, probability) == expected)
    }
    #expect(Quantile.binomial(0, 0.5, 0.5) == 0)
    #expect(Quantile.binomial(10, 1, 0.5) == 10)
  }

  @Test func autocorrelation() {
    let expected = [
      1, 0.569_412_039_197_386_8, 0.307_746_150_256_649_53, 0.099_043_397_106_859_53,
      -0.098_810_079_328_044_81,
    ]
    let computed = AutocorrelationPlot.autocorrelation(Self.x, maximumLag: 4)
    #expect(computed.count == 5)
    for (a, b) in zip(computed, expected) { #expect(abs(a - b) < 1e-14) }
    #expect(AutocorrelationPlot.autocorrelation([2, 2, 2], maximumLag: 4).isEmpty)
    #expect(AutocorrelationPlot.autocorrelation([1, .nan, 2], maximumLag: 4).isEmpty)
  }

  @Test func quantiles() {
    #expect(Quantile.of(sorted: [1, 2, 3, 4], 0.5) == 2.5)
    #expect(Quantile.of(sorted: [1, 2, 3, 4], 0) == 1)
    #expect(Quantile.of(sorted: [1, 2, 3, 4], 1) == 4)
    #expect(Quantile.of(sorted: [], 0.5).isNaN)
    let estimate = ForestPlot.Estimate(draws: (0...100).map(Double.init) + [.nan])
    #expect(estimate.center == 50 && estimate.inner == 25...75)
    #expect(abs((estimate.outer?.lowerBound ?? 0) - 5) < 1e-13)
    #expect(estimate.outer?.upperBound == 95)
  }
}
