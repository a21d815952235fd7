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

  /// Nil if `node` is not of this form.
  init?(_ node: Graph.Node, in graph: inout Graph) {
    rowCount = graph.layout.table.rowCount
    offset = Array(repeating: 0, count: rowCount)
    guard take(node, times: nil, in: &graph) else { return nil }
  }

  private mutating func take(_ node: Graph.Node, times column: [Double]?, in graph: inout Graph)
    -> Bool
  {
    if let known = graph.fixedValues(node) {
      for i in 0..<rowCount { offset[i] += known[known.count == 1 ? 0 : i] * (column?[i] ?? 1) }
      return true
    }
    guard graph.domains[node] == .rows else {
      add(node, column)
      return true
    }
    switch graph.operations[node] {
    case .gather(let source):
      add(source, column)
      return true
    case .unary(.negate, let x): return take(x, times: scaled(column, by: [-1]), in: &graph)
    case .binary(.add, let x, let y):
      return take(x, times: column, in: &graph) && take(y, times: column, in: &graph)
    case .binary(.subtract, let x, let y):
      return take(x, times: column, in: &graph)
        && take(y, times: scaled(column, by: [-1]), in: &graph)
    case .binary(.multiply, let x, let y):
      if let known = graph.fixedValues(x) {
        return take(y, times: scaled(column, by: known), in: &graph)
      }
      if let known = graph.fixedValues(y) {
        return take(x, times: scaled(column, by: known), in: &graph)
      }
      return false
    case .binary(.divide, let x, let y):
      guard let known = graph.fixedValues(y) else { return false }
      return take(x, times: scaled(column, by: known.map { 1 / $0 }), in: &graph)
    case .dot(let columns, let coefficients):
      for (index, data) in columns.enumerated() {
        guard let known = graph.fixedValues(data) else { return false }
        add(graph.element(index, of: coefficients), scaled(column, by: known))
      }
      return true
    default: return false
    }
  }

  private func scaled(_ column: [Double]?, by factor: [Double]) -> [Double] {
    (0..<rowCount).map { (column?[$0] ?? 1) * factor[factor.count == 1 ? 0 : $0] }
  }

  private mutating func add(_ coefficient: Graph.Node, _ column: [Double]?) {
    guard let index = terms.firstIndex(where: { $0.coefficient == coefficient }) else {
      terms.append(Term(coefficient: coefficient, column: column))
      return
    }
    let old = terms[index].column
    terms[index].column = (0..<rowCount).map { (old?[$0] ?? 1) + (column?[$0] ?? 1) }
  }
}
