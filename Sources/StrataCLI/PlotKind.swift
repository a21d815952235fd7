import Strata

/// The pictures that the command draws, by their names there.
enum PlotKind: String, CaseIterable {
  case trace, ranks, autocorrelation, growth, energy, pairs
  case density, prior, forest
  case predictive, rows, distribution, calibration, pareto, regression
  case model, plan

  /// What it takes after its name.
  enum Names {
    case none, one, any
  }

  var names: Names {
    switch self {
    case .trace, .autocorrelation, .pairs, .density, .prior, .regression: .any
    case .ranks, .growth, .forest: .one
    case .energy, .predictive, .rows, .distribution, .calibration, .pareto, .model, .plan: .none
    }
  }

  /// The picture of these names.
  /// - Throws: ``OptionError`` for more or fewer names than it takes.
  func plot(_ names: [String], outcome: String?, by column: String?) throws -> FitPlot {
    try check(names)
    if column != nil, self != .predictive {
      throw OptionError(option: "--by", expected: "the picture predictive", found: rawValue)
    }
    switch self {
    case .trace: return .trace(names)
    case .ranks: return .ranks(names.first)
    case .autocorrelation: return .autocorrelation(names)
    case .growth: return .growth(names.first)
    case .energy: return .energy
    case .pairs: return .pairs(names)
    case .density: return .density(names)
    case .prior: return .prior(names)
    case .forest: return .forest(names[0])
    case .predictive: return .predictive(outcome, by: column)
    case .rows: return .rows(outcome)
    case .distribution: return .distribution(outcome)
    case .calibration: return .calibration(outcome)
    case .pareto: return .pareto(outcome)
    case .regression: return .regression(groups: names.isEmpty ? nil : names, outcome: outcome)
    case .model: return .model
    case .plan: return .plan
    }
  }

  private func check(_ given: [String]) throws {
    let found = given.joined(separator: " ")
    switch names {
    case .any: break
    case .none where !given.isEmpty:
      throw OptionError(option: rawValue, expected: "no name after it", found: found)
    case .one where given.count > 1:
      throw OptionError(option: rawValue, expected: "one name", found: found)
    case .one where given.isEmpty && self == .forest:
      throw OptionError(
        option: rawValue, expected: "the name of a parameter with levels, such as a for a[county]",
        found: "")
    case .none, .one: break
    }
  }
}
