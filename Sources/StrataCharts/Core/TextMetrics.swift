/// How wide text is, without asking a browser: from the widths of the font stack.
///
/// Raised characters (⁰¹²…⁹⁻) are set as small raised digits by the writer, and measured so.
enum TextMetrics {
  /// The stack that the widths are of.
  static let fontFamily = "Helvetica, Arial, 'Liberation Sans', 'Nimbus Sans', sans-serif"

  /// Height of a line as a multiple of the font size.
  static let lineHeight = 1.3

  /// Raised characters and what is written in their place.
  static let raised: [Character: Character] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
    "⁹": "9",
    "⁻": "−",
  ]

  /// Size of raised characters as a multiple of the font size.
  static let raisedSize = 0.72

  /// Width in pixels of text in one line.
  static func width(_ text: String, size: Double, bold: Bool = false) -> Double {
    let table = bold ? FontWidths.bold : FontWidths.regular
    var thousandths = 0.0
    for character in text {
      if let plain = raised[character] {
        thousandths += raisedSize * width(of: plain, in: table)
      } else {
        thousandths += width(of: character, in: table)
      }
    }
    return thousandths * size / 1000
  }

  /// Thousandths of the font size that one character takes. What the table lacks counts as wide: 600 for
  /// alphabets, 1,000 from the scripts of East Asia on; combining marks take no room.
  private static func width(of character: Character, in table: FontWidths.Table) -> Double {
    guard let scalar = character.unicodeScalars.first?.value else { return 0 }
    switch scalar {
    case 0x20...0x7E: return Double(table.ascii[Int(scalar - 0x20)])
    case 0xA0...0xFF: return Double(table.latin[Int(scalar - 0xA0)])
    case 0x391...0x3C9: return Double(table.greek[Int(scalar - 0x391)])
    case 0x410...0x44F: return Double(table.cyrillic[Int(scalar - 0x410)])
    case ..<0x20: return 0
    default: break
    }
    if let width = FontWidths.others[scalar] { return Double(width) }
    return scalar < 0x1100 ? 640 : 1000
  }

  /// Text that fits into `limit` pixels, with an ellipsis where something had to go.
  static func shorten(_ text: String, to limit: Double, size: Double, bold: Bool = false) -> String
  {
    if width(text, size: size, bold: bold) <= limit { return text }
    var kept = Array(text)
    while !kept.isEmpty {
      kept.removeLast()
      while kept.last == " " { kept.removeLast() }
      let short = String(kept) + "…"
      if width(short, size: size, bold: bold) <= limit { return short }
    }
    return ""
  }

  /// Lines no wider than `limit`, broken between words; a word that is too wide is shortened, and so is the
  /// last line where there are more than `lines`.
  static func wrap(
    _ text: String, to limit: Double, size: Double, bold: Bool = false, lines: Int = .max
  ) -> [String] {
    var result: [String] = []
    var line = ""
    for word in text.split(whereSeparator: { $0 == " " || $0.isNewline }) {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if line.isEmpty || width(longer, size: size, bold: bold) <= limit {
        line = longer
      } else {
        result.append(line)
        line = String(word)
      }
    }
    if !line.isEmpty { result.append(line) }
    if result.count > lines {
      let rest = result[(lines - 1)...].joined(separator: " ")
      result.replaceSubrange((lines - 1)..., with: [rest])
    }
    return result.map { shorten($0, to: limit, size: size, bold: bold) }
  }
}
