import Foundation

/// Rows y = c x + noise of one group (x = 1 for a mean), by what the likelihood needs of them: the closed form of a
/// coefficient with a Normal prior, given the noise.
struct NormalGroup {
  let count: Double
  /// Σ x².
  let weight: Double
  /// Σ x y / Σ x².
  let estimate: Double
  /// Σ (y - estimate x)².
  let residual: Double

  init(x: [Double], y: [Double]) {
    count = Double(y.count)
    weight = x.reduce(0) { $0 + $1 * $1 }
    let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    let estimate = product / weight
    self.estimate = estimate
    residual = zip(x, y).reduce(0) { $0 + ($1.1 - estimate * $1.0) * ($1.1 - estimate * $1.0) }
  }

  /// log p(y | noise, prior), up to a constant, and the mean and variance of the coefficient.
  func posterior(noise: Double, mean: Double, sd: Double) -> (
    log: Double, mean: Double, variance: Double
  ) {
    let own = noise * noise / weight
    let total = sd * sd + own
    let distance = estimate - mean
    let log =
      -(count - 1) * Foundation.log(noise) - residual / (2 * noise * noise)
      - 0.5 * Foundation.log(total) - distance * distance / (2 * total)
    return (log, (estimate * sd * sd + mean * own) / total, sd * sd * own / total)
  }

  /// The density of the rows at a coefficient, up to a constant.
  func log(noise: Double, coefficient: Double) -> Double {
    let distance = estimate - coefficient
    return -count * Foundation.log(noise)
      - (residual + weight * distance * distance) / (2 * noise * noise)
  }
}

/// Points of a trapezoidal rule in log x, which for densities that fall off at both ends converges faster than any power
/// of the step; `weight` holds dx.
func logGrid(from low: Double, to high: Double, _ count: Int) -> [(x: Double, weight: Double)] {
  let step = (Foundation.log(high) - Foundation.log(low)) / Double(count - 1)
  return (0..<count).map {
    let x = exp(Foundation.log(low) + step * Double($0))
    return (x, step * x)
  }
}

/// Points of a trapezoidal rule.
func grid(from low: Double, to high: Double, _ count: Int) -> [Double] {
  (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
}
