/// A scalar expression as it stands in a model: constants, columns, parameters and functions of them.
///
/// Two expressions are equal if they say the same, wherever they stand in the text.
public struct Expression: Sendable {
  /// What an expression is made of.
  public indirect enum Node: Hashable, Sendable {
    /// A number as written.
    case number(Double)
    /// A quoted literal, compared with the cells of a text column: `trt == "progabide"`.
    case text(String)
    /// A column, a scalar parameter, or a deterministic quantity.
    case name(String)
    /// A parameter of a factor: `a[county]`, `cell[Eth, Sex]`, `rate["B"]`.
    case element(String, [Subscript])
    /// `dot(columns: x1, x2; beta)`: the linear combination of columns with a coefficient vector.
    /// No columns: those that the coefficient vector was declared over.
    case dot(columns: [String], coefficients: String)
    /// `correlation(a, b)`: that of two group effects, in the order of the line that says they are correlated.
    case correlation(String, String)
    case negate(Expression)
    case binary(BinaryOperator, Expression, Expression)
    case call(Function, Expression)
  }

  /// What the expression is.
  public var node: Node
  /// Where it stands in the model's text; nil for one built in Swift.
  package var range: SourceRange?

  package init(_ node: Node, at range: SourceRange? = nil) {
    self.node = node
    self.range = range
  }
}

extension Expression: Hashable {
  /// Whether both say the same.
  public static func == (a: Expression, b: Expression) -> Bool { a.node == b.node }
  /// Feeds what the expression is, not where it stands.
  public func hash(into hasher: inout Hasher) { hasher.combine(node) }
}

/// What stands in the brackets of `a[…]`.
public enum Subscript: Hashable, Sendable {
  /// A column (or `row`): each row's own level.
  case column(String)
  /// One level, by its label: `rate["B"]`.
  case level(String)
}

/// The operators between two expressions, with their spelling.
public enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "^"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  /// Whether the operator compares: its value is 0 or 1.
  public var isComparison: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .power: false
    default: true
    }
  }
}

/// The functions of one argument, with their spelling.
public enum Function: String, Hashable, Sendable, CaseIterable {
  case exp, log, log10, sqrt, abs, logit
  case inverseLogit = "inverse_logit"
}

/// A stretch of the model's text: line and columns count from 1, `end` is one past the last column.
package struct SourceRange: Hashable, Sendable {
  package var line: Int
  package var start: Int
  package var end: Int

  package init(line: Int, start: Int, end: Int) {
    self.line = line
    self.start = start
    self.end = end
  }
}
