internal import CKernels

/// What can go wrong in a factorisation.
package enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// The leading minor of this order (counted from 1) is not positive.
  case notPositiveDefinite(order: Int, dimension: Int)
  /// The buffer does not hold a square matrix of this dimension.
  case wrongSize(expected: Int, found: Int)
  /// The matrix holds a NaN or an infinity, or its eigenvalues were not found.
  case noEigenvalues(dimension: Int)
  /// A matrix this large is factorised by LAPACK, and no library with it was found.
  case noLibrary(dimension: Int, tried: [String])

  package var description: String {
    switch self {
    case .notPositiveDefinite(let order, let dimension):
      "the \(dimension) x \(dimension) matrix is not positive definite: its leading minor of order "
        + "\(order) is not positive"
    case .wrongSize(let expected, let found):
      "a square matrix needs \(expected) values here, but \(found) were given"
    case .noEigenvalues(let dimension):
      "the eigenvalues of a \(dimension) x \(dimension) matrix were not found"
    case .noLibrary(let dimension, let tried):
      "a \(dimension) x \(dimension) matrix has to be factorised, and there is no OpenBLAS to do it (looked "
        + "for \(tried.joined(separator: ", "))): install it (Debian, Ubuntu: apt-get install libopenblas-dev), "
        + "or use a diagonal metric, which needs no factorisation"
    }
  }
}

/// Factorisations of dense matrices.
package enum LinearAlgebra {
  /// Up to this dimension matrices are factorised here (3.6 ms), beyond it by LAPACK (1.3 ms, and once 20 ms to
  /// load it).
  package static let largestOwn = 512

  /// Replaces the lower triangle of a symmetric, row-major matrix by its Cholesky factor L
  /// (the matrix is L Lᵀ); the strict upper triangle becomes zero.
  ///
  /// - Throws: `LinearAlgebraError` if the size is wrong or the matrix is not positive definite
  ///   (also when it holds a NaN), or if it is large and there is no LAPACK.
  package static func cholesky(_ matrix: inout [Double], dimension: Int) throws(LinearAlgebraError)
  {
    guard matrix.count == dimension * dimension else {
      throw .wrongSize(expected: dimension * dimension, found: matrix.count)
    }
    guard dimension > 0 else { return }
    let order =
      dimension <= largestOwn
      ? strata_cholesky(dimension, &matrix)
      : try choleskyByLAPACK(&matrix, dimension: dimension)
    guard order == 0 else {
      throw .notPositiveDefinite(order: order, dimension: dimension)
    }
  }

  private static func choleskyByLAPACK(
    _ matrix: inout [Double], dimension: Int
  ) throws(LinearAlgebraError) -> Int {
    guard let lapack = LAPACK.shared else {
      throw .noLibrary(dimension: dimension, tried: LAPACK.fileNames)
    }
    let order = lapack.cholesky(&matrix, dimension: dimension)
    for row in 0..<dimension {
      for column in row + 1..<max(row + 1, dimension) { matrix[row * dimension + column] = 0 }
    }
    return order
  }

  /// The library behind large factorisations, with its version and kernel: `OpenBLAS 0.3.21 … SkylakeX`. Loads it.
  package static var libraryName: String { LAPACK.shared?.name ?? "no BLAS" }
}
