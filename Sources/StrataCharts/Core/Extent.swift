/// The smallest and the largest of the numbers that can be drawn.
struct Extent: Sendable, Equatable {
  private(set) var lower = Double.infinity
  private(set) var upper = -Double.infinity

  init() {}

  init(_ values: some Sequence<Double>) { include(values) }

  init(_ range: ClosedRange<Double>) { include([range.lowerBound, range.upperBound]) }

  var isEmpty: Bool { lower > upper }

  mutating func include(_ x: Double) {
    guard x.isDrawable else { return }
    lower = min(lower, x)
    upper = max(upper, x)
  }

  mutating func include(_ values: some Sequence<Double>) { for x in values { include(x) } }

  /// The ends with some room: a part of the distance; around a single number a tenth of it, and from 0 to 1
  /// where there is none.
  func padded(_ part: Double) -> (Double, Double) {
    guard !isEmpty else { return (0, 1) }
    let size = max(lower.magnitude, upper.magnitude)
    let distance = upper - lower
    if distance <= size * 1e-12 || distance < 1e-290 {
      let room = size > 1e-280 ? size / 10 : 1
      return (lower - room, upper + room)
    }
    return (lower - distance * part, upper + distance * part)
  }
}

extension Double {
  /// Finite, and not so large that distances overflow.
  var isDrawable: Bool { magnitude <= 1e300 }
}

extension Sequence<Double> {
  /// What can be drawn of it.
  var drawable: [Double] { filter(\.isDrawable) }
}

extension [Double] {
  /// At most so many of the numbers, evenly spaced, the first and the last among them.
  func thinned(to limit: Int) -> [Double] {
    guard count > limit, limit > 1 else { return self }
    return (0..<limit).map { self[$0 * (count - 1) / (limit - 1)] }
  }
}
