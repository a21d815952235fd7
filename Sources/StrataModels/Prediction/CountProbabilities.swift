internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Adds up the probability of some counts, row by row, over the draws of a simulator whose outcome is a count.
package struct CountProbabilities {
  private let simulator: Simulator
  private let outcome: BoundModel.Outcome
  private let counts: [Double]
  /// For each count the terms of its log probability that no parameter changes: one number, or one for each row.
  private let constants: [[Double]]
  private let rowCount: Int
  /// For each count, row by row.
  package private(set) var sums: [Double]

  /// - Returns: nil if the simulator's outcome is no count.
  package init?(_ simulator: Simulator, _ counts: [Double]) {
    guard let outcome = simulator.outcome, outcome.isDiscrete else { return nil }
    (self.simulator, self.outcome, self.counts) = (simulator, outcome, counts)
    rowCount = simulator.bound.layout.table.rowCount
    let isBinomial = outcome.family == .binomial || outcome.family == .binomialLogit
    let trials = isBinomial ? simulator.bound.graph.fixedValues(outcome.arguments[0]) : nil
    constants = counts.map { count in
      (trials ?? []).withUnsafeBufferPointer { trials in
        outcome.family.constants(
          of: Array(repeating: count, count: max(1, trials.count)),
          trials: isBinomial
            ? trials.baseAddress.map { DensityValues($0, isShared: false) } : nil)
      }
    }
    sums = Array(repeating: 0, count: counts.count * rowCount)
  }

  /// Adds the probabilities given the parameters in the memory. Arguments that no distribution has add nothing.
  package mutating func add(_ memory: Simulator.Memory) {
    let arguments = simulator.values(memory)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, rowCount)) { values in
      guard let base = values.baseAddress else { return }
      values.initialize(repeating: 0)
      for (place, count) in counts.enumerated() {
        withUnsafePointer(to: count) { count in
          outcome.family.logDensities(
            count: rowCount, of: DensityValues(count, isShared: true), arguments, into: base)
        }
        let constants = constants[place]
        for row in 0..<rowCount where values[row] > -.infinity {
          sums[place * rowCount + row] += exp(
            values[row] + constants[constants.count == 1 ? 0 : row])
        }
      }
    }
  }
}
