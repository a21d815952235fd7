import StrataSampling

/// A density given by a function of position and gradient.
struct FunctionDensity: LogDensity {
  let dimension: Int
  var evenCoordinates: [Int] = []
  let function: @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws -> Double

  func makeEvaluation() -> Evaluation { Evaluation(dimension: dimension, function: function) }

  struct Evaluation: PlainLogDensityEvaluation {
    let dimension: Int
    let function: @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws -> Double

    func logDensity(
      at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
    ) throws -> Double {
      try function(position, gradient)
    }

    func logDensity(at position: UnsafePointer<Double>) throws -> Double {
      var gradient = [Double](repeating: 0, count: dimension)
      return try function(position, &gradient)
    }
  }
}

extension FunctionDensity {
  /// Eight schools, centred, without priors: effects, mu, log tau. Unbounded where tau goes to 0.
  static var eightSchools: FunctionDensity {
    let y = [28.0, 8, -3, 7, -1, 1, 18, 12]
    let sigma = [15.0, 10, 16, 11, 9, 11, 10, 18]
    return FunctionDensity(dimension: 10) { x, gradient in
      let (mu, tau) = (x[8], TestMath.exp(x[9]))
      var sum = 0.0
      gradient[8] = 0
      gradient[9] = -8
      for i in 0..<8 {
        let (a, b) = ((y[i] - x[i]) / sigma[i], (x[i] - mu) / tau)
        sum -= 0.5 * (a * a + b * b)
        gradient[i] = a / sigma[i] - b / tau
        gradient[8] += b / tau
        gradient[9] += b * b
      }
      return sum - 8 * x[9]
    }
  }
}

/// Independent normal coordinates with mean 0.
struct NormalDensity: LogDensity {
  let scales: [Double]
  var dimension: Int { scales.count }

  init(scales: [Double]) { self.scales = scales }
  init(dimension: Int) { scales = Array(repeating: 1, count: dimension) }

  func makeEvaluation() -> Evaluation {
    Evaluation(precisions: scales.map { 1 / ($0 * $0) })
  }

  struct Evaluation: PlainLogDensityEvaluation {
    let precisions: [Double]
    var dimension: Int { precisions.count }

    func logDensity(
      at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
    ) -> Double {
      var sum = 0.0
      for i in 0..<precisions.count {
        let slope = precisions[i] * position[i]
        sum += slope * position[i]
        gradient[i] = -slope
      }
      return -0.5 * sum
    }

    func logDensity(at position: UnsafePointer<Double>) -> Double {
      var sum = 0.0
      for i in 0..<precisions.count { sum += precisions[i] * position[i] * position[i] }
      return -0.5 * sum
    }
  }
}

/// A multivariate normal with mean 0 and covariance L Lᵀ, L lower triangular, row by row.
struct CorrelatedNormal: LogDensity {
  let lower: [[Double]]
  var dimension: Int { lower.count }

  func covariance(_ i: Int, _ j: Int) -> Double {
    zip(lower[i], lower[j]).reduce(0) { $0 + $1.0 * $1.1 }
  }

  func makeEvaluation() -> Evaluation { Evaluation(lower: lower) }

  struct Evaluation: PlainLogDensityEvaluation {
    let lower: [[Double]]
    var dimension: Int { lower.count }

    /// Solves L z = x and then Lᵀ g = z: the log density is -z.z/2, its gradient -g.
    func logDensity(
      at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
    ) -> Double {
      let n = dimension
      var sum = 0.0
      for i in 0..<n {
        var value = position[i]
        for j in 0..<i { value -= lower[i][j] * gradient[j] }
        gradient[i] = value / lower[i][i]
        sum += gradient[i] * gradient[i]
      }
      for i in (0..<n).reversed() {
        var value = gradient[i]
        for j in i + 1..<max(n, i + 1) { value += lower[j][i] * gradient[j] }
        gradient[i] = -value / lower[i][i]
      }
      return -0.5 * sum
    }

    func logDensity(at position: UnsafePointer<Double>) -> Double {
      var gradient = [Double](repeating: 0, count: dimension)
      return logDensity(at: position, gradient: &gradient)
    }
  }
}
