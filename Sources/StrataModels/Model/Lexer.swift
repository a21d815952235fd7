/// Cuts a model's text into tokens. It never fails: what it does not know becomes an `invalid` token.
///
/// Columns count characters (extended grapheme clusters), as ``ModelError`` shows them. A line ends where
/// Swift's `Character.isNewline` says, so CRLF is one end of line.
package struct Lexer {
  private let characters: [Character]
  private var position = 0
  private var line = 1
  private var lineStart = 0
  /// How many brackets are open: inside them the end of a line is a space.
  private var depth = 0
  private var tokens: [Token] = []

  private init(_ text: String) { characters = Array(text) }

  /// The tokens of `text`; the last one is `end`.
  package static func tokens(of text: String) -> [Token] {
    var lexer = Lexer(text)
    lexer.run()
    return lexer.tokens
  }

  /// Whether `text` can stand as a name without backticks: a letter or `_`, then letters, digits 0–9 and `_`.
  package static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.first, startsName(first) else { return false }
    return text.allSatisfy(continuesName)
  }

  private static func startsName(_ character: Character) -> Bool {
    character.isLetter || character == "_"
  }

  private static func continuesName(_ character: Character) -> Bool {
    startsName(character) || isDigit(character)
  }

  private static func isDigit(_ character: Character) -> Bool {
    "0" <= character && character <= "9"
  }

  private func peek(_ ahead: Int = 0) -> Character? {
    position + ahead < characters.count ? characters[position + ahead] : nil
  }

  private mutating func run() {
    while let character = peek() {
      if character.isNewline {
        endLine()
      } else if character.isWhitespace {
        position += 1
      } else if character == "#" {
        skip { !$0.isNewline }
      } else if Self.startsName(character) {
        lexName()
      } else if Self.isDigit(character) || (character == "." && peek(1).map(Self.isDigit) == true) {
        lexNumber()
      } else if character == "`" || character == "\"" {
        lexQuoted(character)
      } else {
        lexSymbol(character)
      }
    }
    addEnd(.end)
  }

  private mutating func skip(while condition: (Character) -> Bool) {
    while let character = peek(), condition(character) { position += 1 }
  }

  private mutating func add(_ kind: Token.Kind, from start: Int) {
    let range = SourceRange(
      line: line, start: start - lineStart + 1, end: position - lineStart + 1)
    tokens.append(Token(kind: kind, range: range, spelling: String(characters[start..<position])))
  }

  /// Adds the end of a line or of the text, placed right after the last word, before blanks and comments.
  private mutating func addEnd(_ kind: Token.Kind) {
    var column = position - lineStart + 1
    if let last = tokens.last?.range, last.line == line { column = last.end }
    let range = SourceRange(line: line, start: column, end: column + 1)
    tokens.append(Token(kind: kind, range: range, spelling: ""))
  }

  private mutating func endLine() {
    if depth == 0 { addEnd(.newline) }
    position += 1
    line += 1
    lineStart = position
  }

  private mutating func lexName() {
    let start = position
    skip(while: Self.continuesName)
    if peek() == "." {
      skip { Self.continuesName($0) || $0 == "." }
      let name = String(characters[start..<position])
      add(.invalid("a name with a dot is written in backticks: `\(name)`"), from: start)
    } else {
      add(.name(String(characters[start..<position]), quoted: false), from: start)
    }
  }

  /// Digits with at most one dot and an exponent: `1`, `.5`, `2.`, `1e-3`.
  private mutating func lexNumber() {
    let start = position
    skip(while: Self.isDigit)
    if peek() == "." {
      position += 1
      skip(while: Self.isDigit)
    }
    if peek() == "e" || peek() == "E" {
      let sign = peek(1) == "+" || peek(1) == "-" ? 1 : 0
      if peek(1 + sign).map(Self.isDigit) == true {
        position += 1 + sign
        skip(while: Self.isDigit)
      }
    }
    let digits = String(characters[start..<position])
    let wordEnd = position
    skip { Self.continuesName($0) || $0 == "." }
    guard position == wordEnd else {
      let word = String(characters[start..<position])
      let hint =
        word.contains("_")
        ? "; digits are not grouped"
        : word.contains(where: \.isLetter) ? "; write `*` to multiply" : ""
      return add(.invalid("`\(word)` is not a number\(hint)"), from: start)
    }
    let mantissa = digits.prefix { $0 != "e" && $0 != "E" }
    guard let value = Double(digits), value.isFinite,
      value != 0 || mantissa.allSatisfy({ $0 == "0" || $0 == "." })
    else {
      return add(.invalid("the number `\(digits)` is beyond the range of a Double"), from: start)
    }
    add(.number(value), from: start)
  }

  /// A name in backticks or a text in double quotes; the quote itself is written twice.
  private mutating func lexQuoted(_ quote: Character) {
    let start = position
    let what = quote == "`" ? "name" : "text"
    var content = ""
    position += 1
    while let character = peek(), !character.isNewline {
      position += 1
      if character != quote {
        content.append(character)
      } else if peek() == quote {
        content.append(quote)
        position += 1
      } else if quote == "\"" {
        return add(.text(content), from: start)
      } else if content.isEmpty {
        return add(.invalid("a name in backticks is empty"), from: start)
      } else {
        return add(.name(content, quoted: true), from: start)
      }
    }
    add(.invalid("the \(what) that starts here has no closing \(quote) on its line"), from: start)
  }

  private mutating func lexSymbol(_ character: Character) {
    let start = position
    if let next = peek(1), let symbol = Symbol(rawValue: String([character, next])) {
      position += 2
      return add(.symbol(symbol), from: start)
    }
    position += 1
    guard let symbol = Symbol(rawValue: String(character)) else {
      return add(.invalid(Self.unknown(character, before: peek())), from: start)
    }
    switch symbol {
    case .openParenthesis, .openBracket: depth += 1
    case .closeParenthesis, .closeBracket: depth = max(0, depth - 1)
    default: break
    }
    add(.symbol(symbol), from: start)
  }

  /// What people write for something the language spells otherwise.
  private static let otherSpellings: [Character: String] = [
    "−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/", "∼": "~", "˜": "~", "≤": "<=",
    "≥": ">=", "≠": "!=", "“": "\"", "”": "\"", "„": "\"", "'": "\"", "‘": "\"", "’": "\"",
  ]

  private static func unknown(_ character: Character, before next: Character?) -> String {
    if let spelling = otherSpellings[character] {
      return "unknown character `\(character)`; write `\(spelling)`"
    }
    switch character {
    case "!": return "unknown character `!`; for \"not\" write `(1 - x)`, for \"unequal\" `!=`"
    case "&": return "unknown character `&`; for \"and\" multiply: `(a > 0) * (b > 0)`"
    case "|": return "unknown character `|`; for \"or\" add: `((a + b) > 0)`"
    case "{", "}": return "unknown character `\(character)`; statements stand one per line"
    default: break
    }
    let scalars = character.unicodeScalars
    let visible = scalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .unassigned, .privateUse, .surrogate: false
      default: true
      }
    }
    if visible { return "unknown character `\(character)`" }
    let codes = scalars.map { scalar in
      let hex = String(scalar.value, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    }
    return "unknown character \(codes.joined(separator: " "))"
  }
}
