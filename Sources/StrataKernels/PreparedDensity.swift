internal import CKernels

/// A density over buffers that stay where they are: for timing the kernel and nothing else.
package final class PreparedDensity {
  private let family: DensityFamily
  private let count: Int
  private let arguments: [strata_argument]
  private var owned: [UnsafeMutablePointer<Double>] = []

  /// - Parameter arguments: the variate, then the family's arguments; `wanted` says which get
  ///   derivatives.
  package init(
    _ family: DensityFamily, count: Int, _ arguments: [DensityArgument], wanted: [Bool]
  ) {
    self.family = family
    self.count = count
    var owned: [UnsafeMutablePointer<Double>] = []
    func copy(_ values: [Double]) -> UnsafeMutablePointer<Double> {
      let copy = UnsafeMutablePointer<Double>.allocate(capacity: values.count)
      copy.initialize(from: values, count: values.count)
      owned.append(copy)
      return copy
    }
    self.arguments = zip(arguments, wanted).map { argument, isWanted in
      let values = argument.values
      return strata_argument(
        values: copy(values),
        adjoint: isWanted ? copy(Array(repeating: 0, count: values.count)) : nil,
        shared: argument.isShared ? 1 : 0)
    }
    self.owned = owned
  }

  deinit { for pointer in owned { pointer.deallocate() } }

  /// The sum of the log densities; derivatives are added to the buffers.
  package func evaluate() -> Double {
    withUnsafeTemporaryAllocation(of: strata_argument.self, capacity: 3) { rest in
      for i in 0..<3 {
        rest.initializeElement(
          at: i, to: i + 1 < arguments.count ? arguments[i + 1] : strata_argument())
      }
      return strata_log_density(
        strata_family(rawValue: numericCast(family.rawValue)), count, arguments[0],
        rest.baseAddress)
    }
  }
}
