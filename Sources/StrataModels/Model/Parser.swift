/// Reads a model's text by recursive descent, one function per rule. The grammar (EBNF; `newline` is the end
/// of a line outside brackets; inside `()` and `[]` it is a space; `#` starts a comment):
///
///     model        = { [ statement ] newline } [ statement ] end
///     statement    = target "~" distribution | target "=" expression
///     target       = name
///                  | name "[" column { "," column } "]"              one per level, or per row: [row]
///                  | name "[" "columns" ":" columns "]"              a coefficient vector, only before "~"
///                  | "correlation" "(" name "," name { "," name } ")"   of group effects, only before "~"
///                  | expression                                      of columns, only before "~"
///     distribution = name "(" [ argument { "," argument } ] ")"
///     argument     = [ name "=" ] expression                         positional ones come first
///     expression   = sum [ comparison sum ]                          see below
///     comparison   = "==" | "!=" | "<" | "<=" | ">" | ">="
///     sum          = product { ( "+" | "-" ) product }
///     product      = unary { ( "*" | "/" ) unary }
///     unary        = "-" unary | power                               so -x^2 is -(x^2)
///     power        = primary [ "^" unary ]                           right-associative: 2^3^2 is 2^(3^2)
///     primary      = number | text | name | name "[" subscript { "," subscript } "]"
///                  | function "(" expression ")" | "dot" "(" [ "columns" ":" columns ";" ] name ")"
///                  | "correlation" "(" name "," name ")" | "(" expression ")"
///     subscript    = column | text                                   each row's level, or one level
///     columns      = column { "," column }
///     column       = name
///     name         = identifier | "`" { character } "`"              a backtick inside is written twice
///     text         = '"' { character } '"'                           a quote inside is written twice
///     number       = digits [ "." [ digits ] ] [ exponent ] | "." digits [ exponent ]
///     exponent     = ( "e" | "E" ) [ "+" | "-" ] digits
///     identifier   = ( letter | "_" ) { letter | "_" | "0"…"9" }     letters of any alphabet
///     function     = "exp" | "log" | "log10" | "sqrt" | "abs" | "logit" | "inverse_logit"
///
/// Beyond the grammar:
/// - a comparison binds looser than arithmetic, and neither side may be a sum, a difference, a product or a
///   quotient without parentheses: `b * period == 3` would compare `b * period`, which is hardly ever meant;
/// - a text stands only beside `==` or `!=`;
/// - a function's name without a parenthesis is an ordinary name, and one in backticks always is;
/// - nesting and the length of a chain of operators are limited (``maximumNesting``, ``maximumHeight``), so
///   that no text can exhaust the stack.
///
/// The first mistake in the text is thrown as a ``ModelError``; nothing is read after it.
package struct Parser {
  /// How deep parentheses, calls and exponents may nest: so deep a text is read on a stack of 320 KiB (release,
  /// x86-64), and a thread has 512 KiB or more.
  package static let maximumNesting = 100
  /// How high the tree of one expression may be; a sum of n terms is n high.
  package static let maximumHeight = 1000

  let text: ModelText
  let tokens: [Token]
  var position = 0
  /// How many rules that can contain themselves are being read.
  var nesting = 0
  /// The brackets that are open, by the position of their token.
  var open: [Int] = []
  /// The statement being read: where it starts, and its `~` or `=` once that was read.
  var statementStart = 0
  var relation: Int?

  private init(_ text: ModelText) {
    self.text = text
    tokens = Lexer.tokens(of: text.text)
  }

  /// The statements of `text`, at least one.
  package static func statements(of text: ModelText) throws(ModelError) -> [Statement] {
    var parser = Parser(text)
    do {
      return try parser.parseStatements()
    } catch {
      // Nothing in here throws anything else; errors without a type keep the frames of the recursion small.
      throw error as! ModelError
    }
  }

  private mutating func parseStatements() throws -> [Statement] {
    var statements: [Statement] = []
    while current.kind != .end {
      if current.kind == .newline {
        advance()
      } else {
        statements.append(try parseStatement())
      }
    }
    if statements.isEmpty {
      let message = "the model is empty: write at least one statement, such as `mu ~ Normal(0, 1)`"
      throw ModelError(message, in: text)
    }
    return statements
  }
}

// MARK: - Tokens

extension Parser {
  var current: Token { tokens[position] }

  /// The token `count` further, or the end.
  func ahead(_ count: Int) -> Token { tokens[min(position + count, tokens.count - 1)] }

  /// Steps over the current token, unless it is the end.
  @inline(never)
  mutating func advance() { position = min(position + 1, tokens.count - 1) }

  /// Steps over `symbol` if it comes now.
  @inline(never)
  mutating func take(_ symbol: Symbol) -> Bool {
    guard comes(symbol) else { return false }
    advance()
    return true
  }

  /// Whether a bracket's content is written as `columns: …`.
  var startsColumns: Bool {
    current.kind == .name("columns", quoted: false) && ahead(1).is(.colon)
  }

  /// Whether `symbol` comes now.
  @inline(never)
  func comes(_ symbol: Symbol) -> Bool { tokens[position].kind == .symbol(symbol) }

  /// Steps over an opening bracket.
  mutating func openBracket() {
    open.append(position)
    advance()
  }

  /// Steps over the bracket that closes the last one opened.
  @inline(never)
  mutating func closeBracket(_ closing: Symbol, expecting: String) throws {
    guard current.is(closing) else { throw unclosed(expecting: expecting) }
    advance()
    open.removeLast()
  }

  /// The message for a bracket that is not closed here: if the text goes on in another line, the bracket is
  /// the likelier culprit, else what stands here.
  private func unclosed(expecting: String) -> ModelError {
    if case .invalid(let message) = current.kind { return error(message) }
    let goesOn = current.range.line > tokens[position - 1].range.line
    if goesOn, let last = open.last { return missingCloser(of: tokens[last]) }
    return unexpected(expecting)
  }

  private func missingCloser(of opener: Token) -> ModelError {
    let closing: Symbol = opener.is(.openBracket) ? .closeBracket : .closeParenthesis
    return error(
      "missing `\(closing.rawValue)`: this `\(opener.spelling)` is not closed", at: opener.range)
  }

  /// Counts one level of nesting; the caller counts it off again.
  @inline(never)
  mutating func enter() throws {
    nesting += 1
    guard nesting <= Self.maximumNesting else {
      throw error(
        "the expression nests more than \(Self.maximumNesting) deep; name a part of it with `part = …`"
      )
    }
  }
}

// MARK: - Errors

extension Parser {
  func error(_ message: String, at range: SourceRange? = nil) -> ModelError {
    ModelError(message, at: range ?? current.range, in: text)
  }

  /// The error for a token that does not fit: its own message if it is no word, the bracket that is open if
  /// the text ends, a hint if it is a known slip, else what was expected and what came.
  func unexpected(_ expected: String) -> ModelError {
    switch current.kind {
    case .invalid(let message): return error(message)
    case .end where !open.isEmpty:
      return missingCloser(of: tokens[open[open.count - 1]])
    case .symbol(.assign) where !open.isEmpty:
      return error("`=` inside an expression; a comparison is written `==`")
    case .symbol(.tilde) where !open.isEmpty:
      let opener = tokens[open[open.count - 1]]
      guard relation != nil, opener.range.line == current.range.line else {
        return missingCloser(of: opener)
      }
      return error("`~` inside brackets; a statement has one `~`, outside of all brackets")
    case .symbol(.closeParenthesis) where !open.contains { tokens[$0].is(.openParenthesis) }:
      return error("this `)` closes nothing")
    case .symbol(.closeBracket) where !open.contains { tokens[$0].is(.openBracket) }:
      return error("this `]` closes nothing")
    case .symbol(.times) where position > 0 && tokens[position - 1].is(.times):
      return error("a power is written `^`")
    default: break
    }
    return error("expected \(expected), found \(current.described)")
  }

  /// The text from token `first` to the end of its statement, if that is one line.
  func sourceOfRest(from first: Int) -> String? {
    var last = first
    while last + 1 < tokens.count, !tokens[last + 1].endsStatement { last += 1 }
    return source(from: first, through: last)
  }

  /// The text from token `first` through token `last`, if that is one line.
  func source(from first: Int, through last: Int) -> String? {
    let (start, end) = (tokens[first].range, tokens[last].range)
    guard first <= last, start.line == end.line, start.start < end.end else { return nil }
    return String(text.line(start.line).dropFirst(start.start - 1).prefix(end.end - start.start))
  }
}
