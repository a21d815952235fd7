#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The Gauss-Hermite rule for the integral of exp(-x²) f(x): points by Newton's method on the orthonormal polynomials.
func gaussHermite(_ count: Int) -> [(x: Double, weight: Double)] {
  /// The polynomial of degree n and the one before it, at x.
  func polynomials(_ x: Double) -> (last: Double, before: Double) {
    var (p, before) = (pow(Double.pi, -0.25), 0.0)
    for n in 0..<count {
      let k = Double(n)
      (p, before) = (x * (2 / (k + 1)).squareRoot() * p - (k / (k + 1)).squareRoot() * before, p)
    }
    return (p, before)
  }
  let factor = (2 * Double(count)).squareRoot()
  // Between the zeros, which lie at least so far apart, the sign changes.
  let limit = (2 * Double(count) + 1).squareRoot()
  let step = 0.5 * Double.pi / limit / 2
  var points: [(x: Double, weight: Double)] = []
  var x = -limit
  while x < limit, points.count < count {
    let (a, b) = (polynomials(x).last, polynomials(x + step).last)
    if a * b <= 0, a != 0 {
      var (low, high) = (x, x + step)
      for _ in 0..<60 {
        let middle = (low + high) / 2
        if polynomials(low).last * polynomials(middle).last <= 0 {
          high = middle
        } else {
          low = middle
        }
      }
      let zero = (low + high) / 2
      let slope = factor * polynomials(zero).before
      points.append((zero, 2 / (slope * slope)))
    }
    x += step
  }
  return points
}

/// Of a symmetric matrix of at most a few rows, a lower triangle L with L L' its inverse; from its diagonal alone where it
/// is not positive definite.
func inverseRoot(_ matrix: [Double], _ n: Int) -> [Double] {
  if let root = lowerRoot(matrix, n), let inverse = inverted(root, n),
    let result = lowerRoot(inverse, n)
  {
    return result
  }
  var result = [Double](repeating: 0, count: n * n)
  for i in 0..<n { result[i * n + i] = 1 / max(abs(matrix[i * n + i]), 1e-6).squareRoot() }
  return result
}

/// Cholesky's factor; nil unless the matrix is positive definite.
private func lowerRoot(_ matrix: [Double], _ n: Int) -> [Double]? {
  var l = [Double](repeating: 0, count: n * n)
  for i in 0..<n {
    for j in 0...i {
      let sum = (0..<j).reduce(matrix[i * n + j]) { $0 - l[i * n + $1] * l[j * n + $1] }
      if i == j {
        guard sum > 0, sum.isFinite else { return nil }
        l[i * n + i] = sum.squareRoot()
      } else {
        l[i * n + j] = sum / l[j * n + j]
      }
    }
  }
  return l
}

/// The inverse of L L'.
private func inverted(_ l: [Double], _ n: Int) -> [Double]? {
  var inverse = [Double](repeating: 0, count: n * n)
  for column in 0..<n {
    var x = (0..<n).map { $0 == column ? 1.0 : 0.0 }
    for i in 0..<n { x[i] = (0..<i).reduce(x[i]) { $0 - l[i * n + $1] * x[$1] } / l[i * n + i] }
    for i in (0..<n).reversed() {
      x[i] = (i + 1..<n).reduce(x[i]) { $0 - l[$1 * n + i] * x[$1] } / l[i * n + i]
    }
    for i in 0..<n { inverse[i * n + column] = x[i] }
  }
  return inverse.allSatisfy(\.isFinite) ? inverse : nil
}
