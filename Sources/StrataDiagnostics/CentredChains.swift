/// What R-hat and ESS need of half chains.
protocol HalfChains {
  /// Length of each.
  var iterations: Int { get }
  /// How many there are.
  var chains: Int { get }
  /// Their means.
  var means: [Double] { get }
  /// Whether all values of all chains are the same number.
  var isConstant: Bool { get }
  /// Autocovariance averaged over the chains: (1/m) Σ_chains (1/n) Σ_i (x_i − x̄)(x_{i+lag} − x̄), the biased
  /// estimator (always division by n), x̄ each chain's own mean. A constant chain contributes zeros. Lags in 0..<n.
  mutating func autocovariance(_ lag: Int) -> Double
}

extension HalfChains {
  /// Mean variance within chains.
  mutating func withinVariance() -> Double {
    autocovariance(0) * Double(iterations) / Double(iterations - 1)
  }
}

/// Half chains less their means, with their autocovariance lag by lag as far as it is asked for.
///
/// ESS needs few lags where chains mix well, so lags come in blocks of eight by direct sums: eight
/// lags share one load of x_i, and nothing is summed across lanes. A chain that mixes so badly
/// that 128 lags don't do gets all remaining lags from one FFT; that point is about where the
/// direct sums have cost as much as the transform, so neither kind of chain pays more than twice
/// the cheaper way. Source of the use of the FFT: [Geyer2011].
///
/// The memory serves one series after another.
struct CentredChains: HalfChains {
  let iterations: Int
  let chains: Int
  private(set) var means: [Double]
  private(set) var isConstant = true
  /// Distance between chains in `centred`: n and eight zeros, so that no block needs a tail.
  private let stride: Int
  /// Deviations from the chain's mean.
  private var centred: [Double]
  private var lags: [Double] = []

  /// Direct sums end here.
  static let directLags = 128

  /// Memory for the halves of chains of this shape.
  init(_ shape: ChainMatrix) {
    self.init(iterations: shape.splitIterations, chains: shape.splitChains)
  }

  /// Memory for chains that are not cut.
  init(iterations: Int, chains: Int) {
    self.iterations = iterations
    self.chains = chains
    stride = iterations + 8
    means = [Double](repeating: 0, count: chains)
    centred = [Double](repeating: 0, count: stride * chains)
  }

  /// Takes in the halves of chains, each value transformed.
  /// - Parameter values: shaped as `shape` is.
  @inline(__always)
  mutating func load(
    _ values: [Double], shape: ChainMatrix, _ transform: (Double) -> Double = { $0 }
  ) {
    load(values, startingAt: shape.start(ofHalf:), transform)
  }

  /// Takes in whole chains, one after the other.
  mutating func load(whole values: [Double]) {
    let n = iterations
    load(values, startingAt: { $0 * n }, { $0 })
  }

  @inline(__always)
  private mutating func load(
    _ values: [Double], startingAt start: (Int) -> Int, _ transform: (Double) -> Double
  ) {
    lags.removeAll(keepingCapacity: true)
    isConstant = true
    let n = iterations
    values.withUnsafeBufferPointer { values in
      centred.withUnsafeMutableBufferPointer { centred in
        let first = transform(values[0])
        for half in 0..<chains {
          let from = values.baseAddress! + start(half)
          let to = UnsafeMutableBufferPointer(rebasing: centred[half * stride..<half * stride + n])
          for i in 0..<n { to[i] = transform(from[i]) }
          let isStuck = to.allSatisfy { $0 == to[0] }
          let mean = isStuck ? to[0] : Moments.mean(UnsafeBufferPointer(to))
          isConstant = isConstant && isStuck && mean == first
          means[half] = mean
          for i in 0..<n { to[i] -= mean }
        }
      }
    }
  }

  mutating func autocovariance(_ lag: Int) -> Double {
    while lag >= lags.count {
      if lags.count >= Self.directLags { appendRemainder() } else { appendBlock() }
    }
    return lags[lag]
  }

  private mutating func appendBlock() {
    let lag = lags.count
    var sums = SIMD8<Double>.zero
    centred.withUnsafeBufferPointer { buffer in
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
        re[i] = inside ? centred[chain * stride + i] : 0
        im[i] = inside && chain + 1 < chains ? centred[(chain + 1) * stride + i] : 0
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
