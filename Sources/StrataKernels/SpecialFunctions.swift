internal import CKernels

/// Element-wise special functions over arrays, on the vector kernels.
///
/// Error bounds, domains and edge cases stand with each function in `strata_math.h`.
package enum SpecialFunctions {
  /// exp(x).
  package static func exp(_ x: [Double]) -> [Double] { map(x, .exp) }

  /// log(x).
  package static func log(_ x: [Double]) -> [Double] { map(x, .log) }

  /// log(1 + x).
  package static func log1p(_ x: [Double]) -> [Double] { map(x, .log1p) }

  /// exp(x) - 1.
  package static func expm1(_ x: [Double]) -> [Double] { map(x, .expm1) }

  /// log(1 + exp(x)).
  package static func log1pExp(_ x: [Double]) -> [Double] { map(x, .log1pExp) }

  /// 1 / (1 + exp(-x)).
  package static func inverseLogit(_ x: [Double]) -> [Double] { map(x, .inverseLogit) }

  /// log(gamma(x)), x >= 0.
  package static func lgamma(_ x: [Double]) -> [Double] { map(x, .lgamma) }

  /// The derivative of log(gamma(x)), x >= 0.
  package static func digamma(_ x: [Double]) -> [Double] { map(x, .digamma) }

  /// lgamma(alpha + y) - lgamma(alpha) - y log(alpha), accurate for every size of alpha and y.
  package static func lgammaRatio(alpha: [Double], y: [Double]) -> [Double] {
    map(alpha, y, strata_lgamma_ratio)
  }

  /// digamma(alpha + y) - digamma(alpha), accurate for every size of alpha and y.
  package static func digammaDifference(alpha: [Double], y: [Double]) -> [Double] {
    map(alpha, y, strata_digamma_difference)
  }

  /// The functions of one argument.
  package enum Unary: String, CaseIterable, Sendable {
    case exp, log, log1p, expm1
    case log1pExp = "log1p_exp"
    case inverseLogit = "inverse_logit"
    case lgamma, digamma
  }

  /// `function` of every element.
  package static func map(_ x: [Double], _ function: Unary) -> [Double] {
    let kernel = function.kernel
    return [Double](unsafeUninitializedCapacity: x.count) { out, count in
      if let base = out.baseAddress { kernel(x.count, x, base) }
      count = x.count
    }
  }

  /// Replaces every element by its `function`.
  package static func apply(_ function: Unary, to x: UnsafeMutableBufferPointer<Double>) {
    guard let base = x.baseAddress else { return }
    function.kernel(x.count, base, base)
  }

  private static func map(
    _ alpha: [Double], _ y: [Double],
    _ kernel: (
      Int, UnsafePointer<Double>?, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?
    ) -> Void
  ) -> [Double] {
    precondition(
      alpha.count == y.count,
      "alpha has \(alpha.count) elements and y has \(y.count): they go together one by one")
    return [Double](unsafeUninitializedCapacity: y.count) { out, count in
      if let base = out.baseAddress { kernel(y.count, alpha, y, base) }
      count = y.count
    }
  }
}

extension SpecialFunctions.Unary {
  fileprivate typealias Kernel = (Int, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?) ->
    Void

  fileprivate var kernel: Kernel {
    switch self {
    case .exp: strata_exp
    case .log: strata_log
    case .log1p: strata_log1p
    case .expm1: strata_expm1
    case .log1pExp: strata_log1p_exp
    case .inverseLogit: strata_inverse_logit
    case .lgamma: strata_lgamma
    case .digamma: strata_digamma
    }
  }
}
