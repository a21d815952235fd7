import Strata
import StrataCharts

/// Two sites, one slope each: what a prior of the population's spread does to both.
public func sites() async throws -> Workflow {
  var found = Workflow()
  let table = try Table(contentsOf: "\(examples)/sites.csv")
  let models = [
    ("pooled", "sites_pooled"), ("tight", "sites_tight"), ("sd 0.5", "sites"),
    ("wide", "sites_wide"),
    ("individual", "sites_individual"),
  ]
  for (name, file) in models {
    let model = try Model(contentsOf: "\(examples)/\(file).strata")
    let fit = try await model.fit(to: table, options: FitOptions(draws: 5000))
    found.fits[name] = fit
    found.numbers["\(name): elpd"] = try fit.leaveOneOut().total.value
    // How far each number moves if the priors, or the likelihood, count a little more.
    for row in try fit.priorSensitivity(of: fit.parameterNames) {
      found.numbers["\(name): prior on \(row.name)"] = row.prior
      found.numbers["\(name): likelihood on \(row.name)"] = row.likelihood
    }
  }
  // The pooled slope is that of both sites.
  let series = try models.map { name, _ in
    let (fit, names) = (
      found.fits[name]!, name == "pooled" ? ["beta", "beta"] : ["beta[0]", "beta[1]"]
    )
    return ForestPlot.Series(
      name, try names.map { ForestPlot.Estimate(draws: try fit.quantity($0).draws) })
  }
  found.pictures["sites_slopes"] = ForestPlot(
    xLabel: "slope", levels: ["site 0", "site 1"], series: series, order: .given)
  let differ = try found.fits["tight"]!.probability { $0["beta[1]"] - $0["beta[0]"] > 0.3 }
  found.numbers["tight: P(slopes differ by 0.3)"] = differ.value
  return found
}
