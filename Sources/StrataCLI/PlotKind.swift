import Strata

/// The pictures that the command draws, by their names there.
enum PlotKind: String, CaseIterable {
  case trace, ranks, autocorrelation, growth, energy, pairs
  case density, prior, forest, shrinkage
  case predictive, rows, distribution, calibration, pareto, regression
  case model, plan

  /// What it takes after its name.
  enum Names {
    case none, one, two, any
  }

  var names: Names {
    switch self {
    case .trace, .autocorrelation, .pairs, .density, .prior, .regression: .any
    case .ranks, .growth, .forest: .one
    case .shrinkage: .two
    case .energy, .predictive, .rows, .distribution, .calibration, .pareto, .model, .plan: .none
    }
  }
}

/// A picture with all that was said of it.
struct PlotRequest {
  var kind: PlotKind
  var names: [String]
  var outcome: String?
  var column: String?
  var reference: Double?
  /// What a legend calls the fit.
  var name = ""
  /// The fits beside it.
  var others: [(name: String, fit: Fit)] = []

  init(_ kind: PlotKind, _ names: [String]) { (self.kind, self.names) = (kind, names) }

  /// The picture of these names.
  func plot() throws -> FitPlot {
    switch kind {
    case .trace: return .trace(names)
    case .ranks: return .ranks(names.first)
    case .autocorrelation: return .autocorrelation(names)
    case .growth: return .growth(names.first)
    case .energy: return .energy
    case .pairs: return .pairs(names)
    case .density: return .density(names, reference: reference)
    case .prior: return .prior(names)
    case .forest:
      if others.isEmpty { return .forest(names[0], reference: reference) }
      return .forest(names[0], as: name, beside: others, reference: reference)
    case .shrinkage:
      return .shrinkage(
        names[0], names[1], from: others[0].fit, otherName: others[0].name, name: name)
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

  /// Refuses what the picture does not take, before anything is fitted.
  /// - Throws: ``OptionError``.
  func check(others count: Int) throws {
    try checkNames()
    if column != nil, kind != .predictive {
      throw OptionError(option: "--by", expected: "the picture predictive", found: kind.rawValue)
    }
    if reference != nil, kind != .density, kind != .forest {
      throw OptionError(
        option: "--reference", expected: "the picture density or forest", found: kind.rawValue)
    }
    switch kind {
    case .forest: break
    case .shrinkage where count != 1:
      throw OptionError(
        option: kind.rawValue, expected: "--beside with the one model where the arrows begin",
        found: "\(count) of them")
    case .shrinkage: break
    default:
      if count > 0 {
        throw OptionError(
          option: "--beside", expected: "the picture forest or shrinkage", found: kind.rawValue)
      }
    }
  }

  private func checkNames() throws {
    let found = names.joined(separator: " ")
    switch kind.names {
    case .any: break
    case .none where !names.isEmpty:
      throw OptionError(option: kind.rawValue, expected: "no name after it", found: found)
    case .one where names.count > 1:
      throw OptionError(option: kind.rawValue, expected: "one name", found: found)
    case .one where names.isEmpty && kind == .forest:
      throw OptionError(
        option: kind.rawValue,
        expected: "the name of a parameter with levels, such as a for a[county]", found: "")
    case .two where names.count != 2:
      throw OptionError(
        option: kind.rawValue,
        expected: "the names of two parameters with levels, such as a b", found: found)
    case .none, .one, .two: break
    }
  }
}
