internal import StrataKernels

/// Turns a bound model's graph into a program for the kernels: what is needed, each node once, products
/// and sums fused, everything that has one value per row in the row section.
struct ProgramCompiler {
  private let bound: BoundModel
  private let units: Units
  private var builder = KernelProgramBuilder()
  private var operands: [Graph.Node: KernelOperand] = [:]
  private var uses: [Int]
  private var isNeeded: [Bool]
  private var isReported: [Bool]
  /// Products whose only use is a sum that computes them on the way.
  private var isFusedAway: [Bool]

  init(_ bound: BoundModel, units: Units) {
    self.bound = bound
    self.units = units
    let count = bound.graph.operations.count
    uses = Array(repeating: 0, count: count)
    isNeeded = Array(repeating: false, count: count)
    isReported = Array(repeating: false, count: count)
    isFusedAway = Array(repeating: false, count: count)
  }

  /// The program, and where in its values each reported quantity starts.
  mutating func compile() -> (program: KernelProgram, offsets: [Int]) {
    findNeeded()
    let graph = bound.graph
    let needed = graph.operations.indices.filter { isNeeded[$0] }
    for node in needed where graph.domains[node] != .rows { emit(node) }
    for density in bound.densities where density.domain != .rows { emit(density) }
    for node in bound.terms { builder.term(operands[node]!) }
    builder.beginRows(bound.layout.table.rowCount)
    for node in needed where graph.domains[node] == .rows { emit(node) }
    for density in bound.densities where density.domain == .rows { emit(density) }
    for density in bound.densities { builder.addConstant(density.constant) }
    let offsets = bound.quantities.map { operands[$0.node]?.valueOffset ?? 0 }
    return (builder.build(), offsets)
  }

  // MARK: What is needed

  private mutating func findNeeded() {
    for quantity in bound.quantities {
      isReported[quantity.node] = true
      need(quantity.node)
    }
    for parameter in bound.parameters {
      need(parameter.node)
      for bound in parameter.transform.bounds { need(bound) }
    }
    for density in bound.densities {
      need(density.variate)
      for argument in density.arguments { need(argument) }
    }
    for node in bound.terms { need(node) }
    for node in bound.graph.operations.indices.reversed() where isNeeded[node] {
      for input in bound.graph.inputs(of: node) { need(input) }
    }
    for node in bound.graph.operations.indices where isNeeded[node] {
      guard case .binary(_, let x, let y) = bound.graph.operations[node],
        let parts = fusedParts(of: node)
      else { continue }
      isFusedAway[parts.2 == x ? y : x] = true
    }
  }

  private mutating func need(_ node: Graph.Node) {
    isNeeded[node] = true
    uses[node] += 1
  }

  // MARK: Steps

  private mutating func emit(_ node: Graph.Node) {
    guard !isFusedAway[node] else { return }
    operands[node] = operand(of: node)
  }

  private mutating func emit(_ density: BoundModel.Density) {
    builder.density(
      density.family, of: operands[density.variate]!, density.arguments.map { operands[$0]! })
  }

  private mutating func operand(of node: Graph.Node) -> KernelOperand {
    let graph = bound.graph
    switch graph.operations[node] {
    case .constant(let value): return builder.constant([value])
    case .data(let index): return builder.constant(graph.data[index])
    case .parameter(let index): return parameter(bound.parameters[index])
    case .element(let vector, let index): return builder.element(index, of: operands[vector]!)
    case .unary(let operation, let x): return builder.unary(operation, operands[x]!)
    case .dot(let columns, let coefficients):
      return builder.dot(
        columns: columns.map { graph.fixedValues($0)! }, coefficients: operands[coefficients]!)
    case .gather(let source):
      let (from, to) = (graph.domains[source], graph.domains[node])
      if to == .rows, bound.layout.isIdentity(from) { return operands[source]! }
      return builder.gather(operands[source]!, codes: bound.layout.codes(from: to, to: from)!)
    case .binary(let operation, let x, let y):
      if let (a, b, c) = fusedParts(of: node) {
        return builder.multiplyAdd(operands[a]!, operands[b]!, operands[c]!)
      }
      return builder.binary(operation, operands[x]!, operands[y]!)
    }
  }

  private mutating func parameter(_ parameter: BoundModel.Parameter) -> KernelOperand {
    let transform: ParameterTransform =
      switch parameter.transform {
      case .unbounded: .unbounded
      case .lower(let bound): .lower(operands[bound]!)
      case .upper(let bound): .upper(operands[bound]!)
      case .interval(let low, let high): .interval(operands[low]!, operands[high]!)
      }
    return builder.parameter(
      count: bound.layout.count(parameter.domain), transform, unit: units.unit(of: parameter))
  }

  // MARK: x y + z

  /// The factors and the summand if `node` is a sum with a product that nothing else uses.
  private func fusedParts(of node: Graph.Node) -> (Graph.Node, Graph.Node, Graph.Node)? {
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

extension BoundModel.Transform {
  /// The nodes that the bounds are.
  var bounds: [Graph.Node] {
    switch self {
    case .unbounded: []
    case .lower(let bound), .upper(let bound): [bound]
    case .interval(let low, let high): [low, high]
    }
  }
}
