import Foundation
import Strata
import TestSupport
import Workflows

extension PosteriorQuantity {
  /// This quantity's draws beside a distribution that is known exactly, or from a run whose mean has this standard
  /// error. Where moments do not exist, quantiles are compared alone.
  func comparisons(
    mean: Double? = nil, sd: Double? = nil, quantiles: [Double: Double] = [:], error: Double = 0
  ) -> [Comparison] {
    let values = draws
    let count = Double(values.count)
    let center = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    let spread = (squares / (count - 1)).squareRoot()
    // As many independent draws would know the mean as well as the reference does.
    let draws = (spread / error) * (spread / error)
    func compare(
      _ statistic: Comparison.Statistic, _ value: Double, _ own: Double?, ess: Double?,
      _ expected: Double
    ) -> Comparison {
      let share = error > 0 ? (ess ?? .nan) / draws : 0
      return Comparison(
        parameter: name, statistic: statistic, value: value, expected: expected,
        error: (own ?? .nan) * (1 + share).squareRoot())
    }
    var all: [Comparison] = []
    if let mean {
      all.append(
        compare(
          .mean, center, Diagnostics.meanMCSE(chains), ess: Diagnostics.meanESS(chains), mean))
    }
    if let sd {
      all.append(
        compare(.sd, spread, Diagnostics.sdMCSE(chains), ess: Diagnostics.sdESS(chains), sd))
    }
    for (p, expected) in quantiles.sorted(by: { $0.key < $1.key }) {
      all.append(
        compare(
          .quantile(p), Diagnostics.quantile(values, probability: p) ?? .nan,
          Diagnostics.quantileMCSE(chains, probability: p),
          ess: Diagnostics.quantileESS(chains, probability: p), expected))
    }
    return all
  }
}

extension Agreement {
  /// Prints a line and says whether all numbers agree: correct ones do in all but one of 10,000 suites.
  static func holds(_ name: String, _ comparisons: [Comparison]) -> Bool {
    let agreement = Agreement(
      name: name, comparisons: comparisons,
      levels: AgreementLevels(comparisons: max(1, comparisons.count)))
    agreement.report()
    return agreement.failures.isEmpty && !comparisons.isEmpty
  }
}

/// The parameters of a file under `Examples/expected`, each with what is known of it.
func expectedPosterior(_ name: String) throws -> [String: [String: Double]] {
  let data = try Data(contentsOf: URL(fileURLWithPath: "\(examples)/expected/\(name).json"))
  let top = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  let parameters = top["params"] as? [String: Any] ?? top
  return parameters.compactMapValues { $0 as? [String: Any] }.mapValues { fields in
    fields.compactMapValues { ($0 as? NSNumber)?.doubleValue }
  }
}

/// A density on a grid: mean and sd of a quantity.
struct GridMoments {
  private var weight = 0.0
  private var first = 0.0
  private var second = 0.0

  /// Adds a point with its unnormalised probability, or a mean and mean square over many.
  mutating func add(_ probability: Double, _ value: Double, square: Double? = nil) {
    weight += probability
    first += probability * value
    second += probability * (square ?? value * value)
  }

  var mean: Double { first / weight }
  var sd: Double { (second / weight - mean * mean).squareRoot() }
}
