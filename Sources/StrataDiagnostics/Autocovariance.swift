/// Autocovariance of split chains, averaged over the chains, lag by lag as far as it is asked for.
///
/// `self[t]` is (1/m) Σ_chains (1/n) Σ_i (x_i − x̄)(x_{i+t} − x̄): the biased estimator (always
/// division by n), x̄ each chain's own mean. A constant chain contributes zeros.
///
/// ESS needs few lags where chains mix well, so lags come in blocks of eight by direct sums: eight
/// lags share one load of x_i, and nothing is summed across lanes. A chain that mixes so badly
/// that 128 lags don't do gets all remaining lags from one FFT; that point is about where the
/// direct sums have cost as much as the transform, so neither kind of chain pays more than twice
/// the cheaper way. Source of the use of the FFT: [Geyer2011].
struct MeanAutocovariance {
  private let iterations: Int
  private let chains: Int
  /// Distance between chains in `centered`: n and eight zeros, so that no block needs a tail.
  private let stride: Int
  /// Deviations from the chain's mean.
  private var centered: [Double]
  private var lags: [Double] = []

  /// Direct sums end here.
  private static let directLags = 128

  /// Means of the chains.
  let chainMeans: [Double]

  init(_ x: ChainMatrix) {
    let n = x.iterations
    iterations = n
    chains = x.chains
    stride = n + 8
    var centered = [Double](repeating: 0, count: stride * x.chains)
    var means: [Double] = []
    x.values.withUnsafeBufferPointer { values in
      for chain in 0..<x.chains {
        let draws = UnsafeBufferPointer(rebasing: values[chain * n..<(chain + 1) * n])
        let isConstant = draws.allSatisfy { $0 == draws[0] }
        let mean = isConstant ? draws[0] : Moments.mean(draws)
        means.append(mean)
        let start = chain * (n + 8)
        for i in 0..<n { centered[start + i] = draws[i] - mean }
      }
    }
    self.centered = centered
    chainMeans = means
  }

  /// The autocovariance at a lag in 0..<n.
  mutating func callAsFunction(_ lag: Int) -> Double {
    while lag >= lags.count {
      if lags.count >= Self.directLags { appendRemainder() } else { appendBlock() }
    }
    return lags[lag]
  }

  private mutating func appendBlock() {
    let lag = lags.count
    var sums = SIMD8<Double>.zero
    centered.withUnsafeBufferPointer { buffer in
      for chain in 0..<chains {
        let start = buffer.baseAddress! + chain * stride
        sums += Self.block(start, count: iterations - lag, lag: lag)
      }
    }
    let scale = Double(iterations * chains)
    for k in 0..<8 { lags.append(sums[k] / scale) }
  }

  /// Σ_{i < count} x[i] · x[i + lag + k], k = 0..<8. Reads up to x[n + 7]; zeros from x[n] on.
  private static func block(
    _ x: UnsafePointer<Double>, count: Int, lag: Int
  ) -> SIMD8<Double> {
    guard count > 0 else { return .zero }
    var even = SIMD8<Double>.zero
    var odd = SIMD8<Double>.zero
    let shifted = UnsafeRawPointer(x + lag)
    var i = 0
    while i + 1 < count {
      let at = shifted + i * MemoryLayout<Double>.stride
      even += x[i] * at.loadUnaligned(as: SIMD8<Double>.self)
      odd += x[i + 1] * (at + 8).loadUnaligned(as: SIMD8<Double>.self)
      i += 2
    }
    if i < count {
      let at = shifted + i * MemoryLayout<Double>.stride
      even += x[i] * at.loadUnaligned(as: SIMD8<Double>.self)
    }
    return even + odd
  }

  /// All lags by the Wiener–Khinchin theorem: the inverse transform of the power spectrum of the
  /// zero-padded chains. Two real chains ride in one complex transform, since the real part of
  /// the inverse of |FFT(a + ib)|² is the autocovariance of a plus that of b.
  private mutating func appendRemainder() {
    let transform = FourierTransform(atLeast: 2 * iterations)
    let size = transform.size
    var power = [Double](repeating: 0, count: size)
    var re = [Double](repeating: 0, count: size)
    var im = re
    for chain in Swift.stride(from: 0, to: chains, by: 2) {
      for i in 0..<size {
        let inside = i < iterations
        re[i] = inside ? centered[chain * stride + i] : 0
        im[i] = inside && chain + 1 < chains ? centered[(chain + 1) * stride + i] : 0
      }
      transform.apply(&re, &im)
      for i in 0..<size { power[i] += re[i] * re[i] + im[i] * im[i] }
    }
    im = [Double](repeating: 0, count: size)
    transform.apply(&power, &im)
    let scale = Double(size) * Double(iterations * chains)
    for lag in lags.count..<iterations { lags.append(power[lag] / scale) }
  }
}
