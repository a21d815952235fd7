internal import CKernels

/// Fused passes over the vectors of a sampler. Sizes are the caller's to check: inside the tree
/// every vector has the same padded length, fixed when the chain's memory is made.
package enum VectorOperations {
  /// `momentumOut = momentum + half scale gradient; positionOut = position + 2 half scale momentumOut`.
  @inline(__always)
  package static func drift(
    count: Int, half: Double, scale: UnsafePointer<Double>, position: UnsafePointer<Double>,
    momentum: UnsafePointer<Double>, gradient: UnsafePointer<Double>,
    positionOut: UnsafeMutablePointer<Double>, momentumOut: UnsafeMutablePointer<Double>
  ) {
    strata_leapfrog_drift(
      count, half, scale, position, momentum, gradient, positionOut, momentumOut)
  }

  /// `momentum += half scale gradient`; the squared length of the new momentum.
  package static func kick(
    count: Int, half: Double, scale: UnsafePointer<Double>, gradient: UnsafePointer<Double>,
    momentum: UnsafeMutablePointer<Double>
  ) -> Double {
    strata_leapfrog_kick(count, half, scale, gradient, momentum)
  }

  /// `out = x + a y`.
  package static func add(
    count: Int, _ a: Double, times y: UnsafePointer<Double>, to x: UnsafePointer<Double>,
    into out: UnsafeMutablePointer<Double>
  ) {
    strata_axpy(count, a, y, x, out)
  }

  /// The dot product.
  package static func dot(count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>)
    -> Double
  {
    strata_dot(count, x, y)
  }

  /// Joins two single points: `sum = a + b`; whether they turn.
  package static func joinPair(
    count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    sum: UnsafeMutablePointer<Double>
  ) -> Bool {
    strata_turning_pair(count, a, b, sum) != 0
  }

  /// Joins two segments: `sum = sumA + sumB`; whether they turn.
  package static func join(
    count: Int, outerA: UnsafePointer<Double>, innerA: UnsafePointer<Double>,
    innerB: UnsafePointer<Double>, outerB: UnsafePointer<Double>, sumA: UnsafePointer<Double>,
    sumB: UnsafePointer<Double>, sum: UnsafeMutablePointer<Double>
  ) -> Bool {
    strata_turning_join(count, outerA, innerA, innerB, outerB, sumA, sumB, sum) != 0
  }

  /// `count` random words, written over doubles bit by bit, from groups of 16: a pure function of
  /// (seed, stream, block).
  package static func randomWords(
    count: Int, seed: UInt64, stream: UInt64, block: UInt64,
    into words: UnsafeMutablePointer<Double>
  ) {
    strata_random_words(count, seed, stream, block, words)
  }

  /// Turns at most 64 random words into standard normal numbers; bit i is set for a word that the ziggurat does not
  /// take at once, which is left as it is. `layers` holds the edge and the inner part of each layer in turn.
  package static func ziggurat(
    count: Int, layers: UnsafePointer<Double>, words: UnsafeMutablePointer<Double>
  ) -> UInt64 {
    strata_ziggurat(count, layers, words)
  }

  /// Takes one more vector into running means and sums of squared deviations; `share` is one over
  /// how many there are with it.
  package static func welford(
    count: Int, share: Double, _ x: UnsafePointer<Double>, mean: UnsafeMutablePointer<Double>,
    squares: UnsafeMutablePointer<Double>
  ) {
    strata_welford(count, share, x, mean, squares)
  }

  /// `scale = (draws / gradients)^(1/4)` of sums of squared deviations; kept where that is no number.
  package static func fisherScale(
    count: Int, draws: UnsafePointer<Double>, gradients: UnsafePointer<Double>,
    scale: UnsafeMutablePointer<Double>
  ) {
    strata_fisher_scale(count, draws, gradients, scale)
  }

  /// `y = L x` for the lower triangle of a row-major square matrix.
  package static func multiply(
    count: Int, lower: UnsafePointer<Double>, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    strata_lower_times(count, lower, x, y)
  }

  /// `y = Lᵀ x` for the lower triangle of a row-major square matrix.
  package static func multiplyTransposed(
    count: Int, lower: UnsafePointer<Double>, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    strata_lower_transposed_times(count, lower, x, y)
  }
}
