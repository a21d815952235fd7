/// Reads decimal numbers from bytes, exactly rounded, without locale.
///
/// Grammar: an optional sign, digits with at most one decimal point (at least one digit on either
/// side of it), an optional exponent. `1_000`, `0x1F` and `1,000` are text. `inf` and `infinity`,
/// in any case and with a sign, are numbers that are not finite, as is `1e999`.
package enum NumberParser {
  /// A cell that is a number.
  package struct Parsed {
    /// The double nearest to the decimal number; ±infinity where it is not finite.
    package var value: Double
    /// The text is what printing the integer would give (`12`, `-3`; not `+1`, `01`, `1.0`), with
    /// at most 15 digits, so that the text need not be kept.
    package var isCanonicalWhole: Bool
  }

  /// 10^0 … 10^22, all exact as doubles.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The number that `count` bytes from `text` spell, or nil if they spell none.
  ///
  /// A mantissa up to 2^53 times or over an exact power of ten is one correctly rounded operation;
  /// everything else goes to Swift's own `Double(_:)`, which is exact and slower.
  package static func parse(_ text: UnsafePointer<UInt8>, count: Int) -> Parsed? {
    var i = 0
    let isSigned = count > 0 && (text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+"))
    let isNegative = isSigned && text[0] == UInt8(ascii: "-")
    if isSigned { i = 1 }
    let bodyStart = i

    var mantissa: UInt64 = 0
    var significantDigits = 0
    func appendDigit(_ digit: UInt8) {
      if significantDigits < 19 { mantissa = mantissa * 10 + UInt64(digit) }
      if mantissa != 0 { significantDigits += 1 }
    }
    while i < count, text[i] &- 48 < 10 {
      appendDigit(text[i] &- 48)
      i += 1
    }
    let wholeDigits = i - bodyStart
    if i == count && wholeDigits > 0 && significantDigits <= 15 {
      let isPlain = text[bodyStart] != 48 || (wholeDigits == 1 && !isNegative)
      let isCanonical = isPlain && !(isSigned && !isNegative)
      let magnitude = Double(mantissa)
      return Parsed(value: isNegative ? -magnitude : magnitude, isCanonicalWhole: isCanonical)
    }

    var exponent = 0
    var fractionDigits = 0
    if i < count, text[i] == UInt8(ascii: ".") {
      i += 1
      let fractionStart = i
      while i < count, text[i] &- 48 < 10 {
        appendDigit(text[i] &- 48)
        i += 1
      }
      fractionDigits = i - fractionStart
      exponent = -fractionDigits
    }
    guard wholeDigits + fractionDigits > 0 else {
      return infinity(text + bodyStart, count: count - bodyStart, isNegative: isNegative)
    }
    if i < count {
      guard let written = parseExponent(text, from: i, count: count) else { return nil }
      exponent += written
    }

    if significantDigits <= 19 && mantissa <= 1 << 53 && abs(exponent) <= 22 {
      let power = powersOfTen[abs(exponent)]
      let magnitude = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
      return Parsed(value: isNegative ? -magnitude : magnitude, isCanonicalWhole: false)
    }
    let bytes = UnsafeBufferPointer(start: text, count: count)
    guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { return nil }
    return Parsed(value: value, isCanonicalWhole: false)
  }

  /// The exponent that starts with `e` at `start` and must end the text; saturates far beyond the
  /// range of a double.
  private static func parseExponent(
    _ text: UnsafePointer<UInt8>, from start: Int, count: Int
  ) -> Int? {
    var i = start
    guard text[i] | 0x20 == UInt8(ascii: "e") else { return nil }
    i += 1
    let isNegative = i < count && text[i] == UInt8(ascii: "-")
    if i < count, isNegative || text[i] == UInt8(ascii: "+") { i += 1 }
    guard i < count else { return nil }
    var exponent = 0
    while i < count {
      let digit = text[i] &- 48
      guard digit < 10 else { return nil }
      exponent = min(exponent * 10 + Int(digit), 1_000_000)
      i += 1
    }
    return isNegative ? -exponent : exponent
  }

  private static func infinity(
    _ text: UnsafePointer<UInt8>, count: Int, isNegative: Bool
  ) -> Parsed? {
    guard count == 3 || count == 8 else { return nil }
    var i = 0
    for letter in "infinity".utf8.prefix(count) {
      if text[i] | 0x20 != letter { return nil }
      i += 1
    }
    return Parsed(value: isNegative ? -.infinity : .infinity, isCanonicalWhole: false)
  }

  /// The number that a string spells (no blanks around it), or nil.
  package static func parse(_ text: String) -> Parsed? {
    var text = text
    return text.withUTF8 { bytes in
      bytes.baseAddress.flatMap { parse($0, count: bytes.count) }
    }
  }
}
