import StrataDiagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the numbers of a block of a table are written.
package enum NumberFormat: Equatable {
  /// This many decimals.
  case fixed(decimals: Int)
  /// Powers of ten, for numbers that are very large or very small: the last digit stands for
  /// 10^-decimals.
  case scientific(decimals: Int)
  /// No decimals, rounded down: 399.9 must not look like 400.
  case whole

  /// For means and quantiles: three significant digits of the posteriors' typical width. What is finer than
  /// that says nothing.
  init(values: [QuantitySummary]) {
    let sizes = values.flatMap { [$0.mean, $0.sd, $0.q5, $0.q50, $0.q95] }
    self.init(widths: values.compactMap(NumberFormat.width), digits: 3, sizes: sizes)
  }

  /// For Monte Carlo errors: two significant digits of the typical one.
  init(errors: [QuantitySummary]) {
    let errors = values(of: errors.map(\.meanMCSE)).filter { $0 > 0 }
    self.init(widths: errors, digits: 2, sizes: errors)
  }

  init(widths: [Double], digits: Int, sizes: [Double?]) {
    let sizes = values(of: sizes).map(abs)
    let largest = sizes.max() ?? 0
    let sorted = widths.sorted()
    let decimals: Int
    if let smallest = sorted.first {
      let typical = digits - 1 - NumberFormat.magnitude(sorted[sorted.count / 2])
      // The narrowest keeps a digit less, but doesn't drag the others far along.
      decimals = min(max(typical, digits - 2 - NumberFormat.magnitude(smallest)), typical + 1)
    } else {
      // All constant: five digits of the largest.
      decimals = largest > 0 ? 4 - NumberFormat.magnitude(largest) : 0
    }
    self =
      largest >= 1e8 || decimals > 8
      ? .scientific(decimals: decimals) : .fixed(decimals: max(0, decimals))
  }

  /// How wide a posterior is: its sd, or the width of a Normal with the same 5 and 95 % quantiles if
  /// heavy tails make the sd larger than that, or undefined. Nil for a constant.
  private static func width(_ summary: QuantitySummary) -> Double? {
    let sd = summary.sd ?? (summary.tailShape == nil ? 0 : .infinity)
    var width = sd
    if let low = summary.q5, let high = summary.q95, high > low {
      width = min(sd, (high - low) / 3.29)
    }
    return width > 0 && width.isFinite ? width : nil
  }

  /// The exponent in powers of ten.
  static func magnitude(_ value: Double) -> Int {
    value > 0 && value.isFinite ? Int(log10(value).rounded(.down)) : 0
  }

  /// The number as text; `-` if undefined.
  package func text(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return "-" }
    guard value.isFinite else { return value > 0 ? "inf" : "-inf" }
    switch self {
    case .fixed(let decimals):
      return NumberFormat.unsignedZero(NumberFormat.formatted("%.*f", decimals, value))
    case .whole:
      return NumberFormat.formatted("%.*f", 0, value.rounded(.down))
    case .scientific(let decimals):
      let digits = min(max(NumberFormat.magnitude(abs(value)) + decimals, 0), 15)
      return value == 0 ? "0" : NumberFormat.formatted("%.*e", digits, value)
    }
  }

  /// `-0.00` says less than `0.00`.
  private static func unsignedZero(_ text: String) -> String {
    guard text.hasPrefix("-"), text.allSatisfy({ $0 == "-" || $0 == "0" || $0 == "." }) else {
      return text
    }
    return String(text.dropFirst())
  }

  private static func formatted(_ format: String, _ precision: Int, _ value: Double) -> String {
    // The largest double has 309 digits before the point, and precision is at most 15.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
      _ = withVaList([Int32(precision), value]) {
        vsnprintf(buffer.baseAddress!, buffer.count, format, $0)
      }
      return String(cString: buffer.baseAddress!)
    }
  }
}

/// The values that are there and finite.
private func values(of values: [Double?]) -> [Double] {
  values.compactMap { $0 }.filter(\.isFinite)
}
