/// All draws of one quantity in ascending order, with where each came from.
///
/// One sort serves everything: the quantiles, the median, the ranks behind bulk R-hat and
/// bulk-ESS, and (by a merge outwards from the median) the ranks of the folded draws.
package struct SortedDraws: Sendable {
  /// Ascending.
  package private(set) var values: [Double]
  /// `values[k]` was draw number `origin[k]` of the matrix.
  private(set) var origin: [Int32]
  private var words: [UInt64]
  private var other: [UInt64]
  private var counts = [Int32](repeating: 0, count: passes * radix)

  /// Memory for so many draws of one quantity after another.
  init(count: Int) {
    precondition(count <= Int(Int32.max), "\(count) draws of one quantity")
    values = [Double](repeating: 0, count: count)
    origin = [Int32](repeating: 0, count: count)
    words = [UInt64](repeating: 0, count: count)
    other = words
  }

  /// The draws, sorted.
  package init(_ draws: [Double]) {
    self.init(count: draws.count)
    sort(draws, range: Self.range(draws))
  }

  /// The smallest and the largest key, which is that of the smallest and of the largest draw. Where there is a NaN,
  /// one of them is its key: that lies beyond the infinity of the same sign.
  static func range(_ draws: [Double]) -> ClosedRange<UInt64> {
    var (low, high) = (UInt64.max, UInt64.min)
    draws.withUnsafeBufferPointer { draws in
      for draw in draws {
        let key = key(draw)
        low = min(low, key)
        high = max(high, key)
      }
    }
    return min(low, high)...high
  }

  /// Sorts words that hold the leading bits of a draw and its number, by a radix sort: several times faster than
  /// comparison sorting of pairs. Where the bits left out decide, neighbours change places in the end.
  /// NaN sorts by its bits, past an infinity; callers that need more check before.
  /// - Parameter range: of the keys.
  mutating func sort(_ draws: [Double], range: ClosedRange<UInt64>) {
    precondition(draws.count == values.count)
    let indexBits = UInt64.bitWidth - max(1, draws.count - 1).leadingZeroBitCount
    let mask = (1 as UInt64) << UInt64(indexBits) - 1
    draws.withUnsafeBufferPointer { draws in
      makeWords(draws, range: range, mask: mask)
      for pass in 0..<Self.passes { scatter(pass) }
      words.withUnsafeBufferPointer { words in
        origin.withUnsafeMutableBufferPointer { origin in
          values.withUnsafeMutableBufferPointer { values in
            for place in words.indices {
              let index = Int(truncatingIfNeeded: words[place] & mask)
              origin[place] = Int32(truncatingIfNeeded: index)
              // Adding 0 makes −0 equal to 0.
              values[place] = draws[index] + 0
            }
          }
        }
      }
      if !insertionSort() {
        origin.sort { (draws[Int($0)], $0) < (draws[Int($1)], $1) }
        for place in values.indices { values[place] = draws[Int(origin[place])] + 0 }
      }
    }
  }

  /// Quantile of type 7 in Hyndman and Fan's count: linear between the order statistics around
  /// 1 + (n − 1)p. Undefined (nil) for no draws or where an infinity meets its opposite.
  /// Same rounding as R's `quantile`, so that comparisons `x <= quantile` agree. [Hyndman1996].
  package func quantile(_ probability: Double) -> Double? {
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

  /// How many draws are at most this large.
  func count(notAbove value: Double) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Middle value, or the mean of the two middle ones.
  var median: Double {
    let half = values.count / 2
    if values.count % 2 == 1 { return values[half] }
    // Not (a + b) / 2, which overflows; equal to it otherwise, up to subnormal numbers.
    return values[half - 1] / 2 + values[half] / 2
  }

  // MARK: Radix sort

  private static let passes = 3
  private static let bits = 11
  private static let radix = 1 << bits

  /// Unsigned integers in the order of the numbers: positive numbers get the top bit, negative ones are inverted.
  @inline(__always)
  static func key(_ draw: Double) -> UInt64 {
    let pattern = (draw + 0).bitPattern
    return pattern ^ (UInt64(bitPattern: Int64(bitPattern: pattern) &>> 63) | 1 << 63)
  }

  /// The number with this key.
  static func number(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key ^ 1 << 63 : ~key)
  }

  /// The keys without the leading bits in which all agree, their last bits replaced by the number of the draw; and
  /// how many there are of each digit.
  private mutating func makeWords(
    _ draws: UnsafeBufferPointer<Double>, range: ClosedRange<UInt64>, mask: UInt64
  ) {
    let shift = UInt64(min((range.lowerBound ^ range.upperBound).leadingZeroBitCount, 63))
    words.withUnsafeMutableBufferPointer { words in
      counts.withUnsafeMutableBufferPointer { counts in
        counts.update(repeating: 0)
        for (index, draw) in draws.enumerated() {
          let word = Self.key(draw) &<< shift & ~mask | UInt64(truncatingIfNeeded: index)
          words[index] = word
          for pass in 0..<Self.passes { counts[pass &* Self.radix &+ Self.digit(word, pass)] &+= 1 }
        }
      }
    }
  }

  /// Sorts by one digit; equal ones keep their order.
  private mutating func scatter(_ pass: Int) {
    counts.withUnsafeMutableBufferPointer { counts in
      let places = UnsafeMutableBufferPointer(
        rebasing: counts[pass * Self.radix..<(pass + 1) * Self.radix])
      var start: Int32 = 0
      for digit in places.indices {
        let here = places[digit]
        places[digit] = start
        start &+= here
      }
      words.withUnsafeBufferPointer { from in
        other.withUnsafeMutableBufferPointer { to in
          for word in from {
            let digit = Self.digit(word, pass)
            to[Int(places[digit])] = word
            places[digit] &+= 1
          }
        }
      }
    }
    swap(&words, &other)
  }

  /// Digit `pass` of the leading bits, from the last.
  @inline(__always)
  private static func digit(_ word: UInt64, _ pass: Int) -> Int {
    let shift = UInt64.bitWidth &- (passes &- pass) &* bits
    return Int(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: shift)) & (radix - 1)
  }

  /// For what is nearly sorted; equal values keep their order.
  /// - Returns: false if it gave up.
  private mutating func insertionSort() -> Bool {
    values.withUnsafeMutableBufferPointer { values in
      origin.withUnsafeMutableBufferPointer { origin in
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
  }
}
