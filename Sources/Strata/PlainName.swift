extension String {
  /// The name in letters, digits, `_` and `-` of ASCII: everything else becomes separators, one for several in a row and
  /// none at the end.
  package func plain(separator: Character = "-") -> String {
    var plain = ""
    for letter in self {
      let isPlain =
        letter.isASCII && (letter.isLetter || letter.isNumber || letter == "_" || letter == "-")
      if isPlain {
        plain.append(letter)
      } else if plain.last != separator {
        plain.append(separator)
      }
    }
    while plain.last == separator { plain.removeLast() }
    return plain
  }
}
