internal import StrataKernels

/// A value taken apart over parameters that are to be integrated:
///
///     offset + sum of (coefficient × column × integrated) + sum of (given × column),
///
/// one element per element of a domain. Columns and offset are known; coefficients and given values are scalars
/// that sampling fixes.
struct LinearForm {
  /// What a term multiplies: a scalar parameter, an element of a coefficient vector, or, at each element, the level
  /// of a group effect that the element belongs to.
  struct Variable: Hashable {
    var parameter: Int
    var element: Int?
  }

  struct Term {
    var variable: Variable
    /// A scalar; nil for 1.
    var coefficient: Graph.Node?
    var column: [Double]
  }

  struct Given {
    var node: Graph.Node
    var column: [Double]
  }

  private(set) var terms: [Term] = []
  private(set) var givens: [Given] = []
  private(set) var offset: [Double]
  private let domain: Domain
  private let dependencies: Dependencies

  /// - Throws: ``NotGaussian`` where the value is not of this form.
  init(
    _ node: Graph.Node, in domain: Domain, _ dependencies: Dependencies, _ bound: inout BoundModel
  ) throws(NotGaussian) {
    self.domain = domain
    self.dependencies = dependencies
    let count = bound.layout.count(domain)
    offset = Array(repeating: 0, count: count)
    try add(node, Array(repeating: 1, count: count), nil, &bound)
  }

  private mutating func add(
    _ node: Graph.Node, _ column: [Double], _ coefficient: Graph.Node?, _ bound: inout BoundModel
  ) throws(NotGaussian) {
    let operation = bound.graph.operations[node]
    if let values = bound.graph.fixedValues(node) {
      addKnown(times(column, values, of: node, bound), coefficient)
      return
    }
    if bound.graph.domains[node] == .scalar, dependencies[node].isEmpty {
      addGiven(product(coefficient, node, &bound), column)
      return
    }
    switch operation {
    case .parameter(let index):
      guard dependencies.integrated.contains(index) else {
        throw NotGaussian(
          all: "the mean also holds \(bound.parameters[index].name), which is sampled")
      }
      addTerm(Variable(parameter: index), coefficient, column)
    case .element(let vector, let index):
      try addElement(index, of: vector, coefficient, column, bound)
    case .gather(let source): try add(source, column, coefficient, &bound)
    case .unary(.negate, let x): try add(x, column.map { -$0 }, coefficient, &bound)
    case .binary(.add, let x, let y):
      try add(x, column, coefficient, &bound)
      try add(y, column, coefficient, &bound)
    case .binary(.subtract, let x, let y):
      try add(x, column, coefficient, &bound)
      try add(y, column.map { -$0 }, coefficient, &bound)
    case .binary(.multiply, let x, let y):
      if try addProduct(x, y, column, coefficient, &bound) { return }
      if try addProduct(y, x, column, coefficient, &bound) { return }
      try refuse(node)
    case .binary(.divide, let x, let y):
      if let values = bound.graph.fixedValues(y) {
        try add(x, times(column, values.map { 1 / $0 }, of: y, bound), coefficient, &bound)
      } else if bound.graph.domains[y] == .scalar, dependencies[y].isEmpty {
        let inverse = must {
          try bound.graph.binary(.power, y, bound.graph.constant(-1), in: .scalar)
        }
        try add(x, column, product(coefficient, inverse, &bound), &bound)
      } else {
        try refuse(node)
      }
    case .dot(let columns, let coefficients):
      for (index, data) in columns.enumerated() {
        let values = bound.graph.fixedValues(data) ?? []
        let scaled = times(column, values, of: data, bound)
        if dependencies[coefficients].isEmpty {
          let element = bound.graph.element(index, of: coefficients)
          addGiven(product(coefficient, element, &bound), scaled)
        } else {
          try addElement(index, of: coefficients, coefficient, scaled, bound)
        }
      }
    default: try refuse(node)
    }
  }

  /// `factor × rest`, if the factor is known or a scalar that sampling fixes.
  private mutating func addProduct(
    _ factor: Graph.Node, _ rest: Graph.Node, _ column: [Double], _ coefficient: Graph.Node?,
    _ bound: inout BoundModel
  ) throws(NotGaussian) -> Bool {
    if let values = bound.graph.fixedValues(factor) {
      try add(rest, times(column, values, of: factor, bound), coefficient, &bound)
    } else if bound.graph.domains[factor] == .scalar, dependencies[factor].isEmpty {
      try add(rest, column, product(coefficient, factor, &bound), &bound)
    } else if case .gather(let source) = bound.graph.operations[factor],
      bound.graph.domains[source] == .scalar, dependencies[source].isEmpty
    {
      try add(rest, column, product(coefficient, source, &bound), &bound)
    } else {
      return false
    }
    return true
  }

  private mutating func addElement(
    _ index: Int, of vector: Graph.Node, _ coefficient: Graph.Node?, _ column: [Double],
    _ bound: BoundModel
  ) throws(NotGaussian) {
    guard case .parameter(let parameter) = bound.graph.operations[vector],
      case .coefficients = bound.graph.domains[vector]
    else {
      throw NotGaussian(dependencies[vector], "a single level of it is used on its own")
    }
    addTerm(Variable(parameter: parameter, element: index), coefficient, column)
  }

  private func refuse(_ node: Graph.Node) throws(NotGaussian) {
    let involved = dependencies[node]
    if involved.isEmpty { throw NotGaussian(all: "part of the mean is computed anew in every row") }
    throw NotGaussian(involved, "used nonlinearly")
  }

  // MARK: Collecting

  private mutating func addKnown(_ column: [Double], _ coefficient: Graph.Node?) {
    guard let coefficient else {
      for i in offset.indices { offset[i] += column[i] }
      return
    }
    addGiven(coefficient, column)
  }

  private mutating func addTerm(
    _ variable: Variable, _ coefficient: Graph.Node?, _ column: [Double]
  ) {
    let index = terms.firstIndex { $0.variable == variable && $0.coefficient == coefficient }
    guard let index else {
      terms.append(Term(variable: variable, coefficient: coefficient, column: column))
      return
    }
    for i in column.indices { terms[index].column[i] += column[i] }
  }

  private mutating func addGiven(_ node: Graph.Node, _ column: [Double]) {
    guard let index = givens.firstIndex(where: { $0.node == node }) else {
      givens.append(Given(node: node, column: column))
      return
    }
    for i in column.indices { givens[index].column[i] += column[i] }
  }

  private func product(
    _ coefficient: Graph.Node?, _ node: Graph.Node, _ bound: inout BoundModel
  ) -> Graph.Node {
    guard let coefficient else { return node }
    return must { try bound.graph.binary(.multiply, coefficient, node, in: .scalar) }
  }

  /// The column times the values of a node, looked up where the node lives in a coarser domain.
  private func times(
    _ column: [Double], _ values: [Double], of node: Graph.Node, _ bound: BoundModel
  ) -> [Double] {
    if values.count == 1 { return values[0] == 1 ? column : column.map { $0 * values[0] } }
    let from = bound.graph.domains[node]
    guard from != domain, let codes = bound.layout.codes(from: domain, to: from) else {
      return zip(column, values).map { $0 * $1 }
    }
    return zip(column, codes).map { $0 * values[Int($1)] }
  }
}

/// Why parameters can't be integrated out exactly.
struct NotGaussian: Error {
  /// The parameters, by their index; nil for all that the line holds.
  var parameters: Set<Int>?
  var reason: String

  init(_ parameters: Set<Int>, _ reason: String) {
    self.parameters = parameters
    self.reason = reason
  }

  init(all reason: String) { self.reason = reason }
}

/// Which of the parameters that are to be integrated each node of a graph depends on. Nodes that are made later
/// depend on none of them.
struct Dependencies {
  let integrated: Set<Int>
  private var sets: [Set<Int>] = []

  init(on integrated: Set<Int>, _ graph: Graph, _ bounds: (Int) -> [Graph.Node]) {
    self.integrated = integrated
    sets.reserveCapacity(graph.operations.count)
    for node in graph.operations.indices {
      var set: Set<Int> = []
      if case .parameter(let index) = graph.operations[node] {
        if integrated.contains(index) { set = [index] }
        for bound in bounds(index) where bound < node { set.formUnion(sets[bound]) }
      } else {
        for input in graph.inputs(of: node) where !sets[input].isEmpty {
          set.formUnion(sets[input])
        }
      }
      sets.append(set)
    }
  }

  subscript(node: Graph.Node) -> Set<Int> { node < sets.count ? sets[node] : [] }
}
