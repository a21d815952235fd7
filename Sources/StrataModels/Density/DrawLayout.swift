/// What is reported of a draw: which quantities, in which order, and what is kept of them.
///
/// A row of numbers has the quantities first whose draws are kept, then those of which only means are.
package struct DrawLayout: Sendable {
  /// The names of all numbers in the order of the model: `mu_a`, `a[AITKIN]`, `beta[x1]`.
  package let names: [String]
  /// Where in a row each of them stands.
  package let places: [Int]
  /// So many numbers of a row are kept for every draw.
  package let keptCount: Int
  /// Quantities that are not reported, by their names.
  package let leftOut: [String]
  /// Where in a row each quantity starts, by name.
  package let starts: [String: Int]
  /// The quantities in the order of a row.
  package let quantities: [BoundModel.Quantity]

  /// - Parameter planned: the model that says what is integrated out.
  init(_ bound: BoundModel, planned: BoundModel, effects: Plan.Effects) {
    let groups = Set(planned.integratedGroups)
    let isDrawn = bound.dependents(of: effects == .draws ? [] : groups)
    func isReduced(_ quantity: BoundModel.Quantity) -> Bool {
      guard isDrawn[quantity.node] else { return false }
      // A number for which all groups are drawn anyway costs nothing.
      if effects == .mean, case .factor = quantity.domain { return true }
      return effects == .none
    }
    let reduced = bound.quantities.filter(isReduced)
    let kept = bound.quantities.filter { !isReduced($0) }
    quantities = kept + (effects == .mean ? reduced : [])
    leftOut = effects == .none ? reduced.map(\.name) : []
    keptCount = kept.reduce(0) { $0 + bound.layout.count($1.domain) }

    var starts: [String: Int] = [:]
    var width = 0
    for quantity in quantities {
      starts[quantity.name] = width
      width += bound.layout.count(quantity.domain)
    }
    var (names, places): ([String], [Int]) = ([], [])
    for quantity in bound.quantities {
      guard let start = starts[quantity.name] else { continue }
      let own = bound.names(of: quantity)
      names += own
      places += start..<start + own.count
    }
    self.starts = starts
    self.names = names
    self.places = places
  }
}

extension BoundModel {
  /// Integrated parameters with a value for each level.
  package var integratedGroups: [Int] {
    integrated.filter { if case .factor = parameters[$0].domain { true } else { false } }.sorted()
  }

  /// For each node, whether its value depends on one of these parameters.
  fileprivate func dependents(of indices: Set<Int>) -> [Bool] {
    var depends = [Bool](repeating: false, count: graph.operations.count)
    for node in graph.operations.indices {
      if case .parameter(let index) = graph.operations[node] {
        depends[node] = indices.contains(index)
      } else {
        depends[node] = graph.inputs(of: node).contains { depends[$0] }
      }
    }
    return depends
  }

  /// A name for each of a quantity's numbers.
  package func names(of quantity: Quantity) -> [String] {
    switch quantity.domain {
    case .factor(let index): layout.factors[index].levels.map { "\(quantity.name)[\($0)]" }
    case .coefficients(let index):
      layout.coefficientColumns[index].map { "\(quantity.name)[\(levelLabel($0))]" }
    case .scalar, .rows, .cells: [quantity.name]
    }
  }
}
