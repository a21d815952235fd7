internal import StrataKernels

/// A value per row taken apart: `offset + sum of coefficient × column`, where coefficients do not depend on
/// the row (scalars, or one per level) and columns are known.
struct LinearPredictor {
  /// A coefficient with the column it multiplies.
  struct Term {
    var coefficient: Graph.Node
    /// One value per row; nil for 1 in every row.
    var column: [Double]?
  }

  private(set) var terms: [Term] = []
  /// The known part, per row.
  private(set) var offset: [Double]
  private let rowCount: Int

  /// What the nodes that are still to be taken apart are multiplied by.
  private var waiting: [Graph.Node: [Double]?] = [:]

  /// Nil if `node` is not of this form.
  init?(_ node: Graph.Node, in graph: inout Graph) {
    rowCount = graph.layout.table.rowCount
    offset = Array(repeating: 0, count: rowCount)
    pass(nil, to: node)
    // Inputs come before what uses them: downwards, each node is met once, with all its uses added up.
    for node in (0...node).reversed() {
      guard let column = waiting.removeValue(forKey: node) else { continue }
      guard takeApart(node, times: column, in: &graph) else { return nil }
    }
    terms.reverse()
  }

  private mutating func takeApart(
    _ node: Graph.Node, times column: [Double]?, in graph: inout Graph
  ) -> Bool {
    if let known = graph.fixedValues(node) {
      for i in 0..<rowCount { offset[i] += known[known.count == 1 ? 0 : i] * (column?[i] ?? 1) }
      return true
    }
    guard graph.domains[node] == .rows else {
      add(node, column)
      return true
    }
    switch graph.operations[node] {
    case .gather(let source): add(source, column)
    case .unary(.negate, let x): pass(scaled(column, by: [-1]), to: x)
    case .binary(.add, let x, let y):
      pass(column, to: x)
      pass(column, to: y)
    case .binary(.subtract, let x, let y):
      pass(column, to: x)
      pass(scaled(column, by: [-1]), to: y)
    case .binary(.multiply, let x, let y):
      if let known = graph.fixedValues(x) {
        pass(scaled(column, by: known), to: y)
      } else if let known = graph.fixedValues(y) {
        pass(scaled(column, by: known), to: x)
      } else {
        return false
      }
    case .binary(.divide, let x, let y):
      guard let known = graph.fixedValues(y) else { return false }
      pass(scaled(column, by: known.map { 1 / $0 }), to: x)
    case .dot(let columns, let coefficients):
      for (index, data) in columns.enumerated().reversed() {
        guard let known = graph.fixedValues(data) else { return false }
        add(graph.element(index, of: coefficients), scaled(column, by: known))
      }
    default: return false
    }
    return true
  }

  private mutating func pass(_ column: [Double]?, to node: Graph.Node) {
    let all = if let others = waiting[node] { sum(others, column) } else { column }
    waiting.updateValue(all, forKey: node)
  }

  private func sum(_ x: [Double]?, _ y: [Double]?) -> [Double] {
    (0..<rowCount).map { (x?[$0] ?? 1) + (y?[$0] ?? 1) }
  }

  private func scaled(_ column: [Double]?, by factor: [Double]) -> [Double] {
    (0..<rowCount).map { (column?[$0] ?? 1) * factor[factor.count == 1 ? 0 : $0] }
  }

  private mutating func add(_ coefficient: Graph.Node, _ column: [Double]?) {
    guard let index = terms.firstIndex(where: { $0.coefficient == coefficient }) else {
      terms.append(Term(coefficient: coefficient, column: column))
      return
    }
    terms[index].column = sum(terms[index].column, column)
  }
}
