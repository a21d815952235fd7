// A model prints as the text it can be read from: with as few parentheses as the grammar allows, names in
// backticks only where they must be, and numbers in the fewest digits that read back as the same Double.

extension Model: CustomStringConvertible {
  /// The model as text, one statement per line; reading it gives the same statements. Comments are not kept.
  public var description: String {
    statements.map { $0.description + "\n" }.joined()
  }
}

extension Model: Hashable {
  /// Two models are equal if their statements are, whatever text they came from.
  public static func == (a: Model, b: Model) -> Bool { a.statements == b.statements }
  /// Feeds the statements, not the text.
  public func hash(into hasher: inout Hasher) { hasher.combine(statements) }
}

extension Statement: CustomStringConvertible {
  /// The statement as one line of a model.
  public var description: String {
    switch content {
    case .distributed(let distribution): "\(target) ~ \(distribution)"
    case .equals(let expression): "\(target) = \(expression)"
    }
  }
}

extension Statement.Target: CustomStringConvertible {
  /// The target as it stands left of `~` or `=`.
  public var description: String {
    switch self {
    case .name(let name): quotedName(name)
    case .grouped(let name, let columns): "\(quotedName(name))[\(quotedNames(columns))]"
    case .coefficients(let name, let columns):
      "\(quotedName(name))[columns: \(quotedNames(columns))]"
    case .correlation(let effects): "correlation(\(quotedNames(effects)))"
    case .expression(let expression): expression.printed(inside: .sum)
    }
  }
}

extension DistributionCall: CustomStringConvertible {
  /// The distribution with its arguments, as in `Gamma(mean = m, sd = s)`.
  public var description: String {
    let list = arguments.map { argument in
      argument.label.map { "\(quotedName($0)) = \(argument.value)" } ?? argument.value.description
    }
    return "\(name)(\(list.joined(separator: ", ")))"
  }
}

extension Expression: CustomStringConvertible {
  /// The expression as it stands in a model.
  public var description: String { printed(inside: .comparison) }

  /// How tight an expression binds, by the rule of the grammar that makes it.
  enum Binding: Int, Comparable {
    case comparison, sum, product, unary, power, primary

    static func < (a: Binding, b: Binding) -> Bool { a.rawValue < b.rawValue }
  }

  var binding: Binding {
    switch node {
    case .number(let value): value.sign == .minus ? .unary : .primary
    case .text, .name, .element, .dot, .correlation, .call: .primary
    case .negate: .unary
    case .binary(let operation, _, _): Self.binding(of: operation)
    }
  }

  static func binding(of operation: BinaryOperator) -> Binding {
    switch operation {
    case .add, .subtract: .sum
    case .multiply, .divide: .product
    case .power: .power
    default: .comparison
    }
  }

  /// The expression, in parentheses if it binds looser than `least`.
  func printed(inside least: Binding) -> String {
    binding < least ? "(\(bare))" : bare
  }

  private var bare: String {
    switch node {
    case .number(let value): shortest(value)
    case .text(let text): quotedText(text)
    case .name(let name): quotedName(name)
    case .correlation(let first, let second): correlationName(first, second)
    case .element(let name, let subscripts):
      "\(quotedName(name))[\(subscripts.map(\.description).joined(separator: ", "))]"
    case .dot(let columns, let coefficients):
      columns.isEmpty
        ? "dot(\(quotedName(coefficients)))"
        : "dot(columns: \(quotedNames(columns)); \(quotedName(coefficients)))"
    case .negate(let operand): "-" + operand.printed(inside: .unary)
    case .call(let function, let argument): "\(function.rawValue)(\(argument))"
    case .binary(let operation, let left, let right):
      switch Self.binding(of: operation) {
      case .sum: joined(left, .sum, " \(operation.rawValue) ", right, .product)
      case .product: joined(left, .product, " \(operation.rawValue) ", right, .unary)
      case .power: joined(left, .primary, "^", right, .unary)
      // Arithmetic beside a comparison needs its parentheses, though it binds tighter.
      default: joined(left, .unary, " \(operation.rawValue) ", right, .unary)
      }
    }
  }

  private func joined(
    _ left: Expression, _ leastLeft: Binding, _ sign: String, _ right: Expression,
    _ leastRight: Binding
  ) -> String {
    left.printed(inside: leastLeft) + sign + right.printed(inside: leastRight)
  }

  /// What stands before the last operand of a sum or product, as text, and that operand.
  var lastOperand: (before: String, operand: Expression) {
    guard case .binary(let operation, let left, let right) = node else { return ("", self) }
    let binding = Self.binding(of: operation)
    guard binding == .sum || binding == .product else { return ("", self) }
    let before = "\(left.printed(inside: binding)) \(operation.rawValue) "
    // A product at the end of a sum is split too; anything else in there has parentheses of its own.
    guard binding == .sum, right.binding == .product else { return (before, right) }
    let inner = right.lastOperand
    return (before + inner.before, inner.operand)
  }

  /// The first operand of a sum or product, and what stands after it, as text.
  var firstOperand: (after: String, operand: Expression) {
    guard case .binary(let operation, let left, let right) = node else { return ("", self) }
    let binding = Self.binding(of: operation)
    guard binding == .sum || binding == .product else { return ("", self) }
    let after =
      " \(operation.rawValue) " + right.printed(inside: binding == .sum ? .product : .unary)
    guard left.binding == binding || left.binding == .product else { return (after, left) }
    let inner = left.firstOperand
    return (inner.after + after, inner.operand)
  }
}

extension Subscript: CustomStringConvertible {
  /// The subscript as it stands in brackets: a column's name, or a level in quotes.
  public var description: String {
    switch self {
    case .column(let name): quotedName(name)
    case .level(let label): quotedText(label)
    }
  }
}

/// `name`, in backticks unless it is an identifier.
package func quotedName(_ name: String) -> String {
  Lexer.isIdentifier(name) ? name : quoted(name, with: "`")
}

/// What the correlation of two effects is called.
package func correlationName(_ first: String, _ second: String) -> String {
  "correlation(\(quotedName(first)), \(quotedName(second)))"
}

private func quotedNames(_ names: [String]) -> String {
  names.map(quotedName).joined(separator: ", ")
}

private func quotedText(_ text: String) -> String { quoted(text, with: "\"") }

private func quoted(_ text: String, with quote: Character) -> String {
  let content = text.flatMap { $0 == quote ? [quote, quote] : [$0] }
  return "\(quote)\(String(content))\(quote)"
}

/// The fewest digits that read back as `value`: `1`, `0.5`, `1e-5`, `1.5e16`.
func shortest(_ value: Double) -> String {
  let digits = "\(value)"
  if digits.hasSuffix(".0") { return String(digits.dropLast(2)) }
  guard let mark = digits.firstIndex(of: "e") else { return digits }
  var mantissa = digits[..<mark]
  if mantissa.hasSuffix(".0") { mantissa = mantissa.dropLast(2) }
  guard let exponent = Int(digits[digits.index(after: mark)...]) else { return digits }
  return "\(mantissa)e\(exponent)"
}
