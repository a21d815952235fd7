import StrataModels
import StrataSampling

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What integrating parameters that are independent given the rest must give, found from the direct density alone: a
/// one-dimensional integral for each of them.
struct ConjugateOracle {
  let planned: PosteriorDensity
  private let direct: PosteriorDensity
  /// Coordinates of the direct position that the plan integrates.
  let integrated: [Int]
  /// The others, in the order of the plan's position.
  private let sampled: [Int]
  /// For each of the integrated ones, the derivative of the parameter by its coordinate.
  private let slopes: [@Sendable (Double) -> Double]

  init(_ bound: BoundModel) {
    planned = PosteriorDensity(bound, plan: .auto, jacobian: false)
    direct = PosteriorDensity(bound, plan: .direct, jacobian: false)
    var (integrated, sampled): ([Int], [Int]) = ([], [])
    var slopes: [@Sendable (Double) -> Double] = []
    for (index, range) in direct.parameterRanges.enumerated() {
      guard planned.planned.integrated.contains(index) else {
        sampled += Array(range)
        continue
      }
      integrated += Array(range)
      let scale = direct.parameterUnits[index].scale
      if case .interval = bound.parameters[index].transform {
        slopes += range.map { _ in { 1 / ((1 + exp(-$0)) * (1 + exp($0))) } }
      } else {
        slopes += range.map { _ in { scale * exp($0) } }
      }
    }
    (self.integrated, self.sampled, self.slopes) = (integrated, sampled, slopes)
  }

  /// The log marginal density (with respect to the parameters themselves), and for each integrated coordinate its
  /// conditional density at ``grid``, normalised.
  ///
  /// The rectangle rule in v with u = sinh v the logit or the log: the integrands are analytic around the real line, so
  /// that the rule's error falls exponentially with 1 / step, and fall off so fast that shapes of 0.05 reach its ends.
  func conditional(at position: [Double]) -> (logMarginal: Double, densities: [[Double]]) {
    var point = [Double](repeating: 0, count: direct.dimension)
    for (value, place) in zip(position, sampled) { point[place] = value }
    let evaluation = direct.makeEvaluation()
    let origin = evaluation.logDensity(at: point)
    var logMarginal = origin
    var densities: [[Double]] = []
    for (coordinate, slope) in zip(integrated, slopes) {
      let logs = Self.grid.map { v in
        point[coordinate] = sinh(v)
        let value = evaluation.logDensity(at: point) - origin + log(slope(sinh(v))) + log(cosh(v))
        return value < .infinity ? value : -.infinity
      }
      point[coordinate] = 0
      let top = logs.max()!
      let values = logs.map { exp($0 - top) }
      let total = values.reduce(0, +) * Self.step
      logMarginal += top + log(total)
      densities.append(values.map { $0 / total })
    }
    return (logMarginal, densities)
  }

  private static let step = 1.0 / 128
  private static let grid = Array(stride(from: -8.0, through: 8, by: step))

  /// The distribution function of a coordinate with this density: linear between the sums of its values.
  static func distribution(_ density: [Double]) -> (Double) -> Double {
    var sums = [0.0]
    for (left, right) in zip(density, density.dropFirst()) {
      sums.append(sums.last! + (left + right) / 2 * step)
    }
    return { u in
      let place = (asinh(u) - grid[0]) / step
      guard place > 0 else { return 0 }
      let cell = Int(min(place, Double(sums.count)))
      guard cell + 1 < sums.count else { return 1 }
      return sums[cell] + (place - Double(cell)) * (sums[cell + 1] - sums[cell])
    }
  }
}
