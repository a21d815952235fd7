import Foundation

/// The log of a spread, in its unit, at a position u: u - s² / 2, s = (√(u² + 4) - u) / 2.
func spreadExponent(_ u: Double) -> Double { u - pow(tail(u), 2) / 2 }

/// The derivative of ``spreadExponent(_:)``.
func spreadSlope(_ u: Double) -> Double { 1 + pow(tail(u), 2) / (u * u + 4).squareRoot() }

private func tail(_ u: Double) -> Double {
  let root = (u * u + 4).squareRoot()
  return u > 0 ? 2 / (root + u) : (root - u) / 2
}

/// The position of a spread whose log is e, by Newton's method: the exponent is increasing and concave.
func spreadPosition(_ e: Double) -> Double {
  var u = min(e, 0) - 1
  if e < -2 { u = -(-2 * e).squareRoot() }
  for _ in 0..<100 { u -= (spreadExponent(u) - e) / spreadSlope(u) }
  return u
}
