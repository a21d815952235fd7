/// Numbers as text for people: a minus sign instead of a hyphen, commas between thousands, no needless zeros.
package enum NumberText {
  /// A number with so many digits after the point.
  package static func fixed(_ x: Double, decimals: Int) -> String {
    guard x.isFinite else { return x.isNaN ? "–" : x < 0 ? "−∞" : "∞" }
    let decimals = min(max(decimals, 0), 15)
    let scale = Maths.powerOfTen(decimals)
    guard x.magnitude * scale < 9e15 else { return scientific(x, digits: 3) }
    let units = Int((x.magnitude * scale).rounded())
    let whole = units / Int(scale)
    var text = grouped(whole)
    if decimals > 0 {
      let rest = String(units % Int(scale))
      text += "." + String(repeating: "0", count: decimals - rest.count) + rest
    }
    return x < 0 && units != 0 ? "−" + text : text
  }

  /// A number with so many significant digits, at least the whole part; scientific where it is very large or small.
  package static func short(_ x: Double, digits: Int = 3) -> String {
    guard x.isFinite, x != 0 else { return x == 0 ? "0" : fixed(x, decimals: 0) }
    let exponent = Maths.decimalExponent(x)
    if exponent < -4 || exponent > 6 { return scientific(x, digits: digits) }
    return trimmed(fixed(x, decimals: max(0, digits - 1 - exponent)))
  }

  /// m × 10ᵉ.
  package static func scientific(_ x: Double, digits: Int) -> String {
    guard x.isFinite, x != 0 else { return fixed(x, decimals: 0) }
    var exponent = Maths.decimalExponent(x)
    var mantissa = divided(x, byPowerOfTen: exponent)
    let unit = Maths.powerOfTen(digits - 1)
    if (mantissa.magnitude * unit).rounded() >= 10 * unit {
      exponent += 1
      mantissa /= 10
    }
    let text = trimmed(fixed(mantissa, decimals: digits - 1))
    return (text == "1" ? "" : text == "−1" ? "−" : text + "×") + powerOfTen(exponent)
  }

  /// x / 10ᵉ without overflow on the way.
  static func divided(_ x: Double, byPowerOfTen exponent: Int) -> Double {
    if exponent < -290 { return x * 1e290 / Maths.powerOfTen(exponent + 290) }
    return x / Maths.powerOfTen(exponent)
  }

  /// 10ᵉ with raised digits.
  static func powerOfTen(_ exponent: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
      "8": "⁸",
      "9": "⁹",
    ]
    return "10" + String(String(exponent).map { digits[$0] ?? $0 })
  }

  /// A count with commas between thousands.
  package static func count(_ n: Int) -> String { n < 0 ? "−" + grouped(-n) : grouped(n) }

  /// "1 level", "5,000 levels".
  static func count(_ n: Int, _ noun: String) -> String {
    "\(grouped(n)) \(noun)\(n == 1 ? "" : "s")"
  }

  private static func grouped(_ n: Int) -> String {
    let digits = String(n)
    guard digits.count > 3 else { return digits }
    var result = ""
    for (i, digit) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }

  /// Without zeros at the end of the digits after the point.
  static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var kept = Substring(text)
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept)
  }
}
