import Foundation
import StrataModels
import Testing

/// The units that positions are measured in: rescaling the data with their priors changes nothing but a
/// constant, and no unit is ever zero, infinite or NaN.
@Suite struct UnitsTests {
  private func table(y: Double, x: Double) -> String {
    let (ys, xs) = ([1.5, -2.25, 0.5, 3, 4.75, -1], [0.5, -1.25, 2, 0.75, -3, 1])
    let lines = zip(ys, xs).enumerated().map { "g\($0 % 3),\($1.0 * y),\($1.1 * x)" }
    return "g,y,x\n" + lines.joined(separator: "\n") + "\n"
  }

  /// Powers of two rescale without rounding. `Y` and `B` are the sizes of the outcome and of a slope.
  private func model(_ text: String, y: Double, x: Double) -> String {
    text.replacingOccurrences(of: "Y", with: "\(y)").replacingOccurrences(of: "B", with: "\(y / x)")
  }

  @Test(arguments: [
    "m ~ Normal(Y, 2 * Y)\nb ~ Normal(0, B)\ns ~ HalfNormal(Y)\ny ~ Normal(m + b * x, s)",
    "m ~ Flat()\nb ~ Flat()\ns ~ Flat(lower = 0)\ny ~ Normal(m + b * x, s)",
    "m ~ Normal(0, 1000 * Y)\nb ~ Cauchy(0, 1000 * B)\ns ~ HalfCauchy(1000 * Y)\ny ~ Normal(m + b * x, s)",
    "m ~ Laplace(0, Y)\nt ~ Exponential(1 / Y)\na[g] ~ Normal(m, t)\ny ~ StudentT(4, a[g], 3 * Y)",
    "t ~ Gamma(mean = 2 * Y, sd = Y)\ns ~ Gamma(2, 1 / Y)\nz[g] ~ Normal(0, 1)\ny ~ Normal(t * z[g], s)",
    "s ~ InverseGamma(3, 2 * Y)\nm ~ Uniform(-10 * Y, 10 * Y)\ny ~ Laplace(m, s)",
    "k[columns: x] ~ Normal(0, B)\ns ~ HalfStudentT(3, Y)\ny ~ Normal(dot(k), s)",
  ])
  func rescalingChangesOnlyAConstant(_ text: String) throws {
    let plain = try Bound(model: model(text, y: 1, x: 1), table: table(y: 1, x: 1)).density()
    let first = (0..<plain.dimension).map { 0.3 - 0.2 * Double($0) }
    let second = (0..<plain.dimension).map { -0.7 + 0.4 * Double($0) }
    for (y, x) in [(1024.0, 1.0), (1.0, 1024.0), (0.0009765625, 1024.0), (0x1p40, 0x1p-40)] {
      let density = try Bound(model: model(text, y: y, x: x), table: table(y: y, x: x)).density()
      let constant = density.value(at: first) - plain.value(at: first)
      let (value, gradient) = density.evaluate(at: second)
      let (expected, expectedGradient) = plain.evaluate(at: second)
      #expect(abs(value - constant - expected) < 1e-9, "y * \(y), x * \(x)")
      for (a, b) in zip(gradient, expectedGradient) {
        #expect(abs(a - b) < 1e-9 * max(1, abs(b)), "y * \(y), x * \(x)")
      }
    }
  }

  @Test(arguments: [0x1p-1070, 1e-300, 1e-160, 1e-12, 1, 1e12, 1e160, 1e300, 1.7e308])
  func unitsAreFinite(_ size: Double) throws {
    let models = [
      "m ~ Normal(0, 1)\ny ~ Normal(m * x, 1)",
      "m ~ Flat()\ns ~ Flat(lower = 0)\ny ~ Normal(m * x, s)",
      "m ~ Normal(\(size), \(size))\ny ~ Normal(m, 1)", "s ~ Gamma(\(size), 1)\ny ~ Normal(0, s)",
      "s ~ Gamma(1, \(size))\ny ~ Normal(0, s)", "s ~ Exponential(\(size))\ny ~ Normal(0, s)",
      "s ~ InverseGamma(\(size), 1)\ny ~ Normal(0, s)",
      "b[columns: x] ~ Flat()\ny ~ Normal(dot(b), 1)",
      "m ~ Normal(0, 1)\n(y > 0) ~ Bernoulli(logit = m * x)",
    ]
    for model in models {
      for (y, x) in [(size, 1), (1, size), (size, size), (1 / size, size), (0, size), (size, 0)]
      where y.isFinite && x.isFinite {
        let table = "g,y,x\na,\(y),\(x)\nb,\(-y),\(x)\na,\(y / 2),\(-x)\n"
        let density = try Bound(model: model, table: table).density()
        for unit in density.parameterUnits {
          #expect(unit.center.isFinite)
          #expect(unit.scale.isFinite && unit.scale > 0)
        }
        let (value, gradient) = density.evaluate(
          at: [Double](repeating: 0.5, count: density.dimension))
        // Beyond 1e300, products of numbers that are all finite overflow, and their sums cancel. Where
        // the density is zero, the gradient means nothing.
        let isExtreme = max(abs(y), abs(x), size) > 1e300 || value == -.infinity
        let isNumber = !value.isNaN && (isExtreme || gradient.allSatisfy { !$0.isNaN })
        #expect(isNumber, "\(model), y \(y), x \(x): \(value), \(gradient)")
      }
    }
  }
}
