import Testing

import StrataCharts

/// Where marks stand, and what they say.
@Suite struct TickTests {
  /// Range, wanted count, and the marks that R's rules of 1, 2, 5 give by hand.
  static let linear: [(Double, Double, Int, [Double], [String])] = [
    (0, 10, 5, [0, 2, 4, 6, 8, 10], ["0", "2", "4", "6", "8", "10"]),
    (-1, 1, 4, [-1, -0.5, 0, 0.5, 1], ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
    (0.03, 0.37, 4, [0.1, 0.2, 0.3], ["0.1", "0.2", "0.3"]),
    (0, 95_000, 4, [0, 50_000], ["0", "50,000"]),
    (-3, 3, 3, [-2, 0, 2], ["−2", "0", "2"]),
  ]

  @Test(arguments: linear.indices) func linearMarks(index: Int) {
    let (lower, upper, count, values, labels) = Self.linear[index]
    let set = Ticks.linear(from: lower, to: upper, count: count)
    #expect(set.values == values)
    #expect(set.labels == labels)
    #expect(set.unit == nil && set.offset == nil)
  }

  @Test func marksAreExact() {
    let set = Ticks.linear(from: 0, to: 1, count: 10)
    #expect(set.values == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
  }

  @Test func smallNumbersShareAPowerOfTen() {
    let set = Ticks.linear(from: 0, to: 5e-12, count: 5)
    #expect(set.labels == ["0", "1", "2", "3", "4", "5"])
    #expect(set.unit == "×10⁻¹²")
    #expect(set.values == [0, 1e-12, 2e-12, 3e-12, 4e-12, 5e-12])
  }

  @Test func largeNumbersShareAPowerOfTen() {
    let set = Ticks.linear(from: -2e12, to: 2e12, count: 4)
    #expect(set.labels == ["−2", "−1", "0", "1", "2"])
    #expect(set.unit == "×10¹²")
  }

  @Test func smallDistancesFarFromZeroHaveTheirOriginTakenOut() {
    let set = Ticks.linear(from: 1e12, to: 1e12 + 4, count: 4)
    #expect(set.labels == ["0", "1", "2", "3", "4"])
    #expect(set.offset == "− 1,000,000,000,000")
    #expect(TickSet.name("time (s)", set) == "time (s) − 1,000,000,000,000")
    let negative = Ticks.linear(from: -5, to: -5 + 4.1e-9, count: 5)
    #expect(negative.labels == ["0", "1", "2", "3", "4"])
    #expect(TickSet.name("y", negative) == "y + 5  (×10⁻⁹)")
  }

  @Test func wholeNumbers() {
    #expect(Ticks.linear(from: -0.5, to: 1.5, count: 8, wholeNumbers: true).values == [0, 1])
  }

  @Test func logarithmicMarks() {
    #expect(Ticks.logarithmic(from: 1, to: 1000, count: 5).values == [1, 10, 100, 1000])
    #expect(Ticks.logarithmic(from: 1, to: 1000, count: 5).labels == ["1", "10", "100", "1,000"])
    #expect(Ticks.logarithmic(from: 1.5, to: 60, count: 8).values == [2, 5, 10, 20, 50])
    let wide = Ticks.logarithmic(from: 1e-12, to: 1e12, count: 6)
    #expect(wide.labels.first == "10⁻¹²")
    #expect(wide.values.count <= 6 && wide.values.count >= 4)
    #expect(Ticks.logarithmic(from: 2, to: 2.5, count: 5).values == [2, 2.1, 2.2, 2.3, 2.4, 2.5])
  }

  /// Whatever the range: marks inside it, ascending, no more than wanted and one, labels all different.
  @Test func anyRange() {
    for exponent in stride(from: -290, through: 290, by: 29) {
      for (low, high) in [(0.0, 1.0), (-1, 1), (1, 1.000_01), (-7.3, -7.1), (0.99, 123)] {
        let scale = Maths.powerOfTen(exponent)
        for count in [1, 2, 5, 12] {
          let set = Ticks.linear(from: low * scale, to: high * scale, count: count)
          #expect(set.values.count == set.labels.count)
          #expect(set.values.count <= count + 1)
          #expect(set.values == set.values.sorted())
          #expect(
            Set(set.labels).count == set.labels.count, "\(low * scale) \(high * scale) \(set)")
          let slack = (high - low) * scale * 1e-6
          #expect(set.values.allSatisfy { $0 >= low * scale - slack && $0 <= high * scale + slack })
        }
      }
    }
  }

  @Test func nonsenseHasNoMarks() {
    for (low, high) in [(1.0, 1.0), (2, 1), (.nan, 1), (0, .nan)] {
      #expect(Ticks.linear(from: low, to: high, count: 5).values.isEmpty)
      #expect(Ticks.logarithmic(from: low, to: high, count: 5).values.isEmpty)
    }
  }

  @Test func numbers() {
    #expect(NumberText.fixed(-0.004, decimals: 2) == "0.00")
    #expect(NumberText.fixed(-1234.5678, decimals: 2) == "−1,234.57")
    #expect(NumberText.fixed(.infinity, decimals: 2) == "∞")
    #expect(NumberText.fixed(.nan, decimals: 2) == "–")
    #expect(NumberText.short(0.000_123_4) == "0.000123")
    #expect(NumberText.short(9.9999e-12) == "10⁻¹¹")
    #expect(NumberText.short(-2.5e12) == "−2.5×10¹²")
    #expect(NumberText.short(1e300) == "10³⁰⁰")
    #expect(NumberText.short(.leastNonzeroMagnitude) == "4.94×10⁻³²⁴")
    #expect(NumberText.count(1_234_567) == "1,234,567")
    #expect(XML.number(-0.004) == "0")
    #expect(XML.number(-12.345) == "-12.35")
    #expect(XML.number(7.05) == "7.05")
    #expect(XML.number(0.04, decimals: 1) == "0")
  }
}
