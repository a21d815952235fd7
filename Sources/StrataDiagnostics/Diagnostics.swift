/// Convergence diagnostics and Monte Carlo errors of draws of one quantity.
///
/// Every function takes `chains`, one array of draws per chain, all of the same length, warmup
/// left out, and splits each chain in half (an odd number of draws loses the middle one). The
/// numbers are those of the R package posterior.
///
/// Nil means undefined:
///
/// - no chain, no draws, or chains of different lengths;
/// - a draw is NaN or infinite (or beyond 1e290, where sums overflow): means and variances do not
///   exist, and a number computed from the rest would hide that;
/// - the draws, or the indicators that a quantile's ESS looks at, are constant: with no variance
///   there is nothing to compare. Draws whose range is within one rounding error of their size
///   count as constant;
/// - too few draws: R-hat needs 4 per chain, ESS and MCSE need 6.
///
/// To get many of these for many quantities, use ``QuantitySummarizer``: it sorts once.
public enum Diagnostics {
  /// Rank-normalised split R-hat: the larger of the R-hat of the ranks (location) and that of the
  /// ranks of |x − median| (scale). Other names: potential scale reduction factor, R̂.
  ///
  /// At least about 1; converged below 1.01. Infinite when each half chain is stuck at a value of
  /// its own. Source: [Vehtari2021].
  public static func rHat(_ chains: [[Double]]) -> Double? {
    guard var analysis = DrawAnalysis(chains) else { return nil }
    return maximum(analysis.ofRanks().rHat, analysis.ofFoldedRanks().rHat)
  }

  /// Bulk-ESS: effective sample size of the rank-normalised draws; how well the centre of the
  /// distribution is known. At most S log10(S) for S draws in all. Source: [Vehtari2021].
  public static func bulkESS(_ chains: [[Double]]) -> Double? {
    guard var analysis = DrawAnalysis(chains) else { return nil }
    return analysis.ofRanks().ess
  }

  /// Tail-ESS: the smaller of the ESS of the 5 % and of the 95 % quantile.
  /// Source: [Vehtari2021].
  public static func tailESS(_ chains: [[Double]]) -> Double? {
    DrawAnalysis(chains)?.tailESS
  }

  /// ESS of the mean. Exists for any finite draws, but says little where the variance is infinite
  /// (``bulkESS(_:)`` does not have that problem). Source: [Geyer1992], [Vehtari2021].
  public static func meanESS(_ chains: [[Double]]) -> Double? {
    guard var analysis = DrawAnalysis(chains) else { return nil }
    return analysis.meanESS()
  }

  /// ESS of the standard deviation: that of the mean of |x − x̄|. Source: [Vehtari2021].
  public static func sdESS(_ chains: [[Double]]) -> Double? {
    guard var analysis = DrawAnalysis(chains) else { return nil }
    return analysis.sdESS()
  }

  /// ESS of a quantile: that of the mean of the indicators x <= quantile.
  ///
  /// - Parameters:
  ///   - chains: an array of draws for each chain.
  ///   - probability: in 0...1, else the result is nil. At 1 the indicator of the second largest draw is used, as in
  ///     posterior.
  ///
  /// Source: [Vehtari2021].
  public static func quantileESS(_ chains: [[Double]], probability: Double) -> Double? {
    DrawAnalysis(chains)?.quantileESS(probability)
  }

  /// Monte Carlo standard error of the mean: sd / √ESS. Source: [Vehtari2021].
  public static func meanMCSE(_ chains: [[Double]]) -> Double? {
    guard var analysis = DrawAnalysis(chains) else { return nil }
    return analysis.meanMCSE()
  }

  /// Monte Carlo standard error of the standard deviation, from the Monte Carlo variance of the
  /// second moment by the delta method; assumes that fourth moments exist. Source: [Kenney1951].
  public static func sdMCSE(_ chains: [[Double]]) -> Double? {
    guard var analysis = DrawAnalysis(chains) else { return nil }
    return analysis.sdMCSE()
  }

  /// Monte Carlo standard error of a quantile: half the distance between the order statistics one
  /// standard error of rank below and above. Source: [Vehtari2021].
  ///
  /// - Parameters:
  ///   - chains: an array of draws for each chain.
  ///   - probability: in 0...1, else the result is nil.
  public static func quantileMCSE(_ chains: [[Double]], probability: Double) -> Double? {
    DrawAnalysis(chains)?.quantileMCSE(probability)
  }

  /// Sample quantile of type 7 (linear between order statistics; R's and NumPy's default) of all
  /// values. Infinite values are allowed; nil for no values, a NaN, or a probability outside 0...1.
  /// Source: [Hyndman1996].
  public static func quantile(_ values: [Double], probability: Double) -> Double? {
    if values.contains(where: \.isNaN) { return nil }
    return SortedDraws(values).quantile(probability)
  }

  /// Energy Bayesian fraction of missing information of one chain: Σ (E_i − E_{i−1})² / Σ (E_i − Ē)².
  ///
  /// About 1 where resampling the momentum explores the energies well, small where the sampler
  /// moves through them in small steps; under 0.3 heavy tails are explored badly.
  ///
  /// - Parameter energies: the energy (Hamiltonian) of each draw of one chain, in order.
  /// - Returns: nil for fewer than three draws, non-finite or constant energies.
  ///
  /// Source: [Betancourt2016].
  public static func energyBFMI(_ energies: [Double]) -> Double? {
    guard energies.count >= 3, energies.allSatisfy(\.isFinite) else { return nil }
    let mean = Moments.mean(energies)
    let total = energies.withUnsafeBufferPointer { Moments.squares($0, around: mean) }
    var steps = 0.0
    for (before, after) in zip(energies, energies.dropFirst()) {
      steps += (after - before) * (after - before)
    }
    guard steps > 0, (steps / total).isFinite else { return nil }
    return steps / total
  }

  /// The larger of two numbers, undefined if one is.
  static func maximum(_ a: Double?, _ b: Double?) -> Double? {
    guard let a, let b else { return nil }
    return max(a, b)
  }
}
