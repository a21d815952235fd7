extension BoundModel {
  /// Group effects with a Normal prior, and the coordinates they are sampled in.
  ///
  /// The prior says `parameter ~ Normal(mean, sd)`; what enters the likelihood is `location + spread z`, z the
  /// standardised parameter. Written centred, location and spread are the prior's mean and sd; written
  /// non-centred (`a[g] = mu + tau * z[g]`, `z[g] ~ Normal(0, 1)`) they are mu and tau.
  ///
  /// Information and pull only choose coordinates: any of them give the same posterior.
  package struct GroupEffects: Sendable {
    /// Index into ``BoundModel/parameters``.
    package var parameter: Int
    package var mean: Graph.Node
    package var sd: Graph.Node
    /// The node that enters the likelihood: the parameter, or mu + tau z.
    package var value: Graph.Node
    package var location: Graph.Node
    package var spread: Graph.Node
    /// The mean and sd of what enters the likelihood, whatever correlated effects before this one are: the location and
    /// the spread of an effect that is correlated with none.
    package var alone: (location: Graph.Node, spread: Graph.Node)
    /// The node that takes z back from the parameter, for correlated effects after this one.
    var standardised: Graph.Node?
    /// What the likelihood says of each level's effect.
    package var information: [Double]
    /// The slope of the log likelihood at the location, per level: a node, linear in what it depends on.
    package var pull: Graph.Node
    /// How far each level is centred at a typical spread; nil before it was estimated.
    package var weights: [Double]?

    /// What their coordinates need.
    var inputs: [Graph.Node] { [mean, sd, spread, pull] }
  }

  /// The effects that are sampled by way of ``GroupEffects``, by the index of their parameter.
  func groupEffects(of parameter: Int) -> GroupEffects? {
    effects.first { $0.parameter == parameter }
  }

  /// The parameter whose standardised value a node is, known without taking it back.
  func parameter(standardisedBy node: Graph.Node) -> Graph.Node? {
    effects.first { $0.standardised == node }.map { parameters[$0.parameter].node }
  }

  /// Whether a factor's levels have positive parameters whose prior has hyperparameters.
  package var hasPositiveEffects: Bool {
    densities.contains { density in
      guard case .factor = density.domain,
        case .parameter(let index) = graph.operations[density.variate],
        case .lower = parameters[index].transform
      else { return false }
      return density.arguments.contains { graph.fixedValues($0) == nil }
    }
  }

  /// Whether a parameter has coordinates for one that may be close to its lower bound.
  package func isSpread(_ parameter: Int) -> Bool {
    spreadsOfEffects.contains(parameter) || writtenSpreads.contains(parameter)
  }

  /// The parameters with a lower bound that are the spread of effects with coordinates of their own.
  package var spreadsOfEffects: Set<Int> {
    lowerBounded(among: effects.map(\.alone.spread) + (gaussian?.correlatedScales ?? []))
  }

  /// Finds ``writtenSpreads``: what multiplies parameters of a factor's levels that are standard normal. If one of them is
  /// a scalar, all scalars with a lower bound: they are computed as one vector, and one far from its bound loses nothing.
  mutating func findWrittenSpreads() {
    let standard = densities.filter { density in
      guard density.family == .normal, case .factor = density.domain,
        case .parameter = graph.operations[density.variate]
      else { return false }
      return graph.constantValue(density.arguments[0]) == 0
        && graph.constantValue(density.arguments[1]) == 1
    }
    let spreads = lowerBounded(
      among: standard.flatMap { scalings(of: $0.variate).map(\.spread) })
    let scalars = parameters.filter { $0.domain == .scalar }.map(\.node)
    let hasScalar = spreads.contains { parameters[$0].domain == .scalar }
    writtenSpreads = spreads.union(hasScalar ? lowerBounded(among: scalars) : [])
  }

  private func lowerBounded(among nodes: [Graph.Node]) -> Set<Int> {
    let own = Set(
      nodes.map { node in
        if case .gather(let x) = graph.operations[node] { x } else { node }
      })
    return Set(
      parameters.indices.filter { index in
        guard case .lower = parameters[index].transform else { return false }
        return own.contains(parameters[index].node)
      })
  }

  /// All nodes, each after those that it needs. Coordinates may need what was bound after them.
  func evaluationOrder() -> [Graph.Node] {
    let count = graph.operations.count
    guard !effects.isEmpty else { return Array(0..<count) }
    let inputsOfEffects = self.inputsOfEffects
    var isMet = [Bool](repeating: false, count: count)
    var order: [Graph.Node] = []
    order.reserveCapacity(count)
    for start in 0..<count where !isMet[start] {
      isMet[start] = true
      // A loop, so that chains of any length fit the stack.
      var open = [(node: start, waiting: allInputs(of: start, inputsOfEffects))]
      while let next = open.last?.waiting.last {
        open[open.count - 1].waiting.removeLast()
        if !isMet[next] {
          isMet[next] = true
          open.append((next, allInputs(of: next, inputsOfEffects)))
        }
        while let done = open.last, done.waiting.isEmpty {
          order.append(done.node)
          open.removeLast()
        }
      }
      if let last = open.popLast() { order.append(last.node) }
    }
    return order
  }

  /// What the coordinates of effects need, by the node of their parameter.
  private var inputsOfEffects: [Graph.Node: [Graph.Node]] {
    Dictionary(uniqueKeysWithValues: effects.map { (parameters[$0.parameter].node, $0.inputs) })
  }

  private func allInputs(of node: Graph.Node, _ effects: [Graph.Node: [Graph.Node]])
    -> [Graph.Node]
  {
    var inputs = graph.inputs(of: node)
    if case .parameter(let index) = graph.operations[node] {
      inputs += parameters[index].transform.bounds + (effects[node] ?? [])
    }
    return inputs
  }

  /// Whether any of `nodes` changes with a parameter, by way of the coordinates of other effects or not.
  func depends(_ nodes: [Graph.Node], on parameter: Graph.Node) -> Bool {
    let inputsOfEffects = self.inputsOfEffects
    return graph.depends(nodes, on: parameter) { allInputs(of: $0, inputsOfEffects) }
  }
}
