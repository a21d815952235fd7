/// How a model is going to be solved: for each block of it, which exact move was taken, or why none was.
public struct Plan: Sendable, Hashable {
  /// What the planner may do.
  public enum Mode: String, Sendable, CaseIterable, Codable {
    /// All exact moves: rows compressed, Gaussian effects and coefficients integrated out.
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
    var planned = self
    var steps: [Plan.Step] = []
    let asTheyAre = "\(layout.table.rowCount) rows as they are"
    var isIntegrated: Set<Int> = []
    var added: [Density] = []
    if mode == .auto {
      isIntegrated = planned.integrateConjugates(&steps)
      added = Array(planned.densities[densities.count...])
      planned.densities.removeLast(added.count)
      isIntegrated.formUnion(planned.integrateGaussians(&steps))
    }
    planned.densities =
      densities.indices.filter {
        densities[$0].domain != .rows && !isIntegrated.contains($0)
      }.map { densities[$0] } + added
    for (index, density) in densities.enumerated()
    where density.domain == .rows && !isIntegrated.contains(index) {
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
    let dimension = parameters.indices.reduce(0) {
      $0 + (planned.integrated.contains($1) ? 0 : layout.count(parameters[$1].domain))
    }
    return (planned, Plan(mode: mode, steps: steps, dimension: dimension))
  }

  /// What became of a likelihood.
  enum Compression {
    case done(String)
    case refused(String)
  }

  private mutating func compress(_ density: Density) -> Compression {
    switch density.family {
    case .normal: compressNormal(density)
    case .bernoulli, .bernoulliLogit, .binomial, .binomialLogit, .poisson, .poissonLog:
      compressCounts(density)
    case .negBinomial, .negBinomialLog: compressNegBinomial(density)
    default: .refused("\(density.familyName) has no sufficient statistics")
    }
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
