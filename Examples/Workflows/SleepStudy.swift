import Strata
import StrataCharts

/// Reaction times of 18 people over ten days with little sleep: one line for all, or a line for each person?
public func sleepStudy() async throws -> Workflow {
  var found = Workflow()
  let table = try Table(contentsOf: "\(examples)/sleepstudy.csv")
  let lines = try await Model(contentsOf: "\(examples)/sleepstudy.strata")
    .fit(to: table, options: FitOptions(draws: 5000))
  let oneLine = try await Model(contentsOf: "\(examples)/sleepstudy_pooled.strata").fit(to: table)
  let comparison = try compare(["a line for each": lines, "one line": oneLine])
  found.numbers["elpd of one line, difference"] = comparison.ranking.rows[1].difference.value
  found.numbers["its standard error"] = comparison.ranking.rows[1].difference.standardError

  // Day 10 of a person who took part, and of one who did not.
  let known = try Table(["Subject": .wholeNumbers([308]), "Days": .numbers([10])])
  let new = try Table(["Subject": .text(["new"]), "Days": .numbers([10])])
  let newcomer = try lines.predict(new, for: .newLevels).summary()[0]
  found.numbers["308 on day 10"] = try lines.predict(known).summary()[0].mean
  found.numbers["a new person on day 10"] = newcomer.mean
  found.numbers["a new person on day 10, sd"] = newcomer.sd
  let slower = try lines.probability { $0["b[308]"] > $0["b[337]"] }
  found.numbers["P(308 slows down more than 337)"] = slower.value

  let (subjects, days) = (try table.text("Subject"), try table.numbers("Days"))
  let times = try table.numbers("Reaction")
  found.pictures["sleepstudy_people"] = RegressionPlot(
    xLabel: "days", yLabel: "reaction time (ms)",
    groups: try ["308", "309", "335", "337"].map { person in
      let rows = subjects.indices.filter { subjects[$0] == person }
      let (a, b) = (try lines.quantity("a[\(person)]"), try lines.quantity("b[\(person)]"))
      let draws = stride(from: 0, to: 5000, by: 125).map { ($0, a.chains[0][$0], b.chains[0][$0]) }
      let own = RegressionPlot.Fit(
        "a line for each", line: .init(intercept: a.summary.mean!, slope: b.summary.mean!),
        draws: draws.map { .init(intercept: $0.1, slope: $0.2) })
      return .init(person, x: rows.map { days[$0] }, y: rows.map { times[$0] }, fits: [own])
    })
  return found
}
