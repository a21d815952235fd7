#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// P(X > x) for the chi-square distribution with `degrees` > 0 degrees of freedom; 1 for x <= 0.
///
/// Relative error about 1e-13 up to 100 degrees of freedom, also of small tails, growing in
/// proportion beyond. Sources: series 8.7.1 and continued fraction 8.9.2 of [DLMF], the latter by
/// Lentz's method [Thompson1986].
package func chiSquareTail(_ x: Double, degrees: Double) -> Double {
  guard x > 0 else { return x.isNaN ? .nan : 1 }
  if x == .infinity { return 0 }
  let (a, y) = (degrees / 2, x / 2)
  let front = exp(a * log(y) - y - logGamma(a))
  if y < a + 1 {
    var (term, sum, n) = (1 / a, 1 / a, a)
    while term > sum * 1e-17 {
      n += 1
      term *= y / n
      sum += term
    }
    return max(0, 1 - front * sum)
  }
  var b = y + 1 - a
  var c = 1e300
  var d = 1 / b
  var fraction = d
  for step in 1...100_000 {
    let numerator = -Double(step) * (Double(step) - a)
    b += 2
    d = 1 / (numerator * d + b)
    c = b + numerator / c
    fraction *= c * d
    if abs(c * d - 1) < 1e-16 { break }
  }
  return front * fraction
}
