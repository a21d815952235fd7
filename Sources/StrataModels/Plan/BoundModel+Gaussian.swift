#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension BoundModel {
  /// Integrates out what can be: parameters with Normal or flat priors that enter Normal likelihoods linearly (see
  /// ``GaussianSearch``). Returns the densities that are part of it, by their index.
  mutating func integrateGaussians(but kept: Set<Int>, _ notes: inout PlanNotes) -> Set<Int> {
    let search = GaussianSearch(self, but: kept)
    notes.reasons.merge(search.reasons) { first, _ in first }
    guard !search.integrated.isEmpty else { return [] }
    var assembly = GaussianAssembly(search)
    let (marginal, constant) = assembly.assemble()
    graph = assembly.bound.graph
    gaussian = marginal
    integrated.formUnion(search.integrated)
    foldScales(of: marginal, leaving: search)
    self.constant += constant
    for likelihood in search.likelihoods {
      notes.addRows(
        of: densities[likelihood.density],
        rows(to: "sums of squares and products", of: search.domain ?? .scalar))
    }
    if let domain = search.domain {
      let correlated = search.correlations.isEmpty ? "" : ", correlated"
      notes.addIntegrated(search.effects, shape(of: domain).map { $0 + correlated }, self)
    }
    let numbers = search.border.filter { parameters[$0].domain == .scalar }
    if !numbers.isEmpty { notes.addIntegrated(numbers, nil, self) }
    for index in search.border where parameters[index].domain != .scalar {
      notes.addIntegrated([index], shape(of: parameters[index].domain), self)
    }
    let used = search.likelihoods.map(\.density) + search.priors.values.map(\.density)
    return Set(used)
  }

  /// Measures the scales of integrated effects in coordinates that go smoothly through zero: the density depends on
  /// their squares, so that zero is no boundary for it, and a chain need not travel down the log of a scale that the
  /// data can't tell from zero. The unit is the size at which the data begin to tell: below it the coordinate is the
  /// scale itself, above it its log, until the light tail of a half-normal prior takes over.
  private mutating func foldScales(of marginal: GaussianMarginal, leaving search: GaussianSearch) {
    let scales = Set(marginal.effects.flatMap { [$0.scale, $0.sd] })
    let signed = marginal.correlatedScales
    let units = Units(self)
    let used = Set(search.likelihoods.map(\.density) + search.priors.values.map(\.density))
    for index in parameters.indices {
      let parameter = parameters[index]
      guard case .lower(let bound) = parameter.transform, graph.constantValue(bound) == 0,
        isOnlyScale(parameter.node, scales), !graph.depends(Array(signed), on: parameter.node)
      else { continue }
      let others = densities.indices.filter { !used.contains($0) }
      let uses = others.filter { densities[$0].variate == parameter.node }
      let isElsewhere = others.contains { densities[$0].arguments.contains(parameter.node) }
      // Flat, or even in the scale.
      let isSmooth = uses.allSatisfy { isHalf(densities[$0]) }
      guard isSmooth, !isElsewhere else { continue }
      let unit = resolution(of: parameter.node, marginal) ?? units.unit(of: parameter).scale
      let prior = uses.first.map { densities[$0] }
      let end = prior.flatMap { $0.family == .normal ? graph.constantValue($0.arguments[1]) : nil }
      parameters[index].transform = .folded(
        unit: unit, limit: end.map { asinh($0 / unit) } ?? .infinity)
    }
  }

  /// The least size at which the data begin to tell effects of this scale from zero.
  private func resolution(of scale: Graph.Node, _ marginal: GaussianMarginal) -> Double? {
    marginal.effects.compactMap { effect -> Double? in
      guard let size = effect.resolution else { return nil }
      if [effect.scale, effect.sd].contains(scale) { return size }
      let isPart = graph.inputs(of: effect.scale).contains(scale)
      return isPart ? size : nil
    }.min()
  }

  /// Whether a node is used as the scale of effects and in nothing else.
  private func isOnlyScale(_ node: Graph.Node, _ scales: Set<Graph.Node>) -> Bool {
    var isUsed = scales.contains(node)
    for user in graph.operations.indices where graph.inputs(of: user).contains(node) {
      if scales.contains(user) {
        isUsed = true
      } else if !isIntegratedAway(user, scales) {
        return false
      }
    }
    return isUsed && !(gaussian?.sigmas.contains(node) ?? false)
      && !(gaussian?.givens.contains(node) ?? false)
  }

  /// Whether a node is arithmetic of the text that the Gaussian block has taken over: products with effects.
  private func isIntegratedAway(_ node: Graph.Node, _ scales: Set<Graph.Node>) -> Bool {
    guard case .binary(.multiply, let x, let y) = graph.operations[node] else { return false }
    return [x, y].contains { operand in
      if case .parameter(let index) = graph.operations[operand] {
        return integrated.contains(index)
      }
      return false
    }
  }

  /// Whether a prior of a positive parameter is half of one that is even around zero.
  private func isHalf(_ density: Density) -> Bool {
    switch density.family {
    case .normal, .cauchy: graph.constantValue(density.arguments[0]) == 0
    case .studentT: graph.constantValue(density.arguments[1]) == 0
    default: false
    }
  }
}
