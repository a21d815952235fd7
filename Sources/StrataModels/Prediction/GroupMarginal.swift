internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The likelihood of all rows of a group with the group's own effects integrated out, given everything else: by
/// quadrature around the effects' mode.
///
/// Groups are independent given the rest, so every evaluation serves all of them at once. In the unconstrained
/// coordinates of the effects a few Newton steps with numeric derivatives find the mode and the curvature there; a
/// Gauss-Hermite rule on that scale does the rest. It is exact for Normal rows with Normal effects. [Liu1994]
package struct GroupMarginal: Sendable {
  /// The group's effects: parameters with a value for each level.
  private struct Effect {
    var start: Int
    var prior: BoundModel.Density
    var scale: Scale
  }

  /// How an effect x is made from its coordinate u.
  private enum Scale {
    case identity
    /// x > 0
    case positive
    /// 0 < x < 1
    case fraction

    /// Nil for bounds that are others.
    init?(_ transform: BoundModel.Transform, _ graph: Graph) {
      func isConstant(_ node: Graph.Node, _ value: Double) -> Bool {
        graph.constantValue(node) == value
      }
      switch transform {
      case .unbounded: self = .identity
      case .lower(let low) where isConstant(low, 0): self = .positive
      case .interval(let low, let high) where isConstant(low, 0) && isConstant(high, 1):
        self = .fraction
      default: return nil
      }
    }

    func value(_ u: Double) -> Double {
      switch self {
      case .identity: u
      case .positive: exp(u)
      case .fraction: 1 / (1 + exp(-u))
      }
    }

    func coordinate(_ x: Double) -> Double {
      switch self {
      case .identity: x
      case .positive: log(max(x, .leastNormalMagnitude))
      case .fraction: log(max(x, .leastNormalMagnitude)) - log1p(-min(x, 1 - 1e-16))
      }
    }

    /// log |dx / du|
    func logSlope(_ u: Double) -> Double {
      switch self {
      case .identity: 0
      case .positive: u
      case .fraction: -abs(u) - 2 * log1p(exp(-abs(u)))
      }
    }
  }

  package let levelCount: Int
  private let effects: [Effect]
  private let outcome: BoundModel.Outcome
  private let codes: [Int32]
  private let constants: [Double]
  private let program: NodeProgram
  private let copies: [(from: Int, to: Int, count: Int)]
  private let dimension: Int
  private let rule: [(x: Double, weight: Double)]
  /// The product rule: for each effect a number of the rule.
  private let points: [[Int]]

  /// - Parameters:
  ///   - factor: whose effects are integrated out, by its number.
  ///   - constants: of each row, added to its log density.
  ///   - start: where the first number of a fitted quantity stands in a draw.
  /// - Throws: ``PredictionError``.
  package init(
    _ bound: BoundModel, outcome: Int, factor: Int, constants: [Double],
    start: (String) throws -> Int
  ) throws {
    var model = bound
    var effects: [Effect] = []
    var copies: [(from: Int, to: Int, count: Int)] = []
    var offset = 0
    let columns = bound.layout.factors[factor].columns
    for (index, parameter) in bound.parameters.enumerated() {
      model.parameters[index].transform = .unbounded
      let count = bound.layout.count(parameter.domain)
      copies.append((try start(parameter.name), offset, count))
      if parameter.domain == .factor(factor) {
        guard let prior = bound.densities.first(where: { $0.variate == parameter.node }),
          let scale = Scale(parameter.transform, bound.graph)
        else { throw PredictionError.notIntegrated(parameter: parameter.name, columns: columns) }
        effects.append(Effect(start: offset, prior: prior, scale: scale))
      }
      offset += count
    }
    guard (1...3).contains(effects.count) else {
      throw PredictionError.effectCount(effects.count, columns: columns)
    }
    self.effects = effects
    self.copies = copies
    self.constants = constants
    self.outcome = bound.outcomes[outcome]
    codes = bound.layout.factors[factor].codes
    levelCount = bound.layout.factors[factor].levelCount
    dimension = offset
    let nodes =
      bound.outcomes[outcome].arguments + effects.flatMap { $0.prior.arguments }
    program = NodeProgram(nodes, of: model, Units(model, isPlain: true))
    let rule = gaussHermite([15, 11, 9][effects.count - 1])
    self.rule = rule
    points = effects.reduce([[]]) { points, _ in
      points.flatMap { point in rule.indices.map { point + [$0] } }
    }
  }

  /// The log marginal likelihood of every group, for one draw of a fit.
  package func logLikelihoods(_ numbers: UnsafePointer<Double>, _ memory: Memory) -> [Double] {
    copy(numbers, memory)
    let q = effects.count
    var mode = coordinates(memory)
    let roots = climb(&mode, memory)
    // The rule's points are mode + sqrt(2) L z, with L L' the inverse of the curvature.
    let logScale = roots.map { root in
      (0..<q).reduce(0.5 * Double(q) * log(2)) { $0 + log(root[$1 * q + $1]) }
    }
    var terms = [[Double]](repeating: [], count: levelCount)
    for point in points {
      var u = mode
      for level in 0..<levelCount {
        for i in 0..<q {
          for j in 0...i {
            u[i][level] += 2.0.squareRoot() * roots[level][i * q + j] * rule[point[j]].x
          }
        }
      }
      let values = logDensities(u, memory)
      let weight = point.reduce(0) { $0 + log(rule[$1].weight) + rule[$1].x * rule[$1].x }
      for level in 0..<levelCount { terms[level].append(values[level] + weight + logScale[level]) }
    }
    return terms.map { terms in
      let largest = terms.max() ?? -.infinity
      guard largest.isFinite else { return largest }
      return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
    }
  }

  /// Scratch memory; some draws tell how wide the effects' posteriors are.
  package func makeMemory(_ draws: [UnsafePointer<Double>]) -> Memory { Memory(self, draws) }

  private func copy(_ numbers: UnsafePointer<Double>, _ memory: Memory) {
    for copy in copies {
      for element in 0..<copy.count {
        memory.position[copy.to + element] = numbers[copy.from + element]
      }
    }
  }

  /// The effects in the memory's position, by effect and level.
  private func coordinates(_ memory: Memory) -> [[Double]] {
    effects.map { effect in
      (0..<levelCount).map { effect.scale.coordinate(memory.position[effect.start + $0]) }
    }
  }

  /// Moves each group to its mode; of each group a lower triangle L with L L' the inverse of the curvature there.
  private func climb(_ mode: inout [[Double]], _ memory: Memory) -> [[Double]] {
    let q = effects.count
    var roots = [[Double]](repeating: [], count: levelCount)
    var best = logDensities(mode, memory)
    for _ in 0..<12 {
      let (slope, curvature) = derivatives(mode, best, memory)
      var moved = mode
      var isSettled = true
      for level in 0..<levelCount {
        let root = inverseRoot(curvature[level], q)
        roots[level] = root
        for i in 0..<q {
          // Newton: L L' times the slope, three standard deviations at most.
          let shift = (0..<q).reduce(0.0) { sum, j in
            sum + (0..<q).reduce(0) { $0 + root[i * q + $1] * root[j * q + $1] } * slope[level][j]
          }
          let size = root[i * q...i * q + i].reduce(0) { $0 + $1 * $1 }.squareRoot()
          moved[i][level] += max(-3 * size, min(3 * size, shift))
          if abs(shift) > 1e-3 * size { isSettled = false }
        }
      }
      let values = logDensities(moved, memory)
      for level in 0..<levelCount where values[level] >= best[level] {
        for i in 0..<q { mode[i][level] = moved[i][level] }
        best[level] = values[level]
      }
      if isSettled { break }
    }
    return roots
  }

  /// Slope and negative curvature of every group by central differences.
  private func derivatives(_ mode: [[Double]], _ center: [Double], _ memory: Memory) -> (
    [[Double]], [[Double]]
  ) {
    let q = effects.count
    var slope = [[Double]](repeating: Array(repeating: 0, count: q), count: levelCount)
    var curvature = [[Double]](repeating: Array(repeating: 0, count: q * q), count: levelCount)
    let h = memory.steps
    func moved(_ changes: [(Int, Double)]) -> [Double] {
      var u = mode
      for (effect, sign) in changes {
        for level in 0..<levelCount { u[effect][level] += sign * h[effect][level] }
      }
      return logDensities(u, memory)
    }
    for i in 0..<q {
      let (up, down) = (moved([(i, 1)]), moved([(i, -1)]))
      for level in 0..<levelCount {
        let size = h[i][level]
        slope[level][i] = (up[level] - down[level]) / (2 * size)
        curvature[level][i * q + i] = -(up[level] - 2 * center[level] + down[level]) / (size * size)
      }
      for j in 0..<i {
        let (pp, pm) = (moved([(i, 1), (j, 1)]), moved([(i, 1), (j, -1)]))
        let (mp, mm) = (moved([(i, -1), (j, 1)]), moved([(i, -1), (j, -1)]))
        for level in 0..<levelCount {
          let value =
            -(pp[level] - pm[level] - mp[level] + mm[level]) / (4 * h[i][level] * h[j][level])
          curvature[level][i * q + j] = value
          curvature[level][j * q + i] = value
        }
      }
    }
    return (slope, curvature)
  }

  /// The log joint density of each group's rows and effects at the effects' coordinates.
  private func logDensities(_ u: [[Double]], _ memory: Memory) -> [Double] {
    for (effect, coordinates) in zip(effects, u) {
      for level in 0..<levelCount {
        memory.position[effect.start + level] = effect.scale.value(coordinates[level])
      }
    }
    let values = program.values(at: memory.position, workspace: memory.workspace)
    outcome.values!.withUnsafeBufferPointer { observed in
      outcome.family.logDensities(
        count: observed.count, of: DensityValues(observed.baseAddress!, isShared: false),
        outcome.arguments.map { values[$0] }, into: memory.rows)
    }
    var sums = [Double](repeating: 0, count: levelCount)
    for row in codes.indices { sums[Int(codes[row])] += memory.rows[row] + constants[row] }
    for (effect, coordinates) in zip(effects, u) {
      effect.prior.family.logDensities(
        count: levelCount,
        of: DensityValues(UnsafePointer(memory.position + effect.start), isShared: false),
        effect.prior.arguments.map { values[$0] }, into: memory.rows)
      let half = effect.prior.isHalf ? 0.693_147_180_559_945_3 : 0
      for level in 0..<levelCount {
        sums[level] += memory.rows[level] + half + effect.scale.logSlope(coordinates[level])
      }
    }
    return sums
  }

  /// One thread's memory.
  package final class Memory {
    fileprivate let position: UnsafeMutablePointer<Double>
    fileprivate let rows: UnsafeMutablePointer<Double>
    fileprivate let workspace: KernelProgram.Workspace
    /// Of numeric derivatives, per effect and level: a tenth of the posterior's sd or so.
    fileprivate private(set) var steps: [[Double]]

    fileprivate init(_ marginal: GroupMarginal, _ draws: [UnsafePointer<Double>]) {
      let rowCount = max(marginal.codes.count, marginal.levelCount)
      position = .allocate(capacity: marginal.dimension + 1)
      position.initialize(repeating: 0, count: marginal.dimension + 1)
      rows = .allocate(capacity: rowCount)
      rows.initialize(repeating: 0, count: rowCount)
      workspace = marginal.program.makeWorkspace()
      steps = []
      let drawn = draws.map { numbers in
        marginal.copy(numbers, self)
        return marginal.coordinates(self)
      }
      steps = marginal.effects.indices.map { effect in
        (0..<marginal.levelCount).map { level in
          let u = drawn.map { $0[effect][level] }
          let mean = u.reduce(0, +) / Double(u.count)
          let squares = u.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
          return max(1e-6, 0.1 * (squares / Double(u.count)).squareRoot())
        }
      }
    }

    deinit {
      position.deallocate()
      rows.deallocate()
    }
  }
}
