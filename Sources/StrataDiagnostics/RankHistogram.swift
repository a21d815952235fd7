/// Why uniformity can't be tested.
public enum UniformityError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No ranks or values, or no draws to rank among.
  case nothing
  /// A rank outside 0...draws.
  case rank(Int, draws: Int)
  /// A value outside 0...1, or NaN.
  case value(Double)

  /// One line: what is wrong and what to do.
  public var description: String {
    switch self {
    case .nothing: "no ranks to test: simulate at least once, with at least one draw"
    case .rank(let rank, let draws):
      "rank \(rank) among \(draws) draws: ranks count the draws below the true value, 0...\(draws)"
    case .value(let value):
      "\(value) is not in 0...1: leave out observations whose transform is undefined"
    }
  }
}

/// Ranks of true values among posterior draws, counted in bins: the histogram of simulation-based
/// calibration (SBC), with a chi-square test.
///
/// The test's distribution is an approximation: with ten expected ranks per bin, as by default, a
/// nominal 1e-2 came out as 1.0e-2 in simulations, and 1e-4 as 1.4e-4. For decisions far out use
/// ``UniformityTest``, which is exact.
/// Source: [Talts2018].
public struct RankHistogram: Sendable, Hashable {
  /// Ranks in each bin.
  public let counts: [Int]
  /// What uniformity expects there; bins differ if their number does not divide draws + 1.
  public let expected: [Double]
  /// Σ (count − expected)² / expected.
  public let chiSquare: Double
  /// Probability of a larger ``chiSquare`` for uniform ranks, by the chi-square distribution with
  /// one degree of freedom less than there are bins; 1 for a single bin.
  public let chance: Double

  /// Counts ranks.
  ///
  /// - Parameters:
  ///   - ranks: for each simulation the number of draws below the true value.
  ///   - draws: L; ranks are 0...L.
  ///   - bins: at least 1; at most L + 1 are used. By default 20, or fewer so that ten ranks are
  ///     expected in each.
  public init(ranks: [Int], draws: Int, bins: Int? = nil) throws(UniformityError) {
    guard !ranks.isEmpty, draws > 0 else { throw .nothing }
    for rank in ranks where rank < 0 || rank > draws { throw .rank(rank, draws: draws) }
    let wanted = bins ?? max(2, min(20, ranks.count / 10))
    let used = max(1, min(wanted, draws + 1))
    let edges = (0...used).map { $0 * (draws + 1) / used }
    var counts = [Int](repeating: 0, count: used)
    for rank in ranks {
      // Close to the right bin; the edges decide.
      var bin = rank * used / (draws + 1)
      while rank >= edges[bin + 1] { bin += 1 }
      while rank < edges[bin] { bin -= 1 }
      counts[bin] += 1
    }
    let share = Double(ranks.count) / Double(draws + 1)
    let expected = (0..<used).map { share * Double(edges[$0 + 1] - edges[$0]) }
    self.counts = counts
    self.expected = expected
    chiSquare = zip(counts, expected).reduce(0) { sum, bin in
      let deviation = Double(bin.0) - bin.1
      return sum + deviation * deviation / bin.1
    }
    chance = used > 1 ? chiSquareTail(chiSquare, degrees: Double(used - 1)) : 1
  }
}
