import Strata
import StrataCharts

/// Three regions of 30 water samples each: how far a region's share of safe samples is drawn towards the others
/// depends on what the others say.
public func waterQuality() async throws -> Workflow {
  var found = Workflow()
  let model = try Model(contentsOf: "\(examples)/water_quality.strata")
  var shares: [ForestPlot.Series] = []
  var populations: [DensityPlot.Group] = []
  for safe in ["18_18_18", "3_3_3", "18_3_3"] {
    let table = try Table(contentsOf: "\(examples)/water_quality_\(safe).csv")
    let fit = try await model.fit(to: table, options: FitOptions(draws: 5000))
    let name = safe.split(separator: "_").joined(separator: "/")
    let thetas = try (0..<3).map { try fit.quantity("theta[\($0)]") }
    for theta in thetas { found.numbers["\(name): \(theta.name)"] = theta.summary.mean }
    shares.append(.init("\(name) safe", thetas.map { .init(draws: $0.draws) }))
    let safer = try fit.probability { $0["theta[0]"] > $0["theta[1]"] }
    found.numbers["\(name): P(theta[0] > theta[1])"] = safer.value

    // A region without samples comes from the population, and the population is one Beta curve for each draw.
    let unseen = try Table(["g": .wholeNumbers([3])])
    let theta = try fit.predict(unseen, for: .newLevels, of: .mean()).draws()[0]
    found.numbers["\(name): a new region"] = theta.reduce(0, +) / Double(theta.count)
    let (mu, nu) = (try fit.quantity("mu").chains[0], try fit.quantity("nu").chains[0])
    let curves = stride(from: 0, to: mu.count, by: 125).map {
      DensityCurve.beta(
        "Beta(mu, nu) of a draw", alpha: mu[$0] * nu[$0], beta: (1 - mu[$0]) * nu[$0])
    }
    let mean = DensityCurve("a new region", draws: theta, lower: 0, upper: 1)
    populations.append(.init("\(name) safe", curves: [mean], draws: curves))
  }
  found.pictures["water_quality_regions"] = ForestPlot(
    xLabel: "share of safe samples", levels: ["region 0", "region 1", "region 2"], series: shares,
    order: .given)
  found.pictures["water_quality_populations"] = DensityPlot(
    xLabel: "share of safe samples", groups: populations)
  return found
}
