/// One word of a model's text.
package struct Token: Hashable, Sendable {
  /// What kind of word it is, with its value.
  package enum Kind: Hashable, Sendable {
    /// An identifier; `quoted` if it stood in backticks, and then it is never a function or a keyword.
    case name(String, quoted: Bool)
    case number(Double)
    /// A literal in double quotes, without them.
    case text(String)
    case symbol(Symbol)
    /// The end of a line that ends a statement, so never one inside brackets.
    case newline
    case end
    /// Something that is no word of the language, with the message for it. The parser throws it on arrival,
    /// so that an earlier mistake is reported first.
    case invalid(String)
  }

  package var kind: Kind
  package var range: SourceRange
  /// The word as written.
  package var spelling: String

  /// How messages speak of it.
  package var described: String {
    switch kind {
    case .newline: "the end of the line"
    case .end: "the end of the text"
    default: "`\(spelling)`"
    }
  }

  package func `is`(_ symbol: Symbol) -> Bool { kind == .symbol(symbol) }

  package var endsStatement: Bool { kind == .newline || kind == .end }
}

/// The operators and the punctuation, with their spelling.
package enum Symbol: String, Hashable, Sendable, CaseIterable {
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divided = "/"
  case power = "^"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case tilde = "~"
  case assign = "="
  case comma = ","
  case colon = ":"
  case semicolon = ";"
  case openParenthesis = "("
  case closeParenthesis = ")"
  case openBracket = "["
  case closeBracket = "]"

  var binaryOperator: BinaryOperator? { BinaryOperator(rawValue: rawValue) }
}
