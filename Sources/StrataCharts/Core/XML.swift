/// What SVG and HTML need of XML.
package enum XML {
  /// Text with the five special characters written as entities; characters that XML doesn't allow are left out.
  package static func escaped(_ text: some StringProtocol) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(" ")
      default:
        let allowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
        if allowed, !(0x7F...0x9F).contains(scalar.value) { result.unicodeScalars.append(scalar) }
      }
    }
    return result
  }

  /// A coordinate: two digits after the point, the same bytes everywhere.
  package static func number(_ x: Double, decimals: Int = 2) -> String {
    let scale = decimals == 1 ? 10.0 : 100.0
    guard x.isFinite else { return "0" }
    let units = Int((min(max(x, -1e7), 1e7) * scale).rounded())
    // At most nine digits before the point, two after it, a point and a sign.
    return String(unsafeUninitializedCapacity: 16) { bytes in
      var rest = units.magnitude
      var place = 16
      func put(_ byte: UInt8) {
        place -= 1
        bytes[place] = byte
      }
      var hasFraction = false
      for _ in 0..<(decimals == 1 ? 1 : 2) {
        let digit = UInt8(rest % 10)
        rest /= 10
        if digit > 0 || hasFraction { put(48 + digit) }
        hasFraction = hasFraction || digit > 0
      }
      if hasFraction { put(46) }
      repeat {
        put(48 + UInt8(rest % 10))
        rest /= 10
      } while rest > 0
      if units < 0 { put(45) }
      for i in place..<16 { bytes[i - place] = bytes[i] }
      return 16 - place
    }
  }
}
