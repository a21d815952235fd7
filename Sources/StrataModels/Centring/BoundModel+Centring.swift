internal import StrataKernels

extension BoundModel {
  /// The model with its Normal group effects in coordinates of their own, non-centred until a
  /// ``CentringEstimate`` knows better. The posterior is the same.
  package func centred() -> BoundModel {
    guard effects.isEmpty else { return self }
    var model = self
    for index in parameters.indices { model.addEffects(index) }
    let priors = Set(model.effects.map { parameters[$0.parameter].node })
    model.densities.removeAll { $0.domain != .rows && priors.contains($0.variate) }
    return model
  }

  private mutating func addEffects(_ index: Int) {
    let parameter = parameters[index]
    guard !integrated.contains(index), case .factor = parameter.domain,
      case .unbounded = parameter.transform,
      let prior = densities.first(where: { $0.variate == parameter.node && $0.domain != .rows }),
      prior.family == .normal, prior.domain == parameter.domain
    else { return }
    var effects = GroupEffects(
      parameter: index, mean: prior.arguments[0], sd: prior.arguments[1], value: parameter.node,
      location: prior.arguments[0], spread: prior.arguments[1],
      alone: (prior.arguments[0], prior.arguments[1]),
      information: Array(repeating: 0, count: layout.count(parameter.domain)),
      pull: graph.constant(0))
    let isStandard = graph.constantValue(effects.mean) == 0 && graph.constantValue(effects.sd) == 1
    if isStandard, let written = nonCentredText(of: parameter.node) {
      (effects.value, effects.location, effects.spread) = written
      effects.alone = (effects.location, effects.spread)
    }
    addCorrelations(to: &effects)
    let isFixed = [effects.location, effects.spread].allSatisfy { graph.fixedValues($0) != nil }
    let others = [parameter.node] + integrated.map { parameters[$0].node }
    if isFixed || others.contains(where: { depends([effects.location, effects.spread], on: $0) }) {
      return
    }
    self.effects.append(effects)
  }

  /// What an effect is before others say something of it, and what it says to others.
  private func addCorrelations(to effects: inout GroupEffects) {
    for set in correlations {
      guard let place = set.parameters.firstIndex(of: effects.parameter) else { continue }
      // Of a parameter that is standard normal itself there is nothing to take back.
      let standardised = set.standardised[place]
      let isItself = standardised == parameters[effects.parameter].node
      effects.standardised = isItself ? nil : standardised
      if place > 0 { effects.alone = (set.means[place], set.sds[place]) }
    }
  }

  // MARK: Text that is written non-centred

  /// `location + spread z` for a parameter z: the sum, its location and its spread.
  private mutating func nonCentredText(of z: Graph.Node) -> (Graph.Node, Graph.Node, Graph.Node)? {
    guard let (product, spread) = scalings(of: z).first else { return nil }
    var (value, location) = (product, graph.constant(0))
    // What is added to it on its only way on.
    while let (sum, other) = onlySum(with: value) {
      location = must { try graph.binary(.add, location, other, in: graph.domains[z]) }
      value = sum
    }
    return (value, location, spread)
  }

  /// The products of a parameter with what is positive, in its own domain, and that factor.
  func scalings(of z: Graph.Node) -> [(product: Graph.Node, spread: Graph.Node)] {
    graph.operations.indices.compactMap { node in
      guard case .binary(.multiply, let x, let y) = graph.operations[node], x == z || y == z,
        graph.domains[node] == graph.domains[z]
      else { return nil }
      let spread = x == z ? y : x
      return isPositive(spread) ? (node, spread) : nil
    }
  }

  /// The sum in the same domain that is the only use of a node, and what it adds.
  private func onlySum(with node: Graph.Node) -> (sum: Graph.Node, other: Graph.Node)? {
    let isArgument = densities.contains { $0.variate == node || $0.arguments.contains(node) }
    let users = graph.operations.indices.filter { graph.inputs(of: $0).contains(node) }
    guard !isArgument, users.count == 1, graph.domains[users[0]] == graph.domains[node],
      case .binary(.add, let x, let y) = graph.operations[users[0]], x != y
    else { return nil }
    return (users[0], x == node ? y : x)
  }

  /// Whether a node is positive wherever the density is.
  private func isPositive(_ node: Graph.Node, depth: Int = 0) -> Bool {
    if let values = graph.fixedValues(node) { return values.allSatisfy { $0 > 0 } }
    guard depth < 20 else { return false }
    switch graph.operations[node] {
    case .parameter(let index):
      switch parameters[index].transform {
      case .lower(let bound), .interval(let bound, _):
        return graph.fixedValues(bound).map { $0.allSatisfy { $0 >= 0 } } ?? false
      default: return false
      }
    case .gather(let x), .element(let x, _): return isPositive(x, depth: depth + 1)
    case .unary(.exp, _): return true
    case .unary(.sqrt, let x): return isPositive(x, depth: depth + 1)
    case .binary(let operation, let x, let y)
    where [.add, .multiply, .divide].contains(operation):
      return isPositive(x, depth: depth + 1) && isPositive(y, depth: depth + 1)
    default: return false
    }
  }
}
