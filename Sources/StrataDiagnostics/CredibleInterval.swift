/// An interval that holds a given probability of a posterior distribution.
public struct CredibleInterval: Sendable, Hashable {
  /// Lower end.
  public var lower: Double
  /// Upper end.
  public var upper: Double
  /// The probability asked for.
  public var probability: Double

  /// Upper minus lower end.
  public var width: Double { upper - lower }

  /// The interval between the quantiles (1 − p)/2 and (1 + p)/2 (type 7): as much probability is
  /// below it as above. Does not depend on the scale on which the quantity is expressed.
  ///
  /// - Parameters:
  ///   - draws: all draws, in any order; infinite ones are allowed.
  ///   - probability: strictly between 0 and 1.
  /// - Throws: ``IntervalError``.
  public static func equalTailed(
    _ draws: [Double], probability: Double
  ) throws(IntervalError) -> CredibleInterval {
    let sorted = try check(draws, probability)
    // As R's users write them: (1 − p)/2 and one minus that.
    let tail = (1 - probability) / 2
    guard let lower = sorted.quantile(tail), let upper = sorted.quantile(1 - tail) else {
      throw .notFinite
    }
    return CredibleInterval(lower: lower, upper: upper, probability: probability)
  }

  /// The shortest interval that spans ⌊pS⌋ + 1 of S ordered draws: for a distribution with one
  /// mode, its highest-density interval. The first of equally short ones.
  ///
  /// It depends on the scale: that of log x is not the logarithm of that of x. Ends are noisier
  /// than those of equal-tailed intervals. Agrees with HDInterval and ArviZ (unimodal).
  ///
  /// - Parameters:
  ///   - draws: all draws, in any order; infinite ones are allowed if the interval is finite.
  ///   - probability: strictly between 0 and 1, and at least 1/S.
  /// - Throws: ``IntervalError``.
  ///
  /// Source: [ChenShao1999].
  public static func highestDensity(
    _ draws: [Double], probability: Double
  ) throws(IntervalError) -> CredibleInterval {
    let sorted = try check(draws, probability).values
    let span = Int((probability * Double(sorted.count)).rounded(.down))
    guard span >= 1, span < sorted.count else {
      throw .tooFewDraws(draws: sorted.count, probability: probability)
    }
    var (start, least) = (0, Double.infinity)
    for i in 0..<sorted.count - span {
      let width = sorted[i + span] - sorted[i]
      // Infinity minus infinity is NaN, which is not smaller.
      if width < least { (start, least) = (i, width) }
    }
    guard least < .infinity else { throw .notFinite }
    return CredibleInterval(
      lower: sorted[start], upper: sorted[start + span], probability: probability)
  }

  private static func check(
    _ draws: [Double], _ probability: Double
  ) throws(IntervalError) -> SortedDraws {
    guard probability > 0, probability < 1 else { throw .probability(probability) }
    guard !draws.isEmpty else { throw .tooFewDraws(draws: 0, probability: probability) }
    if draws.contains(where: \.isNaN) { throw .notFinite }
    return SortedDraws(draws)
  }
}

/// Why there is no interval.
public enum IntervalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Not strictly between 0 and 1.
  case probability(Double)
  /// No draws, or too few for so small or so large a probability.
  case tooFewDraws(draws: Int, probability: Double)
  /// A draw is NaN, or the interval has no finite width.
  case notFinite

  /// One line: what is wrong and what to do.
  public var description: String {
    switch self {
    case .probability(let p):
      "the probability of an interval is \(p): give a number between 0 and 1, such as 0.9"
    case .tooFewDraws(let draws, let p):
      "\(draws) draws are too few for an interval of probability \(p): draw more"
    case .notFinite:
      "draws that are not finite leave no interval: look at why the quantity is not defined there"
    }
  }
}
