import StrataKernels

/// The curvature of a log density at a point: minus its second derivatives, by central differences of the
/// gradient. At a maximum it is the precision of the normal density that is nearest there.
struct Curvature {
  /// The diagonal, all of it positive.
  let diagonal: [Double]
  /// The whole matrix, row by row and symmetric; nil if only the diagonal was asked for.
  let matrix: [Double]?

  /// - Parameter gradient: writes the gradient at a position into the buffer (dimension values).
  /// - Returns: nil where a gradient is not finite or the density does not curve down along a coordinate.
  init?(
    at position: [Double], isDense: Bool,
    gradient: (_ position: [Double], _ gradient: inout [Double]) throws -> Void
  ) rethrows {
    let count = position.count
    var diagonal = [Double](repeating: 0, count: count)
    var matrix = [Double](repeating: 0, count: isDense ? count * count : 0)
    var column = [Double](repeating: 0, count: count)
    for i in 0..<count {
      guard try Self.differentiate(position, i, into: &column, gradient) else { return nil }
      diagonal[i] = column[i]
      if isDense {
        for j in 0..<count {
          matrix[i * count + j] += 0.5 * column[j]
          matrix[j * count + i] += 0.5 * column[j]
        }
      }
    }
    self.diagonal = diagonal
    self.matrix = isDense ? matrix : nil
  }

  /// One column. The step follows the width that the curvature itself tells: about a thousandth of it, where
  /// both what the density's fourth derivatives and what rounding do to the difference is small.
  private static func differentiate(
    _ position: [Double], _ index: Int, into column: inout [Double],
    _ gradient: ([Double], inout [Double]) throws -> Void
  ) rethrows -> Bool {
    var point = position
    var (above, below) = (column, column)
    var step = 1e-3
    for _ in 0..<4 {
      let (high, low) = (position[index] + step, position[index] - step)
      point[index] = high
      try gradient(point, &above)
      point[index] = low
      try gradient(point, &below)
      for j in column.indices { column[j] = (below[j] - above[j]) / (high - low) }
      guard column.allSatisfy(\.isFinite) else {
        step *= 1e-2
        continue
      }
      guard column[index] > 0 else { return false }
      let width = 1 / column[index].squareRoot()
      if step > 1e-5 * width && step < 0.02 * width { return true }
      step = max(1e-3 * width, 1e-9 * abs(position[index]))
    }
    return column.allSatisfy(\.isFinite)
  }

  /// The inverse of the matrix; nil if it is not positive definite as far as differences can tell: scaled to
  /// a diagonal of ones, no coordinate may be known from the others to more than 1 - 1e-8 of its variance.
  func covariance() -> [Double]? {
    guard let matrix else { return nil }
    let count = diagonal.count
    let widths = diagonal.map { 1 / $0.squareRoot() }
    var lower = matrix
    for i in 0..<count {
      for j in 0..<count { lower[i * count + j] *= widths[i] * widths[j] }
    }
    do { try LinearAlgebra.cholesky(&lower, dimension: count) } catch { return nil }
    guard (0..<count).allSatisfy({ lower[$0 * (count + 1)] > 1e-4 }) else { return nil }
    // The columns of L⁻¹, then (L Lᵀ)⁻¹ = L⁻ᵀ L⁻¹.
    var inverse = [Double](repeating: 0, count: count * count)
    for column in 0..<count {
      for row in column..<count {
        var value = row == column ? 1.0 : 0
        for k in column..<row { value -= lower[row * count + k] * inverse[k * count + column] }
        inverse[row * count + column] = value / lower[row * (count + 1)]
      }
    }
    var covariance = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0...i {
        var sum = 0.0
        for k in i..<count { sum += inverse[k * count + i] * inverse[k * count + j] }
        covariance[i * count + j] = sum * widths[i] * widths[j]
        covariance[j * count + i] = covariance[i * count + j]
      }
    }
    return covariance.allSatisfy(\.isFinite) ? covariance : nil
  }
}
