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

  // What can contain itself is read by small functions: the rarer rules, and all messages, are kept out of
  // their frames, so that ``maximumNesting`` levels fit the stack of any thread.

  /// Reads an expression whose value is a number.
  mutating func parseExpression() throws -> Operand {
    let operand = try parseComparison()
    try requireNumber(operand)
    return operand
  }

  @inline(never)
  private func requireNumber(_ operand: Operand) throws {
    if operand.isText {
      throw error(
        "a text stands only beside `==` or `!=`, as in `(use == \"Y\")`",
        at: operand.expression.range)
    }
  }

  private mutating func parseComparison() throws -> Operand {
    let left = try parseArithmetic(.sum)
    return comparisonHere == nil ? left : try parseComparison(of: left)
  }

  /// Reads the operator and the right side of a comparison.
  @inline(never)
  private mutating func parseComparison(of left: Operand) throws -> Operand {
    guard let comparison = comparisonHere else { return left }
    let place = position
    advance()
    let right = try parseArithmetic(.sum)
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
      try requireNumber(left)
      try requireNumber(right)
    }
    return try join(left, comparison, right)
  }

  @inline(never)
  private var comparisonHere: BinaryOperator? {
    guard case .symbol(let symbol) = current.kind, let comparison = symbol.binaryOperator,
      comparison.isComparison
    else { return nil }
    return comparison
  }

  @inline(never)
  private func chained(
    _ left: Operand, _ first: BinaryOperator, _ right: Operand, _ second: BinaryOperator
  ) -> ModelError {
    error(
      "comparisons do not chain; for both at once multiply them: "
        + "`(\(left.expression) \(first.rawValue) \(right.expression)) * "
        + "(\(right.expression) \(second.rawValue) …)`")
  }

  /// The error for `b * period == 3`, with the two ways it can be meant.
  @inline(never)
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

  /// Reads a sum, or, if `least` is `product`, a product.
  @inline(never)
  private mutating func parseArithmetic(_ least: Expression.Binding) throws -> Operand {
    var left = try parseUnary()
    while let operation = arithmeticHere, Expression.binding(of: operation) >= least {
      advance()
      let isSum = operation == .add || operation == .subtract
      let right = isSum ? try parseArithmetic(.product) : try parseUnary()
      left = try joinNumbers(left, operation, right)
    }
    return left
  }

  @inline(never)
  private var arithmeticHere: BinaryOperator? {
    switch current.kind {
    case .symbol(.plus): .add
    case .symbol(.minus): .subtract
    case .symbol(.times): .multiply
    case .symbol(.divided): .divide
    default: nil
    }
  }

  @inline(never)
  private mutating func parseUnary() throws -> Operand {
    let first = position
    while take(.minus) {}
    let signs = position - first
    var operand = try parsePrimary()
    if comes(.power) { operand = try parsePower(of: operand) }
    return signs == 0 ? operand : try negated(operand, signs, from: first)
  }

  @inline(never)
  private func negated(_ operand: Operand, _ signs: Int, from first: Int) throws -> Operand {
    try requireNumber(operand)
    var result = operand
    for sign in (first..<first + signs).reversed() {
      let range = tokens[sign].range.joined(to: result.expression.range)
      result = try checked(
        Operand(
          expression: Expression(.negate(result.expression), at: range), height: result.height + 1))
    }
    return result
  }

  @inline(never)
  private mutating func parsePower(of base: Operand) throws -> Operand {
    advance()
    try enter()
    let exponent = try parseUnary()
    nesting -= 1
    return try joinNumbers(base, .power, exponent)
  }

  private mutating func parsePrimary() throws -> Operand {
    if comes(.openParenthesis) { return try parseParenthesised() }
    if startsCorrelation { return try parseCorrelationValue() }
    if let name = callHere { return try parseCall(name) }
    return try parseLeaf()
  }

  /// The name of the function that is called here, if one is.
  @inline(never)
  private var callHere: String? {
    guard case .name(let name, false) = current.kind, name != "dot", ahead(1).is(.openParenthesis)
    else { return nil }
    return name
  }

  @inline(never)
  private mutating func parseLeaf() throws -> Operand {
    let token = current
    switch token.kind {
    case .number(let value):
      advance()
      return Operand(expression: Expression(.number(value), at: token.range))
    case .text(let value):
      advance()
      return Operand(expression: Expression(.text(value), at: token.range))
    case .name(let name, let quoted):
      if !quoted, name == "dot", ahead(1).is(.openParenthesis) { return try parseDot() }
      if ahead(1).is(.openBracket) { return try parseElement(name) }
      advance()
      return Operand(expression: Expression(.name(name), at: token.range))
    default:
      throw missingValue()
    }
  }

  @inline(never)
  private func missingValue() -> ModelError {
    if current.kind == .newline {
      return error(
        "expected a value after \(lastWords), found the end of the line; "
          + "an expression in parentheses may go on in the next line")
    }
    return unexpected("a value after \(lastWords)")
  }

  /// What stands before this place: a token, with the name before `(` or `=` in a call.
  private var lastWords: String {
    guard position > statementStart else { return "the start of the statement" }
    let last = tokens[position - 1]
    if position - 2 >= statementStart, case .name(let name, _) = tokens[position - 2].kind {
      if last.is(.openParenthesis) { return "`\(name)(`" }
      if last.is(.assign), !open.isEmpty { return "`\(name) =`" }
    }
    return last.described
  }

  private mutating func parseParenthesised() throws -> Operand {
    let first = position
    try enter()
    openBracket()
    var operand = try parseComparison()
    try closeBracket(.closeParenthesis, expecting: "an operator or `)`")
    nesting -= 1
    operand.isParenthesised = true
    operand.expression.range = range(from: first)
    return operand
  }

  @inline(never)
  private func joinNumbers(
    _ left: Operand, _ operation: BinaryOperator, _ right: Operand
  ) throws -> Operand {
    try requireNumber(left)
    try requireNumber(right)
    return try join(left, operation, right)
  }

  @inline(never)
  private func join(
    _ left: Operand, _ operation: BinaryOperator, _ right: Operand
  ) throws -> Operand {
    let range = left.expression.range?.joined(to: right.expression.range)
    let node = Expression.Node.binary(operation, left.expression, right.expression)
    return try checked(
      Operand(
        expression: Expression(node, at: range), height: max(left.height, right.height) + 1))
  }

  func checked(_ operand: Operand) throws -> Operand {
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

extension SourceRange {
  /// From here to the end of `other`, if that is on the same line.
  package func joined(to other: SourceRange?) -> SourceRange {
    guard let other, other.line == line else { return self }
    return SourceRange(line: line, start: start, end: max(end, other.end))
  }
}
