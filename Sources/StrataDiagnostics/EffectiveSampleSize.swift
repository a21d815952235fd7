#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Effective sample size of the mean over (half) chains: as many independent draws would give the mean the same
/// Monte Carlo variance.
///
/// S / τ with S = n·m draws and τ = −1 + 2 Σ ρ̂_t, the autocorrelation ρ̂_t estimated from all
/// chains together (so chains that disagree lower it), cut by Geyer's initial positive and initial
/// monotone sequences. τ is kept at or above 1 / log10(S): antithetic chains may beat independent
/// draws, but not without bound. Agrees with posterior's `.ess`, including its answer S / 2 where
/// no lag after the first pair can be used.
///
/// Undefined (nil): fewer than three iterations (no lag pair), or all values equal (no variance).
/// The values must be finite.
/// Sources: [Geyer1992] §3.3, [Vehtari2021], [BDA3] §11.5.
func effectiveSampleSize(_ x: inout some HalfChains) -> Double? {
  let n = x.iterations
  guard n >= 3, !x.isConstant else { return nil }
  var rho = AutocorrelationSequence(&x)
  rho.takeInitialPositiveSequence(&x)
  rho.makeMonotone()

  let total = Double(n * x.chains)
  return total / max(rho.time, 1 / log10(total))
}

/// The part of the autocorrelation sequence that an ESS uses.
private struct AutocorrelationSequence {
  /// Mean variance within chains.
  private let withinVariance: Double
  /// Variance over all chains, with that between them.
  private let totalVariance: Double
  /// ρ̂ at lags 0... `last` + 1.
  private var values: [Double] = []
  /// The even lag at which the sequence ends; the odd one after it counts for nothing.
  private var last = 0

  init(_ x: inout some HalfChains) {
    let n = Double(x.iterations)
    withinVariance = x.withinVariance()
    let between = x.chains > 1 ? Moments.variance(x.means) : 0
    totalVariance = withinVariance * (n - 1) / n + between
  }

  private func at(_ lag: Int, _ x: inout some HalfChains) -> Double {
    1 - (withinVariance - x.autocovariance(lag)) / totalVariance
  }

  /// Geyer's initial positive sequence: pairs ρ̂_2k + ρ̂_2k+1 up to the first that is not positive.
  /// (Sums of neighbouring pairs are positive for a reversible chain; beyond, all is noise.)
  mutating func takeInitialPositiveSequence(_ x: inout some HalfChains) {
    var even = 1.0
    var odd = at(1, &x)
    values = [even, odd]
    last = 0
    while last < x.iterations - 5, even + odd > 0 {
      last += 2
      even = at(last, &x)
      odd = at(last + 1, &x)
      values.append(even + odd >= 0 ? even : 0)
      values.append(even + odd >= 0 ? odd : 0)
    }
    // The even half of the last pair still improves the estimate for antithetic chains.
    if even > 0 { values[last] = even }
  }

  /// Geyer's initial monotone sequence: no pair may exceed the one before.
  mutating func makeMonotone() {
    for t in stride(from: 2, through: last - 2, by: 2) {
      let before = values[t - 2] + values[t - 1]
      if values[t] + values[t + 1] > before {
        values[t] = before / 2
        values[t + 1] = before / 2
      }
    }
  }

  /// Integrated autocorrelation time τ: −1 + 2 Σ_{t < last} ρ̂_t + ρ̂_last.
  var time: Double {
    // Without a usable pair posterior counts ρ̂_0 = 1 both as the sum and as the last term.
    if last == 0 { return 2 }
    return -1 + 2 * values[..<last].reduce(0, +) + values[last]
  }
}
