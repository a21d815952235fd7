#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Regularised incomplete beta function I_x(a, b): the distribution function of Beta(a, b) at x.
///
/// a, b > 0; 0 for x <= 0 and 1 for x >= 1. Relative error about 1e-12 for a + b up to 1e4, growing
/// in proportion beyond. Small upper tails keep their relative accuracy as
/// `incompleteBeta(1 - x, b, a)`.
/// Source: continued fraction 8.17.22 of [DLMF], evaluated by Lentz's method [Thompson1986].
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  let front = exp(a * log(x) + b * log1p(-x) - logBeta(a, b))
  // The fraction converges fast below the mean; above it, use the reflection.
  if x <= (a + 1) / (a + b + 2) { return front * betaFraction(x, a, b) / a }
  return 1 - front * betaFraction(1 - x, b, a) / b
}

/// log B(a, b) for a, b > 0.
///
/// Where the larger argument is at least 10 the large parts of the log-gammas cancel on paper, not
/// in rounding: log Γ(x) = (x − 1/2) log x − x + log(2π)/2 + δ(x), δ by Stirling's series. The sum
/// of three log-gammas would lose four digits at arguments of 1e4. Source: [DiDonato1992].
func logBeta(_ a: Double, _ b: Double) -> Double {
  let (a, b) = (min(a, b), max(a, b))
  if b < 10 { return logGamma(a) + logGamma(b) - logGamma(a + b) }
  let sum = a + b
  let large = stirlingRemainder(b) - stirlingRemainder(sum) - (b - 0.5) * log1p(a / b)
  if a < 10 { return logGamma(a) + large - a * log(sum) + a }
  return large + stirlingRemainder(a) + (a - 0.5) * log(a / sum) - 0.5 * log(sum)
    + 0.5 * log(2 * Double.pi)
}

/// δ(x) = log Γ(x) − (x − 1/2) log x + x − log(2π)/2 for x >= 10; error under 1e-15.
/// Source: 5.11.1 of [DLMF].
private func stirlingRemainder(_ x: Double) -> Double {
  let y = 1 / (x * x)
  let tail = 1.0 / 1188 - y * (691.0 / 360360 - y / 156)
  return (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * tail)))) / x
}

/// log |Γ(x)|. The overlay's form, which returns the sign as well and touches no global.
func logGamma(_ x: Double) -> Double {
  let (value, _): (Double, Int) = lgamma(x)
  return value
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let tiny = 1e-300
  func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / guarded(1 - (a + b) * x / (a + 1))
  var fraction = d
  // About √max(a, b) steps are needed; the bound only stops what cannot converge.
  let steps = 1000 + Int(min(1e6, 10 * max(a, b).squareRoot()))
  for step in 1...steps {
    let m = Double(step)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / guarded(1 + even * d)
    c = guarded(1 + even / c)
    fraction *= c * d
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / guarded(1 + odd * d)
    c = guarded(1 + odd / c)
    let change = c * d
    fraction *= change
    if abs(change - 1) < 1e-16 { break }
  }
  return fraction
}

/// Quantile of Beta(a, b): the x with I_x(a, b) = p, for a, b >= 1/2 or so and 0 < p < 1.
///
/// Newton steps from the mean, each kept inside a shrinking bracket (bisection where Newton would
/// leave it). Absolute error about 1e-15.
package func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
  var (low, high) = (0.0, 1.0)
  var x = a / (a + b)
  let logNormaliser = logBeta(a, b)
  for _ in 0..<200 {
    let excess = incompleteBeta(x, a, b) - p
    if excess == 0 { return x }
    if excess > 0 { high = x } else { low = x }
    let density = exp((a - 1) * log(x) + (b - 1) * log1p(-x) - logNormaliser)
    var next = x - excess / density
    if !(next > low && next < high) { next = (low + high) / 2 }
    if abs(next - x) <= 1e-16 * x { return next }
    x = next
  }
  return x
}

/// P(F > f) for Fisher's F with `numerator` and `denominator` degrees of freedom; 1 for f <= 0.
package func fisherTail(_ f: Double, numerator: Double, denominator: Double) -> Double {
  if f <= 0 { return 1 }
  if f == .infinity { return 0 }
  return incompleteBeta(
    denominator / (denominator + numerator * f), denominator / 2, numerator / 2)
}
