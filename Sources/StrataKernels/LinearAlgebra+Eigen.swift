extension LinearAlgebra {
  /// The eigenvalues of a symmetric, row-major matrix, ascending; the eigenvectors replace the matrix, one in
  /// each column.
  ///
  /// By cyclic Jacobi rotations [GolubVanLoan2013, 8.5], which find small eigenvalues of a graded matrix to as many
  /// digits as large ones; meant for some tens of rows.
  ///
  /// - Throws: `LinearAlgebraError` if the size is wrong or the iteration does not end (NaN).
  package static func eigen(
    _ matrix: inout [Double], dimension n: Int
  ) throws(LinearAlgebraError) -> [Double] {
    guard matrix.count == n * n else { throw .wrongSize(expected: n * n, found: matrix.count) }
    guard matrix.allSatisfy(\.isFinite) else { throw .noEigenvalues(dimension: n) }
    var a = matrix
    var vectors = [Double](repeating: 0, count: n * n)
    for i in 0..<n { vectors[i * (n + 1)] = 1 }
    // Convergence is quadratic: some ten sweeps are enough for any matrix.
    for sweep in 0... {
      var hasRotated = false
      for p in 0..<n {
        for q in (p + 1)..<max(p + 1, n) {
          let (off, size) = (a[p * n + q], (a[p * (n + 1)] * a[q * (n + 1)]).magnitude.squareRoot())
          guard off.magnitude > 1e-16 * size, off != 0 else { continue }
          hasRotated = true
          rotate(&a, &vectors, n, p, q)
        }
      }
      if !hasRotated { break }
      guard sweep < 60 else { throw .noEigenvalues(dimension: n) }
    }
    let order = (0..<n).sorted { a[$0 * (n + 1)] < a[$1 * (n + 1)] }
    for row in 0..<n {
      for (column, source) in order.enumerated() {
        matrix[row * n + column] = vectors[row * n + source]
      }
    }
    return order.map { a[$0 * (n + 1)] }
  }

  /// Makes element (p, q) zero.
  private static func rotate(
    _ a: inout [Double], _ vectors: inout [Double], _ n: Int, _ p: Int, _ q: Int
  ) {
    let theta = (a[q * (n + 1)] - a[p * (n + 1)]) / (2 * a[p * n + q])
    let t = (theta < 0 ? -1 : 1) / (theta.magnitude + (1 + theta * theta).squareRoot())
    let c = 1 / (1 + t * t).squareRoot()
    let s = t * c
    for i in 0..<n {
      let (x, y) = (a[i * n + p], a[i * n + q])
      (a[i * n + p], a[i * n + q]) = (c * x - s * y, s * x + c * y)
      let (v, w) = (vectors[i * n + p], vectors[i * n + q])
      (vectors[i * n + p], vectors[i * n + q]) = (c * v - s * w, s * v + c * w)
    }
    for i in 0..<n {
      let (x, y) = (a[p * n + i], a[q * n + i])
      (a[p * n + i], a[q * n + i]) = (c * x - s * y, s * x + c * y)
    }
    (a[p * n + q], a[q * n + p]) = (0, 0)
  }
}
