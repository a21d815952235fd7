import Strata
import StrataCharts

/// How long 26 people take to reply: each alone, all as members of a population, and who answers first.
public func responseTimes() async throws -> Workflow {
  var found = Workflow()
  let table = try Table(contentsOf: "\(examples)/response_times.csv")
  let one = try Model(contentsOf: "\(examples)/response_times_separate.strata")
  let all = try Model(contentsOf: "\(examples)/response_times.strata")
  var options = FitOptions(draws: 20_000)
  (options.sampler, options.start) = (.metropolis, .mode)
  let alone = try await one.fit(to: table, options: options), fit = try await all.fit(to: table)
  let sweeps = try await all.fit(to: table, options: options)
  found.fits = ["separate": alone, "sweeps": sweeps, "hierarchical": fit]
  // Data sets that the model makes, beside the one that was seen.
  var replicated: [[Double]] = []
  try fit.predict().forEachDraw { _, draw, y in if draw % 50 == 0 { replicated.append(y) } }
  let (g, y) = (try table.text("g"), try table.numbers("y"))
  found.pictures["response_times_all"] = PredictiveHistogram(
    xLabel: "seconds until a reply", observed: y, predicted: replicated)
  // A reply of each person: a table with one row for each.
  let names = try table.factor("g").levels, replies = try fit.predict(Table(["g": .text(names)]))
  let draws = try replies.draws(), within = try replies.probability { $0 <= 10 }
  let hers = zip(g, y).filter { $0.0 == "18" }.map(\.1)
  found.pictures["response_times_one"] = PredictiveHistogram(
    xLabel: "seconds until person 18 replies", observed: hers, predicted: [draws[18]])
  for (name, p) in zip(names, within) { found.numbers["P(\(name) within 10 s)"] = p }
  var first = draws.map { a in draws.map { b in Double(zip(a, b).count { $0 < $1 }) / 4000 } }
  for person in first.indices { first[person][person] = .nan }
  found.numbers["P(3 before 20)"] = first[3][20]
  found.pictures["response_times_first"] = HeatMap(
    rowLabel: "answers first", rows: names, columns: names, values: first)
  func center(_ fit: Fit, _ name: String) -> (x: Double, y: Double) {
    (fit.summary["mu[\(name)]"]!.mean!, fit.summary["alpha[\(name)]"]!.mean!)
  }
  let arrows = names.map { ShrinkagePlot.Arrow($0, from: center(alone, $0), to: center(fit, $0)) }
  found.pictures["response_times_shrinkage"] = ShrinkagePlot(
    xLabel: "mean, seconds", yLabel: "dispersion", arrows: arrows, hasLogarithmicY: true)
  return found
}
