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
  mutating func copy(_ base: UnsafePointer<Double>, chainStride: Int, drawStride: Int) {
    values.withUnsafeMutableBufferPointer { values in
      var next = 0
      for chain in 0..<chains {
        let start = base + chain * chainStride
        for draw in 0..<iterations {
          values[next] = start[draw * drawStride]
          next += 1
        }
      }
    }
  }

  // MARK: Halves

  // Diagnostics cut each chain into a first and a second half, so that a drift within a chain shows as a
  // difference between chains. An odd number of draws loses the *middle* one, as in posterior. A single draw for
  // each chain is left as it is. Source: [Vehtari2021].

  /// Length of each half: n/2, rounded down; 1 when n is 1 (no split).
  var splitIterations: Int { iterations == 1 ? 1 : iterations / 2 }

  /// Number of half chains: twice the chains; one each when there is a single draw.
  var splitChains: Int { iterations == 1 ? chains : 2 * chains }

  /// Whether the middle draw of each chain is left out.
  var dropsMiddle: Bool { iterations > 1 && iterations % 2 == 1 }

  /// Where in `values` a half begins; those of one chain stand next to each other (posterior puts all first halves
  /// first: no diagnostic depends on the order).
  func start(ofHalf half: Int) -> Int {
    if iterations == 1 { return half }
    return half / 2 * iterations + half % 2 * (iterations - splitIterations)
  }

  /// Whether a draw of `values` is in no half.
  func isDropped(_ index: Int) -> Bool { dropsMiddle && index % iterations == iterations / 2 }
}
