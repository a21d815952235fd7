/// All draws of one quantity in ascending order, with where each came from.
///
/// One sort serves everything: the quantiles, the median, the ranks behind bulk R-hat and
/// bulk-ESS, and (by a merge outwards from the median) the ranks of the folded draws.
struct SortedDraws: Sendable {
  /// Ascending.
  let values: [Double]
  /// `values[k]` was draw number `origin[k]` of the matrix.
  let origin: [Int32]

  /// Sorts by a radix sort on the bit patterns: six passes of 11 bits, passes in which all keys
  /// agree are skipped. Several times faster than comparison sorting of (value, index) pairs.
  /// NaN sorts by its bits, past an infinity; callers that need more check before.
  init(_ draws: [Double]) {
    precondition(draws.count <= Int(Int32.max), "\(draws.count) draws of one quantity")
    let count = draws.count
    var front = Self.keyed(draws)
    var back = front
    var counts = [Int32](repeating: 0, count: Self.passes * Self.radix)
    front.withUnsafeBufferPointer { from in
      counts.withUnsafeMutableBufferPointer { Self.countDigits(from, into: $0) }
    }
    for pass in 0..<Self.passes where count > 1 {
      let slot = pass * Self.radix
      let digit = Self.digit(front[0].key, pass)
      if counts[slot + digit] == Int32(count) { continue }
      counts.withUnsafeMutableBufferPointer { all in
        let starts = UnsafeMutableBufferPointer(rebasing: all[slot..<slot + Self.radix])
        Self.accumulate(starts)
        front.withUnsafeBufferPointer { from in
          back.withUnsafeMutableBufferPointer { to in
            for item in from {
              let d = Self.digit(item.key, pass)
              to[Int(starts[d])] = item
              starts[d] += 1
            }
          }
        }
      }
      swap(&front, &back)
    }
    values = front.map { Self.value(ofKey: $0.key) }
    origin = front.map { $0.origin }
  }

  /// Quantile of type 7 in Hyndman and Fan's count: linear between the order statistics around
  /// 1 + (n − 1)p. Undefined (nil) for no draws or where an infinity meets its opposite.
  /// Same rounding as R's `quantile`, so that comparisons `x <= quantile` agree. [Hyndman1996].
  func quantile(_ probability: Double) -> Double? {
    guard !values.isEmpty, probability >= 0, probability <= 1 else { return nil }
    let index = Double(values.count - 1) * probability + 1
    let lower = index.rounded(.down)
    let low = values[Int(lower) - 1]
    let high = values[min(Int(index.rounded(.up)), values.count) - 1]
    let h = index - lower
    if h == 0 || high == low { return low }
    let mixed = (1 - h) * low + h * high
    return mixed.isNaN ? nil : mixed
  }

  /// Middle value, or the mean of the two middle ones.
  var median: Double {
    let half = values.count / 2
    if values.count % 2 == 1 { return values[half] }
    // Not (a + b) / 2, which overflows; equal to it otherwise, up to subnormal numbers.
    return values[half - 1] / 2 + values[half] / 2
  }

  // MARK: Radix sort

  private struct Item {
    var key: UInt64
    var origin: Int32
  }

  private static let passes = 6
  private static let bits = 11
  private static let radix = 1 << bits

  /// Unsigned integers in the order of the numbers: positive numbers get the top bit, negative
  /// ones are inverted. Adding 0 makes −0 equal to 0.
  private static func keyed(_ draws: [Double]) -> [Item] {
    var next: Int32 = 0
    return draws.map { draw in
      let pattern = (draw + 0).bitPattern
      let key = pattern >> 63 == 0 ? pattern | (1 << 63) : ~pattern
      defer { next += 1 }
      return Item(key: key, origin: next)
    }
  }

  private static func value(ofKey key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }

  @inline(__always)
  private static func digit(_ key: UInt64, _ pass: Int) -> Int {
    Int(truncatingIfNeeded: key >> UInt64(pass * bits)) & (radix - 1)
  }

  private static func countDigits(
    _ items: UnsafeBufferPointer<Item>, into counts: UnsafeMutableBufferPointer<Int32>
  ) {
    for item in items {
      for pass in 0..<passes { counts[pass * radix + digit(item.key, pass)] &+= 1 }
    }
  }

  /// Turns counts into the first position of each bucket.
  private static func accumulate(_ counts: UnsafeMutableBufferPointer<Int32>) {
    var start: Int32 = 0
    for i in counts.indices {
      let here = counts[i]
      counts[i] = start
      start += here
    }
  }
}
