import Strata
import StrataCharts

/// Yields of oats by variety and manure: means and spreads of six plots each, alone and as members of a population.
public func shifts() async throws -> Workflow {
  var found = Workflow()
  let table = try Table(contentsOf: "\(examples)/oats.csv")
  let cells = try table.factor("V", "N").levels
  var means: [ForestPlot.Series] = []
  var spreads: [ForestPlot.Series] = []
  for (name, file) in [("separate", "shifts"), ("hierarchical", "shifts_hierarchical")] {
    let fit = try await Model(contentsOf: "\(examples)/\(file).strata").fit(to: table)
    found.fits[name] = fit
    found.numbers["\(name): elpd"] = try fit.leaveOneOut().total.value
    // Does more manure help? Golden rain with 0.4 cwt against none.
    let shift = try fit.quantity("shift") {
      $0["m[Golden.rain,0.4cwt]"] - $0["m[Golden.rain,0.0cwt]"]
    }
    let interval = try shift.highestDensityInterval(0.9)
    found.numbers["\(name): shift"] = shift.summary.mean
    found.numbers["\(name): shift is at least"] = interval.lower
    found.numbers["\(name): shift is at most"] = interval.upper
    found.numbers["\(name): P(shift > 0)"] = shift.probability { $0 > 0 }.value
    func estimates(_ parameter: String) throws -> ForestPlot.Series {
      .init(
        name,
        try cells.map {
          ForestPlot.Estimate(draws: try fit.quantity("\(parameter)[\($0)]").draws)
        })
    }
    means.append(try estimates("m"))
    spreads.append(try estimates("s"))
  }
  found.pictures["shifts_means"] = ForestPlot(
    xLabel: "mean yield, quarter pounds", levels: cells, series: means)
  found.pictures["shifts_spreads"] = ForestPlot(
    xLabel: "sd of the yield", levels: cells, series: spreads)
  return found
}
