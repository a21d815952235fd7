/// How a model is going to be solved: for each block of it, which exact move was taken, or why none was.
public struct Plan: Sendable, Hashable {
  /// What the planner may do.
  public enum Mode: String, Sendable, CaseIterable, Codable {
    /// All exact moves: rows compressed, Gaussian effects and coefficients integrated out, other group effects in
    /// coordinates that suit them.
    case auto
    /// Rows are replaced by what the likelihood needs; every parameter is sampled.
    case compressed
    /// No move: every parameter is sampled, every row is evaluated.
    case direct
  }

  /// One line of the plan.
  public struct Step: Sendable, Hashable {
    /// What it is about: `log_radon`.
    public var subject: String
    /// What happens to it, and why: `919 rows → 85 levels of county: …`.
    public var action: String
  }

  /// What the planner was allowed to do.
  public var mode: Mode
  /// The steps, in the order of the model's observed lines.
  public var steps: [Step]
  /// The number of parameters that are sampled.
  public var dimension: Int
}

extension Plan: CustomStringConvertible {
  /// A line per step, then what is sampled.
  public var description: String {
    let lines = steps.map { "\($0.subject): \($0.action)" }
    return (lines + ["\(dimension) parameter\(dimension == 1 ? "" : "s") sampled"])
      .joined(separator: "\n")
  }
}

extension BoundModel {
  /// The model with the moves that `mode` allows, and the plan that says which they are. The density is
  /// the same function of the parameters, constants included; only its cost changes.
  package func planned(_ mode: Plan.Mode) -> (model: BoundModel, plan: Plan) {
    remaining(mode).compressed(mode)
  }

  /// What is left to be sampled, its rows as they are.
  package func remaining(_ mode: Plan.Mode) -> RemainingModel {
    var rest = RemainingModel(model: self)
    guard mode == .auto, effects.isEmpty else { return rest }
    var isIntegrated = rest.model.integrateConjugates(&rest.steps)
    let added = Array(rest.model.densities[densities.count...])
    rest.model.densities.removeLast(added.count)
    isIntegrated.formUnion(rest.model.integrateGaussians(&rest.steps))
    rest.model.densities =
      densities.indices.filter { !isIntegrated.contains($0) }.map { densities[$0] } + added
    rest.model = rest.model.centred()
    return rest
  }

  /// What became of a likelihood.
  enum Compression {
    case done(String)
    case refused(String)
  }

  fileprivate mutating func compress(_ density: Density) -> Compression {
    switch density.family {
    case .normal: compressNormal(density)
    case .bernoulli, .bernoulliLogit, .binomial, .binomialLogit, .poisson, .poissonLog:
      compressCounts(density)
    case .negBinomial, .negBinomialLog: compressNegBinomial(density)
    default: .refused("\(density.familyName) has no sufficient statistics")
    }
  }
}

/// A model with what is left to be sampled, and what was done to come so far.
package struct RemainingModel: Sendable {
  package var model: BoundModel
  package var steps: [Plan.Step] = []

  /// The model with its rows compressed as far as `mode` allows, and the whole plan.
  func compressed(_ mode: Plan.Mode) -> (model: BoundModel, plan: Plan) {
    var planned = model
    var steps = steps
    let asTheyAre = "\(model.layout.table.rowCount) rows as they are"
    planned.densities = model.densities.filter { $0.domain != .rows }
    for density in model.densities where density.domain == .rows {
      var action = asTheyAre
      if mode == .direct {
        planned.densities.append(density)
      } else {
        switch planned.compress(density) {
        case .done(let what): action = what
        case .refused(let reason):
          planned.densities.append(density)
          action += ": \(reason)"
        }
      }
      steps.append(Plan.Step(subject: density.subject, action: action))
    }
    steps += planned.centringSteps
    let dimension = planned.parameters.indices.reduce(0) {
      $0 + planned.positions(of: $1).count
    }
    return (planned, Plan(mode: mode, steps: steps, dimension: dimension))
  }
}

extension BoundModel.Density {
  /// The family as the model text names it.
  var familyName: String {
    switch family {
    case .normal: "Normal"
    case .studentT: "StudentT"
    case .cauchy: "Cauchy"
    case .logNormal: "LogNormal"
    case .laplace: "Laplace"
    case .uniform: "Uniform"
    case .exponential: "Exponential"
    case .gamma: "Gamma"
    case .inverseGamma: "InverseGamma"
    case .beta: "Beta"
    case .negBinomial, .negBinomialLog: "NegBinomial"
    case .poisson, .poissonLog: "Poisson"
    case .bernoulli, .bernoulliLogit: "Bernoulli"
    case .binomial, .binomialLogit: "Binomial"
    }
  }
}
