/// The marks of an axis with their labels, and what all labels have in common.
package struct TickSet: Sendable, Equatable {
  package var values: [Double] = []
  package var labels: [String] = []
  /// Marks without a label, on logarithmic axes.
  package var minor: [Double] = []
  /// What was taken out of every label, to stand beside the axis' name: "×10⁻⁶".
  package var unit: String? = nil
  /// What was subtracted from every label before that.
  package var offset: String? = nil

  /// The name of an axis with what its labels have in common.
  package static func name(_ label: String, _ ticks: TickSet) -> String {
    var name = label
    if let offset = ticks.offset { name = name.isEmpty ? "value \(offset)" : "\(name) \(offset)" }
    if let unit = ticks.unit { name += name.isEmpty ? unit : "  (\(unit))" }
    return name
  }
}

/// Where an axis has its marks: multiples of 1, 2 or 5 times a power of ten, exactly rounded.
package enum Ticks {
  /// Marks between `lower` and `upper`, about `count` or fewer.
  ///
  /// - Parameter wholeNumbers: no steps below 1, for counts.
  package static func linear(
    from lower: Double, to upper: Double, count: Int, wholeNumbers: Bool = false
  ) -> TickSet {
    guard upper > lower, count > 0 else { return TickSet() }
    var (multiplier, exponent) = niceStep(atLeast: (upper / 2 - lower / 2) / Double(count) * 2)
    if wholeNumbers, exponent < 0 { (multiplier, exponent) = (1, 0) }
    let multiples = multiples(of: multiplier, exponent, from: lower, to: upper)
    let values = multiples.map { value($0, exponent) }
    return labelled(multiples: multiples, exponent: exponent, values: values)
  }

  /// Marks of a logarithmic axis: powers of ten where there are several, else 1, 2, 5 times a power, else a
  /// linear axis' marks.
  package static func logarithmic(from lower: Double, to upper: Double, count: Int) -> TickSet {
    guard lower > 0, upper > lower, count > 0 else { return TickSet() }
    let first = Maths.decimalExponent(lower)
    let last = Maths.decimalExponent(upper)
    let within = { (x: Double) in x >= lower * (1 - 1e-12) && x <= upper * (1 + 1e-12) }
    let powers = (first...(last + 1)).filter { within(Maths.powerOfTen($0)) }
    let fine = (first...last).flatMap { e in [1, 2, 5].map { value($0, e) } }.filter(within)
    var set = TickSet()
    if fine.count <= count, fine.count > powers.count || powers.count < 2 {
      if fine.count < 3 { return linear(from: lower, to: upper, count: count) }
      set.values = fine
    } else if powers.count >= 2 {
      let stride = max(1, (powers.count + count - 1) / count)
      let kept = powers.filter { ($0 - powers[0]) % stride == 0 }
      set.values = kept.map(Maths.powerOfTen)
      if stride == 1, powers.count <= 8 {
        set.minor = (first...last).flatMap { e in (2...9).map { value($0, e) } }.filter(within)
      } else {
        set.minor = powers.map(Maths.powerOfTen).filter { !set.values.contains($0) }
      }
    } else {
      return linear(from: lower, to: upper, count: count)
    }
    let plain = lower >= 0.9e-3 && upper < 2e5
    set.labels = set.values.map {
      plain ? NumberText.short($0, digits: 1) : NumberText.scientific($0, digits: 1)
    }
    return set
  }

  /// 1, 2 or 5 and a power of ten whose product is the first not below `size`.
  private static func niceStep(atLeast size: Double) -> (multiplier: Int, exponent: Int) {
    let exponent = max(Maths.decimalExponent(max(size, 1e-300)), -300)
    for multiplier in [1, 2, 5] where value(multiplier, exponent) >= size * (1 - 1e-12) {
      return (multiplier, exponent)
    }
    return (1, exponent + 1)
  }

  /// The multiples of the step (each a whole number of 10^exponent) in the range.
  private static func multiples(
    of multiplier: Int, _ exponent: Int, from lower: Double, to upper: Double
  ) -> [Int] {
    let step = value(multiplier, exponent)
    let slack = 1e-9
    let first = (lower / step - slack).rounded(.up)
    let last = (upper / step + slack).rounded(.down)
    guard first.magnitude < 1e17, last.magnitude < 1e17, last >= first, last - first < 1000 else {
      return []
    }
    return (Int(first)...Int(last)).map { $0 * multiplier }
  }

  /// units × 10^exponent with one rounding.
  private static func value(_ units: Int, _ exponent: Int) -> Double {
    if exponent >= 0 { return Double(units) * Maths.powerOfTen(exponent) }
    if exponent < -300 { return Double(units) * Maths.powerOfTen(exponent) }
    return Double(units) / Maths.powerOfTen(-exponent)
  }

  /// Labels of whole multiples of 10^exponent: plain where they are short, else with a common power of ten or a
  /// common part taken out.
  private static func labelled(multiples: [Int], exponent: Int, values: [Double]) -> TickSet {
    var set = TickSet(values: values)
    let largest = multiples.map(\.magnitude).max() ?? 0
    guard largest > 0 else {
      set.labels = multiples.map { _ in "0" }
      return set
    }
    let top = String(largest).count - 1 + exponent
    if top - exponent > 6, let base = multiples.first {
      set = labelled(
        multiples: multiples.map { $0 - base }, exponent: exponent, values: values)
      let common = decimal(base.magnitude, exponent)
      set.offset = base < 0 ? "+ \(common)" : "− \(common)"
      return set
    }
    if top >= 6 || top < -3 {
      let decimals = top - exponent
      set.labels = multiples.map {
        NumberText.fixed(value($0, -max(decimals, 0)), decimals: max(decimals, 0))
      }
      if exponent > top {
        set.labels = multiples.map { NumberText.fixed(value($0, exponent - top), decimals: 0) }
      }
      set.unit = "×" + NumberText.powerOfTen(top)
    } else {
      set.labels = multiples.map {
        NumberText.fixed(value($0, exponent), decimals: max(0, -exponent))
      }
    }
    return set
  }

  /// units × 10^exponent, written out.
  private static func decimal(_ units: UInt, _ exponent: Int) -> String {
    if exponent < -15 || exponent > 6 {
      return NumberText.scientific(value(Int(units), exponent), digits: 15)
    }
    return NumberText.trimmed(
      NumberText.fixed(value(Int(units), exponent), decimals: max(0, -exponent)))
  }
}
