internal import StrataKernels

/// Turns a bound model's graph into a program for the kernels: what is needed, each node once, products
/// and sums fused, every domain a section that runs block by block (see strata_program.h).
struct ProgramCompiler {
  /// What the program is for.
  enum Purpose {
    /// The log density of the parameters and its gradient.
    case density
    /// The reported quantities of a draw.
    case report
  }

  let bound: BoundModel
  let purpose: Purpose
  private let units: Units
  private let needs: Needs
  private let order: ElementOrder
  private var builder = KernelProgramBuilder()
  private var operands: [Graph.Node: KernelOperand] = [:]
  private var codes: [CodesKey: KernelCodes] = [:]
  /// Priors that were emitted with their parameters.
  private var emittedPriors: Set<Int> = []

  private struct CodesKey: Hashable {
    var place: Place
    var source: Domain
  }

  init(_ bound: BoundModel, units: Units, for purpose: Purpose) {
    self.bound = bound
    self.units = units
    self.purpose = purpose
    needs = Needs(of: bound, for: purpose)
    order = ElementOrder(of: bound, needs)
  }

  /// The program, and where in its values each reported quantity starts.
  mutating func compile() -> (program: KernelProgram, offsets: [Int]) {
    emitOpenSections()
    for place in needs.places where !needs.isOpen(place) {
      emitSection(place, needs.nodes(in: place))
    }
    if purpose == .density {
      if let gaussian = bound.gaussian { emit(gaussian) }
      builder.addConstant(bound.densities.reduce(bound.constant) { $0 + $1.constant })
    }
    let offsets = bound.quantities.map { operands[$0.node]?.valueOffset ?? 0 }
    return (builder.build(), offsets)
  }

  // MARK: Sections

  /// Scalars and levels that others look up, in as few sections as the way they depend on each other allows.
  private mutating func emitOpenSections() {
    let open = needs.places.filter { needs.isOpen($0) }
    var waiting = open.map { needs.nodes(in: $0) }
    var isDone = open.map { _ in false }
    while isDone.contains(false) {
      for index in open.indices where !isDone[index] {
        let ready = readyNodes(among: waiting[index])
        let isReady = Set(ready)
        waiting[index].removeAll { isReady.contains($0) }
        // A density here may look at a scalar that is made of elements, and comes later.
        isDone[index] =
          waiting[index].isEmpty
          && termNodes(in: open[index]).allSatisfy { operands[$0] != nil || isReady.contains($0) }
        emitSection(open[index], ready, isLast: isDone[index])
      }
    }
  }

  /// What the terms of the density look at that stand in a place.
  private func termNodes(in place: Place) -> [Graph.Node] {
    guard purpose == .density else { return [] }
    let ownPriors = Set(needs.noncentred.values.map(\.prior)).union(emittedPriors)
    func isHere(_ domain: Domain) -> Bool { needs.place(of: domain) == place }
    let domains = bound.graph.domains
    var nodes = bound.densities.indices.filter {
      isHere(bound.densities[$0].domain) && !ownPriors.contains($0)
    }.flatMap { [bound.densities[$0].variate] + bound.densities[$0].arguments }
    nodes += bound.normalGroups.filter { isHere($0.domain) }.flatMap(\.nodes)
    nodes += bound.normalRests.map(\.sd).filter { isHere(domains[$0]) }
    nodes += bound.risings.map(\.dispersion).filter { isHere(domains[$0]) }
    return nodes + bound.tails.filter { isHere($0.domain) }.flatMap(\.nodes)
  }

  /// Nodes whose inputs are there, or are themselves among them.
  private func readyNodes(among nodes: [Graph.Node]) -> [Graph.Node] {
    var ready: [Graph.Node] = []
    var isReady: Set<Graph.Node> = []
    for node in nodes
    where needs.inputs(of: node).allSatisfy({ operands[$0] != nil || isReady.contains($0) }) {
      ready.append(node)
      isReady.insert(node)
    }
    return ready
  }

  private mutating func emitSection(_ place: Place, _ nodes: [Graph.Node], isLast: Bool = true) {
    switch place {
    case .loose: builder.begin(.loose)
    case .elements(let domain) where needs.isOpen(place):
      builder.begin(.open(bound.layout.count(domain)))
    case .elements(let domain): builder.begin(.closed(bound.layout.count(domain)))
    }
    for node in nodes where operands[node] == nil { operands[node] = operand(of: node, in: place) }
    guard isLast, purpose == .density else { return }
    for (index, density) in bound.densities.enumerated()
    where needs.place(of: density.domain) == place && !emittedPriors.contains(index) {
      builder.density(
        density.family, of: operands[density.variate]!, density.arguments.map { operands[$0]! })
    }
    func isHere(_ node: Graph.Node) -> Bool {
      needs.place(of: bound.graph.domains[node]) == place
    }
    for groups in bound.normalGroups where needs.place(of: groups.domain) == place {
      builder.normalGroups(
        groups.coefficients.map { operands[$0]! }, sd: operands[groups.sd]!,
        triangle: groups.reduced.triangle.map { row in
          row.map { order.ordered($0, in: place) }
        }, targets: groups.reduced.targets.map { order.ordered($0, in: place) })
    }
    for rest in bound.normalRests where isHere(rest.sd) {
      builder.normalRest(
        sd: operands[rest.sd]!, rows: order.ordered(rest.rows, in: place),
        residuals: order.ordered(rest.residuals, in: place))
    }
    for sum in bound.risings where isHere(sum.dispersion) {
      builder.rising(operands[sum.dispersion]!, over: sum.outcomes)
    }
    for tail in bound.tails where needs.place(of: tail.domain) == place {
      builder.negBinomialTail(
        totals: operands[tail.totals]!, sizes: operands[tail.sizes]!, mean: operands[tail.mean]!,
        isLog: tail.isLog, dispersion: operands[tail.dispersion]!)
    }
  }

  // MARK: Steps

  private mutating func operand(of node: Graph.Node, in place: Place) -> KernelOperand {
    let graph = bound.graph
    switch graph.operations[node] {
    case .constant(let value): return builder.constant([value])
    case .data(let index): return builder.constant(order.ordered(graph.data[index], in: place))
    case .parameter(let index): return parameter(index)
    case .element(let vector, let index): return builder.element(index, of: operands[vector]!)
    case .unary(let operation, let x): return builder.unary(operation, operands[x]!)
    case .dot(let columns, let coefficients):
      return builder.dot(
        columns: columns.map { order.ordered(graph.fixedValues($0)!, in: place) },
        coefficients: operands[coefficients]!)
    case .gather(let source):
      let from = graph.domains[source]
      if needs.place(of: from) == place { return operands[source]! }
      return builder.gather(operands[source]!, codes(to: place, from: from, graph.domains[node]))
    case .binary(let operation, let x, let y):
      if let sum = needs.noncentred[node] { return self.noncentred(sum) }
      if let (a, b, c) = needs.fusedParts(of: node) {
        return builder.multiplyAdd(operands[a]!, operands[b]!, operands[c]!)
      }
      return builder.binary(operation, operands[x]!, operands[y]!)
    }
  }

  private mutating func codes(to place: Place, from source: Domain, _ domain: Domain) -> KernelCodes
  {
    let key = CodesKey(place: place, source: source)
    if let known = codes[key] { return known }
    let made = builder.codes(
      order.ordered(bound.layout.codes(from: domain, to: source)!, in: place))
    codes[key] = made
    return made
  }

  // MARK: Gaussian blocks

  private mutating func emit(_ gaussian: GaussianMarginal) {
    builder.begin(.loose)
    func operand(_ node: Graph.Node) -> KernelOperand { operands[node]! }
    builder.gaussian(
      GaussianBlock(
        system: gaussian.system, sigmas: gaussian.sigmas.map(operand), classes: gaussian.classes,
        scales: gaussian.effects.map { operand($0.scale) },
        correlations: gaussian.correlations.map { ($0.first, $0.second, operand($0.value)) },
        givens: gaussian.givens.map(operand),
        borderRows: gaussian.borderRows.map { rows in
          switch rows.sd {
          case .residual(let number): (rows.rows, .residual(number))
          case .own(let node): (rows.rows, .own(operand(node)))
          }
        }, basis: gaussian.basis,
        effects: (gaussian.drawsEffects ? gaussian.effects : []).map {
          GaussianEffect(offset: $0.offset, terms: $0.terms, sd: operand($0.sd))
        }))
  }

  // MARK: Parameters

  private mutating func parameter(_ index: Int) -> KernelOperand {
    let parameter = bound.parameters[index]
    if let effects = bound.groupEffects(of: index) { return self.effects(effects) }
    if purpose == .density,
      let batch = needs.batches.first(where: { $0.parameters.contains(index) })
    {
      emit(batch)
      return operands[parameter.node]!
    }
    var bounds = parameter.transform.bounds.map { operands[$0]! }
    if case .folded(_, let limit) = parameter.transform { bounds = [builder.constant([limit])] }
    return builder.parameters(
      at: bound.positions(of: index),
      parameter.transform.kernelTransform(bounds, isSpread: bound.isSpread(index)),
      units: [units.unit(of: parameter)])
  }

  private mutating func effects(_ effects: BoundModel.GroupEffects) -> KernelOperand {
    let z = builder.effects(
      at: bound.positions(of: effects.parameter), spread: operands[effects.spread]!,
      information: effects.information, pull: operands[effects.pull]!)
    if let node = effects.standardised { operands[node] = z }
    let isStandard =
      bound.graph.constantValue(effects.mean) == 0 && bound.graph.constantValue(effects.sd) == 1
    return isStandard
      ? z : builder.multiplyAdd(operands[effects.sd]!, z, operands[effects.mean]!)
  }

  private mutating func noncentred(_ sum: NonCentred) -> KernelOperand {
    let prior = bound.densities[sum.prior].arguments.map { bound.graph.constantValue($0)! }
    emittedPriors.insert(sum.prior)
    return builder.noncentred(
      at: bound.positions(of: sum.parameter),
      unit: units.unit(of: bound.parameters[sum.parameter]), mean: prior[0], sd: prior[1],
      location: operands[sum.location]!, spread: operands[sum.spread]!)
  }

  /// Scalars of the same kind and their priors as one vector.
  private mutating func emit(_ batch: ScalarBatch) {
    let parameters = batch.parameters.map { bound.parameters[$0] }
    let bounds = parameters.map { parameter in
      if case .folded(_, let limit) = parameter.transform { return [limit] }
      return parameter.transform.bounds.map { bound.graph.constantValue($0)! }
    }
    let columns = bounds[0].indices.map { k in builder.constant(bounds.map { $0[k] }) }
    let vector = builder.parameters(
      at: batch.parameters.map { bound.positions(of: $0).lowerBound },
      parameters[0].transform.kernelTransform(
        columns, isSpread: bound.isSpread(batch.parameters[0])),
      units: parameters.map { units.unit(of: $0) })
    for (index, parameter) in parameters.enumerated() {
      operands[parameter.node] = builder.element(index, of: vector)
    }
    guard let family = batch.family else { return }
    let priors = batch.priors.map { bound.densities[$0].arguments }
    let arguments = priors[0].indices.map { k in
      builder.constant(priors.map { bound.graph.constantValue($0[k])! })
    }
    builder.density(family, of: vector, arguments)
    emittedPriors.formUnion(batch.priors)
  }
}

extension BoundModel {
  /// The coordinates of the position that are a parameter's own; none if it is not sampled.
  func positions(of index: Int) -> Range<Int> {
    func count(_ index: Int) -> Int {
      integrated.contains(index) ? 0 : layout.count(parameters[index].domain)
    }
    let start = (0..<index).reduce(0) { $0 + count($1) }
    return start..<(start + count(index))
  }
}

extension BoundModel.Transform {
  /// The nodes that the bounds are.
  var bounds: [Graph.Node] {
    switch self {
    case .unbounded, .folded: []
    case .lower(let bound), .upper(let bound): [bound]
    case .interval(let low, let high): [low, high]
    }
  }

  /// The same transform with its bounds as operands, in the order of ``bounds``.
  fileprivate func kernelTransform(_ bounds: [KernelOperand], isSpread: Bool)
    -> ParameterTransform
  {
    switch self {
    case .unbounded: .unbounded
    case .lower: isSpread ? .lowerSpread(bounds[0]) : .lower(bounds[0])
    case .upper: .upper(bounds[0])
    case .interval: .interval(bounds[0], bounds[1])
    case .folded: .folded(limit: bounds[0])
    }
  }
}
