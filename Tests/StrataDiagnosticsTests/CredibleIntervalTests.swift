import StrataDiagnostics
import Testing

/// Equal-tailed intervals against R's quantile, highest-density ones against trying all windows
/// (both in make-loo-reference.R).
@Suite struct CredibleIntervalTests {
  @Test(arguments: ["strong", "weak", "discrete"], [0.5, 0.8, 0.89, 0.95])
  func agreesWithR(kind: String, probability: Double) throws {
    let reference = LooReference.shared
    let set = "quantity_\(kind)"
    let draws = reference.logLikelihoods[set]![0]
    let shortest = try CredibleInterval.highestDensity(draws, probability: probability)
    #expect(shortest.lower == reference.value(set, "hdi_lower@\(probability)"))
    #expect(shortest.upper == reference.value(set, "hdi_upper@\(probability)"))
    let equal = try CredibleInterval.equalTailed(draws, probability: probability)
    #expect(agrees(equal.lower, reference.value(set, "eti_lower@\(probability)"), tolerance: 1e-14))
    #expect(agrees(equal.upper, reference.value(set, "eti_upper@\(probability)"), tolerance: 1e-14))
    #expect(equal.probability == probability)
    #expect(draws.count { $0 >= shortest.lower && $0 <= shortest.upper } > Int(probability * 400))
  }

  private func interval(
    _ shortest: Bool, _ draws: [Double], _ probability: Double
  ) throws -> CredibleInterval {
    if shortest { return try .highestDensity(draws, probability: probability) }
    return try .equalTailed(draws, probability: probability)
  }

  @Test func constantDraws() throws {
    for shortest in [true, false] {
      let interval = try interval(shortest, [2.5, 2.5, 2.5, 2.5], 0.9)
      #expect(interval.lower == 2.5 && interval.upper == 2.5 && interval.width == 0)
    }
  }

  @Test func infiniteDraws() throws {
    let draws = [-Double.infinity, 1, 2, 3, 4, 5, .infinity, .infinity]
    let shortest = try CredibleInterval.highestDensity(draws, probability: 0.5)
    #expect(shortest.lower == 1 && shortest.upper == 5)
    #expect(throws: IntervalError.notFinite) {
      try CredibleInterval.highestDensity(draws, probability: 0.8)
    }
    let equal = try CredibleInterval.equalTailed(draws, probability: 0.99)
    #expect(equal.lower == -.infinity && equal.upper == .infinity)
  }

  @Test func errors() {
    for shortest in [true, false] {
      for probability in [0, 1, -0.5, 90] {
        #expect(throws: IntervalError.probability(probability)) {
          try interval(shortest, [1, 2], probability)
        }
      }
      #expect(throws: IntervalError.self) { try interval(shortest, [1, 2], .nan) }
      #expect(throws: IntervalError.tooFewDraws(draws: 0, probability: 0.5)) {
        try interval(shortest, [], 0.5)
      }
      #expect(throws: IntervalError.notFinite) { try interval(shortest, [1, .nan, 2], 0.5) }
    }
    #expect(throws: IntervalError.tooFewDraws(draws: 3, probability: 0.1)) {
      try CredibleInterval.highestDensity([1, 2, 3], probability: 0.1)
    }
    #expect(
      "\(IntervalError.probability(90))"
        == "the probability of an interval is 90.0: give a number between 0 and 1, such as 0.9")
  }
}
