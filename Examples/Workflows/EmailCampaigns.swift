import Strata
import StrataCharts

/// Two e-mail campaigns, 19 conversions of 200 and 3 of 10: separate rates beside rates of one population of campaigns.
public func emailCampaigns() async throws -> Workflow {
  var found = Workflow()
  let table = try Table(contentsOf: "\(examples)/email_campaigns.csv")
  var rates = ["A", "B", "a new one"].map { DensityPlot.Group("rate of \($0)", curves: []) }
  let panels = ["A: prior", "B: prior", "A: sent again", "B: sent again"]
  var counts = panels.map { DensityPlot.Group($0, curves: []) }
  for (label, text) in [("separate", "_separate"), ("hierarchical", "")] {
    let model = try Model(contentsOf: "\(examples)/email_campaigns\(text).strata")
    // What the priors expect before the data, and what is to be expected if both are sent once more.
    let prior = try model.priorPredictive(for: table, draws: 10_000)
    let fit = try await model.fit(to: table, options: FitOptions(draws: 5000))
    let before = try prior.predictions().probabilities(of: 0...200)
    let after = try fit.predict().probabilities(of: 0...200)
    for (row, (campaign, sent)) in [("A", 200), ("B", 10)].enumerated() {
      let rate = try fit.quantity("rate[\(campaign)]")
      found.numbers["\(label): rate of \(campaign)"] = rate.summary.mean
      found.numbers["\(label): P(no conversion of \(campaign)), prior"] = before[row][0]
      found.numbers["\(label): P(no conversion of \(campaign)), sent again"] = after[row][0]
      rates[row].curves.append(.init(label, draws: rate.draws, lower: 0, upper: 1))
      counts[row].curves.append(.counts(label, 0...sent, before[row]))
      counts[row + 2].curves.append(.counts(label, 0...sent, after[row]))
    }
    let better = try fit.probability { $0["rate[B]"] > $0["rate[A]"] }
    found.numbers["\(label): P(B is better)"] = better.value
    // A campaign that was never sent: the expected conversions of a single mail are its rate.
    let new = try Table(["campaign": .text(["C"]), "sent": .numbers([1])])
    let rate = try fit.predict(new, for: .newLevels, of: .mean())
    found.numbers["\(label): rate of a new campaign"] = try rate.summary()[0].mean
    found.numbers["\(label): its 5 % quantile"] = try rate.summary()[0].lower
    found.numbers["\(label): its 95 % quantile"] = try rate.summary()[0].upper
    rates[2].curves.append(.init(label, draws: try rate.draws()[0], lower: 0, upper: 1))
  }
  found.pictures["email_rates"] = DensityPlot(xLabel: "rate", groups: rates)
  found.pictures["email_conversions"] = DensityPlot(xLabel: "conversions", groups: counts)
  return found
}
