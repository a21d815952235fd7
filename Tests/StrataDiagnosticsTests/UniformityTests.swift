import Foundation
import StrataDiagnostics
import Testing

@Suite struct UniformityTests {
  /// Against R's pchisq.
  @Test func chiSquareTails() {
    let rows = LooReference.shared.values.filter { $0.key.hasPrefix("chi_square_tail/") }
    #expect(rows.count == 20)
    for (key, value) in rows {
      let arguments = key.split(separator: "/")[1].split(separator: ";").map { Double($0)! }
      let ours = chiSquareTail(arguments[0], degrees: arguments[1])
      #expect(agrees(ours, value, tolerance: 1e-12), "\(key): \(ours), R: \(value)")
    }
    #expect(chiSquareTail(0, degrees: 3) == 1 && chiSquareTail(.infinity, degrees: 3) == 0)
  }

  /// All ways to put n ranks into L + 1 places, with their multinomial probabilities: the chance
  /// must be the probability of a γ as small, for each of them, down to 1e-16.
  @Test(arguments: [(30, 2), (16, 3), (9, 4)])
  func chanceIsExact(count: Int, draws: Int) throws {
    var outcomes: [(test: UniformityTest, probability: Double)] = []
    func place(_ counts: [Int], _ left: Int) throws {
      if counts.count == draws {
        let all = counts + [left]
        let ranks = all.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) }
        let ways = all.reduce(lgamma(Double(count) + 1).0) { $0 - lgamma(Double($1) + 1).0 }
        let probability = exp(ways - Double(count) * log(Double(draws + 1)))
        outcomes.append((try UniformityTest(ranks: ranks.reversed(), draws: draws), probability))
      } else {
        for next in 0...left { try place(counts + [next], left - next) }
      }
    }
    try place([], count)
    for (test, _) in outcomes {
      let exact = outcomes.reduce(0) {
        $0 + ($1.test.gamma <= test.gamma * (1 + 1e-9) ? $1.probability : 0)
      }
      #expect(abs(test.chance - exact) <= 1e-11 * exact, "\(test.counts): \(test.chance), \(exact)")
    }
    #expect(outcomes.map(\.test.chance).min()! < 1e-5)
  }

  /// For more intervals and values: uniform ranks give a chance below p as often as p at most, and
  /// not much less often.
  @Test func levelsHold() throws {
    var random = Draws(seed: 12)
    let runs = 2000
    var chances: [Double] = []
    for _ in 0..<runs {
      let ranks = (0..<200).map { _ in Int(random.uniform() * 100) }
      chances.append(try UniformityTest(ranks: ranks, draws: 99, intervals: 20).chance)
    }
    for p in [0.5, 0.1, 0.02] {
      let fraction = Double(chances.count { $0 <= p }) / Double(runs)
      let error = (p * (1 - p) / Double(runs)).squareRoot()
      #expect(fraction < p + 4 * error && fraction > 0.8 * p - 4 * error, "\(p): \(fraction)")
    }
  }

  /// Ranks of posteriors that are too narrow, or shifted, fail far beyond 1e-4; uniform ones don't.
  @Test func findsFaults() throws {
    var random = Draws(seed: 13)
    let uniform = (0..<2000).map { _ in random.uniform() }
    func chance(_ transform: (Double) -> Double) throws -> Double {
      let ranks = uniform.map { min(99, Int(transform($0) * 100)) }
      return try UniformityTest(ranks: ranks, draws: 99).chance
    }
    #expect(try chance { $0 } > 0.01)
    #expect(try chance { pow($0, 1.2) } < 1e-6)
    #expect(try chance { 0.5 + 0.5 * sin(Double.pi * ($0 - 0.5)) } < 1e-12)
    let histogram = try RankHistogram(ranks: uniform.map { Int($0 * 100) }, draws: 99)
    #expect(histogram.counts.count == 20 && histogram.counts.reduce(0, +) == 2000)
    #expect(histogram.chance > 0.01 && histogram.expected.allSatisfy { $0 == 100 })
    #expect(try UniformityTest(values: uniform).chance > 0.01)
    #expect(try UniformityTest(values: uniform.map { $0 * $0 }).chance < 1e-20)
  }

  /// The band holds what it says: a path just inside has a chance of at least 1 − confidence, one
  /// just outside a smaller one.
  @Test func bandAgreesWithTheTest() throws {
    let test = try UniformityTest(values: (0..<300).map { (Double($0) + 0.5) / 300 }, intervals: 10)
    #expect(test.chance > 0.999)
    let band = test.band(confidence: 0.95)
    #expect(zip(band, test.counts).allSatisfy { $0.contains($1) })
    // All surplus below the first point.
    for (count, isInside) in [(band[0].upperBound, true), (band[0].upperBound + 1, false)] {
      let values = (0..<300).map { $0 < count ? 0.05 : (Double($0) + 0.5) / 300 }
      let chance = try UniformityTest(values: values, intervals: 10).chance
      #expect((chance > 0.05) == isInside, "\(count): \(chance)")
    }
  }

  @Test func histogramOfUnevenBins() throws {
    let histogram = try RankHistogram(ranks: [0, 1, 2, 3, 4, 5, 6, 6], draws: 6, bins: 3)
    #expect(histogram.counts == [2, 2, 4])
    #expect(histogram.expected.map { $0 * 7 / 8 } == [2, 2, 3])
    #expect(try RankHistogram(ranks: [3], draws: 9, bins: 1).chance == 1)
    #expect(try RankHistogram(ranks: [1, 0], draws: 1, bins: 50).counts == [1, 1])
  }

  @Test func errors() {
    #expect(throws: UniformityError.nothing) { try UniformityTest(ranks: [], draws: 9) }
    #expect(throws: UniformityError.rank(10, draws: 9)) {
      try UniformityTest(ranks: [3, 10], draws: 9)
    }
    #expect(throws: UniformityError.rank(-1, draws: 9)) {
      try RankHistogram(ranks: [-1], draws: 9)
    }
    #expect(throws: UniformityError.value(1.5)) { try UniformityTest(values: [0, 1.5]) }
    #expect(throws: UniformityError.self) { try UniformityTest(values: [.nan]) }
    #expect(
      "\(UniformityError.rank(10, draws: 9))"
        == "rank 10 among 9 draws: ranks count the draws below the true value, 0...9")
  }
}
