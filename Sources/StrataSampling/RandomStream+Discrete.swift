#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Counts are whole numbers held in a `Double`, as columns of data are: a mean of 1e20 is no
/// reason to stop the program. Beyond 2⁵³ the result has the resolution of `Double`.
extension RandomStream {
  /// True with this probability.
  public mutating func bernoulli(_ probability: Double) -> Bool { uniform() < probability }

  /// A Poisson count; `mean` not negative and finite, else NaN. Source: Hormann1993 (PTRS), with
  /// the probabilities of Loader2000, which do not cancel at a large mean.
  public mutating func poisson(mean: Double) -> Double {
    guard mean >= 0, mean.isFinite else { return .nan }
    if mean < 10 { return smallPoisson(mean) }
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let edge = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let us = 0.5 - abs(u)
      let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07 && v <= edge { return k }
      if k < 0 || (us < 0.013 && v > us) { continue }
      if log(v * inverseAlpha / (a / (us * us) + b)) <= Saddle.logPoisson(k, mean: mean) {
        return k
      }
    }
  }

  /// Sequential search; `mean` under 10.
  private mutating func smallPoisson(_ mean: Double) -> Double {
    var u = uniform()
    var probability = exp(-mean)
    var k = 0.0
    while u > probability {
      u -= probability
      k += 1
      probability *= mean / k
      if probability == 0 { return k }
    }
    return k
  }

  /// A binomial count; `trials` a whole number that is not negative, `probability` in [0, 1], else
  /// NaN. Source: Hormann1993b (BTRS), with the probabilities of Loader2000.
  public mutating func binomial(trials: Double, probability: Double) -> Double {
    guard trials >= 0, trials.isFinite, trials == trials.rounded(), probability >= 0,
      probability <= 1
    else { return .nan }
    if probability > 0.5 {
      return trials - binomial(trials: trials, probability: 1 - probability)
    }
    if trials == 0 || probability == 0 { return 0 }
    if trials * probability < 10 { return smallBinomial(trials, probability) }
    return transformedBinomial(trials, probability)
  }

  /// Sequential search; trials × probability under 10.
  private mutating func smallBinomial(_ n: Double, _ p: Double) -> Double {
    var u = uniform()
    var probability = exp(n * log1p(-p))
    let odds = p / (1 - p)
    var k = 0.0
    while u > probability {
      u -= probability
      k += 1
      probability *= odds * (n - k + 1) / k
      if probability <= 0 { return min(k, n) }
    }
    return k
  }

  private mutating func transformedBinomial(_ n: Double, _ p: Double) -> Double {
    let spread = (n * p * (1 - p)).squareRoot()
    let b = 1.15 + 2.53 * spread
    let a = -0.0873 + 0.0248 * b + 0.01 * p
    let c = n * p + 0.5
    let edge = 0.92 - 4.2 / b
    let alpha = (2.83 + 5.1 / b) * spread
    let mode = ((n + 1) * p).rounded(.down)
    let atMode = Saddle.logBinomial(mode, trials: n, probability: p)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let us = 0.5 - abs(u)
      let k = ((2 * a / us + b) * u + c).rounded(.down)
      if us >= 0.07 && v <= edge { return k }
      if k < 0 || k > n { continue }
      let height = log(v * alpha / (a / (us * us) + b))
      if height <= Saddle.logBinomial(k, trials: n, probability: p) - atMode { return k }
    }
  }

  /// A negative binomial count with variance mean + mean²/dispersion; both positive (an infinite
  /// dispersion is Poisson), else NaN.
  public mutating func negativeBinomial(mean: Double, dispersion: Double) -> Double {
    if dispersion == .infinity { return poisson(mean: mean) }
    guard mean >= 0, dispersion > 0 else { return .nan }
    if mean == 0 { return 0 }
    let rate = exp(logGamma(shape: dispersion) + log(mean) - log(dispersion))
    return poisson(mean: rate)
  }
}

/// Probabilities by Loader's saddle-point expansion: relative error near rounding, however large
/// the counts. Source: Loader2000.
package enum Saddle {
  /// log(n!) - (log sqrt(2 pi n) + n log n - n), for n a whole number; 0 for n = 0 by convention of
  /// its callers, which handle n = 0 apart.
  static func stirlingError(_ n: Double) -> Double {
    if n < 16 { return small[Int(n)] }
    let s = 1 / (n * n)
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - s / 1188) * s) * s) * s) / n
  }

  private static let small: [Double] = (0..<16).map { n in
    guard n > 0 else { return 0 }
    let x = Double(n)
    var logFactorial = 0.0
    for k in 2..<max(3, n + 1) where k <= n { logFactorial += log(Double(k)) }
    return logFactorial - (0.5 * log(2 * .pi * x) + x * log(x) - x)
  }

  /// x log(x/m) + m - x without cancellation at x near m.
  static func deviance(_ x: Double, _ m: Double) -> Double {
    if abs(x - m) < 0.1 * (x + m) {
      let v = (x - m) / (x + m)
      var sum = (x - m) * v
      var term = 2 * x * v
      var j = 1.0
      while true {
        term *= v * v
        let next = sum + term / (2 * j + 1)
        if next == sum { return next }
        sum = next
        j += 1
      }
    }
    return x * log(x / m) + m - x
  }

  /// The log probability of a Poisson count k >= 0.
  package static func logPoisson(_ k: Double, mean: Double) -> Double {
    if k == 0 { return -mean }
    return -stirlingError(k) - deviance(k, mean) - 0.5 * log(2 * .pi * k)
  }

  /// The log probability of a binomial count 0 <= k <= n, probability strictly inside (0, 1).
  package static func logBinomial(_ k: Double, trials n: Double, probability p: Double) -> Double {
    if k == 0 { return n * log1p(-p) }
    if k == n { return n * log(p) }
    return stirlingError(n) - stirlingError(k) - stirlingError(n - k)
      - deviance(k, n * p) - deviance(n - k, n * (1 - p))
      + 0.5 * (log(n / k) - log(2 * .pi * (n - k)))
  }
}
