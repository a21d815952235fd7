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
    let whole = units.magnitude / UInt(scale)
    var rest = units.magnitude % UInt(scale)
    var text = (units < 0 ? "-" : "") + String(whole)
    if rest > 0 {
      var digits = decimals
      while rest % 10 == 0 {
        rest /= 10
        digits -= 1
      }
      let fraction = String(rest)
      text += "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
    return text
  }
}
