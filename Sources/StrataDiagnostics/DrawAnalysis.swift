/// The draws of one quantity, checked and sorted once: what all diagnostics of it are made from. The memory serves one
/// quantity after another, all of one shape.
struct DrawAnalysis: Sendable {
  private(set) var draws: ChainMatrix
  private(set) var sorted: SortedDraws
  private let scores: NormalScores
  /// Mean of all draws.
  private(set) var mean = 0.0
  /// One over the largest distance from the mean. ESS does not depend on units, and powers of (x − mean) · unit neither
  /// overflow nor vanish for columns of size 1e200 or 1e-200.
  private var unit = 0.0
  private var folded: FoldedDraws
  /// Normal scores of the draws, in their order.
  private var ranked: [Double]
  private var series: CentredChains

  /// Memory for draws of this shape.
  /// - Parameter scores: for as many draws as splitting keeps; made if nil.
  init(shape: ChainMatrix, scores: NormalScores? = nil) {
    let count = shape.values.count
    draws = shape
    sorted = SortedDraws(count: count)
    self.scores = scores ?? NormalScores(count: shape.splitIterations * shape.splitChains)
    folded = FoldedDraws(count: count)
    ranked = [Double](repeating: 0, count: count)
    series = CentredChains(shape)
  }

  /// An analysis of these draws; nil when no diagnostic is defined.
  init?(_ chains: [[Double]]) {
    guard let matrix = ChainMatrix(chains) else { return nil }
    self.init(shape: matrix)
    guard prepare() == nil else { return nil }
  }

  /// Takes in the draws of another quantity.
  /// - Returns: the reason when no diagnostic is defined; then only `draws` is valid.
  mutating func load(_ fill: (inout ChainMatrix) -> Void) -> UndefinedReason? {
    fill(&draws)
    return prepare()
  }

  /// Draws count as constant when their range is within one rounding error of their size, so that
  /// a quantity which is 1 up to rounding (a sum of probabilities) is not judged by its rounding.
  /// (posterior uses the same tolerance 2⁻⁵² but absolute, which declares a column of size 1e-17
  /// constant.)
  private mutating func prepare() -> UndefinedReason? {
    let values = draws.values
    if values.isEmpty { return .noDraws }
    let range = SortedDraws.range(values)
    if range.lowerBound < SortedDraws.key(-1e290) || range.upperBound > SortedDraws.key(1e290) {
      return .notFinite
    }
    let (low, high) = (SortedDraws.number(range.lowerBound), SortedDraws.number(range.upperBound))
    if high - low <= max(abs(low), abs(high)) * 0x1p-52 {
      return values.count == 1 ? .tooFewDraws : .constant
    }
    sorted.sort(values, range: range)
    mean = Moments.mean(values)
    unit = min(1 / max(high - mean, mean - low), .greatestFiniteMagnitude)
    return nil
  }

  // MARK: Series

  /// The two R-hats and ESS of the ranks.
  mutating func ofRanks() -> RankStatistics {
    scores.write(sorted, shape: draws, into: &ranked)
    series.load(ranked, shape: draws)
    return RankStatistics(&series)
  }

  /// Those of the ranks of |x − median|.
  mutating func ofFoldedRanks() -> RankStatistics {
    scores.writeFolded(sorted, shape: draws, memory: &folded, into: &ranked)
    series.load(ranked, shape: draws)
    return RankStatistics(&series)
  }

  /// The ESS of the mean of a function of the standardised draws.
  @inline(__always)
  private mutating func standardESS(_ transform: (Double) -> Double) -> Double? {
    let (mean, unit) = (mean, unit)
    series.load(draws.values, shape: draws) { transform(($0 - mean) * unit) }
    return effectiveSampleSize(&series)
  }

  mutating func meanESS() -> Double? { standardESS { $0 } }

  mutating func sdESS() -> Double? { standardESS { abs($0) } }

  /// ESS of the indicator x <= quantile. Undefined also where a tie makes the indicator constant.
  func quantileESS(_ probability: Double) -> Double? {
    let count = sorted.values.count
    // At 1 the indicator would be constant; posterior takes the middle of the last step.
    let inside = probability == 1 ? (Double(count) - 0.5) / Double(count) : probability
    guard let quantile = sorted.quantile(inside) else { return nil }
    let below = sorted.count(notAbove: quantile)
    // The indicators of the others have the same ESS.
    let fewer = below <= count / 2 ? sorted.origin[..<below] : sorted.origin[below...]
    var indicators = IndicatorChains(of: fewer, shape: draws)
    return effectiveSampleSize(&indicators)
  }

  var tailESS: Double? {
    guard let lower = quantileESS(0.05), let upper = quantileESS(0.95) else { return nil }
    return min(lower, upper)
  }

  // MARK: Spread and its Monte Carlo errors

  /// The mean of a power of the standardised draws.
  private func moment(_ power: (Double) -> Double) -> Double {
    let values = draws.values.map { power(($0 - mean) * unit) }
    return Moments.mean(values)
  }

  var sd: Double {
    let count = Double(draws.values.count)
    return (moment { $0 * $0 } * (count / (count - 1))).squareRoot() / unit
  }

  mutating func meanMCSE() -> Double? { meanESS().map { sd / $0.squareRoot() } }

  /// By the delta method from the Monte Carlo variance of the second moment.
  mutating func sdMCSE() -> Double? {
    guard let ess = standardESS({ $0 * $0 }) else { return nil }
    let variance = moment { $0 * $0 }
    let fourth = moment { ($0 * $0) * ($0 * $0) }
    let varianceError = (fourth - variance * variance) / ess
    return (varianceError / variance / 4).squareRoot() / unit
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

/// R-hat of one rank-normalised series with its own ESS.
struct RankStatistics {
  let rHat: Double?
  let ess: Double?
  let iterations: Int
  let chains: Int

  init(_ series: inout CentredChains) {
    rHat = potentialScaleReduction(&series)
    ess = effectiveSampleSize(&series)
    iterations = series.iterations
    chains = series.chains
  }

  /// Nil where R-hat or ESS are undefined.
  func chance(leastESS: Double = 0) -> Double? {
    guard let rHat, let ess else { return nil }
    return probabilityOfLargerRHat(
      than: rHat, ess: max(ess, leastESS), iterations: iterations, chains: chains)
  }
}
