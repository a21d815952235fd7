import StrataKernels
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Foundation
#endif

/// Tables of outcomes stand for the outcomes, at no more than their cost.
@Suite struct CountTableTests {
  /// Through the table: the sum over k of #{y > k} log(1 + k / alpha), and the rest value by value.
  private func sum(_ table: CountTable, alpha: Double) -> Double {
    let near = table.near.enumerated().reduce(0) { sum, item in
      sum + item.element * log1p(Double(item.offset + 1) / alpha)
    }
    return table.far.reduce(near) { sum, value in
      sum + value.count * direct(value.outcome, alpha)
    }
  }

  /// lgamma(alpha + y) - lgamma(alpha) - y log alpha.
  private func direct(_ y: Double, _ alpha: Double) -> Double {
    lgamma(alpha + y) - lgamma(alpha) - y * log(alpha)
  }

  @Test(arguments: [
    [0.0], [1, 1, 1], [0, 2, 3, 3, 9], [40, 41, 5], [7, 1e9, 2], [1e9, 1e9, 123_456_789],
    (0..<500).map { Double($0 % 37) }, [],
  ]) func tableStandsForTheOutcomes(outcomes: [Double]) {
    let table = CountTable(outcomes)
    for alpha in [0.3, 2, 50.0] {
      let expected = outcomes.reduce(0) { $0 + direct($1, alpha) }
      // libm's lgamma of 1e9 has terms of 2e10, whose rounding is 4e-6.
      let size = outcomes.reduce(1.0) { $0 + $1 * abs(log(max($1, 2))) }
      #expect(abs(sum(table, alpha: alpha) - expected) <= 1e-14 * size + 1e-12)
    }
  }

  /// Outcomes of 1 have nothing to add: lgamma(alpha + 1) - lgamma(alpha) = log alpha.
  @Test func smallestOutcomesNeedNothing() {
    let table = CountTable([0, 1, 1, 0])
    #expect(table.near.isEmpty && table.far.isEmpty)
  }

  @Test func largeOutcomesAllocateNothingLarge() {
    let table = CountTable([1_000_000_000, 3, 999_999])
    #expect(table.near.count <= 10)
    #expect(table.far.map(\.outcome) == [999_999, 1_000_000_000])
  }

  /// Many small outcomes are cheaper as counts than one by one.
  @Test func manyDistinctOutcomesBecomeCounts() {
    let table = CountTable((0..<300).map { Double($0 % 30) })
    #expect(table.far.isEmpty)
    #expect(table.near.count == 28)
    #expect(table.near.first == 280)  // more than 1: all but the zeros and ones
  }
}
