/// Draws of one quantity as an iterations × chains matrix, stored chain after chain.
///
/// Invariant, checked by every initialiser: `values.count == iterations * chains`. The loops of
/// this module rely on it and run unchecked.
struct ChainMatrix: Sendable {
  /// Chain `c` occupies `values[c * iterations ..< (c + 1) * iterations]`.
  var values: [Double]
  let iterations: Int
  let chains: Int

  init(values: [Double], iterations: Int, chains: Int) {
    precondition(
      values.count == iterations * chains,
      "\(values.count) values for \(iterations) iterations of \(chains) chains")
    self.values = values
    self.iterations = iterations
    self.chains = chains
  }

  /// The chains as a matrix, or nil when there is none, they are empty, or their lengths differ.
  init?(_ draws: [[Double]]) {
    guard let iterations = draws.first?.count, iterations > 0,
      draws.allSatisfy({ $0.count == iterations })
    else { return nil }
    self.init(values: draws.flatMap { $0 }, iterations: iterations, chains: draws.count)
  }

  /// Copies draw `i` of chain `c` from `base[c * chainStride + i * drawStride]`.
  init(
    base: UnsafePointer<Double>, iterations: Int, chains: Int, chainStride: Int, drawStride: Int
  ) {
    let count = iterations * chains
    self.iterations = iterations
    self.chains = chains
    values = [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      var next = 0
      for chain in 0..<chains {
        let start = base + chain * chainStride
        for draw in 0..<iterations {
          buffer[next] = start[draw * drawStride]
          next += 1
        }
      }
      initialized = count
    }
  }

  /// The same shape with each value transformed.
  func map(_ transform: (Double) -> Double) -> ChainMatrix {
    ChainMatrix(values: values.map(transform), iterations: iterations, chains: chains)
  }

  /// Length of each half when chains are split: n/2, rounded down; 1 when n is 1 (no split).
  var splitIterations: Int { iterations == 1 ? 1 : iterations / 2 }

  /// Number of half chains: twice the chains; one each when there is a single draw.
  var splitChains: Int { iterations == 1 ? chains : 2 * chains }

  /// Each chain cut into a first and a second half, so that a drift within a chain shows as a
  /// difference between chains.
  ///
  /// An odd number of draws loses the *middle* one, as in posterior. The halves of a chain stand
  /// next to each other (posterior puts all first halves first: no diagnostic depends on the
  /// order of the chains). A single draw per chain is left as it is. Source: [Vehtari2021].
  func split() -> ChainMatrix {
    if iterations == 1 || iterations % 2 == 0 {
      return ChainMatrix(values: values, iterations: splitIterations, chains: splitChains)
    }
    let half = splitIterations
    var kept: [Double] = []
    kept.reserveCapacity(2 * half * chains)
    for chain in 0..<chains {
      let start = chain * iterations
      kept += values[start..<start + half]
      kept += values[start + half + 1..<start + iterations]
    }
    return ChainMatrix(values: kept, iterations: half, chains: 2 * chains)
  }

  /// Where draw `index` of `values` stands in the split matrix; nil for a dropped middle draw.
  @inline(__always)
  func splitIndex(_ index: Int) -> Int? {
    if iterations == 1 || iterations % 2 == 0 { return index }
    let (chain, draw) = index.quotientAndRemainder(dividingBy: iterations)
    let middle = iterations / 2
    if draw == middle { return nil }
    return index - chain - (draw > middle ? 1 : 0)
  }

  /// Whether all values are the same number.
  var isConstant: Bool {
    guard let first = values.first else { return true }
    return values.allSatisfy { $0 == first }
  }
}
