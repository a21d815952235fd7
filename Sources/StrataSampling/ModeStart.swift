import StrataKernels

/// Where chains can start, and with which metric: a mode of a density and the curvature there.
public struct ModeStart: Sendable, Equatable {
  /// The mode, unconstrained.
  public let position: [Double]
  /// The log density there.
  public let logDensity: Double
  /// The covariance of the normal density with the same mode and curvature: dense if the density has few
  /// enough coordinates, else diagonal.
  public let inverseMetric: InverseMetric
  /// Minus the second derivative along each coordinate.
  let curvature: [Double]

  /// The shape of the inverse metric.
  public var shape: MetricShape {
    if case .dense = inverseMetric { .dense } else { .diagonal }
  }

  /// A point of the normal density whose widths are multiplied by `spread`, and the square of its distance in
  /// widths of the original one.
  func draw(
    spread: Double, random: inout RandomStream
  ) throws(LinearAlgebraError) -> (position: [Double], square: Double) {
    let dimension = position.count
    let factor = try inverseMetric.factor(dimension: dimension)
    let normals = (0..<dimension).map { _ in spread * random.normal() }
    let point = (0..<dimension).map { i in
      switch shape {
      case .diagonal: position[i] + factor[i] * normals[i]
      case .dense: (0...i).reduce(position[i]) { $0 + factor[i * dimension + $1] * normals[$1] }
      }
    }
    return (point, normals.reduce(0) { $0 + $1 * $1 })
  }

  /// The inverse metric as a chain wants it. A diagonal one made of a dense one is between the variances and
  /// the inverse curvatures, which makes draws and gradients equally wide (as ``MetricEstimate/fisher``).
  func inverseMetric(as shape: MetricShape) -> InverseMetric {
    switch (shape, inverseMetric) {
    case (.diagonal, .dense):
      return .diagonal(zip(inverseMetric.variances, curvature).map { ($0 / $1).squareRoot() })
    case (.dense, .diagonal(let variances)):
      let count = variances.count
      var values = [Double](repeating: 0, count: count * count)
      for i in 0..<count { values[i * (count + 1)] = variances[i] }
      return .dense(values)
    default: return inverseMetric
    }
  }
}

/// What a search for a start came to.
public struct StartSearch: Sendable, Equatable {
  /// The start; nil if there is none that can be trusted, and chains should start from jittered points.
  public let start: ModeStart?
  /// Why there is none.
  public let obstacle: String?
  /// Evaluations of the gradient.
  public let evaluations: Int
}

/// Finds a mode of a density, and the curvature there, for chains to start from.
///
/// L-BFGS climbs from three points: zeros (even coordinates: 1/2), and two jittered ones that do not depend on
/// any seed. Where the density is unbounded, a climb takes too long, the three don't meet in one mode, the
/// density does not curve down there or is nothing like normal around it, there is no start: that is a finding,
/// not an error. The work is bounded: 100 evaluations and 20 for each coordinate in each climb, 2 to 8 for each
/// coordinate's curvature, and 52 more.
///
/// - Parameters:
///   - density: what is to be sampled.
///   - denseLimit: the metric is dense up to so many coordinates.
///   - threads: for the density, as in `makeEvaluation(threads:)`.
/// - Throws: the density's own errors; `CancellationError`.
@inlinable
public func findStart<D: LogDensity>(
  of density: D, denseLimit: Int = 40, threads: Int = 1
) throws -> StartSearch {
  try findStart(DensityFunctions(density, threads: threads), denseLimit: denseLimit)
}

@usableFromInline
func findStart(_ density: DensityFunctions, denseLimit: Int) throws -> StartSearch {
  var finder = StartFinder(density, denseLimit: denseLimit)
  do {
    let start = try finder.find()
    return StartSearch(start: start, obstacle: nil, evaluations: finder.evaluations)
  } catch let obstacle as StartFinder.Obstacle {
    return StartSearch(start: nil, obstacle: obstacle.text, evaluations: finder.evaluations)
  }
}

private struct StartFinder {
  struct Obstacle: Error { let text: String }

  /// Points that the density is looked at around a mode.
  private static let trials = 50

  private let density: DensityFunctions
  private let denseLimit: Int
  private var gradient: [Double]
  private(set) var evaluations = 0

  init(_ density: DensityFunctions, denseLimit: Int) {
    self.density = density
    self.denseLimit = denseLimit
    gradient = Array(repeating: 0, count: density.dimension)
  }

  mutating func find() throws -> ModeStart {
    guard density.dimension > 0 else { throw Obstacle(text: "there is nothing to start") }
    let modes = try climbs()
    let best = modes.max { $0.logDensity < $1.logDensity }!
    let isDense = density.dimension <= denseLimit
    let curvature = try Curvature(at: best.position, isDense: isDense) { position, gradient in
      evaluations += 1
      // Not finite where the density is not: the gradient may be left unwritten there.
      for i in gradient.indices { gradient[i] = .nan }
      _ = try density.gradient(position, &gradient)
    }
    guard let curvature else {
      throw Obstacle(text: "the density does not curve down at the mode in every direction")
    }
    let metric: InverseMetric
    if isDense {
      guard let covariance = curvature.covariance() else {
        throw Obstacle(text: "the density does not curve down at the mode in every direction")
      }
      metric = .dense(covariance)
    } else {
      metric = .diagonal(curvature.diagonal.map { 1 / $0 })
    }
    for mode in modes where distance(mode.position, best.position, curvature) > 1 {
      throw Obstacle(text: "the density seems to have more than one mode")
    }
    let (position, logDensity) = try polish(best, metric)
    let start = ModeStart(
      position: position, logDensity: logDensity, inverseMetric: metric,
      curvature: curvature.diagonal)
    try checkNormal(start)
    return start
  }

  /// A mode says nothing of the posterior where the density around it is nothing like normal: in the narrow
  /// neck of a centred hierarchical model, say. Drawn from the normal density, points have to have about the
  /// log density that it says.
  private mutating func checkNormal(_ start: ModeStart) throws {
    var random = RandomStream(seed: 2, stream: .max)
    let lowest = -5 - Double(density.dimension)
    var far = 0
    for _ in 0..<Self.trials {
      let (position, square) = try start.draw(spread: 1, random: &random)
      evaluations += 1
      let value = try density.value(position)
      if !(value - start.logDensity + 0.5 * square > lowest) { far += 1 }
    }
    if far > Self.trials / 10 {
      throw Obstacle(text: "the density is nothing like normal around its mode")
    }
  }

  private mutating func climbs() throws -> [Mode] {
    let dimension = density.dimension
    let configuration = try ModeConfiguration(
      gradientTolerance: 1e-6, maximumEvaluations: 100 + 20 * dimension)
    var random = RandomStream(seed: 1, stream: .max)
    var modes: [Mode] = []
    for number in 0..<3 {
      var search = ModeSearch(density, configuration: configuration)
      defer { evaluations += search.evaluations }
      do {
        // An even coordinate has no slope at zero, be it a mode or a saddle.
        var start = [Double](repeating: 0, count: dimension)
        for i in density.evenCoordinates { start[i] = 0.5 }
        let (value, slope) = try search.moveTo(start)
        if number > 0 || !value.isFinite || !slope.allSatisfy(\.isFinite) {
          start = try Start.find(
            chain: 0, dimension: dimension, given: nil, radius: 2, random: &random,
            evaluate: { try search.moveTo($0) })
        }
        var mode = try search.run(from: start)
        for i in density.evenCoordinates { mode.position[i] = abs(mode.position[i]) }
        modes.append(mode)
      } catch let error as SamplingError {
        switch error {
        case .unboundedDensity: throw Obstacle(text: "the density is unbounded")
        case .noStart: throw Obstacle(text: "no point with a finite density was found")
        default: throw Obstacle(text: "the climb to the mode did not end")
        }
      }
    }
    return modes
  }

  /// How far apart two points are, in widths of the density.
  private func distance(_ a: [Double], _ b: [Double], _ curvature: Curvature) -> Double {
    let difference = zip(a, b).map { $0 - $1 }
    var square = 0.0
    for i in difference.indices {
      if let matrix = curvature.matrix {
        let row = matrix[i * difference.count..<(i + 1) * difference.count]
        square += difference[i] * zip(row, difference).reduce(0) { $0 + $1.0 * $1.1 }
      } else {
        square += difference[i] * difference[i] * curvature.diagonal[i]
      }
    }
    return square.magnitude.squareRoot()
  }

  /// One step of Newton's, kept if it does not go down.
  private mutating func polish(
    _ mode: Mode, _ metric: InverseMetric
  ) throws -> (position: [Double], logDensity: Double) {
    evaluations += 1
    let origin = mode.position
    _ = try density.gradient(origin, &gradient)
    let count = gradient.count
    let step: [Double] =
      switch metric {
      case .diagonal(let variances): zip(variances, gradient).map { $0 * $1 }
      case .dense(let matrix):
        (0..<count).map { i in
          (0..<count).reduce(0) { $0 + matrix[i * count + $1] * gradient[$1] }
        }
      }
    let gain = zip(step, gradient).reduce(0) { $0 + $1.0 * $1.1 }
    guard gain < 1 else { throw Obstacle(text: "the climb to the mode did not end") }
    let position = zip(origin, step).map { $0 + $1 }
    evaluations += 1
    let value = try density.gradient(position, &gradient)
    guard value >= mode.logDensity, gradient.allSatisfy(\.isFinite) else {
      return (origin, mode.logDensity)
    }
    return (position, value)
  }
}
