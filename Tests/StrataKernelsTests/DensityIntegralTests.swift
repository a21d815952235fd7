import Foundation
import StrataKernels
import Testing

/// Every density integrates, or sums, to one with the constants it keeps.
@Suite struct DensityIntegralTests {
  struct Case {
    var family: DensityFamily
    var arguments: [Double]
    var largest = 0  // of a count

    init(_ family: DensityFamily, _ arguments: [Double], _ largest: Int = 0) {
      (self.family, self.arguments, self.largest) = (family, arguments, largest)
    }
  }

  /// The integral over y = start + sign * exp(pi/2 sinh t), double-exponential quadrature: the
  /// rectangle rule in t converges geometrically, and reaches tails as heavy as Cauchy's.
  func halfLine(_ family: DensityFamily, _ arguments: [Double], from start: Double, _ sign: Double)
    throws -> Double
  {
    let step = 1.0 / 128
    return try stride(from: -6.0, through: 6.0, by: step).reduce(0) { sum, t in
      let distance = exp(.pi / 2 * sinh(t))
      let y = start + sign * distance
      guard distance > 0, y.isFinite else { return sum }
      let value = try family.evaluate([[y]] + arguments.map { [$0] }).value
      return sum + exp(value) * distance * .pi / 2 * cosh(t) * step
    }
  }

  static let lines: [Case] = [
    Case(.normal, [1.3, 0.4]), Case(.normal, [0, 1e8]), Case(.studentT, [0.5, 0.3, 2]),
    Case(.studentT, [4, -1, 0.2]), Case(.studentT, [1e8, 0, 1]), Case(.cauchy, [2, 3]),
    Case(.laplace, [-1, 0.7]),
  ]

  @Test(arguments: lines)
  func realLine(_ item: Case) throws {
    let (family, arguments) = (item.family, item.arguments)
    let location = family == .studentT ? arguments[1] : arguments[0]
    let total =
      try halfLine(family, arguments, from: location, 1)
      + halfLine(family, arguments, from: location, -1)
    #expect(abs(total - 1) < 1e-10, "\(total)")
  }

  static let halfLines: [Case] = [
    Case(.logNormal, [0.3, 1.2]), Case(.exponential, [2.5]), Case(.gamma, [0.3, 2]),
    Case(.gamma, [7.5, 0.1]), Case(.gamma, [300, 2]), Case(.inverseGamma, [1.5, 2]),
    Case(.inverseGamma, [20, 0.3]),
  ]

  @Test(arguments: halfLines)
  func positiveHalfLine(_ item: Case) throws {
    let (family, arguments) = (item.family, item.arguments)
    let total = try halfLine(family, arguments, from: 0, 1)
    #expect(abs(total - 1) < 1e-10, "\(total)")
  }

  /// y = (1 + tanh(pi/2 sinh t)) / 2 on the interval.
  static let intervals: [Case] = [
    Case(.beta, [2.5, 4]), Case(.beta, [0.8, 0.9]), Case(.beta, [120, 40]), Case(.beta, [1, 1]),
    Case(.uniform, [-2, 5]),
  ]

  @Test(arguments: intervals)
  func interval(_ item: Case) throws {
    let (family, arguments) = (item.family, item.arguments)
    let (low, high) = family == .uniform ? (arguments[0], arguments[1]) : (0, 1)
    let step = 1.0 / 256
    let total = try stride(from: -3.2, through: 3.2, by: step).reduce(0.0) { sum, t in
      let u = .pi / 2 * sinh(t)
      let y = low + (high - low) / (1 + exp(-2 * u))
      let weight = (high - low) * .pi / 4 * cosh(t) / (cosh(u) * cosh(u)) * step
      return try sum + exp(family.evaluate([[y]] + arguments.map { [$0] }).value) * weight
    }
    #expect(abs(total - 1) < 1e-10, "\(total)")
  }

  static let sums: [Case] = [
    Case(.negBinomial, [3, 0.7], 2000), Case(.negBinomial, [20, 1e8], 400),
    Case(.negBinomialLog, [2.0, 0.3], 4000), Case(.negBinomialLog, [5, 200], 3000),
    Case(.poisson, [0.2], 50), Case(.poisson, [300], 1000), Case(.poissonLog, [4.5], 600),
    Case(.bernoulli, [0.3], 1), Case(.bernoulliLogit, [-1.7], 1), Case(.binomial, [40, 0.23], 40),
    Case(.binomialLogit, [40, 3.1], 40), Case(.binomial, [1, 1e-9], 1),
  ]

  @Test(arguments: sums)
  func counts(_ item: Case) throws {
    let (family, arguments) = (item.family, item.arguments)
    let total = try (0...item.largest).reduce(0.0) { sum, count in
      let constant = try logDensityConstant(
        family, count: 1, y: .shared(Double(count)), arguments: arguments.map { .shared($0) })
      let value = try family.evaluate([[Double(count)]] + arguments.map { [$0] }).value
      return sum + exp(value + constant)
    }
    #expect(abs(total - 1) < 1e-11, "\(total)")
  }
}
