internal import StrataKernels

/// Where in a program a node is computed.
enum Place: Hashable {
  /// With the scalars and coefficient vectors.
  case loose
  /// In the section of this domain.
  case elements(Domain)
}

/// Scalar parameters with the same transform, constant bounds, and priors of the same family with constant
/// arguments (or none of that kind): computed as one vector.
struct ScalarBatch {
  /// Indices into ``BoundModel/parameters``.
  var parameters: [Int]
  /// Of the priors that go with them, if any.
  var family: DensityFamily?
  /// Indices into ``BoundModel/densities``, one per parameter if there is a family.
  var priors: [Int]
}

/// A parameter that is used only in `location + spread * parameter`, its prior apart.
struct NonCentred {
  /// Index into ``BoundModel/parameters``.
  var parameter: Int
  /// Index into ``BoundModel/densities``: Normal with constant arguments.
  var prior: Int
  var location: Graph.Node
  var spread: Graph.Node
}

/// Which nodes of a graph a program needs, and what it can compute together.
struct Needs {
  private let bound: BoundModel
  /// All nodes, inputs before what uses them.
  private let order: [Graph.Node]
  private var uses: [Int]
  private var isReported: [Bool]
  /// Products whose only use is a sum that computes them on the way.
  private var isFusedAway: [Bool]
  private var openPlaces: Set<Place> = [.loose]
  private var nodesOfPlace: [Place: [Graph.Node]] = [:]
  /// The places with something to compute, in the order of their first nodes.
  private(set) var places: [Place] = []
  private(set) var batches: [ScalarBatch] = []
  /// By the node of the sum.
  private(set) var noncentred: [Graph.Node: NonCentred] = [:]

  init(of bound: BoundModel, for purpose: ProgramCompiler.Purpose) {
    self.bound = bound
    order = bound.evaluationOrder()
    let count = bound.graph.operations.count
    uses = Array(repeating: 0, count: count)
    isReported = Array(repeating: false, count: count)
    isFusedAway = Array(repeating: false, count: count)
    switch purpose {
    case .report:
      for quantity in bound.quantities {
        isReported[quantity.node] = true
        uses[quantity.node] += 1
      }
    case .density:
      let densities = bound.densities.flatMap { [$0.variate] + $0.arguments }
      let sums =
        bound.risings.map(\.dispersion) + bound.tails.flatMap(\.nodes)
        + bound.normalGroups.flatMap(\.nodes)
        + bound.normalRests.map(\.sd)
      let sampled = bound.parameters.indices.filter { !bound.integrated.contains($0) }
      for node in sampled.map({ bound.parameters[$0].node }) + densities + sums { uses[node] += 1 }
      for node in bound.gaussian?.nodes ?? [] { uses[node] += 1 }
      batches = ScalarBatch.all(in: bound)
    }
    for node in order.reversed() where uses[node] > 0 {
      for input in inputs(of: node) { uses[input] += 1 }
    }
    for node in uses.indices where uses[node] > 0 {
      guard case .binary(_, let x, let y) = bound.graph.operations[node],
        let parts = fusedParts(of: node)
      else { continue }
      isFusedAway[parts.2 == x ? y : x] = true
    }
    if purpose == .density { findNonCentred() }
    sortIntoPlaces(for: purpose)
  }

  private mutating func findNonCentred() {
    for node in uses.indices where uses[node] > 0 && isFused(node) {
      guard let (a, b, location) = fusedParts(of: node) else { continue }
      for (parameterNode, spread) in [(a, b), (b, a)] where noncentred[node] == nil {
        guard case .parameter(let index) = bound.graph.operations[parameterNode],
          bound.groupEffects(of: index) == nil, bound.parameters[index].domain != .scalar,
          case .unbounded = bound.parameters[index].transform,
          bound.graph.domains[parameterNode] == bound.graph.domains[node],
          // As a parameter, in its prior, and in the sum.
          uses[parameterNode] == 3, ![spread, location].contains(parameterNode),
          let prior = bound.densities.firstIndex(where: { density in
            density.variate == parameterNode && density.family == .normal
              && density.domain == bound.parameters[index].domain
              && density.arguments.allSatisfy { bound.graph.constantValue($0) != nil }
          })
        else { continue }
        noncentred[node] = NonCentred(
          parameter: index, prior: prior, location: location, spread: spread)
        isFusedAway[parameterNode] = true
      }
    }
  }

  private mutating func sortIntoPlaces(for purpose: ProgramCompiler.Purpose) {
    places = [.loose]
    for node in order where uses[node] > 0 && !isFusedAway[node] {
      let place = place(of: bound.graph.domains[node])
      if nodesOfPlace[place] == nil, place != .loose { places.append(place) }
      nodesOfPlace[place, default: []].append(node)
      for input in inputs(of: node) { noteUse(of: input, from: place) }
      if purpose == .report { openPlaces.insert(place) }
    }
    // Gaussian blocks stand after all sections.
    for node in purpose == .density ? bound.gaussian?.nodes ?? [] : [] {
      noteUse(of: node, from: .loose)
    }
  }

  /// What another place looks up has to stay.
  private mutating func noteUse(of node: Graph.Node, from user: Place) {
    if isFusedAway[node] {
      for input in inputs(of: node) { noteUse(of: input, from: user) }
    }
    let place = place(of: bound.graph.domains[node])
    if place != user, bound.graph.fixedValues(node) == nil { openPlaces.insert(place) }
  }

  // MARK: Looking at it

  /// Rows, and the levels of a factor that has one per row, are the same elements.
  func place(of domain: Domain) -> Place {
    switch domain {
    case .scalar, .coefficients: .loose
    case .factor where bound.layout.isIdentity(domain): .elements(.rows)
    case .factor, .rows, .cells: .elements(domain)
    }
  }

  /// Whether other places look up what is computed there.
  func isOpen(_ place: Place) -> Bool { openPlaces.contains(place) }

  /// What is computed in a place; inputs come before what uses them.
  func nodes(in place: Place) -> [Graph.Node] { nodesOfPlace[place] ?? [] }

  /// What has to be computed before a node. The columns of a sum over columns go into its matrix.
  func inputs(of node: Graph.Node) -> [Graph.Node] {
    switch bound.graph.operations[node] {
    case .parameter(let index):
      bound.parameters[index].transform.bounds + (bound.groupEffects(of: index)?.inputs ?? [])
    case .dot(_, let coefficients): [coefficients]
    default:
      if let parameter = bound.parameter(standardisedBy: node) {
        [parameter]
      } else if let sum = noncentred[node] {
        [sum.location, sum.spread]
      } else if let (a, b, c) = isFused(node) ? fusedParts(of: node) : nil {
        [a, b, c]
      } else {
        bound.graph.inputs(of: node)
      }
    }
  }

  // MARK: x y + z

  private func isFused(_ node: Graph.Node) -> Bool {
    bound.graph.inputs(of: node).contains { isFusedAway[$0] }
  }

  /// The factors and the summand if `node` is a sum with a product that nothing else uses.
  func fusedParts(of node: Graph.Node) -> (Graph.Node, Graph.Node, Graph.Node)? {
    guard case .binary(.add, let x, let y) = bound.graph.operations[node] else { return nil }
    if let (a, b) = fusibleFactors(y, under: node) { return (a, b, x) }
    if let (a, b) = fusibleFactors(x, under: node) { return (a, b, y) }
    return nil
  }

  private func fusibleFactors(_ product: Graph.Node, under sum: Graph.Node) -> (
    Graph.Node, Graph.Node
  )? {
    guard case .binary(.multiply, let a, let b) = bound.graph.operations[product],
      uses[product] == 1, !isReported[product],
      bound.graph.domains[product] == bound.graph.domains[sum]
    else { return nil }
    return (a, b)
  }
}

extension ScalarBatch {
  private struct Kind: Hashable {
    var transform: String
    var isSpread: Bool
    var family: DensityFamily?
  }

  /// The batches of two and more.
  static func all(in bound: BoundModel) -> [ScalarBatch] {
    var kinds: [Kind] = []
    var batches: [Kind: ScalarBatch] = [:]
    for (index, parameter) in bound.parameters.enumerated()
    where parameter.domain == .scalar && !bound.integrated.contains(index) {
      guard parameter.transform.bounds.allSatisfy({ bound.graph.constantValue($0) != nil })
      else { continue }
      let prior = bound.densities.firstIndex { density in
        density.variate == parameter.node && density.domain == .scalar
          && density.arguments.allSatisfy { bound.graph.constantValue($0) != nil }
      }
      let kind = Kind(
        transform: parameter.transform.kind, isSpread: bound.isSpread(index),
        family: prior.map { bound.densities[$0].family })
      if batches[kind] == nil { kinds.append(kind) }
      batches[kind, default: ScalarBatch(parameters: [], family: kind.family, priors: [])]
        .parameters.append(index)
      if let prior { batches[kind]!.priors.append(prior) }
    }
    return kinds.map { batches[$0]! }.filter { $0.parameters.count > 1 }
  }
}

extension BoundModel.Transform {
  fileprivate var kind: String {
    switch self {
    case .unbounded: "unbounded"
    case .lower: "lower"
    case .upper: "upper"
    case .interval: "interval"
    case .folded: "folded"
    }
  }
}
