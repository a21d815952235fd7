/// Half chains of zeros and ones, a bit each: products of indicators are counted, 64 at a time.
///
/// With T ones among the n values of a chain and p = T / n, the sum over i < n − t of (x_i − p)(x_{i+t} − p) is
/// Σ x_i x_{i+t} − p (ones before n − t + ones from t on) + (n − t) p².
struct IndicatorChains: HalfChains {
  let iterations: Int
  let chains: Int
  private(set) var means: [Double] = []
  private(set) var isConstant = true
  private let shape: ChainMatrix
  /// Words of a chain, one of zeros after them.
  private let stride: Int
  private var bits: [UInt64]
  /// Chains that mix badly are left to the transform of real ones.
  private var real: CentredChains?

  /// The indicators of the draws with these numbers, among chains of this shape.
  init(of draws: ArraySlice<Int32>, shape: ChainMatrix) {
    iterations = shape.splitIterations
    chains = shape.splitChains
    self.shape = shape
    stride = (iterations + 63) / 64 + 1
    bits = [UInt64](repeating: 0, count: stride * chains)
    let secondHalf = shape.iterations - iterations
    for draw in draws where !shape.isDropped(Int(draw)) {
      let (chain, place) = Int(draw).quotientAndRemainder(dividingBy: shape.iterations)
      let isSecond = shape.iterations > 1 && place >= secondHalf
      let half = shape.iterations > 1 ? 2 * chain + (isSecond ? 1 : 0) : chain
      let bit = isSecond ? place - secondHalf : place
      bits[half * stride + bit / 64] |= 1 << UInt64(bit % 64)
    }
    let counts = (0..<chains).map { ones(in: $0, before: iterations) }
    means = counts.map { Double($0) / Double(iterations) }
    isConstant = counts.allSatisfy { $0 == 0 } || counts.allSatisfy { $0 == iterations }
  }

  /// How many of a chain's first values are ones.
  private func ones(in chain: Int, before end: Int) -> Int {
    let start = chain * stride
    var count = 0
    for word in 0..<end / 64 { count += bits[start + word].nonzeroBitCount }
    let rest = (1 as UInt64) << UInt64(end % 64) - 1
    return count + (bits[start + end / 64] & rest).nonzeroBitCount
  }

  /// How many ones have another `lag` places further on.
  private func pairs(in chain: Int, lag: Int) -> Int {
    let start = chain * stride
    let (words, shift) = (lag / 64, UInt64(lag % 64))
    var count = 0
    for word in 0..<stride - 1 - words {
      let from = start + word + words
      // Shifts of 64 bits are 0.
      let shifted = bits[from] >> shift | bits[from + 1] << (64 - shift)
      count += (bits[start + word] & shifted).nonzeroBitCount
    }
    return count
  }

  mutating func autocovariance(_ lag: Int) -> Double {
    if lag >= CentredChains.directLags { return transformed(lag) }
    var sum = 0.0
    for chain in 0..<chains {
      let all = ones(in: chain, before: iterations)
      let edges = all - ones(in: chain, before: lag) + ones(in: chain, before: iterations - lag)
      let mean = means[chain]
      sum +=
        Double(pairs(in: chain, lag: lag)) - mean * Double(edges)
        + mean * mean * Double(iterations - lag)
    }
    return sum / Double(iterations * chains)
  }

  private mutating func transformed(_ lag: Int) -> Double {
    if real == nil {
      var values = [Double](repeating: 0, count: shape.iterations * shape.chains)
      for half in 0..<chains {
        let start = shape.start(ofHalf: half)
        for i in 0..<iterations where bits[half * stride + i / 64] >> UInt64(i % 64) & 1 == 1 {
          values[start + i] = 1
        }
      }
      real = CentredChains(shape)
      real!.load(values, shape: shape)
    }
    return real!.autocovariance(lag)
  }
}
