// Names with brackets and calls: `a[county]`, `exp(x)`, `dot(beta)`, `correlation(a, b)`.

extension Parser {
  /// Reads `a[county]`, `cell[Eth, Sex]`, `rate["B"]`.
  mutating func parseElement(_ name: String) throws -> Operand {
    let first = position
    let isTarget = relation == nil && first == statementStart
    advance()
    openBracket()
    if startsColumns {
      throw error(
        "`columns:` declares a coefficient vector, left of `~`; "
          + "here write `dot(columns: …; \(quotedName(name)))`")
    }
    var subscripts: [Subscript] = []
    repeat {
      subscripts.append(try parseSubscript(of: name, inTarget: isTarget))
    } while take(.comma)
    try closeBracket(.closeBracket, expecting: "`,` or `]`")
    return Operand(
      expression: Expression(.element(name, subscripts), at: range(from: first)))
  }

  private mutating func parseSubscript(of name: String, inTarget: Bool) throws
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

  /// Reads `exp(…)`; `name` stands here and `(` follows.
  mutating func parseCall(_ name: String) throws -> Operand {
    let first = position
    let function = try knownFunction(name)
    try enter()
    advance()
    openBracket()
    try checkArgument(of: name)
    let argument = try parseExpression()
    try closeCall(name)
    nesting -= 1
    return try applied(function, argument, from: first)
  }

  @inline(never)
  private func knownFunction(_ name: String) throws -> Function {
    guard let function = Function(rawValue: name) else { throw unknownFunction(name) }
    return function
  }

  @inline(never)
  private func checkArgument(of name: String) throws {
    if current.is(.closeParenthesis) {
      throw error("`\(name)` takes one argument, found none")
    }
    if case .name = current.kind, ahead(1).is(.assign) {
      throw error(
        "`\(name)` takes one argument, without a name; a comparison is written `==`",
        at: ahead(1).range)
    }
  }

  @inline(never)
  private mutating func closeCall(_ name: String) throws {
    if current.is(.comma) { throw error("`\(name)` takes one argument, found a second") }
    try closeBracket(.closeParenthesis, expecting: "an operator or `)`")
  }

  @inline(never)
  private func applied(_ function: Function, _ argument: Operand, from first: Int) throws -> Operand
  {
    try checked(
      Operand(
        expression: Expression(.call(function, argument.expression), at: range(from: first)),
        height: argument.height + 1))
  }

  /// Reads `dot(columns: x1, x2; beta)` or `dot(beta)`.
  mutating func parseDot() throws -> Operand {
    let forms = "`dot(columns: x1, x2; beta)` or `dot(beta)`"
    let first = position
    advance()
    openBracket()
    let columns = try parseColumns(until: .semicolon, as: forms)
    guard case .name(let coefficients, _) = current.kind else {
      throw unexpected("the name of a coefficient vector, as in \(forms)")
    }
    advance()
    try closeBracket(.closeParenthesis, expecting: "`)`, as in \(forms)")
    let node = Expression.Node.dot(columns: columns, coefficients: coefficients)
    return Operand(expression: Expression(node, at: range(from: first)))
  }

  /// Reads `columns: x1, x2` up to `closing`, and steps over `closing` if that is a semicolon; nothing if
  /// `columns:` does not come now.
  mutating func parseColumns(until closing: Symbol, as form: String) throws -> [String] {
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
    let names = Function.allCases.map(\.rawValue) + ["dot", "correlation"]
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

// MARK: - Correlations

extension Parser {
  /// Whether `correlation(` comes now.
  var startsCorrelation: Bool {
    current.kind == .name("correlation", quoted: false) && ahead(1).is(.openParenthesis)
  }

  /// Reads `correlation(a, b)`: the names in it.
  @inline(never)
  mutating func parseCorrelation() throws -> [String] {
    let form = "`correlation(a, b)`"
    advance()
    openBracket()
    var effects: [String] = []
    repeat {
      guard case .name(let name, _) = current.kind else {
        throw unexpected("the name of a group effect, as in \(form)")
      }
      if effects.contains(name) { throw error("`\(name)` stands twice in this correlation") }
      effects.append(name)
      advance()
      if current.is(.openBracket) {
        throw error("the effects stand without their brackets, as in \(form)")
      }
    } while take(.comma)
    if effects.count == 1, comes(.closeParenthesis) {
      throw error("a correlation is that of two effects or more, as in \(form)")
    }
    try closeBracket(.closeParenthesis, expecting: "`,` or `)`, as in \(form)")
    return effects
  }

  /// Reads `correlation(a, b)` as a value.
  @inline(never)
  mutating func parseCorrelationValue() throws -> Operand {
    let first = position
    let effects = try parseCorrelation()
    guard effects.count == 2 else {
      throw error(
        "one correlation is that of two effects: `correlation(a, b)`", at: range(from: first))
    }
    return Operand(
      expression: Expression(.correlation(effects[0], effects[1]), at: range(from: first)))
  }
}
