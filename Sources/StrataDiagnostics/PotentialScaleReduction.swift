/// R-hat of a (split) iterations × chains matrix, also called potential scale reduction factor:
/// √( ((n − 1)/n · W + B/n) / W ), W the mean variance within chains, B/n the variance of the
/// chain means. 1 when chains agree, larger when they differ in location.
///
/// Infinite when each chain is stuck at a value of its own (W = 0). Undefined (nil): one chain,
/// fewer than two iterations, or all values equal. The values must be finite.
/// Sources: [Gelman1992], [Vehtari2021].
func potentialScaleReduction(_ x: ChainMatrix) -> Double? {
  let n = x.iterations
  guard n > 1, x.chains > 1, !x.isConstant else { return nil }
  var means: [Double] = []
  var variances: [Double] = []
  x.values.withUnsafeBufferPointer { values in
    for chain in 0..<x.chains {
      let draws = UnsafeBufferPointer(rebasing: values[chain * n..<(chain + 1) * n])
      let variance = Moments.variance(draws)
      means.append(variance == 0 ? draws[0] : Moments.mean(draws))
      variances.append(variance)
    }
  }
  let within = Moments.mean(variances)
  let betweenMeans = Moments.variance(means)
  return (betweenMeans / within + Double(n - 1) / Double(n)).squareRoot()
}
