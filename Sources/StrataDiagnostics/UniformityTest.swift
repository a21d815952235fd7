/// Test of uniformity by the empirical distribution function (ECDF), of ranks (simulation-based
/// calibration) or of numbers in 0...1 (probability integral transforms).
///
/// At each of some points z the number of values below is binomial, and γ is the smallest of its
/// two-sided pointwise probabilities. ``chance`` is the probability of a γ as small as that for
/// independent uniform values. It is exact, for ranks too, however small; ties in γ make it
/// conservative. To hold a family-wise error of 1e-4 over m quantities, compare it with 1e-4/m.
/// Source: [Sailynoja2022].
public struct UniformityTest: Sendable, Hashable {
  /// Number of values.
  public let count: Int
  /// The points z at which the ECDF was looked at, ascending in (0, 1).
  public let points: [Double]
  /// Number of values below each point.
  public let counts: [Int]
  /// The smallest two-sided pointwise probability.
  public let gamma: Double
  /// Position in ``points`` of the most extreme point.
  public let extreme: Int
  /// Probability of so small a ``gamma``: the p-value of the test.
  public let chance: Double

  /// Tests ranks.
  ///
  /// - Parameters:
  ///   - ranks: for each simulation the number of draws below the true value.
  ///   - draws: L; ranks are 0...L, equally probable.
  ///   - intervals: into how many intervals the points cut 0...1; at least 2, at most L + 1 are
  ///     used.
  public init(ranks: [Int], draws: Int, intervals: Int = 100) throws(UniformityError) {
    precondition(intervals >= 2, "\(intervals) intervals")
    guard !ranks.isEmpty, draws > 0 else { throw .nothing }
    for rank in ranks where rank < 0 || rank > draws { throw .rank(rank, draws: draws) }
    // Points that are multiples of 1/(L + 1), so that the counts are exactly binomial.
    let used = min(intervals, draws + 1)
    let edges = (1..<used).map { $0 * (draws + 1) / used }
    let sorted = ranks.sorted()
    self.init(
      count: ranks.count, points: edges.map { Double($0) / Double(draws + 1) },
      counts: Self.counts(sorted, edges: edges) { $0 < $1 })
  }

  /// Tests numbers in 0...1.
  ///
  /// - Parameters:
  ///   - values: independent and uniform, if the hypothesis holds.
  ///   - intervals: into how many intervals the points cut 0...1; at least 2.
  public init(values: [Double], intervals: Int = 100) throws(UniformityError) {
    precondition(intervals >= 2, "\(intervals) intervals")
    guard !values.isEmpty else { throw .nothing }
    for value in values where !(value >= 0 && value <= 1) { throw .value(value) }
    let points = (1..<intervals).map { Double($0) / Double(intervals) }
    self.init(
      count: values.count, points: points,
      counts: Self.counts(values.sorted(), edges: points) { $0 <= $1 })
  }

  private init(count: Int, points: [Double], counts: [Int]) {
    let process = UniformProcess(count: count, points: points)
    var (extreme, least) = (0, Double.infinity)
    for i in points.indices {
      let tail = process.smallerTail(point: i, count: counts[i])
      if tail < least { (extreme, least) = (i, tail) }
    }
    self.count = count
    self.points = points
    self.counts = counts
    self.extreme = extreme
    gamma = min(1, 2 * least)
    chance = process.exitProbability(tail: least)
  }

  /// How many of `sorted` stand before each of the ascending edges.
  private static func counts<Value>(
    _ sorted: [Value], edges: [Value], isBefore: (Value, Value) -> Bool
  ) -> [Int] {
    var next = 0
    return edges.map { edge in
      while next < sorted.count, isBefore(sorted[next], edge) { next += 1 }
      return next
    }
  }

  /// Simultaneous limits of ``counts``: with a probability of at least `confidence` uniform values
  /// stay within at all ``points``. For plots.
  public func band(confidence: Double) -> [ClosedRange<Int>] {
    precondition(confidence > 0 && confidence < 1, "confidence \(confidence)")
    let process = UniformProcess(count: count, points: points)
    // Between a band that is surely wide enough (Bonferroni) and one that surely is not.
    var low = (1 - confidence) / Double(2 * points.count) * 0.999
    var high = (1 - confidence) / 2
    while high / low > 1.001 {
      let middle = (low * high).squareRoot()
      if process.exitProbability(tail: middle) <= 1 - confidence {
        low = middle
      } else {
        high = middle
      }
    }
    return process.limits(tail: low)
  }
}
