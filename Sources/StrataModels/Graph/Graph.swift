package import StrataKernels

/// The arithmetic of a bound model: every value once, each in the smallest domain it lives in.
///
/// Nodes are numbered so that inputs come before what uses them. The same operation on the same inputs is
/// the same node; what depends on data alone is computed on the spot and becomes data.
package struct Graph {
  /// The number of a node.
  package typealias Node = Int

  package enum Operation: Hashable {
    case constant(Double)
    /// Numbers known before sampling; index into ``Graph/data``.
    case data(Int)
    /// The constrained values of the parameter with this index.
    case parameter(Int)
    /// The values of a coarser domain, one per element of this node's domain.
    case gather(Node)
    /// One element of a vector.
    case element(Node, Int)
    case unary(UnaryOperation, Node)
    case binary(BinaryOperation, Node, Node)
    /// Row by row, the sum of columns (data) times coefficients.
    case dot(columns: [Node], coefficients: Node)
  }

  package private(set) var operations: [Operation] = []
  package private(set) var domains: [Domain] = []
  package private(set) var data: [[Double]] = []
  private var known: [Key: Node] = [:]
  /// Sizes and factors, to gather by.
  package private(set) var layout: Domains

  private struct Key: Hashable {
    var operation: Operation
    var domain: Domain
  }

  package init(layout: Domains) { self.layout = layout }

  /// Adds the domain of sets of like rows.
  package mutating func makeDomain(of cells: Cells) -> Domain { layout.cells(cells) }

  // MARK: Leaves

  package mutating func constant(_ value: Double) -> Node { add(.constant(value), .scalar) }

  package mutating func data(_ values: [Double], in domain: Domain) -> Node {
    if let first = values.first, domain == .scalar { return constant(first) }
    data.append(values)
    return add(.data(data.count - 1), domain)
  }

  package mutating func parameter(_ index: Int, in domain: Domain) -> Node {
    add(.parameter(index), domain)
  }

  // MARK: Operations

  package mutating func unary(_ operation: UnaryOperation, _ x: Node) -> Node {
    if let values = fixedValues(x) {
      return data(values.map { Arithmetic.value(operation, $0) }, in: domains[x])
    }
    if operation == .negate, case .unary(.negate, let inner) = operations[x] { return inner }
    return add(.unary(operation, x), domains[x])
  }

  /// `x operation y` in the domain of both: that of the vector if one is a scalar, else `context`.
  package mutating func binary(
    _ operation: BinaryOperation, _ x: Node, _ y: Node, in context: Domain
  ) throws -> Node {
    let domain = join(domains[x], domains[y], in: context)
    let (a, b) = (try lift(x, to: domain), try lift(y, to: domain))
    if let left = fixedValues(a), let right = fixedValues(b) {
      return data(Arithmetic.values(operation, left, right), in: domain)
    }
    if let simpler = try simplified(operation, a, b, in: domain) { return simpler }
    return add(.binary(operation, a, b), domain)
  }

  private mutating func simplified(
    _ operation: BinaryOperation, _ x: Node, _ y: Node, in domain: Domain
  ) throws -> Node? {
    let right = constantValue(y)
    switch operation {
    case .power where right == 1: return x
    case .power where right == 2: return unary(.square, x)
    case .power where right == 0.5: return unary(.sqrt, x)
    case .power where right == -1: return add(.binary(.divide, constant(1), x), domain)
    case .multiply where right == 1, .divide where right == 1, .add where right == 0,
      .subtract where right == 0:
      return x
    case .multiply where constantValue(x) == 1, .add where constantValue(x) == 0: return y
    default: return nil
    }
  }

  /// The sum of `columns` times `coefficients`, per row.
  package mutating func dot(columns: [Node], coefficients: Node) -> Node {
    add(.dot(columns: columns, coefficients: coefficients), .rows)
  }

  /// The sum of a vector's elements times known weights.
  mutating func weightedSum(_ weights: [Double], of vector: Node) -> Node {
    add(.dot(columns: weights.map { constant($0) }, coefficients: vector), .scalar)
  }

  package mutating func element(_ index: Int, of vector: Node) -> Node {
    if let values = fixedValues(vector) { return constant(values[index]) }
    return add(.element(vector, index), .scalar)
  }

  /// The same values in `domain`: scalars stay as they are, coarser factors are looked up per element.
  /// - Throws: ``GraphError/notNested`` if a level of `domain` lies in several of the node's.
  package mutating func lift(_ node: Node, to domain: Domain) throws -> Node {
    let from = domains[node]
    if from == domain || from == .scalar { return node }
    guard let codes = layout.codes(from: domain, to: from) else { throw GraphError.notNested }
    if let values = fixedValues(node) {
      return data(codes.map { values[Int($0)] }, in: domain)
    }
    return add(.gather(node), domain)
  }

  private func join(_ a: Domain, _ b: Domain, in context: Domain) -> Domain {
    if a == b || b == .scalar { return a }
    return a == .scalar ? b : context
  }

  // MARK: Looking at nodes

  /// The values of a node that depends on data alone.
  package func fixedValues(_ node: Node) -> [Double]? {
    switch operations[node] {
    case .constant(let value): [value]
    case .data(let index): data[index]
    default: nil
    }
  }

  /// The value of a constant.
  package func constantValue(_ node: Node) -> Double? {
    if case .constant(let value) = operations[node] { value } else { nil }
  }

  /// The inputs of a node.
  package func inputs(of node: Node) -> [Node] {
    switch operations[node] {
    case .constant, .data, .parameter: []
    case .gather(let x), .element(let x, _), .unary(_, let x): [x]
    case .binary(_, let x, let y): [x, y]
    case .dot(let columns, let coefficients): columns + [coefficients]
    }
  }

  /// Whether any of `nodes` is `source`, or is made of it.
  /// - Parameter inputs: what a node is made of; nil for what its arithmetic takes.
  func depends(
    _ nodes: [Node], on source: Node, inputs: ((Node) -> [Node])? = nil
  ) -> Bool {
    var waiting = nodes
    var seen = Set(nodes)
    while let node = waiting.popLast() {
      if node == source { return true }
      waiting += (inputs?(node) ?? self.inputs(of: node)).filter { seen.insert($0).inserted }
    }
    return false
  }

  /// The input of `node` if it is `operation` of something: how links are recognised.
  package func argument(of operation: UnaryOperation, _ node: Node) -> Node? {
    if case .unary(operation, let x) = operations[node] { x } else { nil }
  }

  private mutating func add(_ operation: Operation, _ domain: Domain) -> Node {
    let key = Key(operation: operation, domain: domain)
    if let node = known[key] { return node }
    operations.append(operation)
    domains.append(domain)
    known[key] = operations.count - 1
    return operations.count - 1
  }
}

package enum GraphError: Error {
  /// A level of the finer domain lies in several levels of the coarser one.
  case notNested
}
