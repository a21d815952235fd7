/// What a block's proposal changes of the log density: the term of one element, where the density falls into such terms
/// and the block is one element's, else all of it. The work of a sweep over many groups is then that of a few
/// densities, and not of one for each parameter of each group.
struct MetropolisTerms {
  private let density: DensityFunctions
  /// For each block its element; nil for one that changes everything.
  private let elements: [Int?]
  /// The terms at the chain's position, and the state of the other coordinates that they belong to.
  private var values: [(value: Double, state: Int)]
  /// Counts changes of coordinates that all terms depend on.
  private var state = 1
  /// Whether the density was last asked for, as a whole, at the chain's position but for elements' coordinates.
  private var isCurrent = false

  init(_ density: DensityFunctions, blocks: [Range<Int>]) {
    self.density = density
    let owners = density.elementOfCoordinates
    elements = blocks.map { block in
      guard let owner = owners.isEmpty ? nil : owners[block.lowerBound], owner >= 0,
        block.allSatisfy({ owners[$0] == owner })
      else { return nil }
      return owner
    }
    values = Array(repeating: (0, 0), count: 1 + (elements.compactMap { $0 }.max() ?? -1))
  }

  /// Whether a block's term is the whole density.
  func isWhole(_ block: Int) -> Bool { elements[block] == nil }

  /// The block's term at the chain's position, where the whole log density is `whole`.
  mutating func value(of block: Int, at position: [Double], _ whole: Double) throws -> Double {
    guard let element = elements[block] else { return whole }
    if !isCurrent {
      _ = try density.value(position)
      isCurrent = true
    }
    if values[element].state != state {
      values[element] = (try density.element(element, position), state)
    }
    return values[element].value
  }

  /// The block's term at a proposal.
  func propose(_ block: Int, at proposal: [Double]) throws -> Double {
    guard let element = elements[block] else { return try density.value(proposal) }
    return try density.element(element, proposal)
  }

  /// The chain moved to the proposal, where the block's term has this value.
  mutating func accept(_ block: Int, _ value: Double) {
    guard let element = elements[block] else {
      state += 1
      isCurrent = true
      return
    }
    values[element].value = value
  }

  /// The chain stayed.
  mutating func reject(_ block: Int) {
    if elements[block] == nil { isCurrent = false }
  }
}
