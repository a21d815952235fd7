/// What is printed, compared with what a page shows.
extension DocumentationTests {
  /// Words and numbers; tags of a picture are none.
  static func words(_ text: String) -> [Substring] {
    let tags = /<style.*?<\/style>|<[^>]*>/.dotMatchesNewlines()
    let plain = text.hasPrefix("<svg") ? text.replacing(tags, with: " ") : text
    return plain.split { $0.isWhitespace || "|`".contains($0) }
  }

  /// Whether both say the same: words as they are; numbers may differ by a tenth or 0.02, as they do between versions of
  /// a sampler, and counts of effective draws, above 400, by half.
  static func alike(_ a: [Substring], _ b: [Substring]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy(alike)
  }

  private static func alike(_ a: Substring, _ b: Substring) -> Bool {
    if a == b { return true }
    guard a.contains(where: \.isNumber), b.contains(where: \.isNumber) else { return false }
    let (x, y) = (numbers(a), numbers(b))
    return x.words == y.words && x.values.count == y.values.count
      && zip(x.values, y.values).allSatisfy { x, y in
        let size = max(abs(x), abs(y))
        return abs(x - y) <= max(0.02, (size > 400 ? 0.5 : 0.1) * size)
      }
  }

  /// The numbers in a word, and what is left of it without them.
  private static func numbers(_ word: Substring) -> (words: String, values: [Double]) {
    let pattern = /[-−]?\d+(?:\.\d+)?/
    let values = word.matches(of: pattern).compactMap {
      Double($0.output.replacing("−", with: "-"))
    }
    return (String(word.replacing(pattern, with: "#")), values)
  }

  /// Where `part` stands in `whole`.
  private static func place(of part: [Substring], in whole: [Substring]) -> Int? {
    whole.indices.first { start in
      start + part.count <= whole.count
        && zip(part, whole[start...]).allSatisfy { alike($0, $1) }
    }
  }

  static func occurs(_ part: [Substring], in whole: [Substring]) -> Bool {
    place(of: part, in: whole) != nil
  }

  /// Whether the lines stand in what was printed, in their order, with anything for a line `…`.
  static func shows(_ printed: String, _ lines: [String]) -> Bool {
    var rest = words(printed)
    for part in lines.split(separator: "…") {
      let wanted = words(part.joined(separator: "\n"))
      guard let start = place(of: wanted, in: rest) else { return false }
      rest = Array(rest[(start + wanted.count)...])
    }
    return true
  }
}
