/// Finds the largest of many numbers, in order, without sorting the rest.
///
/// A sample of the numbers gives a bound that lets through little more than what is wanted; what
/// passes is sorted as far as needed. Scratch is allocated once.
struct LargestDraws: Sendable {
  /// A number and which draw it was.
  struct Entry: Sendable {
    var value: Double
    var index: Int32

    /// Ties are in the order of the draws, as R's stable sort leaves them.
    @inline(__always)
    static func < (a: Entry, b: Entry) -> Bool {
      a.value < b.value || (a.value == b.value && a.index < b.index)
    }
  }

  private var entries: [Entry]
  private static let sampleSize = 64

  /// For up to `capacity` numbers.
  init(capacity: Int) {
    precondition(capacity <= Int(Int32.max), "\(capacity) draws of one quantity")
    entries = [Entry](repeating: Entry(value: 0, index: 0), count: capacity)
  }

  /// Calls `body` with the `count` largest of `x`, ascending.
  ///
  /// - Parameters:
  ///   - count: in 1...x.count.
  ///   - x: no NaN; infinities are allowed.
  mutating func withLargest<Result>(
    _ count: Int, of x: UnsafeBufferPointer<Double>,
    _ body: (UnsafeBufferPointer<Entry>) -> Result
  ) -> Result {
    precondition(count >= 1 && count <= x.count && x.count <= entries.count)
    return entries.withUnsafeMutableBufferPointer { entries in
      var found = Self.collect(x, above: Self.bound(count, x), into: entries)
      if found < count {
        found = x.count
        for i in x.indices { entries[i] = Entry(value: x[i], index: Int32(truncatingIfNeeded: i)) }
      }
      Self.sort(entries, 0, found - 1, from: found - count)
      return body(UnsafeBufferPointer(rebasing: entries[found - count..<found]))
    }
  }

  /// A number that probably fewer than three times `count` exceed, and more than `count`.
  private static func bound(_ count: Int, _ x: UnsafeBufferPointer<Double>) -> Double {
    guard x.count >= 16 * sampleSize else { return -.infinity }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: sampleSize) { sample in
      for i in 0..<sampleSize {
        let value = x[i * x.count / sampleSize]
        var place = i
        while place > 0, sample[place - 1] < value {
          sample[place] = sample[place - 1]
          place -= 1
        }
        sample[place] = value
      }
      let expected = Double(sampleSize * count) / Double(x.count)
      let rank = Int(expected + 2.5 * expected.squareRoot() + 1)
      return rank < sampleSize ? sample[rank] : -.infinity
    }
  }

  /// Without a branch: which draws pass is a matter of chance.
  private static func collect(
    _ x: UnsafeBufferPointer<Double>, above bound: Double,
    into entries: UnsafeMutableBufferPointer<Entry>
  ) -> Int {
    var found = 0
    for i in 0..<x.count {
      entries[found] = Entry(value: x[i], index: Int32(truncatingIfNeeded: i))
      found &+= x[i] > bound ? 1 : 0
    }
    return found
  }

  /// Quicksort of `a[first...last]` that leaves parts wholly before `needed` as they are.
  private static func sort(
    _ a: UnsafeMutableBufferPointer<Entry>, _ first: Int, _ last: Int, from needed: Int
  ) {
    var (first, last) = (first, last)
    while last - first > 16 {
      let pivot = median(a[first], a[(first + last) / 2], a[last])
      var (i, j) = (first, last)
      while i <= j {
        while a[i] < pivot { i += 1 }
        while pivot < a[j] { j -= 1 }
        if i <= j {
          a.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if j < needed {
        first = i
      } else if last - i < j - first {
        sort(a, i, last, from: needed)
        last = j
      } else {
        sort(a, first, j, from: needed)
        first = i
      }
    }
    guard first < last else { return }
    for next in first + 1...last {
      let entry = a[next]
      var place = next
      while place > first, entry < a[place - 1] {
        a[place] = a[place - 1]
        place -= 1
      }
      a[place] = entry
    }
  }

  private static func median(_ a: Entry, _ b: Entry, _ c: Entry) -> Entry {
    if a < b { return b < c ? b : a < c ? c : a }
    return a < c ? a : b < c ? c : b
  }
}
