extension String {
  /// The text broken at spaces into lines of at most `width` characters (a longer word stands alone);
  /// lines after the first are indented by two.
  package func wrapped(to width: Int = 80) -> String {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = "  " + word
      }
    }
    return (lines + [line]).joined(separator: "\n")
  }
}
