import Foundation
import TestSupport

/// A univariate distribution: moments in closed form, quantiles by integrating its density
/// numerically. Uses nothing of the engine.
struct Distribution: Sendable {
  var mean: Double
  var sd: Double
  var lower = -Double.infinity
  var upper = Double.infinity
  /// Up to an additive constant.
  var logDensity: @Sendable (Double) -> Double

  static func normal(mean: Double, sd: Double) -> Distribution {
    Distribution(mean: mean, sd: sd) { x in -0.5 * ((x - mean) / sd) * ((x - mean) / sd) }
  }

  static func beta(_ a: Double, _ b: Double) -> Distribution {
    let sum = a + b
    return Distribution(
      mean: a / sum, sd: (a * b / (sum * sum * (sum + 1))).squareRoot(), lower: 0, upper: 1
    ) { x in (a - 1) * log(x) + (b - 1) * log(1 - x) }
  }

  static func gamma(shape: Double, rate: Double) -> Distribution {
    Distribution(mean: shape / rate, sd: shape.squareRoot() / rate, lower: 0) { x in
      (shape - 1) * log(x) - rate * x
    }
  }

  static func inverseGamma(shape: Double, scale: Double) -> Distribution {
    let mean = scale / (shape - 1)
    return Distribution(mean: mean, sd: mean / (shape - 2).squareRoot(), lower: 0) { x in
      -(shape + 1) * log(x) - scale / x
    }
  }

  /// The square root of an inverse gamma variable.
  static func rootInverseGamma(shape: Double, scale: Double) -> Distribution {
    let mean = scale.squareRoot() * exp(lgamma(shape - 0.5) - lgamma(shape))
    let square = scale / (shape - 1)
    return Distribution(mean: mean, sd: (square - mean * mean).squareRoot(), lower: 0) { x in
      -(2 * shape + 1) * log(x) - scale / (x * x)
    }
  }

  static func studentT(df: Double, mean: Double, scale: Double) -> Distribution {
    Distribution(mean: mean, sd: scale * (df / (df - 2)).squareRoot()) { x in
      let u = (x - mean) / scale
      return -0.5 * (df + 1) * log1p(u * u / df)
    }
  }

  /// The density on a grid over the mean ± 60 sd within the support.
  ///
  /// Cells of 6e-4 sd: the trapezoid rule and linear interpolation are right to about 1e-7 sd, and
  /// the tails left out of the distributions above hold less (an inverse gamma of shape 9, the
  /// heaviest: 1e-7 of the variance beyond 60 sd).
  func tabulated() -> Tabulated {
    let count = 200_000
    let low = max(lower, mean - 60 * sd)
    let high = min(upper, mean + 60 * sd)
    let step = (high - low) / Double(count)
    let points = (0...count).map { low + step * Double($0) }
    let logs = points.map { $0 > lower && $0 < upper ? logDensity($0) : -.infinity }
    let top = logs.max()!
    return Tabulated(points: points, densities: logs.map { exp($0 - top) })
  }

  /// The numbers to compare draws with.
  var reference: ReferencePosterior {
    let table = tabulated()
    return ReferencePosterior(
      mean: mean, sd: sd,
      quantiles: [0.05, 0.5, 0.95].map { ($0, table.quantile($0)) })
  }
}

/// A density on equidistant points, integrated by the trapezoid rule.
struct Tabulated {
  let points: [Double]
  let densities: [Double]
  private let cumulative: [Double]

  init(points: [Double], densities: [Double]) {
    self.points = points
    self.densities = densities
    var sum = 0.0
    cumulative = densities.indices.map { i in
      sum += i == 0 ? 0 : (densities[i - 1] + densities[i]) / 2
      return sum
    }
  }

  func quantile(_ probability: Double) -> Double {
    let goal = probability * cumulative.last!
    var (low, high) = (0, cumulative.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if cumulative[middle] < goal { low = middle } else { high = middle }
    }
    let share = (goal - cumulative[low]) / (cumulative[high] - cumulative[low])
    return points[low] + share * (points[high] - points[low])
  }

  /// Mean and sd of the table: they must be those of the closed form.
  var moments: (mean: Double, sd: Double) {
    let total = densities.reduce(0, +)
    let mean = zip(points, densities).reduce(0) { $0 + $1.0 * $1.1 } / total
    let square = zip(points, densities).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
    return (mean, (square / total).squareRoot())
  }
}
