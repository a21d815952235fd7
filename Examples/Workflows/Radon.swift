import Strata
import StrataCharts

/// Radon in 919 homes of 85 counties: all counties as one, each on its own, and as members of a population.
public func radon() async throws -> Workflow {
  var found = Workflow()
  let table = try Table(contentsOf: "\(examples)/radon.csv")
  let (y, floor) = (try table.numbers("log_radon"), try table.numbers("floor"))
  for name in ["radon_pooled", "radon_separate", "radon"] {
    let fit = try await Model(contentsOf: "\(examples)/\(name).strata").fit(to: table)
    let errors = zip(y, try fit.predict(of: .mean()).summary()).map { $0 - $1.mean! }
    found.numbers["\(name): RMSD"] = (errors.reduce(0) { $0 + $1 * $1 } / 919).squareRoot()
    found.fits[name] = fit
  }
  let models = try FitComparison(found.fits.map { ($0, try $1.leaveOneOut()) })
  for row in models.ranking.rows { found.numbers["\(row.name): elpd"] = row.elpd.value }
  let fits = found.fits
  func line(_ name: String, _ county: String) throws -> RegressionPlot.Fit {
    let a = try fits[name]!.quantity("a[\(county)]"), b = try fits[name]!.quantity("b[\(county)]")
    let draws = zip(a.draws, b.draws).map { RegressionPlot.Line(intercept: $0, slope: $1) }
    return .init(
      name, line: .init(intercept: a.summary.mean!, slope: b.summary.mean!), draws: draws)
  }
  let arrows = try table.factor("county").levels.map { county in
    let from = try line("radon_separate", county).line!, to = try line("radon", county).line!
    return ShrinkagePlot.Arrow(
      county, from: (from.intercept, from.slope), to: (to.intercept, to.slope))
  }
  found.pictures["radon_shrinkage"] = ShrinkagePlot(
    xLabel: "a: log radon in the basement", yLabel: "b: effect of the first floor", arrows: arrows)
  let groups = try ["CASS", "CROW WING", "FREEBORN"].map { county in
    let homes = try table.text("county").enumerated().filter { $0.element == county }.map(\.offset)
    return RegressionPlot.Group(
      county, x: homes.map { floor[$0] }, y: homes.map { y[$0] },
      fits: try ["radon_separate", "radon"].map { try line($0, county) })
  }
  found.pictures["radon_lines"] = RegressionPlot(
    yLabel: "log radon", groups: groups, xValues: [(0, "basement"), (1, "first floor")])
  return found
}
