import Foundation

/// From which |z| on a comparison is worth a look, and from which it fails.
///
/// Bonferroni: if each of n comparisons fails with probability α/n, at least one of them fails with
/// probability α at most, however they depend on each other. With z from Normal(0, 1) the level is
/// the z that |z| exceeds with probability α/n:
///
///     z = −Φ⁻¹(α / (2n))
///
/// A suite of correct fits fails once in 10,000 (seeds are fixed: once for ever, not at random),
/// and one in 20 prints an alert.
package struct AgreementLevels: Sendable {
  /// The probability that any correct comparison of a whole suite fails.
  package static let familyWiseFailure = 1e-4
  /// The probability that any correct comparison of a whole suite prints an alert.
  package static let familyWiseAlert = 0.05

  package var fail: Double
  package var alert: Double

  /// The levels of a suite with that many comparisons: for 100 comparisons 4.89 and 3.48, for 1000
  /// comparisons 5.33 and 4.06.
  package init(comparisons: Int) {
    fail = Self.bonferroni(comparisons, Self.familyWiseFailure)
    alert = Self.bonferroni(comparisons, Self.familyWiseAlert)
  }

  /// −Φ⁻¹(α / (2n)), by bisection on erfc.
  package static func bonferroni(_ comparisons: Int, _ familyWise: Double) -> Double {
    precondition(comparisons > 0 && familyWise > 0 && familyWise < 1)
    let tail = familyWise / Double(comparisons)
    var (low, high) = (0.0, 38.0)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      // P(|z| > middle) = erfc(middle / √2)
      if erfc(middle / 2.0.squareRoot()) > tail { low = middle } else { high = middle }
    }
    return high
  }
}
