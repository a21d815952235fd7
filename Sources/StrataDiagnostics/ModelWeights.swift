#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Weights for averaging the predictions of several models. Each sums to 1, in the order given.
public enum ModelWeights {
  /// Stacking: the weights whose mixture of predictive distributions has the largest elpd,
  /// Σ_i log Σ_k w_k exp(elpd_ik).
  ///
  /// A concave problem; the elpd of the result is within 1e-9 per observation of the optimum
  /// (a bound that the gradient gives). Where models predict alike, weight is shared among them.
  /// Source: [Yao2018].
  public static func stacking(
    _ models: [(name: String, elpd: [Double])]
  ) throws(ComparisonError) -> [Double] {
    try ModelComparison.check(models)
    return StackingProblem(models.map(\.elpd)).solve()
  }

  /// Pseudo-BMA: proportional to exp(elpd), which takes no account of its uncertainty.
  /// Source: [Yao2018].
  public static func pseudoBMA(
    _ models: [(name: String, elpd: [Double])]
  ) throws(ComparisonError) -> [Double] {
    try ModelComparison.check(models)
    return softmax(models.map { $0.elpd.reduce(0, +) })
  }

  /// Pseudo-BMA+: the mean of pseudo-BMA weights over Bayesian bootstrap replications of the
  /// observations. Source: [Yao2018].
  ///
  /// - Parameters:
  ///   - models: each with the elpd of every observation, the same ones in the same order.
  ///   - replications: at least 1; loo's default is 1,000.
  ///   - seed: equal seeds give equal weights.
  public static func pseudoBMAPlus(
    _ models: [(name: String, elpd: [Double])], replications: Int = 1000, seed: UInt64 = 1
  ) throws(ComparisonError) -> [Double] {
    precondition(replications > 0, "\(replications) replications")
    try ModelComparison.check(models)
    let count = models[0].elpd.count
    var random = SplitMix(state: seed)
    var mean = [Double](repeating: 0, count: models.count)
    var shares = [Double](repeating: 0, count: count)
    for _ in 0..<replications {
      // Dirichlet(1, …, 1).
      for i in 0..<count { shares[i] = -log(random.uniform()) }
      let scale = Double(count) / shares.reduce(0, +)
      let totals = models.map { model in
        var sum = 0.0
        for i in 0..<count { sum += shares[i] * model.elpd[i] }
        return sum * scale
      }
      for (k, weight) in softmax(totals).enumerated() { mean[k] += weight }
    }
    return mean.map { $0 / Double(replications) }
  }

  private static func softmax(_ x: [Double]) -> [Double] {
    let top = x.max()!
    let powers = x.map { exp($0 - top) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

/// SplitMix64: enough for a bootstrap, and in need of no other target.
struct SplitMix {
  var state: UInt64

  /// In (0, 1).
  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return (Double(z >> 11) + 0.5) * 0x1p-53
  }
}
