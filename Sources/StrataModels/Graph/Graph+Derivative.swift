internal import StrataKernels

extension Graph {
  /// The derivatives of `nodes` with respect to `source`, element by element: each element of a node looks at one
  /// element of the source, and so does its derivative. What is in `held` does not change, nor do parameters.
  /// - Parameter index: of a coefficient vector, the coefficient that is meant.
  /// - Returns: new nodes; nil where the derivative is zero.
  mutating func derivatives(
    of nodes: [Node], by source: Node, at index: Int? = nil, holding held: Set<Node>
  ) -> [Node?] {
    var needed = [Bool](repeating: false, count: operations.count)
    for node in nodes { needed[node] = true }
    for node in needed.indices.reversed() where needed[node] && node != source {
      if held.contains(node) { continue }
      for input in inputs(of: node) { needed[input] = true }
    }
    let one = constant(1)
    var known: [Node: Node] = index == nil ? [source: one] : [:]
    for node in needed.indices where needed[node] && node > source && !held.contains(node) {
      switch (operations[node], index) {
      case (.dot(let columns, source), let index?): known[node] = columns[index]
      case (.element(source, let element), let index?): known[node] = element == index ? one : nil
      default: known[node] = derivative(of: node, known)
      }
    }
    return nodes.map { known[$0] }
  }

  /// By the chain rule, from the derivatives of the inputs.
  private mutating func derivative(of node: Node, _ known: [Node: Node]) -> Node? {
    let domain = domains[node]
    switch operations[node] {
    case .gather(let x): return known[x].map { slope in must { try lift(slope, to: domain) } }
    case .unary(let operation, let x):
      guard let slope = known[x] else { return nil }
      return product(own(operation, x, node), slope, in: domain)
    case .binary(let operation, let x, let y):
      let parts = [
        known[x].flatMap { slope in
          factor(operation, 0, x, y, node, in: domain).map { product($0, slope, in: domain) }
        },
        known[y].flatMap { slope in
          factor(operation, 1, x, y, node, in: domain).map { product($0, slope, in: domain) }
        },
      ].compactMap { $0 }
      if parts.count == 2 { return combine(.add, parts[0], parts[1], in: domain) }
      return parts.first
    // One element of the source for all, or sums of coefficients: not its own element.
    case .constant, .data, .parameter, .element, .dot: return nil
    }
  }

  private mutating func combine(
    _ operation: BinaryOperation, _ x: Node, _ y: Node, in domain: Domain
  )
    -> Node
  {
    must { try binary(operation, x, y, in: domain) }
  }

  private mutating func product(_ x: Node, _ y: Node, in domain: Domain) -> Node {
    combine(.multiply, x, y, in: domain)
  }

  /// d operation(x) / dx, where `node` is operation(x).
  private mutating func own(_ operation: UnaryOperation, _ x: Node, _ node: Node) -> Node {
    let domain = domains[node]
    let one = constant(1)
    switch operation {
    case .negate: return constant(-1)
    case .exp: return node
    case .log: return combine(.divide, one, x, in: domain)
    case .log10:
      return combine(.divide, constant(0.434_294_481_903_251_827_65), x, in: domain)
    case .sqrt: return combine(.divide, constant(0.5), node, in: domain)
    case .abs: return combine(.divide, x, node, in: domain)
    case .logit:
      let rest = combine(.subtract, one, x, in: domain)
      return combine(.divide, one, product(x, rest, in: domain), in: domain)
    case .inverseLogit:
      return product(node, combine(.subtract, one, node, in: domain), in: domain)
    case .square: return product(constant(2), x, in: domain)
    }
  }

  /// The derivative of operation(x, y) by one of them; nil if it is zero.
  private mutating func factor(
    _ operation: BinaryOperation, _ which: Int, _ x: Node, _ y: Node, _ node: Node,
    in domain: Domain
  ) -> Node? {
    switch (operation, which) {
    case (.add, _), (.subtract, 0): return constant(1)
    case (.subtract, _): return constant(-1)
    case (.multiply, 0): return y
    case (.multiply, _): return x
    case (.divide, 0): return combine(.divide, constant(1), y, in: domain)
    case (.divide, _):
      return unary(.negate, combine(.divide, node, y, in: domain))
    case (.power, 0):
      // y x^(y - 1)
      let less = combine(.subtract, y, constant(1), in: domain)
      return product(y, combine(.power, x, less, in: domain), in: domain)
    case (.power, _): return product(node, unary(.log, x), in: domain)
    default: return nil
    }
  }
}
