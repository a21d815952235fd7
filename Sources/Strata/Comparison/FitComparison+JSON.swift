import StrataDiagnostics

extension PredictiveAccuracy {
  /// One JSON object, the elpd of every row in it.
  public func json(name: String) throws -> String { try JSONText.encode(object(name: name)) }

  func object(name: String) -> JSONText.Value {
    let p = effectiveParameters.map { Estimate(summing: $0) }
    return .object([
      "model": .text(name), "method": .text(methodName), "outcome": .text(outcome),
      "elpd": .number(total.value), "se": .number(total.standardError), "p": .number(p?.value),
      "pointwise_elpd": .list(elpd.map { .number($0) }),
      "pareto_k": .list((paretoK ?? []).map { .number($0) }),
      "unreliable_rows": .list(unreliableRows.map { .whole($0 + 1) }),
    ])
  }

  private var methodName: String {
    switch method {
    case .psisLOO: "psis_loo"
    case .waic: "waic"
    case .kFold: "k_fold"
    case .groups: "leave_one_group_out"
    }
  }
}

extension FitComparison {
  /// One JSON object, the best model first.
  public func json() throws -> String {
    let models = ranking.rows.indices.map { index -> JSONText.Value in
      let row = ranking.rows[index]
      return .object([
        "elpd_difference": .number(row.difference.value),
        "se_difference": .number(row.difference.standardError),
        "stacking_weight": .number(stackingWeights[index]),
        "accuracy": accuracies[index].object(name: row.name),
      ])
    }
    return try JSONText.encode(JSONText.Value.object(["models": .list(models)]))
  }
}

extension Calibration {
  /// One JSON object with the ranks of every quantity.
  public func json() throws -> String {
    let list = quantities.map { quantity in
      JSONText.Value.object([
        "quantity": .text(quantity.name), "ranks": .list(quantity.ranks.map { .whole($0) }),
        "chance": .number(try? uniformity(quantity).chance),
      ])
    }
    return try JSONText.encode(
      JSONText.Value.object([
        "refits": .whole(refits), "ranks": .whole(rankCount), "failed_fits": .whole(failedFits),
        "chance": .number(chance), "quantities": .list(list),
      ]))
  }
}
