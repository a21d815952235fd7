#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Generalised Pareto distribution of exceedances over a threshold: P(X > x) = (1 + k x/σ)^(−1/k).
struct GeneralizedPareto {
  /// k: moments of order 1/k and above are infinite. +∞ where nothing could be fitted.
  let shape: Double
  /// σ.
  let scale: Double

  /// Fits exceedances by Zhang and Stephens' method: the posterior mean of θ = −k/σ on a grid of
  /// 30 + √n points, under a prior that depends on the data; k and σ follow from θ.
  ///
  /// k is then drawn towards 1/2 with the weight of ten observations. The numbers are those of
  /// `gpdfit` of the R package loo.
  ///
  /// - Parameter x: exceedances, none negative, in ascending order, at least one.
  ///
  /// Shape +∞ where the lower quartile is 0 or x is not finite: the grid is undefined.
  /// Sources: [Zhang2009], [Vehtari2024].
  init(ascending x: UnsafeBufferPointer<Double>) {
    let n = Double(x.count)
    let points = 30 + Int(n.squareRoot())
    let largest = x[x.count - 1]
    let quartile = x[max(0, Int(n / 4 + 0.5) - 1)]
    let theta = withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * points) { scratch in
      var top = -Double.infinity
      for j in 0..<points {
        let spread = 1 - (Double(points) / (Double(j) + 0.5)).squareRoot()
        let theta = 1 / largest + spread / 3 / quartile
        let k = Self.meanLog(theta, x)
        let profile = n * (log(-theta / k) - k - 1)
        scratch[2 * j] = theta
        scratch[2 * j + 1] = profile
        // Not max(): a NaN must not be passed over.
        if !(profile <= top) { top = profile }
      }
      var (sum, weighted) = (0.0, 0.0)
      for j in 0..<points {
        let weight = exp(scratch[2 * j + 1] - top)
        sum += weight
        weighted += weight * scratch[2 * j]
      }
      return weighted / sum
    }
    let k = Self.meanLogByTerms(theta, x)
    scale = -k / theta
    let shrunk = (k * n + 0.5 * 10) / (n + 10)
    shape = shrunk.isFinite && scale > 0 && scale.isFinite ? shrunk : .infinity
  }

  /// The quantile at 1 − exp(`logSurvival`).
  func quantile(logSurvival: Double) -> Double {
    shape == 0 ? -scale * logSurvival : scale * expm1(-shape * logSurvival) / shape
  }

  /// Mean of log(1 − θx).
  ///
  /// This is where fitting spends its time, so logarithms are taken of products of as many factors
  /// as surely don't overflow. Factors near 1 would lose the digits of θx; they go term by term.
  private static func meanLog(_ theta: Double, _ x: UnsafeBufferPointer<Double>) -> Double {
    let count = x.count
    let largest = theta * x[count - 1]
    // Factors lie between 1 and this power of two.
    let bits = abs(log2(1 - largest))
    guard abs(largest) > 0.05, bits < 100 else { return meanLogByTerms(theta, x) }
    let vectorsPerProduct = Int(1000 / bits) / 8
    let base = UnsafeRawPointer(x.baseAddress!)
    let factor = SIMD8(repeating: theta)
    let one = SIMD8<Double>(repeating: 1)
    var total = 0.0
    var i = 0
    while i + 8 <= count {
      var product = one
      let end = min(count / 8 * 8, i + 8 * vectorsPerProduct)
      while i < end {
        let values = (base + 8 * i).loadUnaligned(as: SIMD8<Double>.self)
        product *= one - factor * values
        i += 8
      }
      let four = product.lowHalf * product.highHalf
      let two = four.lowHalf * four.highHalf
      total += log(two[0] * two[1])
    }
    var rest = 1.0
    while i < count {
      rest *= 1 - theta * x[i]
      i += 1
    }
    return (total + log(rest)) / Double(count)
  }

  private static func meanLogByTerms(
    _ theta: Double, _ x: UnsafeBufferPointer<Double>
  ) -> Double {
    var total = 0.0
    for value in x { total += log1p(-theta * value) }
    return total / Double(x.count)
  }
}
