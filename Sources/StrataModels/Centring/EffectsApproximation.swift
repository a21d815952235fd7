#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A Normal approximation to the likelihood of the effects of one factor, taken apart effect by effect.
///
/// With the information I and the score of a level at the draws' means, the log likelihood is close to
/// -b'I b / 2 + h'b, b the effects and t what they have in common. The first effect's coordinates come from what is
/// left when the later ones are integrated out at their typical spreads, the next one's at the first one's value,
/// and so on. Of one effect alone, information S = I and pull = h - I_t t - S location.
struct EffectsApproximation {
  /// Of one effect, all per level. The pull is
  /// `pull - information location - Σ byEarlier value - Σ byLaterLocation location - Σ byCommon t`.
  struct Coordinates {
    var information: [Double]
    /// λ = τ² S / (1 + τ² S) at the typical spread τ: 1 is centred, 0 non-centred.
    var weights: [Double]
    var pull: [Double]
    /// The whole pull at the means of the draws.
    var pullAtMean: [Double]
    /// Of the effect given all else.
    var variances: [Double]
    var byEarlier: [[Double]]
    var byLaterLocation: [(effect: Int, slope: [Double])]
    var byCommon: [[Double]]

    init(effect: Int, effects: Int, common: Int, levels: Int) {
      let zeros = [Double](repeating: 0, count: levels)
      (information, weights, pull) = (zeros, zeros, zeros)
      (pullAtMean, variances) = (zeros, zeros)
      byEarlier = Array(repeating: zeros, count: effect)
      byLaterLocation = ((effect + 1)..<effects).map { ($0, zeros) }
      byCommon = Array(repeating: zeros, count: common)
    }
  }

  private(set) var coordinates: [Coordinates]
  private let means: BlockSums

  init(_ means: BlockSums) {
    self.means = means
    let effects = means.scores.count
    let levels = means.scores[0].count
    coordinates = (0..<effects).map {
      Coordinates(effect: $0, effects: effects, common: means.common.count, levels: levels)
    }
    for level in 0..<levels {
      for effect in 0..<effects { approximate(effect, level) }
    }
  }

  private mutating func approximate(_ effect: Int, _ level: Int) {
    let later = Array((effect + 1)..<means.scores.count)
    // I_jR (I_RR + 1 / τ_R²)⁻¹, with spreads as units: those of later effects as if they were correlated with none.
    var spreads = means.logSpreadsAlone.map { exp($0[level]) }
    spreads[effect] = exp(means.logSpreads[effect][level])
    let shares = self.shares(of: effect, later, level, spreads)
    /// What is left of a row of the information, or of the score, without the later effects.
    func rest(_ row: (Int) -> Double) -> Double {
      zip(shares, later).reduce(row(effect)) { $0 - $1.0 * row($1.1) }
    }
    let information = max(0, rest { means.information[effect][$0][level] })
    let slope = rest { linear($0, level) }
    let byEarlier = (0..<effect).map { k in rest { means.information[$0][k][level] } }
    let byCommon = means.common.indices.map { t in rest { means.commonInformation[$0][t][level] } }
    let byLater = zip(shares, later).map { $0 / (spreads[$1] * spreads[$1]) }
    let ratio = spreads[effect] * information.squareRoot()
    var atMean = slope - information * means.locations[effect][level]
    for k in 0..<effect { atMean -= byEarlier[k] * means.values[k][level] }
    for t in means.common.indices { atMean -= byCommon[t] * means.common(t, level) }
    for (k, x) in zip(later, byLater) { atMean -= x * means.locationsAlone[k][level] }

    let all = [information, slope, atMean, ratio] + byEarlier + byCommon + byLater
    guard all.allSatisfy(\.isFinite), information > 0 else { return }
    coordinates[effect].information[level] = information
    coordinates[effect].weights[level] = 1 - 1 / (1 + ratio * ratio)
    coordinates[effect].variances[level] = spreads[effect] * spreads[effect] / (1 + ratio * ratio)
    coordinates[effect].pull[level] = slope
    coordinates[effect].pullAtMean[level] = atMean
    for k in byEarlier.indices { coordinates[effect].byEarlier[k][level] = byEarlier[k] }
    for t in byCommon.indices { coordinates[effect].byCommon[t][level] = byCommon[t] }
    for k in byLater.indices { coordinates[effect].byLaterLocation[k].slope[level] = byLater[k] }
  }

  /// h of an effect: the score where everything is zero.
  private func linear(_ effect: Int, _ level: Int) -> Double {
    var h = means.scores[effect][level]
    for k in means.scores.indices {
      h += means.information[effect][k][level] * means.values[k][level]
    }
    for t in means.common.indices {
      h += means.commonInformation[effect][t][level] * means.common(t, level)
    }
    return h
  }

  /// The weights of the later effects in what is left of an effect when they are integrated out.
  private func shares(of effect: Int, _ later: [Int], _ level: Int, _ spreads: [Double]) -> [Double]
  {
    guard !later.isEmpty else { return [] }
    // (1 + T I T) x = T I_Rj, by elimination; the matrix is positive definite.
    var matrix = later.map { i in
      later.map { j in
        (i == j ? 1 : 0) + spreads[i] * means.information[i][j][level] * spreads[j]
      }
    }
    var x = later.map { spreads[$0] * means.information[$0][effect][level] }
    for k in x.indices {
      for i in x.indices.dropFirst(k + 1) {
        let ratio = matrix[i][k] / matrix[k][k]
        for j in k..<x.count { matrix[i][j] -= ratio * matrix[k][j] }
        x[i] -= ratio * x[k]
      }
    }
    for k in x.indices.reversed() {
      for j in x.indices.dropFirst(k + 1) { x[k] -= matrix[k][j] * x[j] }
      x[k] /= matrix[k][k]
    }
    return zip(x, later).map { $0 * spreads[$1] }
  }
}
