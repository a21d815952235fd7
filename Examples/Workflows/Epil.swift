import Foundation
import Strata
import StrataCharts

/// Seizure counts of 59 patients: does the drug help, and do counts vary more than Poisson allows?
public func epil() async throws -> Workflow {
  var found = Workflow()
  let table = try Table(contentsOf: "\(examples)/epil.csv")
  let negBinomial = try await Model(contentsOf: "\(examples)/epil.strata")
    .fit(to: table, options: FitOptions(draws: 2500))
  let poisson = try await Model(contentsOf: "\(examples)/epil_poisson.strata").fit(to: table)
  let ratio = try negBinomial.quantity("rate ratio") { exp($0["b_trt"]) }
  found.numbers["rate ratio of progabide"] = ratio.summary.q50
  found.numbers["P(progabide helps)"] = ratio.probability { $0 < 1 }.value

  // Data that the Poisson model makes are too even: it predicts worse, and its transforms crowd at the ends.
  let comparison = try compare(["NegBinomial": negBinomial, "Poisson": poisson])
  found.numbers["elpd of Poisson, difference"] = comparison.ranking.rows[1].difference.value
  found.numbers["its standard error"] = comparison.ranking.rows[1].difference.standardError
  var transforms: [CalibrationHistogram.Group] = []
  for (name, fit) in [("NegBinomial", negBinomial), ("Poisson", poisson)] {
    for check in try fit.check([.zeros, .sd]) {
      found.numbers["\(name): p-value of \(check.statistic)"] = check.pValue
    }
    transforms.append(.init(name, values: try fit.leaveOneOutPIT(), bins: 12))
  }
  found.pictures["epil_transforms"] = CalibrationHistogram(
    xLabel: "leave-one-out PIT", groups: transforms)

  // A patient of average age and history who joins now, in either arm.
  let arms = try Table([
    "trt": .text(["placebo", "progabide"]), "subject": .text(["new", "new"]),
    "lbase": .numbers([0, 0]), "lage": .numbers([0, 0]), "V4": .numbers([0, 0]),
  ])
  let seizures = try negBinomial.predict(arms, for: .newLevels).probabilities(of: 0...30)
  found.pictures["epil_new_patient"] = DensityPlot(
    xLabel: "seizures of a new patient in two weeks",
    curves: zip(["placebo", "progabide"], seizures).map { .counts($0, 0...30, $1) })
  return found
}
