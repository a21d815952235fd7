import StrataModels

/// What is predicted for each row.
public enum PredictedQuantity: Sendable, Hashable {
  /// New values of an outcome: the posterior predictive distribution. Nil for the model's only one.
  case outcome(String? = nil)
  /// The mean of an outcome given the parameters (a Cauchy's median), without the noise of a single row.
  case mean(String? = nil)
  /// A deterministic quantity that the model gives a value for each row, `eta = …`.
  case quantity(String)
}

extension PredictedQuantity {
  /// What it is in a bound model, and its name.
  func resolved(in bound: BoundModel) throws -> (wanted: Simulator.Wanted, name: String) {
    switch self {
    case .outcome(let name):
      let index = try bound.outcomeIndex(name)
      return (.outcome(index), bound.outcomes[index].subject)
    case .mean(let name):
      let index = try bound.outcomeIndex(name)
      return (.mean(index), "mean of \(bound.outcomes[index].subject)")
    case .quantity(let name):
      guard let index = bound.rowQuantities.firstIndex(where: { $0.name == name }) else {
        let known = bound.rowQuantities.map(\.name)
        throw UnknownParameter(name: name, among: known, kind: "quantity per row")
      }
      return (.quantity(index), name)
    }
  }
}

extension BoundModel {
  /// The columns that make groups, each once.
  var groupColumns: [String] {
    var columns: [String] = []
    for column in layout.factors.flatMap(\.columns) where !columns.contains(column) {
      columns.append(column)
    }
    return columns
  }

  /// The outcome of that name, or the only one.
  func outcomeIndex(_ name: String?) throws(PredictionError) -> Int {
    let all = outcomes.map(\.subject)
    if let name {
      guard let index = all.firstIndex(of: name) else {
        throw .outcome(asked: name, outcomes: all)
      }
      return index
    }
    guard all.count == 1 else { throw .outcome(asked: nil, outcomes: all) }
    return 0
  }
}
