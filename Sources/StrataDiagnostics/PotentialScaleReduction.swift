/// R-hat of (half) chains, also called potential scale reduction factor:
/// √( ((n − 1)/n · W + B/n) / W ), W the mean variance within chains, B/n the variance of the
/// chain means. 1 when chains agree, larger when they differ in location.
///
/// Infinite when each chain is stuck at a value of its own (W = 0). Undefined (nil): one chain,
/// fewer than two iterations, or all values equal. The values must be finite.
/// Sources: [Gelman1992], [Vehtari2021].
func potentialScaleReduction(_ x: inout some HalfChains) -> Double? {
  let n = x.iterations
  guard n > 1, x.chains > 1, !x.isConstant else { return nil }
  return (Moments.variance(x.means) / x.withinVariance() + Double(n - 1) / Double(n)).squareRoot()
}
