internal import CKernels

/// The kernels of a trajectory by their addresses: a chain calls them a million times a second, and goes straight
/// to those of the backend that was in use when it began. ``VectorOperations`` says what each does.
package struct TrajectoryKernels {
  package typealias Vector = UnsafePointer<Double>?
  package typealias Output = UnsafeMutablePointer<Double>?

  /// (count, half, scale, position, momentum, gradient, positionOut, momentumOut)
  package let drift:
    @convention(c) (Int, Double, Vector, Vector, Vector, Vector, Output, Output) -> Void
  /// (count, half, scale, gradient, momentum)
  package let kick: @convention(c) (Int, Double, Vector, Vector, Output) -> Double
  /// (count, a, b, sum)
  package let joinPair: @convention(c) (Int, Vector, Vector, Output) -> Int32
  /// (count, outerA, innerA, innerB, outerB, sumA, sumB, sum)
  package let join:
    @convention(c) (Int, Vector, Vector, Vector, Vector, Vector, Vector, Output) -> Int32

  package init() {
    let kernels = strata_trajectory()
    drift = kernels.drift
    kick = kernels.kick
    joinPair = kernels.turning_pair
    join = kernels.turning_join
  }
}
