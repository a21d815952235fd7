#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Sensitivity of a posterior to its prior, or to its likelihood: how far distributions of
/// quantities move when that component of the density is raised to a power near 1.
///
/// No refit: draws get Pareto-smoothed importance weights. Numbers follow the R package priorsense.
/// Sources: [Kallioinen2024], [Nguyen2015] for the distance.
public struct PowerScaling: Sendable {
  /// Sensitivity at which priorsense begins to speak of one.
  public static let threshold = 0.05

  /// The power below 1.
  public let lowerAlpha: Double
  /// The power above 1.
  public let upperAlpha: Double
  /// The larger Pareto k of the two sets of weights; beyond ``ParetoSmoothing/threshold(draws:)``
  /// the sensitivities can't be trusted. −∞ for a constant component, +∞ for one that is not
  /// finite everywhere.
  public let paretoK: Double
  /// Normalised weights of the draws under the lower and the upper power; nil where undefined.
  private let weights: [[Double]]?

  /// Weights for a component.
  ///
  /// - Parameters:
  ///   - component: the log prior, or log likelihood, of each draw; chain after chain.
  ///   - chains: number of chains, each with `component.count / chains` draws.
  ///   - lowerAlpha: in 0..<1.
  ///   - upperAlpha: above 1.
  public init(
    component: [Double], chains: Int, lowerAlpha: Double = 0.99, upperAlpha: Double = 1.01
  ) {
    precondition(!component.isEmpty && chains > 0 && component.count % chains == 0)
    precondition(lowerAlpha >= 0 && lowerAlpha < 1 && upperAlpha > 1 && upperAlpha.isFinite)
    self.lowerAlpha = lowerAlpha
    self.upperAlpha = upperAlpha
    var smoothing = ParetoSmoothing(draws: component.count)
    var weights: [[Double]] = []
    var k = -Double.infinity
    for alpha in [lowerAlpha, upperAlpha] {
      let ratios = component.map { (alpha - 1) * $0 }
      let efficiency = Self.relativeEfficiency(ratios, chains: chains)
      let (logWeights, outcome) = smoothing.smooth(ratios, relativeEfficiency: efficiency)
      k = max(k, outcome.paretoK)
      if outcome.treatment != .notFinite { weights.append(logWeights.map { exp($0) }) }
    }
    paretoK = k
    self.weights = weights.count == 2 ? weights : nil
  }

  /// Sensitivity of a quantity: the mean distance of its distributions under the two powers from
  /// the posterior, per doubling of the power.
  ///
  /// 0 for a constant component; nil for a constant quantity, for draws that are not finite, and
  /// where the weights are undefined.
  ///
  /// - Parameter quantity: its draws, in the order of the component's.
  public func sensitivity(of quantity: [Double]) -> Double? {
    guard let weights else { return nil }
    precondition(quantity.count == weights[0].count, "\(quantity.count) draws")
    guard quantity.allSatisfy(\.isFinite) else { return nil }
    let sorted = SortedDraws(quantity)
    let distances = weights.map { Self.distance(sorted, $0) }
    guard let lower = distances[0], let upper = distances[1] else { return nil }
    return (lower + upper) / (2 * log2(upperAlpha))
  }

  /// What the sensitivities of a quantity to prior and likelihood say together.
  public enum Diagnosis: String, Sendable, Hashable, CustomStringConvertible {
    /// The prior matters little.
    case none = "-"
    /// Both prior and likelihood move the posterior: they may disagree.
    case priorDataConflict = "potential prior-data conflict"
    /// The prior moves the posterior and the likelihood does not.
    case strongPrior = "potential strong prior or weak likelihood"

    /// The words.
    public var description: String { rawValue }

    /// From sensitivities to the prior and to the likelihood.
    public init(
      prior: Double, likelihood: Double, threshold: Double = PowerScaling.threshold
    ) {
      if prior >= threshold && likelihood >= threshold {
        self = .priorDataConflict
      } else {
        self = prior > threshold && likelihood < threshold ? .strongPrior : .none
      }
    }
  }

  // MARK: Implementation

  /// Efficiency of the reciprocal ratios, as priorsense gives it to loo; 1 where undefined.
  private static func relativeEfficiency(_ ratios: [Double], chains: Int) -> Double {
    guard ratios.allSatisfy(\.isFinite) else { return 1 }
    let low = ratios.min()!
    let reciprocals = ratios.map { exp(low - $0) }
    var series = CentredChains(iterations: ratios.count / chains, chains: chains)
    series.load(whole: reciprocals)
    return effectiveSampleSize(&series).map { $0 / Double(ratios.count) } ?? 1
  }

  /// Cumulative Jensen–Shannon distance between draws with and without weights: the larger of
  /// those of x and of −x. In 0...1.
  static func distance(_ sorted: SortedDraws, _ weights: [Double]) -> Double? {
    let ordered = sorted.origin.map { weights[Int($0)] }
    let widths = zip(sorted.values.dropFirst(), sorted.values).map { $0 - $1 }
    guard let up = distance(widths: widths, weights: ordered),
      let down = distance(widths: widths.reversed(), weights: ordered.reversed())
    else { return nil }
    return max(up, down)
  }

  /// √(Σ Δx [P log₂ P/M + Q log₂ Q/M] / Σ Δx (P + Q)) with M = (P + Q)/2, P and Q the
  /// distribution functions between neighbouring draws.
  ///
  /// In terms of d = (Q − P)/(Q + P) a summand is M [(1 + d) log(1 + d) + (1 − d) log(1 − d)],
  /// in which nothing cancels.
  private static func distance(widths: [Double], weights: [Double]) -> Double? {
    let count = Double(weights.count)
    let total = weights.reduce(0, +)
    let scale = widths.max() ?? 0
    guard scale > 0, scale.isFinite else { return nil }
    var (divergence, bound, cumulated) = (0.0, 0.0, 0.0)
    for i in widths.indices {
      cumulated += weights[i]
      let (p, q) = (Double(i + 1) / count, cumulated / total)
      let width = widths[i] / scale
      let d = (q - p) / (q + p)
      let summand = (1 + d) * log1p(d) + (d < 1 ? (1 - d) * log1p(-d) : 0)
      divergence += width * (p + q) / 2 * (d > -1 ? summand : 2 * log(2))
      bound += width * (p + q)
    }
    return (max(0, divergence) / log(2) / bound).squareRoot()
  }
}
