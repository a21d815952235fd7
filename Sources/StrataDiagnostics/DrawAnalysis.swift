/// The draws of one quantity, checked and sorted once: what all diagnostics of it are made from.
struct DrawAnalysis {
  let draws: ChainMatrix
  let sorted: SortedDraws
  let scores: NormalScores
  /// Mean of all draws.
  let mean: Double
  /// Draws minus their mean, divided by the largest deviation: ESS does not depend on units, and
  /// powers of these neither overflow nor vanish for columns of size 1e200 or 1e-200.
  let standard: ChainMatrix
  /// The divisor in `standard`.
  let scale: Double

  /// Nil with the reason when no diagnostic is defined.
  ///
  /// Draws count as constant when their range is within one rounding error of their size, so that
  /// a quantity which is 1 up to rounding (a sum of probabilities) is not judged by its rounding.
  /// (posterior uses the same tolerance 2⁻⁵² but absolute, which declares a column of size 1e-17
  /// constant.)
  static func make(
    _ draws: ChainMatrix?, scores: NormalScores? = nil
  ) -> Result<DrawAnalysis, UndefinedReason> {
    guard let draws, !draws.values.isEmpty else { return .failure(.noDraws) }
    if let reason = undefinedReason(draws) { return .failure(reason) }
    return .success(DrawAnalysis(draws, scores: scores))
  }

  private static func undefinedReason(_ draws: ChainMatrix) -> UndefinedReason? {
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in draws.values {
      guard value.isFinite else { return .notFinite }
      low = min(low, value)
      high = max(high, value)
    }
    let size = max(abs(low), abs(high))
    if size > 1e290 { return .notFinite }
    // Halved, so that the range cannot overflow.
    if high / 2 - low / 2 <= size / 2 * 0x1p-52 {
      return draws.values.count == 1 ? .tooFewDraws : .constant
    }
    return nil
  }

  private init(_ draws: ChainMatrix, scores: NormalScores?) {
    self.draws = draws
    sorted = SortedDraws(draws.values)
    let splitCount = draws.splitIterations * draws.splitChains
    self.scores =
      if let scores, scores.count == splitCount { scores } else { NormalScores(count: splitCount) }
    let mean = Moments.mean(draws.values)
    let scale = max(abs(sorted.values[0] - mean), abs(sorted.values.last! - mean))
    self.mean = mean
    self.scale = scale
    standard = draws.map { ($0 - mean) / scale }
  }

  // MARK: Rank-normalised series

  /// Input of bulk R-hat and bulk-ESS.
  var bulk: ChainMatrix { scores.bulk(of: draws, sorted: sorted) }

  /// Input of folded R-hat.
  var folded: ChainMatrix { scores.folded(of: draws, sorted: sorted) }

  // MARK: ESS

  var meanESS: Double? { effectiveSampleSize(standard.split()) }

  var sdESS: Double? { effectiveSampleSize(standard.map { abs($0) }.split()) }

  /// ESS of the indicator x <= quantile. Undefined also where a tie makes the indicator constant.
  func quantileESS(_ probability: Double) -> Double? {
    let count = Double(draws.values.count)
    // At 1 the indicator would be constant; posterior takes the middle of the last step.
    let inside = probability == 1 ? (count - 0.5) / count : probability
    guard let quantile = sorted.quantile(inside) else { return nil }
    return effectiveSampleSize(draws.map { $0 <= quantile ? 1 : 0 }.split())
  }

  var tailESS: Double? {
    guard let lower = quantileESS(0.05), let upper = quantileESS(0.95) else { return nil }
    return min(lower, upper)
  }

  // MARK: Spread and its Monte Carlo errors

  var sd: Double { Moments.variance(standard.values).squareRoot() * scale }

  var meanMCSE: Double? { meanESS.map { sd / $0.squareRoot() } }

  /// By the delta method from the Monte Carlo variance of the second moment.
  var sdMCSE: Double? {
    let squares = standard.map { $0 * $0 }
    guard let ess = effectiveSampleSize(squares.split()) else { return nil }
    let variance = Moments.mean(squares.values)
    let fourth = Moments.mean(squares.values.map { $0 * $0 })
    let varianceError = (fourth - variance * variance) / ess
    return (varianceError / variance / 4).squareRoot() * scale
  }

  /// Half the distance of the order statistics at ±1 standard error of the quantile's rank, by
  /// the beta distribution that the number of draws below a quantile follows.
  func quantileMCSE(_ probability: Double) -> Double? {
    guard let ess = quantileESS(probability) else { return nil }
    let count = sorted.values.count
    let (a, b) = (ess * probability + 1, ess * (1 - probability) + 1)
    // Φ(−1) and Φ(1) to the digits that posterior uses.
    let low = betaQuantile(0.1586553, a, b) * Double(count)
    let high = betaQuantile(0.8413447, a, b) * Double(count)
    let first = max(Int(low.rounded(.down)), 1)
    let last = min(Int(high.rounded(.up)), count)
    return (sorted.values[last - 1] - sorted.values[first - 1]) / 2
  }
}
