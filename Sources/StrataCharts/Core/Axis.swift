/// One direction of a panel: the range of its numbers, how they are spaced, what they are called.
struct Axis: Sendable {
  enum Spacing: Sendable { case linear, logarithmic }

  var lower: Double
  var upper: Double
  var label = ""
  var spacing = Spacing.linear
  /// Marks at whole numbers only.
  var wholeNumbers = false
  /// Marks in place of computed ones.
  var fixed: TickSet? = nil
  /// Whether marks and labels are drawn at all.
  var isVisible = true
  /// Faint lines across the panel at the marks.
  var hasGrid = false

  /// An axis over the extent, with some room at both ends.
  init(_ extent: Extent, label: String = "", logarithmic: Bool = false, padding: Double = 0.04) {
    self.label = label
    if logarithmic, extent.lower > 0 {
      spacing = .logarithmic
      let (low, high) = (Maths.logarithm10(extent.lower), Maths.logarithm10(extent.upper))
      let room = max((high - low) * padding, high > low ? 0 : 0.3)
      lower = Maths.power(10, max(low - room, -300))
      upper = Maths.power(10, min(high + room, 300))
    } else {
      (lower, upper) = extent.padded(padding)
    }
  }

  init(from lower: Double, to upper: Double, label: String = "") {
    self.lower = lower
    self.upper = upper
    self.label = label
  }

  /// Where a number lies along the axis: 0 at the lower end, 1 at the upper; limited, so that numbers far outside
  /// stay drawable.
  func fraction(_ x: Double) -> Double {
    let t: Double
    switch spacing {
    case .linear:
      t = (x / 2 - lower / 2) / (upper / 2 - lower / 2)
    case .logarithmic:
      guard x > 0 else { return -1000 }
      let low = Maths.logarithm(lower)
      t = (Maths.logarithm(x) - low) / (Maths.logarithm(upper) - low)
    }
    return t.isNaN ? 0 : min(max(t, -1000), 1000)
  }

  func ticks(count: Int) -> TickSet {
    if let fixed { return fixed }
    switch spacing {
    case .linear:
      return Ticks.linear(from: lower, to: upper, count: count, wholeNumbers: wholeNumbers)
    case .logarithmic: return Ticks.logarithmic(from: lower, to: upper, count: count)
    }
  }

  /// As many marks as fit along `length` pixels with their labels side by side.
  func horizontalTicks(length: Double, size: Double = Type.tick) -> TickSet {
    let wanted = min(length / 40, 6 + length / 180)
    for count in stride(from: max(1, Int(wanted)), through: 1, by: -1) {
      let set = ticks(count: count)
      if !set.values.isEmpty, fits(set, length: length, size: size) {
        return withTwo(set, count) { fits($0, length: length, size: size) }
      }
      if fixed != nil { break }
    }
    return thinned(ticks(count: 2), length: length, size: size)
  }

  /// As many marks as fit along `length` pixels with their labels one above the other.
  func verticalTicks(length: Double) -> TickSet {
    for count in stride(from: max(3, Int(length / 27)), through: 1, by: -1) {
      let set = ticks(count: count)
      if isApart(set, length) { return withTwo(set, count) { isApart($0, length) } }
    }
    return thinned(ticks(count: 1), distance: 15, length: length)
  }

  private func isApart(_ set: TickSet, _ length: Double) -> Bool {
    let places = set.values.map { fraction($0) * length }
    return zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 15 }
  }

  /// Finer marks in place of a single one, which tells no scale, if any fit.
  private func withTwo(_ set: TickSet, _ count: Int, _ fits: (TickSet) -> Bool) -> TickSet {
    guard set.values.count < 2, fixed == nil else { return set }
    let finer = (count + 1...count + 4).lazy.map { ticks(count: $0) }
    return finer.first { $0.values.count > 1 && fits($0) } ?? set
  }

  /// Marks without labels where those of a fixed or a logarithmic axis come too close.
  private func thinned(_ set: TickSet, distance: Double, length: Double) -> TickSet {
    var result = set
    var last = -Double.infinity
    for (i, value) in set.values.enumerated() {
      let place = fraction(value) * length
      if place - last < distance { result.labels[i] = "" } else { last = place }
    }
    return result
  }

  private func fits(_ set: TickSet, length: Double, size: Double) -> Bool {
    var end = -Double.infinity
    for (value, label) in zip(set.values, set.labels) {
      let half = TextMetrics.width(label, size: size) / 2
      let middle = fraction(value) * length
      if middle - half < end { return false }
      end = middle + half + 12
    }
    return true
  }

  /// Labels that would touch the one before go; marks stay.
  private func thinned(_ set: TickSet, length: Double, size: Double) -> TickSet {
    var result = set
    var end = -Double.infinity
    for (i, value) in set.values.enumerated() {
      let half = TextMetrics.width(set.labels[i], size: size) / 2
      let middle = fraction(value) * length
      if middle - half < end {
        result.labels[i] = ""
      } else {
        end = middle + half + 8
      }
    }
    return result
  }
}

/// Sizes of the text in pictures, in pixels.
enum Type {
  static let title = 15.0
  static let panel = 12.0
  static let label = 12.0
  static let tick = 11.0
  static let note = 11.0
}
