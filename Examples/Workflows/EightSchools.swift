import Strata
import StrataCharts

/// Effects of coaching in eight schools, each with its standard error: do schools differ, and how much?
public func eightSchools() async throws -> Workflow {
  var found = Workflow()
  let table = try Table(contentsOf: "\(examples)/eight_schools.csv")
  let fit = try await Model(contentsOf: "\(examples)/eight_schools.strata")
    .fit(to: table, options: FitOptions(draws: 5000))
  let (a, tau) = (try fit.quantity("theta[A]"), try fit.quantity("tau"))
  let better = try fit.probability { $0["theta[A]"] > $0["theta[C]"] }
  found.numbers["theta[A]"] = a.summary.mean
  found.numbers["P(A is better than C)"] = better.value
  found.numbers["P(tau < 5)"] = tau.probability { $0 < 5 }.value

  // A ninth school: its effect, and what a study of it with a standard error of 10 would find.
  let ninth = try Table(["school": .text(["I"]), "sigma": .numbers([10])])
  let effect = try fit.predict(ninth, for: .newLevels, of: .mean())
  let study = try fit.predict(ninth, for: .newLevels)
  found.numbers["effect of a ninth school"] = try effect.summary()[0].mean
  found.numbers["P(ninth effect > 0)"] = try effect.probability { $0 > 0 }[0]
  found.numbers["P(ninth study > 0)"] = try study.probability { $0 > 0 }[0]

  // Which model predicts a school best that it has not seen? Refits without one school after the other say it.
  let same = try await Model(contentsOf: "\(examples)/eight_schools_same.strata").fit(to: table)
  for (name, model) in [("schools differ", fit), ("all the same", same)] {
    found.numbers["elpd, \(name)"] = try await model.leaveOneGroupOut("school").total.value
  }
  let schools = try table.text("school")
  let studies = zip(try table.numbers("y"), try table.numbers("sigma")).map { ($0, 1.645 * $1) }
  let effects = try schools.map { try fit.quantity("theta[\($0)]").draws }
  found.pictures["eight_schools"] = ForestPlot(
    xLabel: "effect of coaching (points)", levels: schools,
    series: [
      .init("its own study", studies.map { .init($0, outer: $0 - $1...$0 + $1) }),
      .init("hierarchical", effects.map { .init(draws: $0) }),
    ], reference: 0, referenceLabel: "no effect")
  return found
}
