internal import StrataKernels

/// Finds out which parameters of a model can be integrated out exactly: those with Normal (or flat) priors that
/// enter Normal likelihoods linearly, as far as they belong to one factor or are few.
///
/// It begins with all parameters that have such a prior and drops those that a condition rules out, with the
/// reason, until what is left fulfils all of them.
struct GaussianSearch {
  /// A likelihood whose mean is linear in what is integrated.
  struct Likelihood {
    var density: Int
    var mean: LinearForm
    var noise: Noise
  }

  /// The prior of an integrated parameter; nil mean: flat.
  struct Prior {
    var density: Int
    var mean: LinearForm
    var sd: Graph.Node
  }

  /// The residual sd of a row: `column × node`, the node a scalar or one per level.
  struct Noise {
    /// Nil for known noise.
    var node: Graph.Node?
    var column: [Double]?
  }

  /// Coefficients that are integrated together with the effects of one factor at most.
  static let mostBorderColumns = 64
  /// Effects of one group at most.
  static let mostEffects = 16

  var bound: BoundModel
  private(set) var integrated: Set<Int> = []
  /// Why a parameter that looked fit was not.
  private(set) var reasons: [Int: String] = [:]
  private(set) var likelihoods: [Likelihood] = []
  private(set) var priors: [Int: Prior] = [:]
  /// The effects, in the order of the parameters.
  private(set) var effects: [Int] = []
  /// The effects' factor.
  private(set) var domain: Domain?
  private(set) var border: [Int] = []
  /// Those of the effects.
  var correlations: [BoundModel.Correlations] {
    bound.correlations.filter { integrated.isSuperset(of: $0.parameters) }
  }

  /// - Parameter kept: parameters that are to be sampled.
  init(_ bound: BoundModel, but kept: Set<Int>) {
    self.bound = bound
    for index in bound.parameters.indices where !kept.contains(index) {
      if isCandidate(index) {
        integrated.insert(index)
      } else if !bound.integrated.contains(index) {
        reasons[index] = priorReason(index)
      }
    }
    while !integrated.isEmpty {
      do throws(NotGaussian) {
        try look()
        return
      } catch {
        let dropped = (error.parameters ?? integrated).intersection(integrated)
        precondition(!dropped.isEmpty, "every reason drops something")
        for parameter in dropped { reasons[parameter] = error.reason }
        integrated.subtract(dropped)
      }
    }
    (likelihoods, priors, effects, border, domain) = ([], [:], [], [], nil)
  }

  private func prior(of parameter: Int) -> Int? {
    let node = bound.parameters[parameter].node
    return bound.densities.firstIndex { $0.variate == node }
  }

  private func isCandidate(_ index: Int) -> Bool {
    guard case .unbounded = bound.parameters[index].transform, !bound.integrated.contains(index)
    else { return false }
    guard let prior = prior(of: index) else { return true }
    return bound.densities[prior].family == .normal
  }

  /// What is wrong with the prior of a parameter that is no candidate.
  private func priorReason(_ index: Int) -> String {
    let name = bound.priorName(of: index)
    return name == "Flat" ? "its flat prior has bounds" : "its prior is \(name), not Normal"
  }

  // MARK: Conditions

  private mutating func look() throws(NotGaussian) {
    (likelihoods, priors) = ([], [:])
    let dependencies = Dependencies(on: integrated, bound.graph) { index in
      bound.parameters[index].transform.bounds
    }
    for parameter in bound.parameters {
      for node in parameter.transform.bounds where !dependencies[node].isEmpty {
        throw NotGaussian(dependencies[node], "it bounds \(parameter.name)")
      }
    }
    for index in bound.densities.indices { try look(at: index, dependencies) }
    try checkReach()
    try sortIntoEffectsAndBorder()
    for likelihood in likelihoods { try checkEffects(of: likelihood) }
    try checkPriors()
  }

  private mutating func look(at index: Int, _ dependencies: Dependencies) throws(NotGaussian) {
    let density = bound.densities[index]
    let isPrior: Int? =
      if case .parameter(let p) = bound.graph.operations[density.variate], integrated.contains(p) {
        p
      } else {
        nil
      }
    var involved = dependencies[density.variate]
    for argument in density.arguments { involved.formUnion(dependencies[argument]) }
    guard !involved.isEmpty else { return }
    guard density.family == .normal, isPrior != nil || dependencies[density.variate].isEmpty else {
      throw NotGaussian(involved, "\(density.subject) is \(density.familyName), not Normal")
    }
    let isObserved = density.domain == .rows && bound.graph.fixedValues(density.variate) != nil
    guard isPrior != nil || isObserved else {
      throw NotGaussian(
        involved, "used in the prior of \(density.subject), which is sampled")
    }
    var arguments = density.arguments
    // What correlated effects say of each other stands beside their priors.
    if let isPrior, let alone = prior(ofCorrelated: isPrior) {
      arguments = alone
      involved = dependencies[density.variate].union(dependencies[alone[0]])
    }
    let inScale = dependencies[arguments[1]]
    guard inScale.isEmpty else {
      throw NotGaussian(inScale, "used in the sd of \(density.subject)")
    }
    do throws(NotGaussian) {
      let mean = try LinearForm(arguments[0], in: density.domain, dependencies, &bound)
      if let isPrior {
        priors[isPrior] = Prior(density: index, mean: mean, sd: arguments[1])
        return
      }
      let noise = try Noise(arguments[1], bound)
      likelihoods.append(Likelihood(density: index, mean: mean, noise: noise))
    } catch {
      throw NotGaussian(error.parameters ?? involved, "in \(density.subject), \(error.reason)")
    }
  }

  /// The mean and sd of an effect alone, if all that it is correlated with are integrated, too.
  private func prior(ofCorrelated index: Int) -> [Graph.Node]? {
    for set in correlations {
      guard let place = set.parameters.firstIndex(of: index) else { continue }
      return [set.means[place], set.sds[place]]
    }
    return nil
  }

  /// What no likelihood reaches is left to the sampler, which says so where it has no prior.
  private func checkReach() throws(NotGaussian) {
    var reached: Set<Int> = []
    var waiting = likelihoods.flatMap { $0.mean.terms.map(\.variable.parameter) }
    while let parameter = waiting.popLast() {
      guard reached.insert(parameter).inserted else { continue }
      waiting += priors[parameter]?.mean.terms.map(\.variable.parameter) ?? []
    }
    let unreached = integrated.subtracting(reached)
    if !unreached.isEmpty { throw NotGaussian(unreached, "no Normal likelihood reaches it") }
  }

  private mutating func sortIntoEffectsAndBorder() throws(NotGaussian) {
    let inLikelihoods = Set(likelihoods.flatMap { $0.mean.terms.map(\.variable.parameter) })
    var sizes: [Domain: Int] = [:]
    for index in integrated where inLikelihoods.contains(index) {
      if case .factor = bound.parameters[index].domain {
        sizes[bound.parameters[index].domain] = bound.layout.count(bound.parameters[index].domain)
      }
    }
    // The most levels; among equals the factor that was met first.
    domain = sizes.max { ($0.value, -order(of: $0.key)) < ($1.value, -order(of: $1.key)) }?.key
    effects = integrated.filter {
      bound.parameters[$0].domain == domain && inLikelihoods.contains($0)
    }.sorted()
    border = integrated.subtracting(effects).sorted()
    for set in correlations where !Set(effects).isSuperset(of: set.parameters) {
      let factor = domain.map { bound.name(of: $0) } ?? "one factor"
      throw NotGaussian(
        Set(set.parameters), "only effects of \(factor) are integrated with their correlations")
    }
    if effects.count > Self.mostEffects {
      throw NotGaussian(
        Set(effects),
        "a group has \(effects.count) effects, and at most \(Self.mostEffects) are integrated")
    }
    // Effects of other factors are dropped one factor at a time, the one with the most levels first.
    let columns = border.reduce(0) { $0 + bound.layout.count(bound.parameters[$1].domain) }
    guard columns > Self.mostBorderColumns else { return }
    let widest = border.max {
      bound.layout.count(bound.parameters[$0].domain)
        < bound.layout.count(bound.parameters[$1].domain)
    }!
    let beside = domain.map { " beside the effects of \(bound.name(of: $0))" } ?? ""
    throw NotGaussian(
      [widest],
      """
      \(columns) coefficients would have to be integrated together\(beside), and at most \
      \(Self.mostBorderColumns) are
      """)
  }

  private func order(of domain: Domain) -> Int {
    if case .factor(let index) = domain { index } else { -1 }
  }

  /// Effects are multiplied by one scalar, border coefficients by none.
  private func checkEffects(of likelihood: Likelihood) throws(NotGaussian) {
    for term in likelihood.mean.terms {
      let index = term.variable.parameter
      if !effects.contains(index) {
        if term.coefficient != nil {
          throw NotGaussian([index], "it is multiplied by a parameter that is sampled")
        }
      } else if coefficient(of: index) != term.coefficient {
        throw NotGaussian([index], "it is multiplied by different parameters")
      }
    }
  }

  /// What an effect is multiplied by where it is used first.
  func coefficient(of effect: Int) -> Graph.Node? {
    for likelihood in likelihoods {
      for term in likelihood.mean.terms where term.variable.parameter == effect {
        return term.coefficient
      }
    }
    return nil
  }

  private func checkPriors() throws(NotGaussian) {
    for (index, prior) in priors.sorted(by: { $0.key < $1.key }) {
      for term in prior.mean.terms {
        let parent = term.variable.parameter
        if term.coefficient != nil {
          throw NotGaussian(
            [parent],
            "in the prior of \(bound.parameters[index].name) it is multiplied by a parameter that is sampled"
          )
        }
        if effects.contains(parent) {
          throw NotGaussian(
            [parent], "it is the mean of \(bound.parameters[index].name), of the same factor")
        }
        if effects.contains(index), coefficient(of: index) != nil {
          throw NotGaussian(
            [parent],
            "it is the mean of \(bound.parameters[index].name), which is multiplied by a parameter that is sampled"
          )
        }
      }
      if !effects.contains(index), bound.graph.domains[prior.sd] != .scalar,
        bound.graph.fixedValues(prior.sd) == nil
      {
        throw NotGaussian([index], "its sd differs between its levels")
      }
    }
    for index in effects where priors[index] == nil {
      throw NotGaussian([index], "it has a flat prior")
    }
  }
}

extension GaussianSearch.Noise {
  fileprivate init(_ sd: Graph.Node, _ bound: BoundModel) throws(NotGaussian) {
    let graph = bound.graph
    func perLevel(_ node: Graph.Node) -> Graph.Node? {
      if graph.domains[node] == .scalar { return node }
      if case .gather(let source) = graph.operations[node] { return source }
      return nil
    }
    if let values = graph.fixedValues(sd) {
      self.init(node: nil, column: values)
    } else if let node = perLevel(sd) {
      self.init(node: node, column: nil)
    } else if case .binary(.multiply, let x, let y) = graph.operations[sd] {
      if let values = graph.fixedValues(x), let node = perLevel(y) {
        self.init(node: node, column: values)
      } else if let values = graph.fixedValues(y), let node = perLevel(x) {
        self.init(node: node, column: values)
      } else {
        throw NotGaussian(all: "the sd is computed anew in every row")
      }
    } else if case .binary(.divide, let x, let y) = graph.operations[sd],
      let values = graph.fixedValues(y), let node = perLevel(x)
    {
      self.init(node: node, column: values.map { 1 / $0 })
    } else {
      throw NotGaussian(all: "the sd is computed anew in every row")
    }
  }
}
