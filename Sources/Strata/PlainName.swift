extension Character {
  /// Whether it may stand in the name of a picture.
  var isPlain: Bool { isASCII && (isLetter || isNumber || self == "_" || self == "-") }
}

extension String {
  /// The name in letters, digits, `_` and `-` of ASCII: everything else becomes separators, one for several in a row and
  /// none at the end.
  package func plain(separator: Character = "-") -> String {
    var plain = ""
    for letter in self {
      if letter.isPlain {
        plain.append(letter)
      } else if plain.last != separator {
        plain.append(separator)
      }
    }
    while plain.last == separator { plain.removeLast() }
    return plain
  }
}
