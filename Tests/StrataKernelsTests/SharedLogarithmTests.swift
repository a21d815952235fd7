import Foundation
import StrataKernels
import Testing

/// Families whose rows share logarithms: as exact as row by row.
@Suite struct SharedLogarithmTests {
  /// Bernoulli by logit multiplies what up to 4096 rows add to one logarithm per lane. Whether all of it is tiny or
  /// at its largest, it keeps its relative accuracy, across the rows where a logarithm is taken and in a last
  /// partial vector.
  @Test(arguments: [0, 1e-9, 0.4, 3, 30, 300], [1, 13, 4096, 4104, 20_005])
  func bernoulliKeepsItsRelativeAccuracy(_ logit: Double, _ rows: Int) throws {
    let y = (0..<rows).map { $0 % 3 == 0 ? 0.0 : 1 }
    let likely = try logDensity(
      .bernoulliLogit, count: rows, y: .each(y),
      arguments: [.each(y.map { $0 == 1 ? logit : -logit })])
    let expected = -Double(rows) * log1p(exp(-logit))
    // A rounding or two for each of the rows / 8 factors of a lane, half an ulp each in the mean.
    let bound = 1e-13 + 2e-16 * Double(min(rows, 4096) / 8)
    #expect(abs(likely.value - expected) <= bound * abs(expected))
    let unlikely = try logDensity(
      .bernoulliLogit, count: rows, y: .each(y), arguments: [.each(y.map { 40 - 80 * $0 })])
    #expect(abs(unlikely.value + 40 * Double(rows)) <= 1e-13 * 40 * Double(rows))
  }

  /// Small counts of a NegBinomial multiply the factors of their gamma functions; beside a large one, they take
  /// the way of all counts. Value and derivatives are the same but for rounding.
  @Test(
    arguments: [DensityFamily.negBinomial, .negBinomialLog],
    [0.125, 0.3, 1, 7.99, 8, 40, 1e4, 1e9])
  func negBinomialHasOneValueByTwoWays(_ family: DensityFamily, _ alpha: Double) throws {
    for mean in [1e-6, 0.2, 1, 9, 4e3] {
      func evaluate(_ y: [Double]) throws -> DensityResult {
        let argument = family == .negBinomial ? mean : log(mean)
        return try logDensity(
          family, count: y.count, y: .each(y),
          arguments: [.each(y.map { _ in argument }), .each(y.map { _ in alpha })])
      }
      let large = try evaluate([33]).value
      // The terms of the formula, of the value also those of the neighbour that is subtracted.
      let tail = log1p(mean / alpha)
      let size = 33 * abs(log(mean)) + (alpha + 33) * tail + 100
      for y in 0...32 {
        let alone = try evaluate([Double(y)]), beside = try evaluate([Double(y), 33])
        #expect(abs(alone.value - (beside.value - large)) <= 1e-13 * size, "y \(y), mean \(mean)")
        let slopes = [
          (Double(y) + mean) / (family == .negBinomial ? mean : 1), tail + 33 / alpha,
        ]
        for (index, size) in slopes.enumerated() {
          let difference = alone.arguments[index][0] - beside.arguments[index][0]
          #expect(abs(difference) <= 1e-13 * size, "derivative \(index), y \(y), mean \(mean)")
        }
      }
    }
  }
}
