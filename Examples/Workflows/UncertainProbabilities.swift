import Strata
import StrataCharts

/// How sure we are of a probability is another matter than how sure we are of the event: it shows where the same
/// unknown probability is used again and again.
public func uncertainProbabilities() async throws -> Workflow {
  var found = Workflow()
  // Five redundant parts. One part fails with 5 %, however well that is known; all five do not.
  let parts = try Model(contentsOf: "\(examples)/redundant_parts.strata")
  let table = try Table(contentsOf: "\(examples)/redundant_parts.csv")
  let prior = try parts.priorPredictive(for: table, draws: 100_000)
  let failed = try prior.predictions().probabilities(of: 0...5)
  var rates: [DensityCurve] = []
  for (row, knowledge) in try table.text("knowledge").enumerated() {
    let p = try prior.draws(of: "p[\(knowledge)]")
    found.numbers["\(knowledge): P(a part fails)"] = p.reduce(0, +) / Double(p.count)
    found.numbers["\(knowledge): P(five fail)"] = failed[row][5]
    rates.append(DensityCurve(knowledge, draws: p, lower: 0, upper: 1))
  }
  found.pictures["redundant_parts"] = DensityPlot(
    xLabel: "probability that a part fails", curves: rates)

  // A fair coin, and one that shows heads in 30 % or in 70 % of its tosses. The first toss is the same bet.
  let coins = try Model(contentsOf: "\(examples)/coins.strata")
  let tosses = try coins.priorPredictive(draws: 100_000)
  var heads: [DensityCurve] = []
  for coin in ["fair", "loaded"] {
    let p = try tosses.predictions(of: .outcome(coin)).probabilities(of: 0...10)[0]
    for count in 0...10 { found.numbers["\(coin): P(\(count) heads)"] = p[count] }
    heads.append(.counts("\(coin) coin", 0...10, p))
  }
  found.pictures["coins"] = DensityPlot(xLabel: "heads in ten tosses", curves: heads)
  return found
}
