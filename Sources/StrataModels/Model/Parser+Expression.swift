extension Parser {
  /// An expression with what the rules around it must know.
  struct Operand {
    var expression: Expression
    /// The height of its tree.
    var height = 1
    var isParenthesised = false

    var isText: Bool {
      if case .text = expression.node { true } else { false }
    }

    /// Whether it is a sum, a difference, a product or a quotient without parentheses around it.
    var isBareArithmetic: Bool {
      switch expression.node {
      case .binary(.add, _, _), .binary(.subtract, _, _), .binary(.multiply, _, _),
        .binary(.divide, _, _):
        !isParenthesised
      default: false
      }
    }
  }

  /// Reads an expression whose value is a number.
  mutating func parseExpression(after what: String) throws(ModelError) -> Operand {
    try numeric(parseComparison(after: what))
  }

  /// `operand`, if it is no text.
  private func numeric(_ operand: Operand) throws(ModelError) -> Operand {
    if operand.isText {
      throw error(
        "a text stands only beside `==` or `!=`, as in `(use == \"Y\")`",
        at: operand.expression.range)
    }
    return operand
  }

  private mutating func parseComparison(after what: String) throws(ModelError) -> Operand {
    let left = try parseSum(after: what)
    guard let comparison = comparisonHere else { return left }
    let place = position
    advance()
    let right = try parseSum(after: "`\(comparison.rawValue)`")
    if let second = comparisonHere {
      throw chained(left, comparison, right, second)
    }
    if left.isBareArithmetic || right.isBareArithmetic {
      throw bareArithmetic(left, comparison, right, at: tokens[place].range)
    }
    if left.isText && right.isText {
      throw error("two texts are compared; one side must be a column", at: tokens[place].range)
    }
    if comparison != .equal && comparison != .notEqual {
      _ = try numeric(left)
      _ = try numeric(right)
    }
    return try join(left, comparison, right)
  }

  private var comparisonHere: BinaryOperator? {
    guard case .symbol(let symbol) = current.kind, let comparison = symbol.binaryOperator,
      comparison.isComparison
    else { return nil }
    return comparison
  }

  private func chained(
    _ left: Operand, _ first: BinaryOperator, _ right: Operand, _ second: BinaryOperator
  ) -> ModelError {
    error(
      "comparisons do not chain; for both at once multiply them: "
        + "`(\(left.expression) \(first.rawValue) \(right.expression)) * "
        + "(\(right.expression) \(second.rawValue) …)`")
  }

  /// The error for `b * period == 3`, with the two ways it can be meant.
  private func bareArithmetic(
    _ left: Operand, _ comparison: BinaryOperator, _ right: Operand, at range: SourceRange
  ) -> ModelError {
    let strict = Expression(.binary(comparison, left.expression, right.expression))
    let (before, nearLeft) =
      left.isBareArithmetic ? left.expression.lastOperand : ("", left.expression)
    let (after, nearRight) =
      right.isBareArithmetic ? right.expression.firstOperand : ("", right.expression)
    let near = Expression(.binary(comparison, nearLeft, nearRight))
    return error(
      "`\(comparison.rawValue)` binds looser than `+ - * /`; write `\(before)(\(near))\(after)` or `\(strict)`",
      at: range)
  }

  private mutating func parseSum(after what: String) throws(ModelError) -> Operand {
    var left = try parseProduct(after: what)
    while current.is(.plus) || current.is(.minus) {
      let operation: BinaryOperator = current.is(.plus) ? .add : .subtract
      advance()
      let right = try parseProduct(after: "`\(operation.rawValue)`")
      left = try join(numeric(left), operation, numeric(right))
    }
    return left
  }

  private mutating func parseProduct(after what: String) throws(ModelError) -> Operand {
    var left = try parseUnary(after: what)
    while current.is(.times) || current.is(.divided) {
      let operation: BinaryOperator = current.is(.times) ? .multiply : .divide
      advance()
      let right = try parseUnary(after: "`\(operation.rawValue)`")
      left = try join(numeric(left), operation, numeric(right))
    }
    return left
  }

  private mutating func parseUnary(after what: String) throws(ModelError) -> Operand {
    guard current.is(.minus) else { return try parsePower(after: what) }
    let sign = current.range
    advance()
    let operand = try nested { (parser) throws(ModelError) in
      try parser.numeric(parser.parseUnary(after: "`-`"))
    }
    let range = sign.joined(to: operand.expression.range)
    return try checked(
      Operand(
        expression: Expression(.negate(operand.expression), at: range), height: operand.height + 1))
  }

  private mutating func parsePower(after what: String) throws(ModelError) -> Operand {
    let base = try parsePrimary(after: what)
    guard current.is(.power) else { return base }
    advance()
    let exponent = try nested { (parser) throws(ModelError) in
      try parser.numeric(parser.parseUnary(after: "`^`"))
    }
    return try join(numeric(base), .power, exponent)
  }

  private mutating func parsePrimary(after what: String) throws(ModelError) -> Operand {
    let token = current
    switch token.kind {
    case .number(let value):
      advance()
      return Operand(expression: Expression(.number(value), at: token.range))
    case .text(let value):
      advance()
      return Operand(expression: Expression(.text(value), at: token.range))
    case .symbol(.openParenthesis):
      return try parseParenthesised()
    case .name(let name, let quoted):
      if !quoted, ahead(1).is(.openParenthesis) { return try parseCall(name) }
      if ahead(1).is(.openBracket) { return try parseElement(name) }
      advance()
      return Operand(expression: Expression(.name(name), at: token.range))
    case .newline where position > statementStart:
      throw error(
        "expected a value after \(what), found the end of the line; "
          + "an expression in parentheses may go on in the next line")
    default:
      throw unexpected("a value after \(what)")
    }
  }

  private mutating func parseParenthesised() throws(ModelError) -> Operand {
    let first = position
    var operand = try nested { (parser) throws(ModelError) in
      try parser.bracketed(
        .openParenthesis, .closeParenthesis, expecting: "an operator or `)`"
      ) { (parser) throws(ModelError) in
        try parser.parseComparison(after: "`(`")
      }
    }
    operand.isParenthesised = true
    operand.expression.range = range(from: first)
    return operand
  }

  private func join(
    _ left: Operand, _ operation: BinaryOperator, _ right: Operand
  ) throws(ModelError) -> Operand {
    let range = left.expression.range?.joined(to: right.expression.range)
    let node = Expression.Node.binary(operation, left.expression, right.expression)
    return try checked(
      Operand(
        expression: Expression(node, at: range), height: max(left.height, right.height) + 1))
  }

  private func checked(_ operand: Operand) throws(ModelError) -> Operand {
    guard operand.height <= Self.maximumHeight else {
      throw error(
        "more than \(Self.maximumHeight) operators in one expression; name a part of it with `part = …`, "
          + "and write a long linear combination as `dot(columns: x1, x2; beta)`")
    }
    return operand
  }

  /// The place from token `first` to the last one read, cut at the end of its line.
  func range(from first: Int) -> SourceRange {
    tokens[first].range.joined(to: tokens[position - 1].range)
  }
}

// MARK: - Names with brackets and calls

extension Parser {
  /// Reads `a[county]`, `cell[Eth, Sex]`, `rate["B"]`.
  private mutating func parseElement(_ name: String) throws(ModelError) -> Operand {
    let first = position
    let isTarget = relation == nil && first == statementStart
    advance()
    let subscripts = try bracketed(
      .openBracket, .closeBracket, expecting: "`,` or `]`"
    ) { (parser) throws(ModelError) in
      if parser.startsColumns {
        throw parser.error(
          "`columns:` declares a coefficient vector, left of `~`; here write `dot(columns: …; \(quotedName(name)))`"
        )
      }
      var subscripts: [Subscript] = []
      repeat {
        subscripts.append(try parser.parseSubscript(of: name, inTarget: isTarget))
      } while parser.take(.comma)
      return subscripts
    }
    return Operand(
      expression: Expression(.element(name, subscripts), at: range(from: first)))
  }

  private mutating func parseSubscript(of name: String, inTarget: Bool) throws(ModelError)
    -> Subscript
  {
    switch current.kind {
    case .name(let column, _):
      advance()
      return .column(column)
    case .text(let level):
      advance()
      return .level(level)
    case .number where inTarget:
      throw error(
        "expected a column in brackets, found \(current.described): `\(quotedName(name))[column]` stands for one "
          + "parameter per level of the column")
    case .number:
      throw error(
        "expected a column or a level in quotes, found \(current.described): one level is written "
          + "`\(quotedName(name))[\"\(current.spelling)\"]`")
    case .symbol(.comma), .symbol(.closeBracket):
      throw error(
        "expected a column in brackets, as in `\(quotedName(name))[column]`, found \(current.described)"
      )
    default:
      throw unexpected("a column or a level in quotes")
    }
  }

  /// Reads `exp(…)` or `dot(…)`; `name` stands here and `(` follows.
  private mutating func parseCall(_ name: String) throws(ModelError) -> Operand {
    if name == "dot" { return try parseDot() }
    guard let function = Function(rawValue: name) else { throw unknownFunction(name) }
    let first = position
    advance()
    let argument = try nested { (parser) throws(ModelError) in
      try parser.bracketed(
        .openParenthesis, .closeParenthesis, expecting: "an operator or `)`"
      ) { (parser) throws(ModelError) in
        try parser.parseFunctionArgument(of: name)
      }
    }
    return try checked(
      Operand(
        expression: Expression(.call(function, argument.expression), at: range(from: first)),
        height: argument.height + 1))
  }

  private mutating func parseFunctionArgument(of name: String) throws(ModelError) -> Operand {
    if current.is(.closeParenthesis) {
      throw error("`\(name)` takes one argument, found none")
    }
    if case .name = current.kind, ahead(1).is(.assign) {
      throw error(
        "`\(name)` takes one argument, without a name; a comparison is written `==`",
        at: ahead(1).range)
    }
    let argument = try parseExpression(after: "`\(name)(`")
    if current.is(.comma) { throw error("`\(name)` takes one argument, found a second") }
    return argument
  }

  /// Reads `dot(columns: x1, x2; beta)` or `dot(beta)`.
  private mutating func parseDot() throws(ModelError) -> Operand {
    let forms = "`dot(columns: x1, x2; beta)` or `dot(beta)`"
    let first = position
    advance()
    let node = try bracketed(
      .openParenthesis, .closeParenthesis, expecting: "`)`, as in \(forms)"
    ) { (parser) throws(ModelError) in
      let columns = try parser.parseColumns(until: .semicolon, as: forms)
      guard case .name(let coefficients, _) = parser.current.kind else {
        throw parser.unexpected("the name of a coefficient vector, as in \(forms)")
      }
      parser.advance()
      return Expression.Node.dot(columns: columns, coefficients: coefficients)
    }
    return Operand(expression: Expression(node, at: range(from: first)))
  }

  /// Reads `columns: x1, x2` up to `closing`, and steps over `closing` if that is a semicolon; nothing if
  /// `columns:` does not come now.
  mutating func parseColumns(until closing: Symbol, as form: String) throws(ModelError) -> [String]
  {
    guard startsColumns else { return [] }
    advance()
    var columns: [String] = []
    repeat {
      advance()
      guard case .name(let column, _) = current.kind else {
        throw unexpected("a column, as in \(form)")
      }
      if columns.contains(column) { throw error("the column `\(column)` stands here twice") }
      columns.append(column)
      advance()
    } while current.is(.comma)
    if closing == .semicolon, !take(.semicolon) {
      throw unexpected("`,` or `;`, as in \(form)")
    }
    return columns
  }

  private func unknownFunction(_ name: String) -> ModelError {
    if Distributions.names.contains(name) {
      var message = "`\(name)` is a distribution; it stands only right of `~`"
      if let relation, position == relation + 1,
        let target = source(from: statementStart, through: relation - 1),
        let rest = sourceOfRest(from: position)
      {
        message = "`\(name)` is a distribution: write `\(target) ~ \(rest)`"
      }
      return error(message)
    }
    if let instead = Self.otherFunctions[name] {
      return error("unknown function `\(name)`; write `\(instead)`")
    }
    let names = Function.allCases.map(\.rawValue) + ["dot"]
    if let nearest = nearestName(to: name, among: names + Distributions.names) {
      return error(
        names.contains(nearest)
          ? "unknown function `\(name)`; did you mean `\(nearest)`?"
          : "unknown function `\(name)`; the distribution `\(nearest)` stands only right of `~`")
    }
    return error(
      "unknown function `\(name)`; the functions are \(names.joined(separator: ", ")); "
        + "to multiply write `\(name) * (…)`")
  }

  /// Functions of other languages, and what they are here.
  private static let otherFunctions = [
    "ln": "log(x)", "log2": "log(x) / log(2)", "log1p": "log(1 + x)", "expm1": "exp(x) - 1",
    "pow": "x^y", "power": "x^y", "square": "x^2", "inv": "1 / x", "inv_logit": "inverse_logit(x)",
    "invlogit": "inverse_logit(x)", "expit": "inverse_logit(x)", "sigmoid": "inverse_logit(x)",
    "logistic": "inverse_logit(x)", "plogis": "inverse_logit(x)", "qlogis": "logit(x)",
    "fabs": "abs(x)",
  ]
}

extension SourceRange {
  /// From here to the end of `other`, if that is on the same line.
  package func joined(to other: SourceRange?) -> SourceRange {
    guard let other, other.line == line else { return self }
    return SourceRange(line: line, start: start, end: max(end, other.end))
  }
}
