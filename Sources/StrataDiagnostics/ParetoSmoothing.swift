#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Pareto-smoothed importance sampling (PSIS): stabilises importance ratios whose largest ones
/// carry much of the weight, and says by Pareto k how far the result can be trusted.
///
/// The largest ratios are replaced by the expected order statistics of a generalised Pareto
/// distribution fitted to them, none above the largest raw ratio. The tail is the largest
/// ⌈min(0.2 S, 3 √(S / r_eff))⌉ of S ratios. Numbers agree with `psis` of the R package loo.
///
/// One value holds the scratch for one thread and any number of sets of ratios; after
/// initialisation nothing is allocated. 4,000 ratios take about 50 µs.
/// Source: [Vehtari2024].
public struct ParetoSmoothing: Sendable {
  /// What smoothing did.
  public enum Treatment: Sendable, Hashable {
    /// A distribution was fitted to the tail, and the tail smoothed.
    case smoothed
    /// All ratios are equal: all weights are equal, exactly. Pareto k is −∞. (loo says +∞.)
    case equalRatios
    /// The largest ratios are equal, or so nearly that nothing can be fitted. Pareto k is +∞, as
    /// in loo; the weights are raw.
    case equalTail
    /// Fewer than five ratios in the tail (fewer than 21 draws): raw weights, Pareto k +∞.
    case tooFewDraws
    /// The fit failed (over a quarter of the tail ties with its threshold, or has weight 0): raw
    /// weights, Pareto k +∞.
    case noFit
    /// A ratio is NaN or +∞, or all are −∞: no weights (all NaN), Pareto k +∞.
    case notFinite
  }

  /// What is known of one set of weights.
  public struct Outcome: Sendable, Hashable {
    /// k̂: estimated shape of the tail of the ratios, whose moments below order 1/k are finite.
    /// Reliable up to ``ParetoSmoothing/threshold(draws:)``.
    public var paretoK: Double
    /// Effective sample size: r_eff / Σ w². NaN without weights.
    public var effectiveSampleSize: Double
    /// What was done.
    public var treatment: Treatment
  }

  /// Numbers of ratios in a set.
  public let draws: Int
  private var largest: LargestDraws
  /// Exceedances, then smoothed weights, of the tail.
  private var tail: [Double]

  /// For sets of `draws` ratios, at least one.
  public init(draws: Int) {
    precondition(draws > 0, "\(draws) draws")
    self.draws = draws
    largest = LargestDraws(capacity: draws)
    tail = [Double](repeating: 0, count: draws / 5 + 2)
  }

  /// Pareto k above this means that the estimate can't be trusted with so many draws:
  /// min(1 − 1/log₁₀ S, 0.7). Source: [Vehtari2024].
  public static func threshold(draws: Int) -> Double {
    min(1 - 1 / log10(Double(draws)), 0.7)
  }

  /// How many draws a tail of shape `paretoK` needs: 10^(1 / (1 − max(0, k))), infinite for k >= 1.
  /// Source: [Vehtari2024].
  public static func leastDraws(paretoK: Double) -> Double {
    paretoK < 1 ? pow(10, 1 / (1 - max(0, paretoK))) : .infinity
  }

  /// Smooths log ratios (of any additive constant) into normalised log weights.
  ///
  /// - Parameters:
  ///   - logRatios: ``draws`` numbers. −∞ gives the weight 0.
  ///   - relativeEfficiency: effective per nominal draws, for correlated draws; 1 for independent
  ///     ones, and where it is not positive and finite.
  ///   - logWeights: receives ``draws`` numbers whose exponentials sum to 1. May be `logRatios`.
  public mutating func smooth(
    _ logRatios: UnsafeBufferPointer<Double>, relativeEfficiency: Double = 1,
    into logWeights: UnsafeMutableBufferPointer<Double>
  ) -> Outcome {
    precondition(logRatios.count == draws && logWeights.count == draws, "\(draws) draws")
    guard let top = Self.top(logRatios) else {
      logWeights.update(repeating: .nan)
      return Outcome(paretoK: .infinity, effectiveSampleSize: .nan, treatment: .notFinite)
    }
    for i in 0..<draws { logWeights[i] = logRatios[i] - top }
    let efficiency = Self.valid(relativeEfficiency)
    let (k, treatment) = smoothTail(
      UnsafeBufferPointer(logWeights), relativeEfficiency: efficiency
    ) { index, weight in logWeights[index] = log(weight) }
    var (sum, squares) = (0.0, 0.0)
    for value in logWeights {
      let weight = exp(value)
      sum += weight
      squares += weight * weight
    }
    let logSum = log(sum)
    for i in 0..<draws { logWeights[i] -= logSum }
    return Outcome(
      paretoK: k, effectiveSampleSize: sum * sum / squares * efficiency, treatment: treatment)
  }

  /// Smooths an array of log ratios.
  public mutating func smooth(
    _ logRatios: [Double], relativeEfficiency: Double = 1
  ) -> (logWeights: [Double], outcome: Outcome) {
    var weights = logRatios
    let outcome = weights.withUnsafeMutableBufferPointer { weights in
      smooth(
        UnsafeBufferPointer(weights), relativeEfficiency: relativeEfficiency, into: weights)
    }
    return (weights, outcome)
  }

  // MARK: Implementation

  /// An efficiency that exists, else 1.
  static func valid(_ efficiency: Double) -> Double {
    efficiency > 0 && efficiency.isFinite ? efficiency : 1
  }

  /// The largest ratio; nil for NaN or where the largest is not finite.
  private static func top(_ x: UnsafeBufferPointer<Double>) -> Double? {
    var top = -Double.infinity
    // Every comparison with NaN is false, so that it stays.
    for value in x { top = value <= top ? top : value.isNaN ? .infinity : max(top, value) }
    return top.isFinite ? top : nil
  }

  /// Finds and smooths the tail of log ratios whose largest is 0.
  ///
  /// - Parameter replace: is told the draw and its new weight, relative to the largest raw one,
  ///   for each draw of the tail.
  mutating func smoothTail(
    _ x: UnsafeBufferPointer<Double>, relativeEfficiency: Double,
    replace: (_ index: Int, _ weight: Double) -> Void
  ) -> (paretoK: Double, treatment: Treatment) {
    let total = Double(draws)
    let length = Int(min(0.2 * total, 3 * (total / relativeEfficiency).squareRoot()).rounded(.up))
    guard length >= 5 else {
      let equal = x.allSatisfy { $0 == x[0] }
      return equal ? (-.infinity, .equalRatios) : (.infinity, .tooFewDraws)
    }
    return tail.withUnsafeMutableBufferPointer { tail in
      // With the threshold, the largest ratio that is not in the tail.
      largest.withLargest(length + 1, of: x) { entries in
        // 0 minus the smallest of the tail; the tolerance is loo's.
        if abs(entries[1].value) < 0x1p-52 / 100 {
          let equal = x.allSatisfy { $0 == x[0] }
          return equal ? (-.infinity, .equalRatios) : (.infinity, .equalTail)
        }
        let threshold = exp(entries[0].value)
        let exceedances = UnsafeMutableBufferPointer(rebasing: tail[..<length])
        for i in 0..<length { exceedances[i] = exp(entries[i + 1].value) - threshold }
        let fit = GeneralizedPareto(ascending: UnsafeBufferPointer(exceedances))
        guard fit.shape.isFinite else { return (.infinity, .noFit) }
        for i in 0..<length {
          let p = (Double(i) + 0.5) / Double(length)
          let weight = fit.quantile(logSurvival: log1p(-p)) + threshold
          // A NaN must not become a weight of 1.
          replace(Int(entries[i + 1].index), weight > 1 ? 1 : weight)
        }
        return (fit.shape, .smoothed)
      }
    }
  }
}
