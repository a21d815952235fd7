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
    /// What a line is about.
    public enum Kind: String, Sendable, Hashable, Codable {
      /// An observed line: what its rows became.
      case rows
      /// Parameters that are integrated out exactly, and drawn afterwards.
      case integrated
      /// Parameters that are sampled though they look like some that are not: the reason.
      case notIntegrated
      /// Parameters that are sampled: how.
      case sampled
    }

    /// What the line is about.
    public var kind: Kind
    /// The observed target, or the parameters: `log_radon`; `za, zb`.
    public var subject: String
    /// What happens to it, and why: `919 rows → 85 levels of county: …`.
    public var action: String

    package init(kind: Kind, subject: String, action: String) {
      self.kind = kind
      self.subject = subject
      self.action = action
    }
  }

  /// What the planner was allowed to do.
  public var mode: Mode
  /// The rows of each observed line, then the parameters that are integrated out, then those that are not although
  /// they look like it, and how they are sampled.
  public var steps: [Step]
  /// What is sampled: `tau`, `a (59 levels of subject)`.
  public var sampled: [String]
  /// The number of parameters that are sampled: what the sampler sees.
  public var dimension: Int
  /// The number of all parameters.
  public var parameterCount: Int
}

extension Plan: CustomStringConvertible {
  /// The plan line by line: `subject: action` for each step, then what is sampled.
  public var lines: [String] {
    let sampledLine = sampled.isEmpty ? [] : ["sampled: " + sampled.joined(separator: ", ")]
    return steps.map { "\($0.subject): \($0.action)" } + sampledLine
  }

  /// The ``lines``, broken at 80 characters, then how many parameters are sampled.
  public var description: String {
    (lines + [verdict]).map { $0.wrapped() }.joined(separator: "\n")
  }

  private var verdict: String {
    let isOne = dimension == 1
    if dimension == 0 { return "No parameter is sampled: all \(parameterCount) are drawn exactly." }
    if dimension == parameterCount {
      return "\(dimension) parameter\(isOne ? " is" : "s are") sampled."
    }
    let others = parameterCount - dimension == 1 ? "the other is" : "the others are"
    return """
      \(dimension) of \(parameterCount) parameters \(isOne ? "is" : "are") sampled; \(others) drawn exactly \
      given \(isOne ? "it" : "them").
      """
  }
}

extension BoundModel {
  /// The model with the moves that `mode` allows, and the plan that says which they are.
  package func planned(_ mode: Plan.Mode) -> (model: BoundModel, plan: Plan) {
    remaining(mode).compressed()
  }

  /// The model with the moves that are asked for, and the plan that says which they are. The density is the same
  /// function of the parameters that are left, constants included; only its cost changes.
  /// - Throws: ``PlanError`` for a request that can't be met.
  package func planned(_ request: Plan.Request) throws(PlanError) -> (model: BoundModel, plan: Plan)
  {
    try remaining(request).compressed()
  }

  /// What `mode` leaves to be sampled, its rows as they are.
  package func remaining(_ mode: Plan.Mode) -> RemainingModel {
    must { try remaining(Plan.Request(mode: mode)) }
  }

  /// What is left to be sampled, its rows as they are.
  /// - Throws: ``PlanError`` for a request that can't be met.
  package func remaining(_ request: Plan.Request) throws(PlanError) -> RemainingModel {
    try check(request)
    var rest = RemainingModel(self, request)
    guard request.mode == .auto, effects.isEmpty else { return rest }
    let kept = Set(parameters.indices.filter { request.sampled.contains(parameters[$0].name) })
    var isIntegrated = rest.model.integrateConjugates(but: kept, &rest.notes)
    let added = Array(rest.model.densities[densities.count...])
    rest.model.densities.removeLast(added.count)
    isIntegrated.formUnion(rest.model.integrateGaussians(but: kept, &rest.notes))
    for index in kept { rest.notes.reasons[index] = "sampling it was asked for" }
    try checkIntegrated(request, rest.model.integrated, rest.notes)
    rest.model.densities =
      densities.indices.filter { !isIntegrated.contains($0) }.map { densities[$0] } + added
    rest.model = rest.model.centred()
    return rest
  }

  /// Adds a likelihood: compressed if it can be. Returns what became of its rows.
  fileprivate mutating func addRows(of density: Density, _ mode: Plan.Mode) -> String {
    let asTheyAre = "\(layout.table.rowCount) rows as they are"
    if mode == .direct {
      densities.append(density)
      return asTheyAre
    }
    switch compress(density) {
    case .done(let what): return what
    case .refused(let reason):
      densities.append(density)
      return "\(asTheyAre): \(reason)"
    }
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

/// A model with what is left to be sampled, and what was done to come so far.
package struct RemainingModel: Sendable {
  package var model: BoundModel
  /// What was asked for.
  let request: Plan.Request
  /// What the observed lines are about, in their order.
  let lines: [Graph.Node]
  var notes = PlanNotes()

  init(_ bound: BoundModel, _ request: Plan.Request) {
    model = bound
    self.request = request
    lines = bound.densities.filter { $0.domain == .rows }.map(\.variate)
  }

  /// The model with its rows compressed as far as the request allows, and the whole plan.
  func compressed() -> (model: BoundModel, plan: Plan) {
    var planned = model
    var notes = notes
    planned.densities = model.densities.filter { $0.domain != .rows }
    if request.mode != .direct { planned.findWrittenSpreads() }
    for density in model.densities where density.domain == .rows {
      notes.addRows(of: density, planned.addRows(of: density, request.mode))
    }
    return (planned, planned.plan(request.mode, notes, lines))
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
