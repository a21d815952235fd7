import StrataKernels

/// A mode of a density.
public struct Mode: Sendable, Equatable {
  /// The unconstrained position.
  public internal(set) var position: [Double]
  /// The log density there.
  public let logDensity: Double
  /// The reported numbers there.
  public let reported: [Double]
  /// The largest component of the gradient there.
  public let gradientNorm: Double
  /// Iterations of L-BFGS.
  public let iterations: Int
  /// Evaluations of the gradient.
  public let evaluations: Int
}

/// The settings of the search for a mode.
public struct ModeConfiguration: Sendable, Equatable {
  /// Iterations of L-BFGS at most.
  public let maximumIterations: Int
  /// How small the gradient has to be: its largest component, relative to the log density
  /// (at least 1).
  public let gradientTolerance: Double
  /// The seed of the jittered start.
  public let seed: UInt64
  /// Evaluations of the gradient at most.
  public let maximumEvaluations: Int

  /// - Throws: `SamplingError.invalidSetting` if a value is not positive.
  public init(
    maximumIterations: Int = 2000, gradientTolerance: Double = 1e-8, seed: UInt64 = 1,
    maximumEvaluations: Int = .max
  ) throws(SamplingError) {
    try Check.atLeast(1, maximumIterations, name: "the maximum number of iterations")
    try Check.atLeast(1, maximumEvaluations, name: "the maximum number of evaluations")
    guard gradientTolerance > 0, gradientTolerance.isFinite else {
      throw .invalidSetting(
        name: "the gradient tolerance", value: "\(gradientTolerance)",
        expected: "positive and finite")
    }
    self.maximumIterations = maximumIterations
    self.gradientTolerance = gradientTolerance
    self.seed = seed
    self.maximumEvaluations = maximumEvaluations
  }

  /// 2000 iterations, tolerance 1e-8, seed 1.
  public static var standard: ModeConfiguration { try! ModeConfiguration() }
}

/// Finds a mode by L-BFGS with a line search for the strong Wolfe conditions.
///
/// The density is maximised as it is: for a mode in the constrained space it has to leave out the
/// Jacobian. Source: NocedalWright2006, algorithms 7.5, 3.5 and 3.6.
///
/// - Parameters:
///   - density: what is maximised.
///   - initial: the start point; nil for a jittered one.
///   - configuration: how long to search, and how exactly.
/// - Throws: `SamplingError.unboundedDensity` or `.modeNotFound`; `.noStart`; `CancellationError`;
///   the density's own errors.
@inlinable
public func findMode<D: LogDensity>(
  of density: D, initial: [Double]? = nil, configuration: ModeConfiguration = .standard
) throws -> Mode {
  try findMode(DensityFunctions(density), initial: initial, configuration: configuration)
}

@usableFromInline
func findMode(
  _ density: DensityFunctions, initial: [Double]?, configuration: ModeConfiguration
) throws -> Mode {
  if let initial, initial.count != density.dimension {
    throw SamplingError.startDimension(
      chain: 1, expected: density.dimension, found: initial.count)
  }
  var random = RandomStream(seed: configuration.seed, stream: 0)
  var search = ModeSearch(density, configuration: configuration)
  let start = try Start.find(
    chain: 0, dimension: density.dimension, given: initial, radius: 2, random: &random,
    evaluate: { try search.moveTo($0) })
  return try search.run(from: start)
}

/// The state of one search. It minimises f = minus the log density.
struct ModeSearch {
  /// Pairs of steps and gradient changes that are kept.
  private static let memory = 10

  private struct Point {
    var position: [Double]
    var value: Double
    var gradient: [Double]
  }

  private struct Correction {
    let step: [Double]
    let change: [Double]
    /// 1 / (step . change)
    let inverse: Double
  }

  private let density: DensityFunctions
  private let configuration: ModeConfiguration
  private var corrections: [Correction] = []
  /// Evaluations of the gradient so far.
  private(set) var evaluations = 0
  private var current = Point(position: [], value: 0, gradient: [])

  init(_ density: DensityFunctions, configuration: ModeConfiguration) {
    self.density = density
    self.configuration = configuration
  }

  /// Moves the search to a point; the log density and its gradient there.
  mutating func moveTo(_ position: [Double]) throws -> (logDensity: Double, gradient: [Double]) {
    current = try evaluate(position)
    return (-current.value, current.gradient)
  }

  private mutating func evaluate(_ position: [Double]) throws -> Point {
    guard evaluations < configuration.maximumEvaluations else {
      throw failure(iterations: corrections.count, "the limit of evaluations")
    }
    var gradient = [Double](repeating: .nan, count: position.count)
    let value = try density.gradient(position, &gradient)
    evaluations += 1
    for i in gradient.indices { gradient[i] = -gradient[i] }
    return Point(position: position, value: -value, gradient: gradient)
  }

  mutating func run(from start: [Double]) throws -> Mode {
    var restarted = true
    for iteration in 0...configuration.maximumIterations {
      if Task.isCancelled { throw CancellationError() }
      if hasConverged { return try result(iterations: iteration) }
      try checkBounded(iterations: iteration)
      if iteration == configuration.maximumIterations { break }
      var direction = self.direction()
      if !(dot(direction, current.gradient) < 0) {
        corrections.removeAll()
        direction = self.direction()
      }
      let first = corrections.isEmpty ? 1 / max(1, norm(current.gradient)) : 1
      guard let next = try lineSearch(direction, first: first, iterations: iteration) else {
        if !restarted {  // once more, along the gradient
          corrections.removeAll()
          restarted = true
          continue
        }
        // No step lowers the value any more: at rounding level this is the mode.
        if norm(current.gradient) <= 1e-5 * max(1, abs(current.value)) {
          return try result(iterations: iteration)
        }
        if looksUnbounded { throw unbounded(current, iteration) }
        throw failure(iterations: iteration, "no step along the gradient improves it")
      }
      remember(next)
      current = next
      restarted = false
    }
    throw failure(iterations: configuration.maximumIterations, "the limit of iterations")
  }

  // MARK: Ends

  private var hasConverged: Bool {
    norm(current.gradient) <= configuration.gradientTolerance * max(1, abs(current.value))
  }

  private func result(iterations: Int) throws -> Mode {
    var reported = [Double](repeating: .nan, count: density.reportedCount)
    var random = RandomStream(seed: configuration.seed, chain: 0, draw: 0)
    try density.report(current.position, &reported, &random)
    return Mode(
      position: current.position, logDensity: -current.value, reported: reported,
      gradientNorm: norm(current.gradient), iterations: iterations, evaluations: evaluations)
  }

  /// A density this large, or a coordinate that has run this far, is no mode of a proper posterior.
  private func checkBounded(iterations: Int) throws(SamplingError) {
    if current.value < -1e100 { throw unbounded(current, iterations) }
    if let far = current.position.map(abs).max(), far > 1e10 {
      throw unbounded(current, iterations)
    }
  }

  /// Where no step helps although the gradient is far from zero, and a coordinate has run out to
  /// where a scale is e¹⁵ or e⁻¹⁵ and is still pushed on (or rounding has taken over): the narrowing
  /// ridge of a centred hierarchical model.
  private var looksUnbounded: Bool {
    let isSteep = norm(current.gradient) > 1e6 * max(1, abs(current.value))
    return current.position.indices.contains { i in
      abs(current.position[i]) > 15
        && (isSteep || current.position[i] * current.gradient[i] < -1e-3 * abs(current.position[i]))
    }
  }

  private func unbounded(_ point: Point, _ iterations: Int) -> SamplingError {
    let coordinate = point.position.indices.max {
      abs(point.position[$0]) < abs(point.position[$1])
    }
    return .unboundedDensity(
      logDensity: -point.value, iterations: iterations, coordinate: coordinate ?? 0,
      value: point.position[coordinate ?? 0])
  }

  private func failure(iterations: Int, _ reason: String) -> SamplingError {
    .modeNotFound(
      iterations: iterations, gradientNorm: norm(current.gradient), logDensity: -current.value,
      reason: reason)
  }

  // MARK: L-BFGS

  private mutating func remember(_ next: Point) {
    let step = zip(next.position, current.position).map { $0 - $1 }
    let change = zip(next.gradient, current.gradient).map { $0 - $1 }
    let curvature = dot(step, change)
    guard curvature > 1e-14 * dot(change, change).squareRoot() * dot(step, step).squareRoot() else {
      return
    }
    corrections.append(Correction(step: step, change: change, inverse: 1 / curvature))
    if corrections.count > Self.memory { corrections.removeFirst() }
  }

  /// The two-loop recursion.
  private func direction() -> [Double] {
    var q = current.gradient
    var alphas: [Double] = []
    for pair in corrections.reversed() {
      let alpha = pair.inverse * dot(pair.step, q)
      alphas.append(alpha)
      for i in q.indices { q[i] -= alpha * pair.change[i] }
    }
    if let last = corrections.last {
      let scale = 1 / (last.inverse * dot(last.change, last.change))
      for i in q.indices { q[i] *= scale }
    }
    for (pair, alpha) in zip(corrections, alphas.reversed()) {
      let beta = pair.inverse * dot(pair.change, q)
      for i in q.indices { q[i] += (alpha - beta) * pair.step[i] }
    }
    for i in q.indices { q[i] = -q[i] }
    return q
  }

  // MARK: Line search

  /// A point on the line that satisfies the strong Wolfe conditions; nil if there is none to be
  /// found at the resolution of the numbers.
  ///
  /// - Throws: `SamplingError.unboundedDensity` if the value falls without end.
  private mutating func lineSearch(
    _ direction: [Double], first: Double, iterations: Int
  ) throws -> Point? {
    let origin = current
    let slope = dot(direction, origin.gradient)
    guard slope < 0 else { return nil }
    var low = (step: 0.0, point: origin, slope: slope)
    var step = first
    /// The smallest step that is known to leave the support.
    var ceiling = Double.infinity
    for attempt in 0..<60 {
      let point = try evaluate(along(origin.position, direction, step))
      if point.value == -.infinity { throw unbounded(point, iterations) }
      guard point.value.isFinite, point.gradient.allSatisfy(\.isFinite) else {
        // Outside the support: the line ends somewhere before this step.
        ceiling = step
        step = 0.5 * (low.step + step)
        continue
      }
      let slopeHere = dot(direction, point.gradient)
      let rises = point.value > origin.value + 1e-4 * step * slope
      if rises || (attempt > 0 && point.value >= low.point.value) {
        return try zoom(
          origin, direction, slope, low: low, high: (step, point, slopeHere))
      }
      if abs(slopeHere) <= -0.9 * slope { return point }
      if slopeHere >= 0 {
        return try zoom(origin, direction, slope, low: (step, point, slopeHere), high: low)
      }
      low = (step, point, slopeHere)
      if attempt > 45 && ceiling == .infinity { throw unbounded(point, iterations) }
      step = min(2 * step, 0.5 * (step + ceiling))
    }
    return low.step > 0 ? low.point : nil
  }

  private mutating func zoom(
    _ origin: Point, _ direction: [Double], _ slope: Double,
    low: (step: Double, point: Point, slope: Double),
    high: (step: Double, point: Point, slope: Double)
  ) throws -> Point? {
    var (low, high) = (low, high)
    for _ in 0..<40 {
      let step = cubicMinimum(low, high)
      let point = try evaluate(along(origin.position, direction, step))
      let slopeHere = dot(direction, point.gradient)
      let rises = !(point.value <= origin.value + 1e-4 * step * slope)
      if rises || point.value >= low.point.value || !slopeHere.isFinite {
        high = (step, point, slopeHere)
      } else {
        if abs(slopeHere) <= -0.9 * slope { return point }
        if slopeHere * (high.step - low.step) >= 0 { high = low }
        low = (step, point, slopeHere)
      }
      if abs(high.step - low.step) <= 1e-15 * max(1e-300, abs(low.step)) { break }
    }
    return low.step > 0 && low.point.value < origin.value ? low.point : nil
  }

  /// The minimum of the cubic through both ends, kept away from them; the middle if there is none.
  private func cubicMinimum(
    _ a: (step: Double, point: Point, slope: Double),
    _ b: (step: Double, point: Point, slope: Double)
  ) -> Double {
    let width = b.step - a.step
    let d1 = a.slope + b.slope - 3 * (b.point.value - a.point.value) / width
    let root = (d1 * d1 - a.slope * b.slope).squareRoot() * (width > 0 ? 1 : -1)
    let step = b.step - width * (b.slope + root - d1) / (b.slope - a.slope + 2 * root)
    let (nearest, farthest) = (min(a.step, b.step), max(a.step, b.step))
    let margin = 0.1 * (farthest - nearest)
    guard step.isFinite, step > nearest + margin, step < farthest - margin else {
      return 0.5 * (a.step + b.step)
    }
    return step
  }

  private func along(_ position: [Double], _ direction: [Double], _ step: Double) -> [Double] {
    position.indices.map { position[$0] + step * direction[$0] }
  }

  private func dot(_ x: [Double], _ y: [Double]) -> Double {
    VectorOperations.dot(count: x.count, x, y)
  }

  private func norm(_ x: [Double]) -> Double { x.reduce(0) { max($0, abs($1)) } }
}
