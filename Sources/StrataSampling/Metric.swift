import StrataKernels

/// The shape of the inverse metric (the inverse mass matrix) that warmup estimates.
public enum MetricShape: String, Sendable, Equatable, Codable {
  /// Variances only.
  case diagonal
  /// A full covariance matrix: dimension² memory, and dimension² work in each step. Worth it up to some tens
  /// of coordinates.
  case dense
}

/// What warmup makes the inverse metric from.
public enum MetricEstimate: String, Sendable, Equatable, Codable {
  /// Draws and gradients: a diagonal metric in overlapping windows, as nutpie does it; a dense one in windows
  /// that double.
  case fisher
  /// The variances or the covariance of the draws, in windows that double: as Stan does it.
  case variance
}

/// An inverse metric: the estimated covariance of the posterior.
public enum InverseMetric: Sendable, Equatable {
  /// One variance for each coordinate.
  case diagonal([Double])
  /// A covariance matrix, row by row.
  case dense([Double])

  /// The variances.
  public var variances: [Double] {
    switch self {
    case .diagonal(let values): return values
    case .dense(let values):
      let dimension = Int(Double(values.count).squareRoot().rounded())
      return (0..<dimension).map { values[$0 * (dimension + 1)] }
    }
  }

  static func identity(_ shape: MetricShape, dimension: Int) -> InverseMetric {
    switch shape {
    case .diagonal: return .diagonal(Array(repeating: 1, count: dimension))
    case .dense:
      var values = [Double](repeating: 0, count: dimension * dimension)
      for i in 0..<dimension { values[i * (dimension + 1)] = 1 }
      return .dense(values)
    }
  }

  /// The lower Cholesky factor, row by row; the square roots of the variances if diagonal.
  func factor(dimension: Int) throws(LinearAlgebraError) -> [Double] {
    switch self {
    case .diagonal(let values): return values.map { $0.squareRoot() }
    case .dense(var values):
      try LinearAlgebra.cholesky(&values, dimension: dimension)
      return values
    }
  }
}

/// Running mean and covariance. Source: Welford1962.
package struct CovarianceEstimator: Sendable {
  let shape: MetricShape
  private(set) var count = 0
  private var mean: [Double]
  /// Sums of squared deviations: one for each coordinate, or a matrix's lower triangle.
  private var squares: [Double]
  private var delta: [Double]

  package init(shape: MetricShape, dimension: Int) {
    self.shape = shape
    mean = Array(repeating: 0, count: dimension)
    delta = mean
    squares = Array(
      repeating: 0, count: shape == .diagonal ? dimension : dimension * dimension)
  }

  mutating func reset() {
    count = 0
    for i in mean.indices { mean[i] = 0 }
    for i in squares.indices { squares[i] = 0 }
  }

  /// Takes in one position (dimension values).
  package mutating func add(_ position: UnsafePointer<Double>) {
    count += 1
    let share = 1 / Double(count)
    let dimension = mean.count
    for i in 0..<dimension {
      delta[i] = position[i] - mean[i]
      mean[i] += delta[i] * share
    }
    switch shape {
    case .diagonal:
      for i in 0..<dimension { squares[i] += delta[i] * (position[i] - mean[i]) }
    case .dense:
      for row in 0..<dimension {
        let deviation = position[row] - mean[row]
        for column in 0...row { squares[row * dimension + column] += deviation * delta[column] }
      }
    }
  }

  /// The sample covariance, shrunk to 1e-3 as Stan does: n/(n+5) of the estimate and 5/(n+5) of
  /// 1e-3 on the diagonal.
  package func regularized() -> InverseMetric {
    let n = Double(count)
    let keep = n / (n + 5) / (n - 1)
    let floor = 1e-3 * 5 / (n + 5)
    let dimension = mean.count
    switch shape {
    case .diagonal: return .diagonal(squares.map { $0 * keep + floor })
    case .dense:
      var matrix = squares
      for row in 0..<dimension {
        for column in 0...row {
          let value = squares[row * dimension + column] * keep + (row == column ? floor : 0)
          matrix[row * dimension + column] = value
          matrix[column * dimension + row] = value
        }
      }
      return .dense(matrix)
    }
  }

  /// The sample covariance, shrunk to a metric that is known already as if that had come from `weight` draws.
  package func shrunk(to metric: InverseMetric, weight: Double) -> InverseMetric {
    let divisor = max(Double(count - 1), 0) + weight
    switch metric {
    case .diagonal(let known):
      return .diagonal(zip(squares, known).map { ($0 + weight * $1) / divisor })
    case .dense(let known):
      let dimension = mean.count
      var matrix = known
      for row in 0..<dimension {
        for column in 0...row {
          let (at, mirrored) = (row * dimension + column, column * dimension + row)
          matrix[at] = (squares[at] + weight * known[at]) / divisor
          matrix[mirrored] = matrix[at]
        }
      }
      return .dense(matrix)
    }
  }

  /// The sample covariance of two coordinates, without shrinkage.
  package func covariance(_ row: Int, _ column: Int) -> Double {
    let (high, low) = (max(row, column), min(row, column))
    switch shape {
    case .diagonal: return row == column ? squares[row] / Double(count - 1) : 0
    case .dense: return squares[high * mean.count + low] / Double(count - 1)
    }
  }
}
