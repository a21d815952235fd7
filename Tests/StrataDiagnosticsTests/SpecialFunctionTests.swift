import StrataDiagnostics
import Testing

/// Against R's qnorm, pf and qbeta.
@Suite struct SpecialFunctionTests {
  @Test func normalQuantiles() {
    let rows = Reference.shared.table("normal_quantile")
    #expect(rows.count == 13)
    for (arguments, value) in rows {
      // The same rational approximation as R's: a few ulp.
      #expect(agrees(normalQuantile(arguments[0]), value, tolerance: 1e-15), "\(arguments)")
    }
    #expect(normalQuantile(0) == -.infinity)
    #expect(normalQuantile(1) == .infinity)
    #expect(normalQuantile(0.5) == 0)
    #expect(normalQuantile(-0.1).isNaN)
    #expect(normalQuantile(.nan).isNaN)
  }

  @Test func fisherTails() {
    let rows = Reference.shared.table("fisher_tail")
    #expect(rows.count == 60)
    for (arguments, value) in rows {
      let ours = fisherTail(arguments[0], numerator: arguments[1], denominator: arguments[2])
      // Terms of size 4e3 (half the degrees of freedom) cancel in an exponent.
      #expect(agrees(ours, value, tolerance: 1e-12), "\(arguments): \(ours), R: \(value)")
    }
    #expect(fisherTail(0, numerator: 3, denominator: 4) == 1)
    #expect(fisherTail(.infinity, numerator: 3, denominator: 4) == 0)
  }

  @Test func betaQuantiles() {
    let rows = Reference.shared.table("beta_quantile")
    #expect(rows.count == 18)
    for (arguments, value) in rows {
      let ours = betaQuantile(arguments[0], arguments[1], arguments[2])
      #expect(agrees(ours, value, tolerance: 1e-12), "\(arguments): \(ours), R: \(value)")
    }
  }
}
