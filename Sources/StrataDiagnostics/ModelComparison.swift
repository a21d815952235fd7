/// Why models can't be compared.
public enum ComparisonError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Fewer than two models, or no observations.
  case tooFew(models: Int, observations: Int)
  /// A model was evaluated at another number of observations than the first one.
  case lengths(model: String, observations: Int, first: String, expected: Int)
  /// A model has no finite elpd at these observations.
  case undefined(model: String, observations: [Int])

  /// One line: what is wrong and what to do.
  public var description: String {
    switch self {
    case .tooFew(let models, let observations):
      "\(models) models of \(observations) observations: a comparison needs two models and an "
        + "observation"
    case .lengths(let model, let observations, let first, let expected):
      "'\(model)' has \(observations) observations and '\(first)' has \(expected): fit both to the "
        + "same rows"
    case .undefined(let model, let observations):
      "'\(model)' has no finite elpd at observation "
        + Wording.list(observations.map { String($0 + 1) })
        + ": look at the log-likelihoods there, or leave the observation out of all models"
    }
  }
}

/// Models ranked by their expected log predictive density (elpd) for the same observations.
///
/// The difference of two models is much better known than either elpd: its standard error is that
/// of the sum of pointwise differences. Numbers agree with `loo_compare` of the R package loo.
/// Source: [Vehtari2017].
public struct ModelComparison: Sendable, Hashable {
  /// One model.
  public struct Row: Sendable, Hashable {
    /// As given.
    public var name: String
    /// Position among the models as given.
    public var position: Int
    /// Σ of the pointwise elpd.
    public var elpd: Estimate
    /// Its elpd minus that of the best model: 0 for that, negative for others.
    public var difference: Estimate
  }

  /// Best model first; models of equal elpd in the order given.
  public let rows: [Row]

  /// Compares models.
  ///
  /// - Parameter models: names, and one elpd per observation, in the same order for all models.
  public init(_ models: [(name: String, elpd: [Double])]) throws(ComparisonError) {
    try Self.check(models)
    let totals = models.map { Estimate(summing: $0.elpd) }
    let order = models.indices.sorted {
      totals[$0].value != totals[$1].value ? totals[$0].value > totals[$1].value : $0 < $1
    }
    let best = models[order[0]].elpd
    rows = order.map { position in
      let model = models[position]
      let difference = Estimate(summing: zip(model.elpd, best).map { $0 - $1 })
      return Row(
        name: model.name, position: position, elpd: totals[position], difference: difference)
    }
  }

  static func check(_ models: [(name: String, elpd: [Double])]) throws(ComparisonError) {
    let expected = models.first?.elpd.count ?? 0
    guard models.count >= 2, expected > 0 else {
      throw .tooFew(models: models.count, observations: expected)
    }
    for model in models {
      if model.elpd.count != expected {
        throw .lengths(
          model: model.name, observations: model.elpd.count, first: models[0].name,
          expected: expected)
      }
      let undefined = model.elpd.indices.filter { !model.elpd[$0].isFinite }
      if !undefined.isEmpty { throw .undefined(model: model.name, observations: undefined) }
    }
  }
}
