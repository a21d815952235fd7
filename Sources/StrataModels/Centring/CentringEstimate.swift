internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the likelihood says of group effects, as a Normal approximation made from draws of the posterior, and the
/// coordinates that follow from it.
///
/// Averaged over the draws are, per level, the expected information I about the effects and the coefficients that
/// they share densities with, and the score: the approximation is exact for a Normal likelihood. Typical spreads are
/// geometric means.
package struct CentringEstimate {
  let bound: BoundModel
  let terms: CentringTerms
  /// Per block.
  private(set) var sums: [BlockSums]
  /// Per link and level of the finer factor, the slope of the location.
  private var linkSlopes: [[Double]]
  private var draws = 0.0
  private let values: NodeProgram
  private let workspace: KernelProgram.Workspace
  private let units: Units
  private let graph: Graph

  /// - Parameters:
  ///   - bound: a model with ``BoundModel/effects``, its rows not yet compressed.
  ///   - whole: what it was made from, which the units of its parameters come from; nil: itself.
  package init(_ bound: BoundModel, of whole: BoundModel? = nil) {
    self.bound = bound
    units = Units(whole ?? bound)
    var graph = bound.graph
    terms = CentringTerms(bound, in: &graph)
    var nodes = bound.effects.flatMap {
      [$0.value, $0.location, $0.spread, $0.alone.location, $0.alone.spread]
    }
    nodes += terms.links.map(\.slope)
    for block in terms.blocks {
      nodes += block.common.compactMap { $0.coefficient(in: &graph) }
      for source in block.sources {
        nodes += [source.response.information, source.response.score]
        nodes += (source.slopes + source.commonSlopes).compactMap { $0 }
      }
    }
    self.graph = graph
    var model = bound
    model.graph = graph
    values = NodeProgram(nodes, of: model, units)
    workspace = values.makeWorkspace()
    sums = terms.blocks.map { block in
      let domain = bound.parameters[bound.effects[block.effects[0]].parameter].domain
      return BlockSums(
        effects: block.effects.count, common: block.common.count, levels: bound.layout.count(domain)
      )
    }
    linkSlopes = terms.links.map { Array(repeating: 0, count: $0.codes.count) }
  }

  // MARK: Draws

  /// Takes a draw of the posterior into account. One at which something is not finite is left out.
  package mutating func add(_ position: [Double]) {
    let at = values.values(at: position, workspace: workspace)
    var (newSums, newSlopes) = (sums, linkSlopes)
    var graph = graph
    for (number, block) in terms.blocks.enumerated() {
      for (place, index) in block.effects.enumerated() {
        let effects = bound.effects[index]
        newSums[number].add(
          effect: place, value: at[effects.value], location: at[effects.location],
          spread: at[effects.spread],
          alone: (at[effects.alone.location], at[effects.alone.spread]))
      }
      for (place, one) in block.common.enumerated() {
        if let node = one.coefficient(in: &graph) {
          newSums[number].common[place][0] += at[node][0]
        }
      }
      for source in block.sources { newSums[number].add(source, at) }
    }
    for (number, link) in terms.links.enumerated() {
      let slope = at[link.slope]
      for level in newSlopes[number].indices { newSlopes[number][level] += slope[level] }
    }
    guard newSums.allSatisfy(\.isFinite), newSlopes.allSatisfy({ $0.allSatisfy(\.isFinite) })
    else { return }
    (sums, linkSlopes) = (newSums, newSlopes)
    draws += 1
  }

  // MARK: The result

  /// The model in coordinates that suit the draws so far; as it was if there were none.
  package func centred() -> BoundModel {
    guard draws > 0 else { return bound }
    var model = bound
    var means = sums.map { $0.divided(by: draws) }
    let shares = bound.effects.indices.map { self.shares(of: $0, means) }
    for (number, block) in terms.blocks.enumerated() {
      for (place, one) in block.common.enumerated() {
        guard case .effects(let coarser) = one else { continue }
        means[number].common[place] = meanValues(of: coarser, seenFrom: block, shares, means)
      }
      let approximation = EffectsApproximation(means[number])
      for (place, index) in block.effects.enumerated() {
        let coordinates = approximation.coordinates[place]
        set(coordinates, of: index, in: block, shares, &model)
        passAlongLinks(coordinates, of: index, &means)
        passOn(coordinates, of: index, in: number, &means)
      }
    }
    return model
  }

  /// The share of each level in the information about effects.
  private func shares(of index: Int, _ means: [BlockSums]) -> [Double] {
    let block = terms.block(of: index)
    let place = terms.blocks[block].effects.firstIndex(of: index)!
    let information = means[block].information[place][place]
    let total = information.reduce(0, +)
    return information.map { total > 0 ? $0 / total : 1 / Double(information.count) }
  }

  private func meanValues(
    of coarser: Int, seenFrom block: CentringTerms.Block, _ shares: [[Double]], _ means: [BlockSums]
  ) -> [Double] {
    let number = terms.block(of: coarser)
    let place = terms.blocks[number].effects.firstIndex(of: coarser)!
    let values = means[number].values[place]
    if let codes = terms.codes(fromLevelsOf: block.effects[0], toThoseOf: coarser) {
      return codes.map { values[Int($0)] }
    }
    return [zip(shares[coarser], values).reduce(0) { $0 + $1.0 * $1.1 }]
  }

  /// What is left for the effects of coarser factors that this one is nested in, in the same densities, when it is
  /// integrated out.
  private func passOn(
    _ coordinates: EffectsApproximation.Coordinates, of finer: Int, in block: Int,
    _ means: inout [BlockSums]
  ) {
    let own = terms.blocks[block].common
    let place = terms.blocks[block].effects.firstIndex(of: finer)!
    for (j, one) in own.enumerated() {
      guard case .effects(let coarser) = one,
        let codes = terms.codes(fromLevelsOf: finer, toThoseOf: coarser)
      else { continue }
      let other = terms.block(of: coarser)
      let i = terms.blocks[other].effects.firstIndex(of: coarser)!
      for (level, code) in codes.enumerated() {
        let share = coordinates.byCommon[j][level] * coordinates.variances[level]
        let shift =
          means[block].locations[place][level]
          + coordinates.variances[level] * coordinates.pullAtMean[level]
          - means[block].values[place][level]
        means[other].scores[i][Int(code)] -= coordinates.byCommon[j][level] * shift
        for (k, second) in own.enumerated() {
          let part = share * coordinates.byCommon[k][level]
          if case .effects(let index) = second,
            let j = terms.blocks[other].effects.firstIndex(of: index)
          {
            means[other].information[i][j][Int(code)] -= part
          } else if let k = terms.blocks[other].common.firstIndex(of: second) {
            means[other].commonInformation[i][k][Int(code)] -= part
          }
        }
      }
    }
  }

  /// What an effect's levels say of the effects in its location: at the best coordinates as much as if they had been
  /// integrated out.
  private func passAlongLinks(
    _ coordinates: EffectsApproximation.Coordinates, of finer: Int, _ means: inout [BlockSums]
  ) {
    for (number, link) in terms.links.enumerated() where link.finer == finer {
      let block = terms.block(of: link.coarser)
      let place = terms.blocks[block].effects.firstIndex(of: link.coarser)!
      let own = terms.blocks[terms.block(of: finer)].common
      for (level, code) in link.codes.enumerated() {
        let slope = linkSlopes[number][level] / draws
        let share = slope * (1 - coordinates.weights[level])
        means[block].information[place][place][Int(code)] +=
          share * slope * coordinates.information[level]
        means[block].scores[place][Int(code)] += share * coordinates.pullAtMean[level]
        for (k, one) in terms.blocks[block].common.enumerated() {
          guard let j = own.firstIndex(of: one) else { continue }
          means[block].commonInformation[place][k][Int(code)] +=
            share * coordinates.byCommon[j][level]
        }
      }
    }
  }

  // MARK: From one set of coordinates to another

  /// The positions in `other`, a result of ``centred()``, that have the same parameters as `positions` here.
  package func moved(_ positions: [[Double]], to other: BoundModel) -> [[Double]] {
    // The new pulls at the old coordinates.
    var model = other
    for index in bound.effects.indices {
      model.effects[index].information = bound.effects[index].information
      model.effects[index].pull = bound.effects[index].pull
    }
    let nodes = zip(bound.effects, other.effects).flatMap { [$0.spread, $0.pull, $1.pull] }
    let values = NodeProgram(nodes, of: model, units)
    let workspace = values.makeWorkspace()
    return positions.map { position in
      let at = values.values(at: position, workspace: workspace)
      var moved = position
      for (before, after) in zip(bound.effects, other.effects) {
        let spread = at[before.spread]
        for (level, place) in bound.positions(of: before.parameter).enumerated() {
          let z = standardised(
            position[place], spread[level], before.information[level], pull: at[before.pull][level])
          moved[place] = coordinate(
            z, spread[level], after.information[level], pull: at[after.pull][level])
        }
      }
      return moved
    }
  }

  private func standardised(
    _ u: Double, _ spread: Double, _ information: Double, pull: Double
  ) -> Double {
    let c = 1 / hypot(1, spread * information.squareRoot())
    return c * u + spread * c * (c * pull)
  }

  private func coordinate(
    _ z: Double, _ spread: Double, _ information: Double, pull: Double
  ) -> Double {
    let c = 1 / hypot(1, spread * information.squareRoot())
    return z / c - spread * (c * pull)
  }
}

extension CentringEstimate {
  /// Gives effects their coordinates: the pull as a sum over what it depends on.
  private func set(
    _ coordinates: EffectsApproximation.Coordinates, of index: Int, in block: CentringTerms.Block,
    _ shares: [[Double]], _ model: inout BoundModel
  ) {
    let domain = model.parameters[model.effects[index].parameter].domain
    model.effects[index].information = coordinates.information
    model.effects[index].weights = coordinates.weights
    var parts: [(Graph.Node, [Double])] = [
      (model.effects[index].location, coordinates.information)
    ]
    for (place, slope) in coordinates.byEarlier.enumerated() {
      parts.append((model.effects[block.effects[place]].value, slope))
    }
    for (place, slope) in coordinates.byLaterLocation {
      parts.append((model.effects[block.effects[place]].alone.location, slope))
    }
    for (one, slope) in zip(block.common, coordinates.byCommon)
    where slope.contains(where: { $0 != 0 }) {
      let node = one.node(seenFrom: domain, model.effects, shares, &model.graph)
      parts.append((node, slope))
    }
    let parameter = model.parameters[model.effects[index].parameter].node
    var pull = model.graph.data(coordinates.pull, in: domain)
    for (node, slope) in parts where slope.contains(where: { $0 != 0 }) {
      if model.depends([node], on: parameter) { continue }
      let negative = model.graph.data(slope.map { -$0 }, in: domain)
      pull = must {
        let part = try model.graph.binary(.multiply, negative, node, in: domain)
        return try model.graph.binary(.add, pull, part, in: domain)
      }
    }
    model.effects[index].pull = pull
  }
}

extension CentringTerms.Common {
  /// The node of a coefficient; nil for effects.
  fileprivate func coefficient(in graph: inout Graph) -> Graph.Node? {
    guard case .coefficient(let parameter, let index) = self else { return nil }
    return index.map { graph.element($0, of: parameter) } ?? parameter
  }

  /// The node of what is common, as the levels of a factor see it.
  fileprivate func node(
    seenFrom domain: Domain, _ effects: [BoundModel.GroupEffects], _ shares: [[Double]],
    _ graph: inout Graph
  ) -> Graph.Node {
    guard case .effects(let index) = self else { return coefficient(in: &graph)! }
    let value = effects[index].value
    if let own = try? graph.lift(value, to: domain) { return own }
    return graph.weightedSum(shares[index], of: value)
  }
}
