import StrataDiagnostics

/// All checks of a fit, as text or JSON.
public struct CheckReport: Sendable, CustomStringConvertible {
  private let name: String
  private let checks: [PredictiveCheck]
  /// Nil for a single row, which has nothing to be left out from.
  private let uniformity: UniformityTest?
  private let sensitivities: [PriorSensitivity]

  /// Computes them.
  public init(_ fit: Fit, by columns: [String] = [], outcome: String? = nil) throws {
    name = try fit.outcomeName(outcome)
    checks = try fit.check(by: columns, outcome: outcome)
    uniformity =
      fit.rowCount > 1 ? try? UniformityTest(values: fit.leaveOneOutPIT(outcome: outcome)) : nil
    sensitivities = try fit.priorSensitivity()
  }

  /// Three tables with a line of explanation each.
  public var description: String {
    var columns = [["statistic"], ["rows"], ["observed"], ["mean"], ["5 %"], ["95 %"], ["p"], [""]]
    for check in checks {
      let what =
        check.group.map { "\(check.statistic.rawValue), \($0)" } ?? check.statistic.rawValue
      let format = NumberFormat(check)
      let cells =
        [what, String(check.rowCount)]
        + [check.observed, check.mean, check.q5, check.q95].map(format.text)
        + [NumberFormat.fixed(decimals: 3).text(check.pValue), check.isSuspicious ? "!" : ""]
      for (index, cell) in cells.enumerated() { columns[index].append(cell) }
    }
    var text = "\(name), data beside replicated data\n\n" + TextTable.aligned(columns)
    if checks.contains(where: \.isSuspicious) {
      text += "\n\n! the model seldom makes data like these."
    }
    if let uniformity {
      let chance = NumberFormat.fixed(decimals: 3).text(uniformity.chance)
      text +=
        "\n\nLeave-one-out predictions: each row's place in its predictive distribution is uniform if the "
      text += "model is right; so uneven a spread has the chance \(chance)."
    }
    var table = [["parameter"], ["prior"], ["likelihood"], ["sensitivity"]]
    for sensitivity in sensitivities {
      let two = NumberFormat.fixed(decimals: 2)
      let cells = [
        sensitivity.name, two.text(sensitivity.prior), two.text(sensitivity.likelihood),
        sensitivity.diagnosis.map(\.description) ?? "",
      ]
      for (index, cell) in cells.enumerated() { table[index].append(cell) }
    }
    if !sensitivities.isEmpty {
      text +=
        "\n\nHow far the posterior moves when priors, or the likelihood, count a little more (0.05 is much)\n\n"
      text += TextTable.aligned(table)
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map {
        $0.hasPrefix("Leave-one-out") || $0.hasPrefix("How far") ? String($0).wrapped() : String($0)
      }
      .joined(separator: "\n")
  }

  /// One JSON object.
  public func json() throws -> String {
    let statistics = checks.map { check in
      JSONText.Value.object([
        "statistic": .text(check.statistic.rawValue), "group": .text(check.group),
        "rows": .whole(check.rowCount), "observed": .number(check.observed),
        "mean": .number(check.mean), "q5": .number(check.q5), "q95": .number(check.q95),
        "p_value": .number(check.pValue),
      ])
    }
    let sensitivity = sensitivities.map { one in
      JSONText.Value.object([
        "parameter": .text(one.name), "prior": .number(one.prior),
        "likelihood": .number(one.likelihood), "diagnosis": .text(one.diagnosis?.description),
      ])
    }
    return try JSONText.encode(
      JSONText.Value.object([
        "outcome": .text(name), "statistics": .list(statistics),
        "loo_pit_chance": .number(uniformity?.chance), "prior_sensitivity": .list(sensitivity),
      ]))
  }
}

extension NumberFormat {
  /// Three digits of the replications' spread.
  fileprivate init(_ check: PredictiveCheck) {
    let width = check.q95 - check.q5
    self.init(
      widths: width > 0 && width.isFinite ? [width / 3] : [], digits: 3,
      sizes: [check.observed, check.mean, check.q5, check.q95])
  }
}
