internal import CKernels

/// A set of counts in the form in which sums of log rising factorials over it are cheapest.
///
/// Small counts as #{y > k} for k = 1, 2, ..., which costs a logarithm for each k up to the largest; the
/// others as distinct values with their numbers, which costs two gamma functions for each. Nothing here is
/// as large as the counts themselves.
package struct CountTable: Sendable, Hashable {
  /// #{y > k} for k = 1, 2, ....
  package private(set) var near: [Double]
  /// Distinct outcomes and how many there are of each.
  package private(set) var far: [Far]

  package struct Far: Sendable, Hashable {
    package var outcome: Double
    package var count: Double
  }

  /// The gamma functions of one value take as long as so many logarithms (measured: a vector of 8 values
  /// 50 ns, of 8 logarithms with their divisions 9 ns).
  private static let logarithmsPerFarValue = 5

  /// - Parameter outcomes: whole and not negative.
  package init(_ outcomes: [Double]) {
    let sorted = outcomes.sorted()
    var distinct: [Far] = []
    for y in sorted where y > 1 {
      if let last = distinct.last, last.outcome == y {
        distinct[distinct.count - 1].count += 1
      } else {
        distinct.append(Far(outcome: y, count: 1))
      }
    }
    // Everything up to a value goes through the logarithms, everything above it through the gamma
    // functions; the cheapest such value.
    var best = (cost: distinct.count * CountTable.logarithmsPerFarValue, nearCount: 0)
    for (index, value) in distinct.enumerated() where value.outcome < 1e6 {
      let cost =
        Int(value.outcome) - 1
        + (distinct.count - index - 1) * CountTable.logarithmsPerFarValue
      if cost < best.cost { best = (cost, index + 1) }
    }
    far = Array(distinct[best.nearCount...])
    near = CountTable.exceedances(Array(distinct[..<best.nearCount]))
  }

  /// #{y > k} for k = 1, 2, ... below the largest outcome.
  private static func exceedances(_ outcomes: [Far]) -> [Double] {
    guard let largest = outcomes.last else { return [] }
    var counts = [Double](repeating: 0, count: Int(largest.outcome) - 1)
    for value in outcomes { counts[Int(value.outcome) - 2] += value.count }
    for k in counts.indices.dropLast().reversed() { counts[k] += counts[k + 1] }
    return counts
  }

  /// The same outcomes with the sums over them subtracted.
  package var negated: CountTable {
    var table = self
    table.near = near.map { -$0 }
    table.far = far.map { Far(outcome: $0.outcome, count: -$0.count) }
    return table
  }

  static func encode(_ tables: [CountTable], keptIn storage: Storage) -> strata_rising {
    let near = Padded(tables.map { [$0.near] })
    let far = Padded(tables.map { [$0.far.map(\.outcome), $0.far.map(\.count)] })
    return strata_rising(
      near_starts: UnsafePointer(storage.keep(near.starts)),
      near_weights: UnsafePointer(storage.keep(near.columns[0])),
      far_starts: UnsafePointer(storage.keep(far.starts)),
      far_outcomes: UnsafePointer(storage.keep(far.columns[0])),
      far_weights: UnsafePointer(storage.keep(far.columns[1])))
  }

  /// Lists of numbers, each filled up with zeros to whole vectors of the kernels.
  private struct Padded {
    var starts: [UInt32] = [0]
    var columns: [[Double]]

    init(_ lists: [[[Double]]]) {
      columns = lists.first?.map { _ in [] } ?? []
      for list in lists {
        let vectors = (list[0].count + 7) / 8
        starts.append(starts.last! + UInt32(vectors))
        for (column, values) in list.enumerated() {
          columns[column] += values + Array(repeating: 0, count: vectors * 8 - values.count)
        }
      }
    }
  }
}
