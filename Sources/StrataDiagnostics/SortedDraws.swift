/// All draws of one quantity in ascending order, with where each came from.
///
/// One sort serves everything: the quantiles, the median, the ranks behind bulk R-hat and
/// bulk-ESS, and (by a merge outwards from the median) the ranks of the folded draws.
struct SortedDraws: Sendable {
  /// Ascending.
  let values: [Double]
  /// `values[k]` was draw number `origin[k]` of the matrix.
  let origin: [Int32]

  /// Sorts words that hold the leading bits of a draw and its number, by a radix sort: several times faster than
  /// comparison sorting of pairs. Where the bits left out decide, neighbours change places in the end.
  /// NaN sorts by its bits, past an infinity; callers that need more check before.
  init(_ draws: [Double]) {
    precondition(draws.count <= Int(Int32.max), "\(draws.count) draws of one quantity")
    let indexBits = UInt64.bitWidth - max(1, draws.count - 1).leadingZeroBitCount
    let mask = (1 as UInt64) << UInt64(indexBits) - 1
    let words = Self.radixSorted(Self.words(draws, mask: mask))
    var origin = words.map { Int32(truncatingIfNeeded: $0 & mask) }
    // Adding 0 makes −0 equal to 0.
    var values = origin.map { draws[Int($0)] + 0 }
    if !Self.insertionSort(&values, &origin) {
      origin.sort { (draws[Int($0)], $0) < (draws[Int($1)], $1) }
      values = origin.map { draws[Int($0)] + 0 }
    }
    self.values = values
    self.origin = origin
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

  private static let passes = 4
  private static let bits = 11
  private static let radix = 1 << bits

  /// Unsigned integers in the order of the numbers: positive numbers get the top bit, negative ones are inverted.
  @inline(__always)
  private static func key(_ draw: Double) -> UInt64 {
    let pattern = (draw + 0).bitPattern
    return pattern >> 63 == 0 ? pattern | (1 << 63) : ~pattern
  }

  /// The keys without the leading bits in which all agree, their last bits replaced by the number of the draw.
  private static func words(_ draws: [Double], mask: UInt64) -> [UInt64] {
    guard let first = draws.first.map(key) else { return [] }
    let differing = draws.reduce(0) { $0 | (key($1) ^ first) }
    let shift = UInt64(truncatingIfNeeded: min(differing.leadingZeroBitCount, 63))
    return draws.indices.map { key(draws[$0]) &<< shift & ~mask | UInt64(truncatingIfNeeded: $0) }
  }

  /// Sorts by the leading 44 bits; equal ones keep their order.
  private static func radixSorted(_ words: [UInt64]) -> [UInt64] {
    var words = words
    var other = words
    var counts = [Int32](repeating: 0, count: passes * radix)
    counts.withUnsafeMutableBufferPointer { counts in
      for word in words {
        for pass in 0..<passes { counts[pass * radix + digit(word, pass)] &+= 1 }
      }
      for pass in 0..<passes {
        let starts = UnsafeMutableBufferPointer(
          rebasing: counts[pass * radix..<(pass + 1) * radix])
        accumulate(starts)
        words.withUnsafeBufferPointer { from in
          other.withUnsafeMutableBufferPointer { to in
            for word in from {
              let d = digit(word, pass)
              to[Int(starts[d])] = word
              starts[d] &+= 1
            }
          }
        }
        swap(&words, &other)
      }
    }
    return words
  }

  @inline(__always)
  private static func digit(_ word: UInt64, _ pass: Int) -> Int {
    let shift = UInt64.bitWidth &- (passes &- pass) &* bits
    return Int(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: shift)) & (radix - 1)
  }

  /// Turns counts into the first position of each bucket.
  private static func accumulate(_ counts: UnsafeMutableBufferPointer<Int32>) {
    var start: Int32 = 0
    for i in counts.indices {
      let here = counts[i]
      counts[i] = start
      start &+= here
    }
  }

  /// For what is nearly sorted; equal values keep their order.
  /// - Returns: false if it gave up.
  private static func insertionSort(_ values: inout [Double], _ origin: inout [Int32]) -> Bool {
    var moves = 4 * values.count
    for next in values.indices.dropFirst() where values[next] < values[next - 1] {
      let (value, index) = (values[next], origin[next])
      var place = next
      while place > 0, values[place - 1] > value {
        values[place] = values[place - 1]
        origin[place] = origin[place - 1]
        place -= 1
      }
      (values[place], origin[place]) = (value, index)
      moves -= next - place
      if moves < 0 { return false }
    }
    return true
  }
}
