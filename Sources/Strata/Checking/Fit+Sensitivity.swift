public import StrataDiagnostics
import StrataModels
import StrataSampling

/// How much a parameter's posterior moves when the prior, or the likelihood, counts a little more or less.
public struct PriorSensitivity: Sendable {
  /// The parameter.
  public let name: String
  /// To the prior of the population-level parameters; nil where it is undefined.
  public let prior: Double?
  /// To the likelihood; nil where it is undefined.
  public let likelihood: Double?

  /// What the two say together; nil where one is undefined.
  public var diagnosis: PowerScaling.Diagnosis? {
    guard let prior, let likelihood else { return nil }
    return PowerScaling.Diagnosis(prior: prior, likelihood: likelihood)
  }
}

extension Fit {
  /// Prior sensitivity by power-scaling: the priors of the population-level parameters, and the likelihood, are raised
  /// to powers a little off 1, by importance sampling from the draws that are there. Source: [Kallioinen2024].
  ///
  /// The distribution of group effects is part of the model and not scaled; its hyperparameters' priors are.
  /// - Parameter names: of parameters and quantities; nil for all population-level ones.
  /// - Throws: ``UnknownParameter``, ``DrawsNotKept``.
  public func priorSensitivity(of names: [String]? = nil) throws -> [PriorSensitivity] {
    let names = names ?? populationNames
    let quantities = try names.map { try draws(of: $0) }
    let priors = LogPriors(bound) { quantityStarts[$0] }
    var logPrior: [Double] = []
    for chain in chains {
      chain.reported.withUnsafeBufferPointer { reported in
        if let base = reported.baseAddress {
          logPrior += priors.logDensities(base, width: chain.reportedCount, count: drawsPerChain)
        }
      }
    }
    let logLikelihood = try logLikelihoodSums()
    let scaling = [logPrior, logLikelihood].map {
      PowerScaling(component: $0, chains: chains.count)
    }
    return zip(names, quantities).map { name, draws in
      let all = draws.flatMap { $0 }
      return PriorSensitivity(
        name: name, prior: scaling[0].sensitivity(of: all),
        likelihood: scaling[1].sensitivity(of: all))
    }
  }

  /// The numbers that are not one for each level of a factor.
  private var populationNames: [String] {
    bound.quantities.flatMap { quantity -> [String] in
      if case .factor = quantity.domain { return [] }
      return bound.names(of: quantity).filter { index(of: $0) != nil }
    }
  }

  /// Of each draw, the log likelihood of all outcomes together.
  private func logLikelihoodSums() throws -> [Double] {
    var sums = [Double](repeating: 0, count: chains.count * drawsPerChain)
    for outcome in bound.outcomes {
      try logDensities(outcome.subject).rows.forEachDraw { chain, draw, rows in
        sums[chain * drawsPerChain + draw] += rows.reduce(0, +)
      }
    }
    return sums
  }
}
