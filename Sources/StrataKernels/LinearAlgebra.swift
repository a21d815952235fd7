internal import CKernels
internal import CLAPACKE
internal import COpenBLAS

/// What can go wrong in a factorisation.
package enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// The leading minor of this order (counted from 1) is not positive.
  case notPositiveDefinite(order: Int, dimension: Int)
  /// The buffer does not hold a square matrix of this dimension.
  case wrongSize(expected: Int, found: Int)
  /// The matrix holds a NaN or an infinity, or its eigenvalues were not found.
  case noEigenvalues(dimension: Int)

  package var description: String {
    switch self {
    case .notPositiveDefinite(let order, let dimension):
      "the \(dimension) x \(dimension) matrix is not positive definite: its leading minor of order "
        + "\(order) is not positive"
    case .wrongSize(let expected, let found):
      "a square matrix needs \(expected) values here, but \(found) were given"
    case .noEigenvalues(let dimension):
      "the eigenvalues of a \(dimension) x \(dimension) matrix were not found"
    }
  }
}

/// Factorisations of dense matrices.
package enum LinearAlgebra {
  /// Replaces the lower triangle of a symmetric, row-major matrix by its Cholesky factor L
  /// (the matrix is L Lᵀ); the strict upper triangle becomes zero.
  ///
  /// - Throws: `LinearAlgebraError` if the size is wrong or the matrix is not positive definite
  ///   (also when it holds a NaN).
  package static func cholesky(_ matrix: inout [Double], dimension: Int) throws(LinearAlgebraError)
  {
    guard matrix.count == dimension * dimension else {
      throw .wrongSize(expected: dimension * dimension, found: matrix.count)
    }
    guard dimension > 0 else { return }
    let status = matrix.withUnsafeMutableBufferPointer { buffer in
      LAPACKE_dpotrf(
        LAPACK_ROW_MAJOR, 76 /* 'L' */, numericCast(dimension), buffer.baseAddress,
        numericCast(dimension))
    }
    guard status == 0 else {
      throw .notPositiveDefinite(order: max(1, Int(status)), dimension: dimension)
    }
    for row in 0..<dimension {
      for column in row + 1..<max(row + 1, dimension) { matrix[row * dimension + column] = 0 }
    }
  }

  /// The eigenvalues of a symmetric, row-major matrix, ascending; the eigenvectors replace the matrix, one in
  /// each column.
  ///
  /// - Throws: `LinearAlgebraError` if the size is wrong or the iteration does not end (NaN).
  package static func eigen(
    _ matrix: inout [Double], dimension: Int
  ) throws(LinearAlgebraError) -> [Double] {
    guard matrix.count == dimension * dimension else {
      throw .wrongSize(expected: dimension * dimension, found: matrix.count)
    }
    guard dimension > 0 else { return [] }
    guard matrix.allSatisfy(\.isFinite) else { throw .noEigenvalues(dimension: dimension) }
    var values = [Double](repeating: 0, count: dimension)
    let status = matrix.withUnsafeMutableBufferPointer { buffer in
      values.withUnsafeMutableBufferPointer { values in
        LAPACKE_dsyev(
          LAPACK_ROW_MAJOR, 86 /* 'V' */, 76 /* 'L' */, numericCast(dimension), buffer.baseAddress,
          numericCast(dimension), values.baseAddress)
      }
    }
    guard status == 0 else { throw .noEigenvalues(dimension: dimension) }
    return values
  }

  /// Makes BLAS and LAPACK work in the calling thread only, for the whole process: chains run in
  /// parallel, and a second level of threads would only get in their way.
  package static func useOneThread() { strata_blas_set_threads(1) }

  /// The BLAS in use with its version and kernel: `OpenBLAS 0.3.21 … SkylakeX`.
  package static var libraryName: String {
    String(cString: openblas_get_config()).split(separator: " ").joined(separator: " ")
  }
}
