import Foundation
import Strata
import StrataCharts

/// Contagious bovine pleuropneumonia: does it die down, do herds differ, and what is a new herd in for?
public func cbpp() async throws -> Workflow {
  var found = Workflow()
  let table = try Table(contentsOf: "\(examples)/cbpp.csv")
  let fit = try await Model(contentsOf: "\(examples)/cbpp.strata")
    .fit(to: table, options: FitOptions(draws: 5000))
  for period in ["b2", "b3", "b4"] {
    let ratio = try fit.quantity("odds ratio") { exp($0[period]) }
    found.numbers["\(period), odds ratio"] = ratio.summary.q50
  }
  found.numbers["P(b4 < b2)"] = try fit.probability { $0["b4"] < $0["b2"] }.value

  // Does it help to know the herd? The difference is to be seen beside its standard error.
  let alike = try await Model(contentsOf: "\(examples)/cbpp_alike.strata").fit(to: table)
  let comparison = try compare(["herds differ": fit, "herds are alike": alike])
  found.numbers["elpd of herds that are alike, difference"] =
    comparison.ranking.rows[1].difference.value
  found.numbers["its standard error"] = comparison.ranking.rows[1].difference.standardError

  // Twenty animals in each of four periods: in a typical herd, and in one that nobody has seen.
  let new = try Table([
    "herd": .text(["new", "new", "new", "new"]), "period": .numbers([1, 2, 3, 4]),
    "size": .numbers([20, 20, 20, 20]),
  ])
  let typical = try fit.predict(new, for: .population, of: .mean()).summary()
  found.numbers["cases in a typical herd, period 1"] = typical[0].median
  let cases = try fit.predict(new, for: .newLevels).probabilities(of: 0...20)
  found.numbers["P(no case in a new herd), period 1"] = cases[0][0]
  found.numbers["P(no case in a new herd), period 4"] = cases[3][0]
  found.pictures["cbpp_new_herd"] = DensityPlot(
    xLabel: "cases among 20 animals of a new herd",
    curves: [0, 3].map { .counts("period \($0 + 1)", 0...20, cases[$0]) })
  return found
}
