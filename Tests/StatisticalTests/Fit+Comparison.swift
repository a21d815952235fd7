import Strata
import TestSupport

/// The draws of one parameter with what a comparison needs to know of them.
private struct Draws {
  let name: String
  let chains: [[Double]]
  let values: [Double]
  let mean: Double
  let sd: Double

  init(_ fit: Fit, _ name: String) throws {
    self.name = name
    chains = try fit.draws(of: name)
    values = chains.flatMap { $0 }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    sd = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
  }

  /// The value of a statistic.
  func value(_ statistic: Comparison.Statistic) -> Double {
    switch statistic {
    case .mean: mean
    case .sd: sd
    case .quantile(let probability):
      Diagnostics.quantile(values, probability: probability) ?? .nan
    }
  }

  /// The Monte Carlo standard error of a statistic of these draws.
  func error(_ statistic: Comparison.Statistic) -> Double {
    switch statistic {
    case .mean: Diagnostics.meanMCSE(chains) ?? .nan
    case .sd: Diagnostics.sdMCSE(chains) ?? .nan
    case .quantile(let probability):
      Diagnostics.quantileMCSE(chains, probability: probability) ?? .nan
    }
  }

  /// The standard error that the statistic of `count` independent draws of this distribution has.
  func error(_ statistic: Comparison.Statistic, ofIndependentDraws count: Double) -> Double {
    if count == .infinity { return 0 }
    switch statistic {
    case .mean: return sd / count.squareRoot()
    case .sd:
      // Var(s) ≈ σ² (κ − 1) / 4n, κ the kurtosis.
      let squares = values.map { ($0 - mean) * ($0 - mean) / (sd * sd) }
      let kurtosis = squares.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      return sd * ((kurtosis - 1) / (4 * count)).squareRoot()
    case .quantile(let probability):
      let ess = Diagnostics.quantileESS(chains, probability: probability) ?? .nan
      return error(statistic) * (ess / count).squareRoot()
    }
  }
}

extension Fit {
  /// Compares the draws of one parameter with its reference.
  func comparisons(of parameter: String, with reference: ReferencePosterior) throws -> [Comparison]
  {
    let draws = try Draws(self, parameter)
    func compare(_ statistic: Comparison.Statistic, _ expected: Double) -> Comparison {
      let own = draws.error(statistic)
      let other =
        statistic == .mean
        ? reference.meanError
        : draws.error(statistic, ofIndependentDraws: reference.effectiveDraws)
      return Comparison(
        parameter: parameter, statistic: statistic, value: draws.value(statistic),
        expected: expected, error: (own * own + other * other).squareRoot())
    }
    var comparisons = [compare(.mean, reference.mean)]
    if let sd = reference.sd { comparisons.append(compare(.sd, sd)) }
    for (probability, value) in reference.quantiles {
      comparisons.append(compare(.quantile(probability), value))
    }
    return comparisons
  }

  /// Compares the draws of many parameters, on all cores.
  func comparisons(
    with references: [(parameter: String, reference: ReferencePosterior)]
  ) async throws -> [Comparison] {
    try await withThrowingTaskGroup(of: (Int, [Comparison]).self) { group in
      for (index, (parameter, reference)) in references.enumerated() {
        group.addTask { (index, try self.comparisons(of: parameter, with: reference)) }
      }
      var all = [[Comparison]](repeating: [], count: references.count)
      for try await (index, comparisons) in group { all[index] = comparisons }
      return all.flatMap { $0 }
    }
  }

  /// Compares all parameters of this fit with those of another fit of the same model.
  func comparisons(with other: Fit) throws -> [Comparison] {
    try parameterNames.flatMap { parameter in
      let (one, two) = (try Draws(self, parameter), try Draws(other, parameter))
      return Self.statistics.map { statistic in
        let (a, b) = (one.error(statistic), two.error(statistic))
        return Comparison(
          parameter: parameter, statistic: statistic, value: one.value(statistic),
          expected: two.value(statistic), error: (a * a + b * b).squareRoot())
      }
    }
  }

  /// What two fits are compared by.
  static let statistics: [Comparison.Statistic] = [
    .mean, .sd, .quantile(0.05), .quantile(0.5), .quantile(0.95),
  ]

  /// Divergences and the smallest bulk-ESS: said beside a comparison.
  var note: String {
    let ess = summary.rows.compactMap(\.statistics.bulkESS).min().map { Int($0) } ?? 0
    let divergent = divergences == 0 ? "" : ", \(divergences) divergent draws"
    return "bulk-ESS \(ess)\(divergent)"
  }
}
