import Strata
import StrataCharts

/// Batting averages after 45 times at bat: does a player's own average predict the rest of his season best, the
/// average of all players, or a model in which players come from one population?
public func battingAverages() async throws -> Workflow {
  var found = Workflow()
  let season = try Table(contentsOf: "\(examples)/efron_morris.csv")
  let (names, bats) = (try season.text("name"), try season.numbers("n"))
  let (early, late) = (try season.numbers("y"), try season.numbers("p"))
  let first = try Table([
    "name": season.column("name"), "hits": season.column("hits"),
    "at_bats": .numbers(names.map { _ in 45 }),
  ])
  let fit = try await Model(contentsOf: "\(examples)/batting_averages.strata")
    .fit(to: first, options: FitOptions(draws: 5000))

  // The chance of a hit is a player's ability; his average over the rest of the season varies more.
  let ability = try names.map { try fit.quantity("ability[\($0)]").summary.mean! }
  let rest = try fit.predict(Table(["name": .text(names), "at_bats": .numbers(bats)])).summary()
  func error(_ guess: [Double]) -> Double {
    (zip(guess, late).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 18).squareRoot()
  }
  found.numbers["RMSE of own averages"] = error(early)
  found.numbers["RMSE of the average of all"] = error(names.map { _ in early.reduce(0, +) / 18 })
  found.numbers["RMSE of partial pooling"] = error(ability)
  for (name, ability) in zip(names, ability) { found.numbers["ability of \(name)"] = ability }
  let intervals = zip(rest, bats).map { $0.lower! / $1...$0.upper! / $1 }
  let inside = zip(intervals, late).filter { $0.contains($1) }
  found.numbers["players inside their 90 % interval"] = Double(inside.count)
  found.pictures["batting_averages"] = ForestPlot(
    xLabel: "batting average", levels: names,
    series: [
      .init("first 45 times at bat", early.map { .init($0) }),
      .init("predicted rest", zip(ability, intervals).map { .init($0, outer: $1) }),
      .init("rest of the season", late.map { .init($0) }),
    ], intervalLabel: "90 % intervals")
  return found
}
