internal import StrataKernels

/// What a ``CentringEstimate`` adds up, as nodes of a graph.
struct CentringTerms {
  /// Elements of a density that say something of the effects of a block.
  struct Source {
    var response: WorkingResponse
    /// The derivatives of the density's argument by each effect of the block; nil: zero.
    var slopes: [Graph.Node?]
    /// And by each of its common coefficients.
    var commonSlopes: [Graph.Node?]
    /// The level of each element.
    var codes: [Int32]
  }

  /// The effects of one factor.
  struct Block {
    /// Indices into ``BoundModel/effects``.
    var effects: [Int]
    /// What the effects make up for when it moves.
    var common: [Common] = []
    var sources: [Source] = []
  }

  /// What enters the same densities as effects do, and is not one of the same factor.
  enum Common: Hashable {
    /// A scalar parameter, or one element of a coefficient vector.
    case coefficient(Graph.Node, index: Int?)
    /// Effects of a coarser factor, by index: each level's own ones if the factors are nested, else their mean.
    case effects(Int)
  }

  /// An effect in the location of the effects of a finer factor.
  struct Link {
    var coarser: Int
    var finer: Int
    /// The derivative of the finer one's location.
    var slope: Graph.Node
    /// The coarser factor's level, for each of the finer one's.
    var codes: [Int32]
  }

  /// More coefficients would cost more than they give.
  private static let mostCoefficients = 32
  /// Means of more effects would, too, and matter less.
  private static let mostLevels = 4096

  private let bound: BoundModel
  /// Finer factors first.
  private(set) var blocks: [Block] = []
  private(set) var links: [Link] = []

  /// Adds the nodes of every term to the graph, which is the model's.
  init(_ bound: BoundModel, in graph: inout Graph) {
    self.bound = bound
    for index in bound.effects.indices {
      if let block = blocks.firstIndex(where: { domain(of: $0.effects[0]) == domain(of: index) }) {
        blocks[block].effects.append(index)
      } else {
        blocks.append(Block(effects: [index]))
      }
    }
    blocks = blocks.indices.sorted { (levels(of: $1), $0) < (levels(of: $0), $1) }.map {
      blocks[$0]
    }
    for finer in bound.effects.indices { addLinks(to: finer, &graph) }
    let densities = bound.densities.map { ($0, graph.workingResponses($0)) }
    for block in blocks.indices {
      findCommon(of: block, &graph)
    }
    shareAlongLinks()
    for (density, responses) in densities {
      for block in blocks.indices { add(density, responses, to: block, &graph) }
    }
  }

  private func domain(of effects: Int) -> Domain {
    bound.parameters[bound.effects[effects].parameter].domain
  }

  private func levels(of block: Int) -> Int {
    bound.layout.count(domain(of: blocks[block].effects[0]))
  }

  /// Every effect's value: what is said of one thing is said at fixed others.
  private var values: Set<Graph.Node> { Set(bound.effects.map(\.value)) }

  // MARK: Sources

  private mutating func add(
    _ density: BoundModel.Density, _ responses: [WorkingResponse?], to block: Int,
    _ graph: inout Graph
  ) {
    guard let codes = codes(from: density.domain, to: domain(of: blocks[block].effects[0]))
    else { return }
    let slopes = blocks[block].effects.map { self.slopes(of: density, byEffect: $0, &graph) }
    guard slopes.contains(where: { $0.contains { $0 != nil } }) else { return }
    let common = blocks[block].common.map { self.slopes(of: density, by: $0, &graph) }
    for (k, response) in responses.enumerated() {
      let own = slopes.map { $0[k] }
      guard let response, own.contains(where: { $0 != nil }) else { continue }
      blocks[block].sources.append(
        Source(
          response: response, slopes: own, commonSlopes: common.map { $0[k] }, codes: codes))
    }
  }

  private func slopes(of density: BoundModel.Density, byEffect index: Int, _ graph: inout Graph)
    -> [Graph.Node?]
  {
    let value = bound.effects[index].value
    return graph.derivatives(
      of: density.arguments, by: value, holding: values.subtracting([value]))
  }

  // MARK: What is common

  private func slopes(of density: BoundModel.Density, by common: Common, _ graph: inout Graph)
    -> [Graph.Node?]
  {
    switch common {
    case .coefficient(let parameter, let index):
      graph.derivatives(of: density.arguments, by: parameter, at: index, holding: values)
    case .effects(let index): slopes(of: density, byEffect: index, &graph)
    }
  }

  private mutating func findCommon(of block: Int, _ graph: inout Graph) {
    var coefficients: [Common] = []
    var effects: [Common] = []
    let sampled = bound.parameters.indices.filter { !bound.integrated.contains($0) }.map {
      bound.parameters[$0]
    }
    let coarser = blocks[(block + 1)...].filter { self.isFewEnough($0) }.flatMap(\.effects)
    for density in bound.densities {
      guard codes(from: density.domain, to: domain(of: blocks[block].effects[0])) != nil,
        isIn(density, blocks[block].effects, &graph)
      else { continue }
      for candidate in sampled.flatMap(candidates) where !coefficients.contains(candidate) {
        if self.slopes(of: density, by: candidate, &graph).contains(where: { $0 != nil }) {
          coefficients.append(candidate)
        }
      }
      for index in coarser where !effects.contains(.effects(index)) {
        if isIn(density, [index], &graph) { effects.append(.effects(index)) }
      }
    }
    blocks[block].common = Array(coefficients.prefix(Self.mostCoefficients)) + effects
  }

  private func isFewEnough(_ block: Block) -> Bool {
    bound.layout.count(domain(of: block.effects[0])) <= Self.mostLevels
  }

  private func isIn(_ density: BoundModel.Density, _ effects: [Int], _ graph: inout Graph) -> Bool {
    effects.contains { index in
      self.slopes(of: density, byEffect: index, &graph).contains { $0 != nil }
    }
  }

  private func candidates(_ parameter: BoundModel.Parameter) -> [Common] {
    switch parameter.domain {
    case .scalar: [.coefficient(parameter.node, index: nil)]
    case .coefficients:
      (0..<bound.layout.count(parameter.domain)).map { .coefficient(parameter.node, index: $0) }
    case .factor, .rows, .cells: []
    }
  }

  /// Effects of a coarser factor, in the location of finer ones, have to do with what those have to do with.
  private mutating func shareAlongLinks() {
    for link in links {
      let (finer, coarser) = (block(of: link.finer), block(of: link.coarser))
      for one in blocks[finer].common where !blocks[coarser].common.contains(one) {
        if case .coefficient = one { blocks[coarser].common.append(one) }
      }
    }
  }

  func block(of effects: Int) -> Int {
    blocks.firstIndex { $0.effects.contains(effects) }!
  }

  // MARK: Links

  private mutating func addLinks(to finer: Int, _ graph: inout Graph) {
    for coarser in bound.effects.indices where coarser != finer {
      let value = bound.effects[coarser].value
      let slope = graph.derivatives(
        of: [bound.effects[finer].location], by: value, holding: values.subtracting([value]))[0]
      guard let slope, let codes = codes(from: domain(of: finer), to: domain(of: coarser)),
        domain(of: finer) != domain(of: coarser)
      else { continue }
      links.append(Link(coarser: coarser, finer: finer, slope: slope, codes: codes))
    }
  }

  /// For each level of the first effects' factor, that of the others'; nil if the factors cross.
  func codes(fromLevelsOf finer: Int, toThoseOf coarser: Int) -> [Int32]? {
    codes(from: domain(of: finer), to: domain(of: coarser))
  }

  private func codes(from fine: Domain, to coarse: Domain) -> [Int32]? {
    if fine == coarse { return (0..<Int32(bound.layout.count(fine))).map { $0 } }
    return bound.layout.codes(from: fine, to: coarse)
  }
}
