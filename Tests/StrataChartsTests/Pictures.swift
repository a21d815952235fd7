import StrataCharts

/// Pictures of ordinary and of awkward data, each named.
enum Pictures {
  /// The same numbers every time, roughly Normal(0, 1): sums of twelve uniform ones.
  static func normal(_ count: Int, mean: Double = 0, sd: Double = 1, seed: UInt64 = 1) -> [Double] {
    var state = seed
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    return (0..<count).map { _ in mean + sd * ((0..<12).reduce(0) { sum, _ in sum + uniform() } - 6)
    }
  }

  /// Data that are hard on axes and labels.
  static let awkward: [(name: String, values: [Double])] = [
    ("ordinary", normal(200)),
    ("negative", normal(200, mean: -1000, sd: 10)),
    ("tiny", normal(200, mean: 3e-12, sd: 1e-12)),
    ("large", normal(200, mean: 2e12, sd: 1e12)),
    ("large with small distances", normal(200, mean: 1e12, sd: 1)),
    ("at the limits", [-1e300, 0, 1e300, 1e299]),
    ("constant", [Double](repeating: 2.5, count: 50)),
    ("zeros", [0, 0, 0, -0.0]),
    ("subnormal", [0, .leastNonzeroMagnitude, 1e5 * .leastNonzeroMagnitude]),
    ("one", [7]),
    ("empty", []),
    ("not finite", [.nan, .infinity, -.infinity]),
    ("partly finite", normal(50) + [.nan, .infinity, 1e305] + normal(50, seed: 2)),
    ("counts", normal(200, mean: 5, sd: 2).map { max(0, $0.rounded()) }),
    ("heavy tail", normal(200).map { $0 * $0 * $0 * $0 * 1000 }),
  ]

  static let long =
    "a label so long that no place of any picture has room for the whole of it, <&\"'> ÄΩж日本"

  static func estimates(_ values: [Double]) -> [ForestPlot.Estimate?] {
    values.map { x in
      x.isFinite ? ForestPlot.Estimate(draws: [x - 1, x, x + 2]) : ForestPlot.Estimate(x)
    }
  }

  static func names(_ count: Int) -> [String] {
    (0..<count).map { $0 % 7 == 3 ? long : "level \($0)" }
  }

  /// Every kind of picture of the given values.
  static func all(of v: [Double]) -> [(name: String, chart: any Chart)] {
    let chains = [v, Array(v.reversed()), v.map { -$0 }]
    let half = v.count / 2
    let pairs = zip(v, v.reversed())
    let fit = RegressionPlot.Fit(
      "a fit", line: .init(intercept: v.first ?? 0, slope: 1),
      draws: v.prefix(20).map { .init(intercept: $0, slope: v.last ?? 0) })
    let matrix = stride(from: 0, to: min(v.count, 36), by: 6).map {
      Array(v[$0..<min($0 + 6, v.count)])
    }
    let curves = [
      DensityCurve(long, draws: v), .init("prior", draws: chains[1], lower: 0),
      .init("given", x: v, density: v),
    ]
    return [
      (
        "forest",
        ForestPlot(
          title: long, xLabel: long, levels: names(v.count),
          series: [.init(long, estimates(v)), .init("short", estimates(chains[1]))],
          reference: v.last)
      ),
      (
        "density",
        DensityPlot(
          title: long, xLabel: "value", curves: curves, interval: 0...1, reference: v.first)
      ),
      (
        "densities",
        DensityPlot(groups: (0..<5).map { .init("\(long) \($0)", curves: curves, draws: curves) })
      ),
      (
        "counts",
        DensityPlot(curves: [.counts(long, -3...v.count, v), .counts("no numbers", 0...9, [])])
      ),
      (
        "regression",
        RegressionPlot(
          title: "Regression", xLabel: long, yLabel: long,
          groups: (0..<5).map { .init("group \($0)", x: v, y: chains[1], fits: [fit]) })
      ),
      (
        "shrinkage",
        ShrinkagePlot(
          title: "Shrinkage", xLabel: "x", yLabel: "y",
          arrows: pairs.enumerated().map {
            .init(names(v.count)[$0], from: ($1.0, $1.1), to: ($1.0 / 2, $1.1 / 2))
          }, population: (0, 0))
      ),
      (
        "shrinkage on logarithmic axes",
        ShrinkagePlot(
          arrows: pairs.map { .init("g", from: $0, to: ($0.0 * 2, $0.1)) }, hasLogarithmicX: true,
          hasLogarithmicY: true)
      ),
      (
        "predictive",
        PredictiveHistogram(title: "Predictive", xLabel: long, observed: v, predicted: chains)
      ),
      (
        "predictive by group",
        PredictiveHistogram(
          groups: (0..<3).map { .init("group \($0)", observed: v, predicted: [chains[2]]) },
          kind: .discrete)
      ),
      (
        "distribution",
        DistributionPlot(title: "Distribution", xLabel: "x", observed: v, predicted: chains)
      ),
      (
        "distribution on a logarithmic axis",
        DistributionPlot(
          observed: v, predicted: chains, isLogarithmic: true)
      ),
      (
        "heat map",
        HeatMap(
          title: long, rowLabel: "rows", columnLabel: "columns", rows: names(matrix.count),
          columns: names(6), values: matrix, shading: .sequential)
      ),
      ("ranks", RankPlot(title: "Ranks", chains: chains)),
      (
        "calibration",
        CalibrationHistogram(
          title: "Calibration", xLabel: "rank",
          groups: [
            .init("pit", values: v),
            .init(long, counts: v.map { $0.isFinite && abs($0) < 1e6 ? Int($0) : 3 }),
          ])
      ),
      (
        "trace",
        TracePlot(
          title: long, groups: [.init("a", chains: chains), .init(long, chains: [v])],
          divergences: [[0, half]])
      ),
      (
        "pairs",
        PairPlot(
          title: "Pairs",
          columns: [
            .init("a", draws: v), .init(long, draws: chains[1]), .init("c", draws: chains[2]),
          ],
          divergent: v.map { $0 > 1 })
      ),
      ("energy", EnergyPlot(title: "Energy", chains: chains)),
      (
        "autocorrelation",
        AutocorrelationPlot(groups: [.init("a", chains: chains), .init("b", chains: [v])])
      ),
      ("growth", GrowthPlot(series: [.init("bulk", draws: v.indices.map { $0 * 100 }, size: v)])),
      ("Pareto k", ParetoPlot(title: "Pareto k", k: v, labels: names(v.count))),
      (
        "listing",
        ListingPicture(
          title: long,
          blocks: [.init(long, lines: [long, "", v.description]), .init("", lines: [])])
      ),
    ]
  }

  /// A chain of plates in each other, and nodes in and around them, some in circles.
  static func diagram(_ count: Int) -> ModelDiagram {
    let kinds: [ModelDiagram.Kind] = [.parameter, .observed, .computed, .data]
    return ModelDiagram(
      title: "Diagram",
      nodes: (0..<count).map {
        .init(
          "n\($0)", label: $0 % 9 == 4 ? long : nil, detail: $0 % 2 == 0 ? "Normal" : "",
          kind: kinds[$0 % 4],
          plate: $0 % 3 == 0 ? nil : "p\($0 % 5)")
      },
      edges: (0..<count).flatMap {
        [.init("n\($0)", "n\($0 * 7 % 11)"), .init("n\($0)", "n\($0 + 1)")]
      },
      plates: (0..<5).map { .init("p\($0)", label: $0 == 2 ? long : nil, parent: "p\($0 / 2 - 1)") }
    )
  }
}
