import StrataModels

extension PlotSource {
  /// The data beside what the model makes.
  func predictionsPart() -> ReportPart {
    var part = ReportPart(title: Self.predictionsTitle)
    for outcome in bound.outcomes.prefix(3) {
      guard let data = replicated[outcome.subject] else { continue }
      let name = outcome.subject
      // Of a handful of rows there is no distribution to see.
      if fit.rowCount >= 12 {
        part.figures.append(
          .init(
            "predictive-\(name)", .predictive(name),
            caption: """
              Bars are the data; points with intervals are \(data.replicated.count) data sets that the fitted model \
              makes. A bar outside of its interval is something that the model misses.
              """))
      }
      if fit.rowCount <= 40 {
        part.figures.append(
          .init(
            "rows-\(name)", .rows(name),
            caption: "What the fitted model predicts for each row, and what was observed."))
      }
      if data.distinctCount > 2, fit.rowCount >= 20 {
        part.figures.append(.init("distribution-\(name)", .distribution(name)))
      }
      if let column = groupColumn() {
        part.figures.append(.init("predictive-\(name)-by-\(column)", .predictive(name, by: column)))
      }
      part.figures.append(
        .init("regression-\(name)", .regression(outcome: name), isExpected: false))
      if leftOut[name] != nil {
        if data.distinctCount > 2, fit.rowCount >= 20 {
          part.figures.append(
            .init(
              "calibration-\(name)", .calibration(name),
              caption: """
                How often each row's outcome lies where in its prediction from all other rows. A hump: predictions too \
                wide; a bowl: too narrow; a slope: too high or too low.
                """))
        }
        part.figures.append(
          .init(
            "pareto-\(name)", .pareto(name),
            caption: """
              How much the posterior depends on single rows. Above the line, leave-one-out cross-validation is not to be \
              trusted for the row.
              """))
      }
    }
    return part
  }

  /// The column of a factor with few levels and many rows in each.
  private func groupColumn() -> String? {
    bound.layout.factors.first {
      $0.columns.count == 1 && (2...12).contains($0.levelCount)
        && fit.rowCount / $0.levelCount >= 5
    }?.columns[0]
  }

  /// The draws themselves.
  func samplerPart() -> ReportPart {
    var part = ReportPart(title: "Sampler")
    let names = Array(populationNames.prefix(4))
    if names.isEmpty { return part }
    part.text = [
      "The population-level parameters with the fewest effective draws: where these are fine, the others are."
    ]
    let interval = max(1, (fit.drawsPerChain + 249) / 250)
    part.figures = [
      .init(
        "trace", .trace(names, interval: interval),
        caption: "Chains that mix look like one another and like noise; nothing drifts or sticks."),
      .init(
        "ranks-\(names[0])", .ranks(names[0]),
        caption: "Bars as high as one another: no chain prefers values that the others do not."),
      .init(
        "growth-\(names[0])", .growth(names[0]),
        caption:
          "Effective draws that grow in proportion: going on would help. A curve that flattens: it would not."
      ),
    ]
    // Where the sampler can't go, a scale and an effect are mostly in it.
    let pairs = fit.divergences == 0 ? names : names.prefix(3) + [worstLevel].compactMap { $0 }
    if pairs.count > 1 {
      part.figures.append(
        .init(
          "pairs", .pairs(pairs, maximumPoints: 400),
          caption: fit.divergences == 0
            ? "No transition diverged." : "Divergent draws gather where the sampler can't go on."))
    }
    if fit.settings.sampler == .nuts {
      part.figures.append(
        .init(
          "energy", .energy,
          caption: "Curves alike: the sampler moves freely through the tails of the posterior."))
    }
    return part
  }

  /// The group-level number with the fewest effective draws.
  private var worstLevel: String? {
    let rows = bound.quantities.filter {
      if case .factor = $0.domain { !$0.isDeterministic } else { false }
    }.flatMap { self.rows(of: $0) }.filter { fit.index(of: $0.name) != nil }
    return rows.min { ($0.statistics.bulkESS ?? 0) < ($1.statistics.bulkESS ?? 0) }?.name
  }
}
