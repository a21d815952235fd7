extension Parser {
  mutating func parseStatement() throws -> Statement {
    statementStart = position
    relation = nil
    let target = try parseTarget()
    let targetRange = range(from: statementStart)
    guard current.is(.tilde) || current.is(.assign) else {
      if case .expression(let expression) = target,
        case .binary(.less, let left, let right) = expression.node,
        case .negate(let value) = right.node
      {
        throw error("expected `~` or `=`; for `<-` write `\(left) = \(value)`", at: targetRange)
      }
      throw unexpected(position == statementStart + 1 ? "`~` or `=`" : "an operator, `~` or `=`")
    }
    relation = position
    let isDistributed = current.is(.tilde)
    if !isDistributed { try checkAssignable(target, targetRange) }
    advance()
    let content: Statement.Content =
      isDistributed
      ? .distributed(try parseDistribution())
      : .equals(try parseExpression().expression)
    try finishStatement()
    return Statement(target, content, targetRange: targetRange)
  }

  /// Expects the end of the line.
  private mutating func finishStatement() throws {
    if current.is(.tilde) || current.is(.assign) { throw secondRelation(at: current) }
    guard current.endsStatement else {
      let isCall = tokens[position - 1].is(.closeParenthesis)
      throw unexpected(
        isCall && tokens[relation ?? 0].is(.tilde)
          ? "the end of the line after the distribution" : "an operator or the end of the line")
    }
  }

  private func secondRelation(at token: Token) -> ModelError {
    if case .invalid(let message) = token.kind { return error(message, at: token.range) }
    let first = tokens[relation ?? position].spelling
    let hint = token.is(.assign) ? "; a comparison is written `==`" : ""
    return error(
      "a second relation `\(token.spelling)` after `\(first)`: a statement has one `~` or `=`\(hint)",
      at: token.range)
  }
}

// MARK: - Targets

extension Parser {
  private mutating func parseTarget() throws -> Statement.Target {
    if let coefficients = try parseCoefficientTarget() { return coefficients }
    if startsCorrelation { return .correlation(try parseCorrelation()) }
    switch current.kind {
    case .symbol(.tilde), .symbol(.assign):
      throw error("expected a target left of `\(current.spelling)`, such as `mu` or `a[county]`")
    case .symbol(let symbol) where symbol.binaryOperator != nil && symbol != .minus:
      throw error(
        "a statement starts with its target, found \(current.described); to go on from the line above, "
          + "put the whole expression in parentheses")
    default: break
    }
    let operand = try parseExpression()
    return try target(for: operand)
  }

  /// Reads `beta[columns: x1, x2]`, if that comes now.
  private mutating func parseCoefficientTarget() throws -> Statement.Target? {
    guard case .name(let name, _) = current.kind, ahead(1).is(.openBracket),
      ahead(2).kind == .name("columns", quoted: false), ahead(3).is(.colon)
    else { return nil }
    advance()
    openBracket()
    let columns = try parseColumns(
      until: .closeBracket, as: "`\(quotedName(name))[columns: x1, x2]`")
    try closeBracket(.closeBracket, expecting: "`,` or `]`")
    return .coefficients(name, columns: columns)
  }

  private func target(for operand: Operand) throws -> Statement.Target {
    switch operand.expression.node {
    case .name(let name):
      return .name(name)
    case .element(let name, let subscripts):
      let columns = subscripts.compactMap {
        if case .column(let column) = $0 { column } else { nil }
      }
      guard columns.count == subscripts.count else {
        throw error(
          "a target cannot be one level: `\(quotedName(name))[column]` stands for one parameter per level of "
            + "the column", at: operand.expression.range)
      }
      if let twice = columns.indices.first(where: { columns[..<$0].contains(columns[$0]) }) {
        throw error(
          "the column `\(columns[twice])` stands twice in the brackets of `\(name)`",
          at: operand.expression.range)
      }
      return .grouped(name, by: columns)
    case .number:
      throw error("a number cannot be a target", at: operand.expression.range)
    default:
      return .expression(operand.expression)
    }
  }

  private func checkAssignable(
    _ target: Statement.Target, _ range: SourceRange
  ) throws {
    switch target {
    case .name, .grouped: return
    case .coefficients(let name, _):
      throw error(
        "a coefficient vector needs a prior: write `~` instead of `=` after `\(quotedName(name))[columns: …]`"
      )
    case .correlation:
      throw error("correlations need a prior: write `\(target) ~ LKJ(1)`", at: range)
    case .expression:
      throw error("expected a name left of `=`, such as `mu` or `a[county]`", at: range)
    }
  }
}

// MARK: - Distributions

extension Parser {
  private mutating func parseDistribution() throws -> DistributionCall {
    let first = position
    guard case .name(let name, false) = current.kind, ahead(1).is(.openParenthesis) else {
      throw noDistribution()
    }
    if name == "dot" || Function(rawValue: name) != nil {
      throw valueInsteadOfDistribution("`\(name)` is a function, not a distribution")
    }
    advance()
    openBracket()
    let arguments = try parseArguments(of: name)
    try closeBracket(.closeParenthesis, expecting: "an operator, `,` or `)`")
    return DistributionCall(name, arguments, at: tokens[first].range)
  }

  private func noDistribution() -> ModelError {
    if case .invalid(let message) = current.kind { return error(message) }
    if let second = secondRelationAhead { return secondRelation(at: second) }
    if current.endsStatement {
      return error(
        "expected a distribution after `~`, such as `Normal(0, 1)`, found \(current.described)")
    }
    if case .name(let name, false) = current.kind, Distributions.names.contains(name),
      ahead(1).endsStatement
    {
      return error("the distribution `\(name)` needs its arguments in parentheses: `\(name)(…)`")
    }
    return valueInsteadOfDistribution("expected a distribution after `~`, such as `Normal(0, 1)`")
  }

  private func valueInsteadOfDistribution(_ problem: String) -> ModelError {
    guard let relation, let target = source(from: statementStart, through: relation - 1),
      let rest = sourceOfRest(from: relation + 1)
    else { return error(problem) }
    return error("\(problem); for a value write `\(target) = \(rest)`")
  }

  /// The next `~` or `=` outside brackets in this statement, or a word that is none before it.
  private var secondRelationAhead: Token? {
    var depth = 0
    for token in tokens[position...] {
      switch token.kind {
      case .newline, .end: return nil
      case .invalid: return token
      case .symbol(.openBracket), .symbol(.openParenthesis): depth += 1
      case .symbol(.closeBracket), .symbol(.closeParenthesis): depth -= 1
      case .symbol(.tilde) where depth == 0, .symbol(.assign) where depth == 0: return token
      default: break
      }
    }
    return nil
  }

  private mutating func parseArguments(of name: String) throws -> [DistributionCall
    .Argument]
  {
    var arguments: [DistributionCall.Argument] = []
    if current.is(.closeParenthesis) { return arguments }
    repeat {
      arguments.append(try parseArgument(of: name, after: arguments))
    } while take(.comma)
    return arguments
  }

  private mutating func parseArgument(
    of name: String, after earlier: [DistributionCall.Argument]
  ) throws -> DistributionCall.Argument {
    if current.is(.comma) || current.is(.closeParenthesis) {
      throw error("an argument of `\(name)` is empty: expected a value, found \(current.described)")
    }
    guard case .name(let label, _) = current.kind, ahead(1).is(.assign) else {
      let first = current
      if let last = earlier.last?.label {
        throw error(
          "an argument without a name after `\(last) = …`; positional arguments come first, "
            + "and once one has a name, all after it need one", at: first.range)
      }
      let value = try parseExpression()
      return DistributionCall.Argument(nil, value.expression)
    }
    if earlier.contains(where: { $0.label == label }) {
      throw error("the argument `\(label)` of `\(name)` is given twice")
    }
    advance()
    advance()
    if current.is(.comma) || current.is(.closeParenthesis) {
      throw error("the argument `\(label)` of `\(name)` is empty: expected a value after `=`")
    }
    return DistributionCall.Argument(label, try parseExpression().expression)
  }
}
