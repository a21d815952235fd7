import StrataDiagnostics

/// What the priors of a model say, as text or JSON: its parameters, and statistics of the outcomes they make.
public struct PriorReport: Sendable, CustomStringConvertible {
  private let prior: PriorPredictive
  private let outcomes:
    [(name: String, statistics: [(statistic: CheckStatistic, quantity: PosteriorQuantity)])]

  /// Simulates the outcomes.
  public init(_ prior: PriorPredictive) throws {
    self.prior = prior
    outcomes = try prior.outcomes.map { name in
      let predictions = try prior.predictions(of: .outcome(name))
      let isDiscrete = prior.isDiscrete(name)
      let single = predictions.table.rowCount == 1
      let statistics: [CheckStatistic] =
        single ? [.mean] : isDiscrete ? CheckStatistic.allCases : [.mean, .sd, .minimum, .maximum]
      var draws = [[Double]](repeating: [], count: statistics.count)
      try predictions.forEachDraw { _, _, y in
        for (index, statistic) in statistics.enumerated() { draws[index].append(statistic(y)) }
      }
      return (
        name,
        zip(statistics, draws).map { statistic, draws in
          let what = single ? name : "\(statistic.rawValue) of \(name)"
          return (statistic, PosteriorQuantity(name: what, chains: [draws]))
        }
      )
    }
  }

  /// The parameters' table, and one of the outcomes.
  public var description: String {
    var text = "\(prior.drawCount) draws of the priors\n\n"
    text += PriorReport.table("parameter", prior.summary.rows.map { ($0.name, $0.statistics) })
    let simulated = outcomes.flatMap {
      $0.statistics.map { ($0.quantity.name, $0.quantity.summary) }
    }
    if !simulated.isEmpty {
      text += "\n\nSimulated outcomes\n\n" + PriorReport.table("statistic", simulated)
    }
    return text
  }

  /// Independent draws need no ESS and no R-hat.
  private static func table(_ header: String, _ rows: [(name: String, summary: QuantitySummary)])
    -> String
  {
    var columns = [[header], ["mean"], ["sd"], ["5 %"], ["50 %"], ["95 %"]]
    for (name, s) in rows {
      let format = NumberFormat(values: [s])
      let cells = [name] + [s.mean, s.sd, s.q5, s.q50, s.q95].map(format.text)
      for (index, cell) in cells.enumerated() { columns[index].append(cell) }
    }
    return TextTable.aligned(columns)
  }

  /// One JSON object.
  public func json() throws -> String {
    func object(_ name: String, _ s: QuantitySummary) -> JSONText.Value {
      .object([
        "name": .text(name), "mean": .number(s.mean), "sd": .number(s.sd), "q5": .number(s.q5),
        "q50": .number(s.q50), "q95": .number(s.q95),
      ])
    }
    let parameters = prior.summary.rows.map { object($0.name, $0.statistics) }
    let simulated = outcomes.flatMap {
      $0.statistics.map { object($0.quantity.name, $0.quantity.summary) }
    }
    return try JSONText.encode(
      JSONText.Value.object([
        "draws": .whole(prior.drawCount), "parameters": .list(parameters),
        "outcomes": .list(simulated),
      ]))
  }
}
