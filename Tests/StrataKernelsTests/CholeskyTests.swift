import StrataKernels
import Testing

extension SpecialFunctionTests {
  /// A positive definite matrix with the eigenvalues of a smooth kernel, lifted off zero.
  private static func matrix(_ n: Int) -> [Double] {
    (0..<n * n).map { place in
      let (row, column) = place.quotientAndRemainder(dividingBy: n)
      return 1 / (1 + 0.3 * Double(abs(row - column))) + (row == column ? 0.1 : 0)
    }
  }

  @Test(
    "Cholesky factors, our own and LAPACK's, give the matrix back",
    arguments: [1, 2, 7, 8, 9, 40, LinearAlgebra.largestOwn, LinearAlgebra.largestOwn + 1])
  func choleskyFactors(dimension n: Int) throws {
    let matrix = Self.matrix(n)
    var factor = matrix
    try LinearAlgebra.cholesky(&factor, dimension: n)
    for row in stride(from: 0, to: n, by: max(1, n / 40)) {
      for column in 0..<n {
        if column > row { #expect(factor[row * n + column] == 0) }
        var sum = 0.0
        for k in 0...min(row, column) { sum += factor[row * n + k] * factor[column * n + k] }
        // The backward error of a Cholesky factorisation is at most about n ulp of the diagonal.
        #expect(abs(sum - matrix[row * n + column]) <= Double(n + 2) * 0x1p-52)
      }
    }
  }

  @Test("our Cholesky factor has the same bits on every backend")
  func choleskyBackends() {
    var expected: [Double]?
    onEveryBackend { backend in
      var factor = Self.matrix(37)
      #expect(throws: Never.self) { try LinearAlgebra.cholesky(&factor, dimension: 37) }
      if let expected { #expect(factor == expected, "\(backend)") } else { expected = factor }
    }
  }

  @Test("what is not positive definite is refused where it is found, by both factorisations")
  func choleskyRefuses() {
    for n in [10, LinearAlgebra.largestOwn + 1] {
      for bad in [-1, 0, Double.nan] {
        var matrix = Self.matrix(n)
        matrix[6 * n + 6] = bad
        #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 7, dimension: n)) {
          try LinearAlgebra.cholesky(&matrix, dimension: n)
        }
      }
    }
  }

  @Test("without a library the error says what to install")
  func choleskyWithoutLibrary() {
    let error = LinearAlgebraError.noLibrary(dimension: 600, tried: ["libopenblas.so.0", "other"])
    #expect(
      "\(error)" == """
        a 600 x 600 matrix has to be factorised, and there is no OpenBLAS to do it (looked for \
        libopenblas.so.0, other): install it (Debian, Ubuntu: apt-get install libopenblas-dev), or use a \
        diagonal metric, which needs no factorisation
        """)
  }
}
