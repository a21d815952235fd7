/// Sums that diagnostics share. Plain two-pass formulas: subtract the mean, then square.
enum Moments {
  /// Arithmetic mean, corrected once by the mean of the residuals (as R does); NaN for no values.
  static func mean(_ x: UnsafeBufferPointer<Double>) -> Double {
    let count = Double(x.count)
    let first = sum(x) { $0 } / count
    guard first.isFinite else { return first }
    return first + sum(x) { $0 - first } / count
  }

  /// Sum of squared deviations from `center`.
  static func squares(_ x: UnsafeBufferPointer<Double>, around center: Double) -> Double {
    sum(x) {
      let d = $0 - center
      return d * d
    }
  }

  /// Sample variance with denominator n − 1; NaN for fewer than two values, exactly 0 when all
  /// values are equal (the mean of equal values may be off by an ulp).
  static func variance(_ x: UnsafeBufferPointer<Double>) -> Double {
    guard x.count > 1 else { return .nan }
    if x.allSatisfy({ $0 == x[0] }) { return 0 }
    return squares(x, around: mean(x)) / Double(x.count - 1)
  }

  /// Mean of an array.
  static func mean(_ x: [Double]) -> Double { x.withUnsafeBufferPointer { mean($0) } }

  /// Sample variance of an array.
  static func variance(_ x: [Double]) -> Double { x.withUnsafeBufferPointer { variance($0) } }

  /// Σ term(x) in four interleaved partial sums: shorter dependency chains, smaller error.
  @inline(__always)
  private static func sum(
    _ x: UnsafeBufferPointer<Double>, _ term: (Double) -> Double
  ) -> Double {
    var partial = SIMD4<Double>.zero
    let blocks = x.count / 4 * 4
    var i = 0
    while i < blocks {
      partial += SIMD4(term(x[i]), term(x[i + 1]), term(x[i + 2]), term(x[i + 3]))
      i += 4
    }
    var total = (partial[0] + partial[1]) + (partial[2] + partial[3])
    while i < x.count {
      total += term(x[i])
      i += 1
    }
    return total
  }
}
