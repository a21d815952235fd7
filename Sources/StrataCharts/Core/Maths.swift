#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The few functions of the C library that pictures need, in the one file that imports it.
package enum Maths {
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func logarithm(_ x: Double) -> Double { log(x) }
  static func logarithm10(_ x: Double) -> Double { log10(x) }
  static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
  static func sine(_ x: Double) -> Double { sin(x) }
  static func arcsine(_ x: Double) -> Double { asin(x) }
  static func arctangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func logGamma(_ x: Double) -> Double { lgamma(x) }
  static func errorFunction(_ x: Double) -> Double { erf(x) }

  /// 10^exponent, the nearest double: parsed, since `pow` may be off by an ulp.
  package static func powerOfTen(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? 0 }

  /// floor(log₁₀ |x|) of a number other than zero, right at the powers of ten, too.
  static func decimalExponent(_ x: Double) -> Int {
    var exponent = Int(logarithm10(x.magnitude).rounded(.down))
    if powerOfTen(exponent) > x.magnitude { exponent -= 1 }
    if powerOfTen(exponent + 1) <= x.magnitude { exponent += 1 }
    return exponent
  }
}
