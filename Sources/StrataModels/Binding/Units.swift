internal import StrataKernels

/// Chooses the unit that each parameter's position is measured in, so that start points between -2 and 2
/// and a first step of ordinary size mean the same whatever the data are measured in.
///
/// The unit is the prior's scale where that is a constant, or what the data suggest where that is less: the
/// size of the outcome (under an identity link; 1 under a log or logit link) over the size of the column
/// that the parameter multiplies. It changes the coordinates, never the posterior.
struct Units {
  private let bound: BoundModel
  /// Whether every parameter is measured as it is.
  private let isPlain: Bool
  /// The size that the data suggest for each node, the least of its uses.
  private var limits: [Double?]

  /// - Parameter isPlain: positions are the parameters themselves.
  init(_ bound: BoundModel, isPlain: Bool = false) {
    self.bound = bound
    self.isPlain = isPlain
    limits = Array(repeating: nil, count: bound.graph.operations.count)
    if isPlain { return }
    for density in bound.densities where density.domain == .rows { visit(density) }
    // Inputs come before what uses them: downwards, each node is met once, after all its uses.
    for node in limits.indices.reversed() {
      if let size = limits[node] { pass(size, down: node) }
    }
  }

  /// The unit of a parameter.
  func unit(of parameter: BoundModel.Parameter) -> ParameterUnit {
    if isPlain { return ParameterUnit() }
    let (center, priorScale) = locationAndScale(of: parameter)
    let limit = limits[parameter.node]
    let scale = [priorScale, limit].compactMap { $0 }.min() ?? 1
    guard scale.isNormal, scale > 0 else { return ParameterUnit() }
    switch parameter.transform {
    case .unbounded: return ParameterUnit(center: center, scale: scale)
    case .lower, .upper: return ParameterUnit(scale: scale)
    case .folded(let unit, _): return ParameterUnit(scale: unit)
    case .interval: return ParameterUnit()
    }
  }

  private func locationAndScale(of parameter: BoundModel.Parameter) -> (Double, Double?) {
    // A correlated effect's own mean and sd, not those that it has given others.
    for set in bound.correlations {
      for (index, (mean, sd)) in zip(set.parameters, zip(set.means, set.sds))
      where bound.parameters[index].node == parameter.node {
        return (bound.graph.constantValue(mean) ?? 0, bound.graph.constantValue(sd))
      }
    }
    let prior = bound.densities.first { $0.variate == parameter.node && $0.domain != .rows }
    return prior.map(locationAndScale) ?? (0, nil)
  }

  /// A prior's location and scale where they are constants.
  private func locationAndScale(_ density: BoundModel.Density) -> (Double, Double?) {
    let x = density.arguments.map { bound.graph.constantValue($0) }
    switch density.family {
    case .normal, .cauchy, .laplace: return (x[0] ?? 0, x[1])
    case .studentT: return (x[1] ?? 0, x[2])
    case .exponential: return (0, x[0].map { 1 / $0 })
    case .gamma:
      guard let shape = x[0], let rate = x[1] else { return (0, nil) }
      return (0, shape / rate)
    case .inverseGamma:
      guard let shape = x[0], let scale = x[1] else { return (0, nil) }
      return (0, scale / shape)
    default: return (0, nil)
    }
  }

  // MARK: What the data suggest

  private mutating func visit(_ density: BoundModel.Density) {
    switch density.family {
    case .normal, .cauchy, .laplace, .studentT:
      let size = rootMeanSquare(bound.graph.fixedValues(density.variate) ?? [])
      guard size > 0, size.isFinite else { return }
      let first = density.family == .studentT ? 1 : 0
      limit(density.arguments[first], to: size)
      limit(density.arguments[first + 1], to: size)
    case .bernoulliLogit, .poissonLog, .negBinomialLog: limit(density.arguments[0], to: 1)
    case .binomialLogit: limit(density.arguments[1], to: 1)
    default: break
    }
  }

  private mutating func limit(_ node: Graph.Node, to size: Double) {
    limits[node] = min(limits[node] ?? .infinity, size)
  }

  /// From a sum to what is added up, as far as the parameters; products of parameters are left alone.
  private mutating func pass(_ size: Double, down node: Graph.Node) {
    let graph = bound.graph
    switch graph.operations[node] {
    case .gather(let x), .element(let x, _), .unary(.negate, let x): limit(x, to: size)
    case .binary(.add, let x, let y), .binary(.subtract, let x, let y):
      limit(x, to: size)
      limit(y, to: size)
    case .binary(.multiply, let x, let y):
      if let values = graph.fixedValues(x) { limit(y, to: size, times: values) }
      if let values = graph.fixedValues(y) { limit(x, to: size, times: values) }
    case .dot(let columns, let coefficients):
      let sizes = columns.compactMap { graph.fixedValues($0).map(rootMeanSquare) }
      if let largest = sizes.max(), largest > 0 { limit(coefficients, to: size / largest) }
    default: break
    }
  }

  private mutating func limit(_ node: Graph.Node, to size: Double, times values: [Double]) {
    let factor = rootMeanSquare(values)
    if factor > 0 { limit(node, to: size / factor) }
  }
}

/// The square root of the mean of the squares, without overflow; 0 of nothing.
private func rootMeanSquare(_ values: [Double]) -> Double {
  let largest = values.reduce(0) { max($0, abs($1)) }
  guard largest > 0, largest.isFinite else { return 0 }
  let total = values.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
  return largest * (total / Double(values.count)).squareRoot()
}
