import StrataKernels

/// A dense metric from the spread of draws and of their gradients: the one under which both have the same
/// covariance, as ``FisherEstimator`` has it for each coordinate alone.
///
/// With A the covariance of the draws and B that of the gradients the metric M solves M B M = A: it is their
/// geometric mean, A # B⁻¹. Where the posterior is normal B is A⁻¹, draw by draw, and a few more draws than
/// there are coordinates give M exactly. Source: Seyboldt2026.
///
/// Both covariances are shrunk to what the metric in use says, M and M⁻¹, as if that had come from as many
/// draws as there are coordinates, and five more: so a window may be short.
package struct DenseFisherEstimator: Sendable {
  private var draws: CovarianceEstimator
  /// Gradients as the trajectory has them: Lᵀ g, where M = L Lᵀ is the metric in use.
  private var gradients: CovarianceEstimator
  private let dimension: Int
  private let weight: Double

  package init(dimension: Int) {
    self.dimension = dimension
    weight = Double(dimension + 5)
    draws = CovarianceEstimator(shape: .dense, dimension: dimension)
    gradients = draws
  }

  /// Draws taken in.
  package var count: Int { draws.count }

  /// Takes in a draw and the gradient there, multiplied by the metric's factor from the left (Lᵀ g).
  package mutating func add(
    _ position: UnsafePointer<Double>, gradient: UnsafePointer<Double>
  ) {
    draws.add(position)
    gradients.add(gradient)
  }

  /// Forgets all draws.
  package mutating func reset() {
    draws.reset()
    gradients.reset()
  }

  /// The metric that follows `metric`, which was in use for all draws taken in: that one itself if numbers
  /// have run so far apart that no other can be computed.
  package func estimate(from metric: InverseMetric) -> InverseMetric {
    guard let next = try? geometricMean(metric) else { return metric }
    guard (try? next.factor(dimension: dimension)) != nil else { return metric }
    return next
  }

  private func geometricMean(
    _ metric: InverseMetric
  ) throws(LinearAlgebraError) -> InverseMetric {
    let lower = try metric.factor(dimension: dimension)
    let identity = InverseMetric.identity(.dense, dimension: dimension)
    guard case .dense(var factor) = draws.shrunk(to: metric, weight: weight),
      case .dense(let spread) = gradients.shrunk(to: identity, weight: weight)
    else { return metric }
    try LinearAlgebra.cholesky(&factor, dimension: dimension)
    // A = Q Qᵀ; W = L⁻¹ Q, so that Wᵀ B' W = Qᵀ B Q.
    let relative = solve(lower, factor)
    var inner = multiply(relative, multiply(spread, relative), transposed: true)
    let values = try LinearAlgebra.eigen(&inner, dimension: dimension)
    // M = Q C^(-1/2) Qᵀ = R Rᵀ with R = Q V λ^(-1/4).
    var root = multiply(factor, inner, transposed: false)
    for column in 0..<dimension {
      let value = max(values[column], .leastNormalMagnitude)
      let scale = 1 / value.squareRoot().squareRoot()
      for row in 0..<dimension { root[row * dimension + column] *= scale }
    }
    var result = [Double](repeating: 0, count: dimension * dimension)
    for i in 0..<dimension {
      for j in 0...i {
        var sum = 0.0
        for k in 0..<dimension { sum += root[i * dimension + k] * root[j * dimension + k] }
        result[i * dimension + j] = sum
        result[j * dimension + i] = sum
      }
    }
    return .dense(result)
  }

  /// L⁻¹ X.
  private func solve(_ lower: [Double], _ x: [Double]) -> [Double] {
    var result = x
    for row in 0..<dimension {
      for column in 0..<dimension {
        var value = result[row * dimension + column]
        for k in 0..<row { value -= lower[row * dimension + k] * result[k * dimension + column] }
        result[row * dimension + column] = value / lower[row * (dimension + 1)]
      }
    }
    return result
  }

  /// X Y, or Xᵀ Y.
  private func multiply(_ x: [Double], _ y: [Double], transposed: Bool = false) -> [Double] {
    var result = [Double](repeating: 0, count: dimension * dimension)
    for i in 0..<dimension {
      for k in 0..<dimension {
        let value = transposed ? x[k * dimension + i] : x[i * dimension + k]
        for j in 0..<dimension { result[i * dimension + j] += value * y[k * dimension + j] }
      }
    }
    return result
  }
}
