import Foundation
import StrataSampling

/// Balanced groups with normal effects and noise, the effects integrated out: what is left is the mean, the log
/// of the effects' sd and the log of the noise's sd. Priors: Normal(0, 10), HalfCauchy(2) and HalfCauchy(2).
struct OneWayDensity: LogDensity {
  let means: [Double]
  /// Squared deviations within groups, summed.
  let squares: Double
  let size: Double
  let dimension = 3

  /// Data drawn with noise of sd 1.
  init(groups: Int, rows: Int, sd: Double, seed: UInt64) {
    var random = RandomStream(seed: seed, stream: 77)
    var squares = 0.0
    means = (0..<groups).map { _ in
      let effect = sd * random.normal()
      let values = (0..<rows).map { _ in effect + random.normal() }
      let mean = values.reduce(0, +) / Double(rows)
      squares += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return mean
    }
    self.squares = squares
    size = Double(rows)
  }

  func makeEvaluation() -> Evaluation { Evaluation(density: self) }

  struct Evaluation: PlainLogDensityEvaluation {
    let density: OneWayDensity
    var dimension: Int { 3 }

    func logDensity(
      at x: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
    ) -> Double {
      let (mu, a, b) = (x[0], exp(2 * x[1]), exp(2 * x[2]))
      let variance = a + b / density.size
      let degrees = Double(density.means.count) * (density.size - 1)
      var value = -0.5 * density.squares / b - degrees * x[2]
      var (toMu, toVariance) = (0.0, 0.0)
      for mean in density.means {
        let residual = mean - mu
        value -= 0.5 * (residual * residual / variance + log(variance))
        toMu += residual / variance
        toVariance += 0.5 * (residual * residual / variance - 1) / variance
      }
      value += -0.005 * mu * mu + x[1] - log1p(a / 4) + x[2] - log1p(b / 4)
      gradient[0] = toMu - 0.01 * mu
      gradient[1] = toVariance * 2 * a + 1 - 2 * a / (4 + a)
      gradient[2] =
        toVariance * 2 * b / density.size + density.squares / b - degrees + 1 - 2 * b / (4 + b)
      return value
    }

    func logDensity(at position: UnsafePointer<Double>) -> Double {
      var gradient = [0.0, 0, 0]
      return logDensity(at: position, gradient: &gradient)
    }
  }
}
