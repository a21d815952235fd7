internal import CKernels

/// Values in memory: one for each observation, or one that all share.
package struct DensityValues {
  package var start: UnsafePointer<Double>
  package var isShared: Bool

  package init(_ start: UnsafePointer<Double>, isShared: Bool) {
    self.start = start
    self.isShared = isShared
  }

  /// The value of one observation.
  package subscript(_ index: Int) -> Double {
    @inline(__always) get { start[isShared ? 0 : index] }
  }

  fileprivate var view: strata_argument {
    strata_argument(values: start, adjoint: nil, shared: isShared ? 1 : 0)
  }
}

extension DensityFamily {
  /// The log density of each observation, without the terms of counts alone: −infinity outside the domain.
  /// - Parameter arguments: as many as the family has.
  package func logDensities(
    count: Int, of variate: DensityValues, _ arguments: [DensityValues],
    into values: UnsafeMutablePointer<Double>
  ) {
    precondition(arguments.count == argumentCount, "\(self) takes \(argumentCount) arguments")
    withUnsafeTemporaryAllocation(of: strata_argument.self, capacity: 3) { views in
      for index in 0..<3 {
        views.initializeElement(
          at: index, to: index < arguments.count ? arguments[index].view : strata_argument())
      }
      strata_log_density_each(
        strata_family(rawValue: numericCast(rawValue)), count, variate.view, views.baseAddress,
        values)
    }
  }

  /// The terms of each count alone, which ``logDensities(count:of:_:into:)`` leaves out.
  /// - Parameter trials: of a Binomial outcome.
  package func constants(of counts: [Double], trials: DensityValues?) -> [Double] {
    guard isDiscrete else { return Array(repeating: 0, count: counts.count) }
    return counts.indices.map { row in
      withUnsafePointer(to: counts[row]) { count in
        withUnsafePointer(to: trials?[row] ?? 0) { trials in
          let first = strata_argument(values: trials, adjoint: nil, shared: 1)
          let arguments = [first, strata_argument(), strata_argument()]
          return strata_log_density_constant(
            strata_family(rawValue: numericCast(rawValue)), 1,
            strata_argument(values: count, adjoint: nil, shared: 1), arguments)
        }
      }
    }
  }
}
