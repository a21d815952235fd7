#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Standard deviation of log Z for Z ~ Normal(1, c) given Z > 0, as the R package loo computes it:
/// the sample sd over 1,000 quantiles of Z, at (r − 3/8) / (1000 + 1/4).
///
/// It carries a Monte Carlo error from the scale of predictive densities to that of their logs.
enum LogNormalSpread {
  private static let quantiles: [Double] = (1...1000).map {
    normalQuantile((Double($0) - 0.375) / 1000.25)
  }

  /// For c >= 0; NaN for NaN.
  static func sd(_ c: Double) -> Double {
    guard c < 0.05 else { return direct(c).squareRoot() }
    // c² (v₁ + v₂ c² + …): the terms fall by more than 0.027 each.
    let square = c * c
    var sum = 0.0
    for coefficient in series.reversed() { sum = sum * square + coefficient }
    return c * sum.squareRoot()
  }

  private static func direct(_ c: Double) -> Double {
    var logs: [Double] = []
    logs.reserveCapacity(quantiles.count)
    for z in quantiles where 1 + c * z > 0 { logs.append(log1p(c * z)) }
    return Moments.variance(logs)
  }

  /// v_k = Σ_{i + j = 2k} Cov(zⁱ, zʲ) / (ij), from log(1 + cz) = −Σ (−cz)ⁱ / i.
  private static let series: [Double] = {
    let orders = 24
    var powers = [[Double](repeating: 1, count: quantiles.count)]
    for order in 1..<orders { powers.append(zip(powers[order - 1], quantiles).map { $0 * $1 }) }
    let means = powers.map { Moments.mean($0) }
    func covariance(_ i: Int, _ j: Int) -> Double {
      var sum = 0.0
      for (a, b) in zip(powers[i], powers[j]) { sum += (a - means[i]) * (b - means[j]) }
      return sum / Double(quantiles.count - 1)
    }
    return (1...orders / 2).map { k in
      (1..<2 * k).reduce(0) { sum, i in sum + covariance(i, 2 * k - i) / Double(i * (2 * k - i)) }
    }
  }()
}
