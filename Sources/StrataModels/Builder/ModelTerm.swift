/// Something that stands for a number in a model: a column, a parameter, a deterministic quantity, or an
/// ``Expression`` of them. Operators and functions take it and give an ``Expression``.
public protocol ModelTerm: ModelValue {}

/// What an argument of a distribution may be: a ``ModelTerm`` or a plain number.
public protocol ModelValue: Sendable {
  /// The value as it stands in a model.
  var expression: Expression { get }
}

/// What may stand in the brackets of `a[…]`: a ``Column`` (each row's level), or a `String` (one level).
public protocol SubscriptValue: Sendable {
  /// The value as it stands in brackets.
  var modelSubscript: Subscript { get }
}

extension Double: ModelValue {
  /// The number as an expression.
  public var expression: Expression { Expression(floatLiteral: self) }
}

extension Int: ModelValue {
  /// The number as an expression.
  public var expression: Expression { Expression(floatLiteral: Double(self)) }
}

extension String: SubscriptValue {
  /// The level of this label.
  public var modelSubscript: Subscript { .level(self) }
}

extension Expression: ModelTerm {
  /// Itself.
  public var expression: Expression { self }
}

extension Expression: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A constant. A negative one is the negation of its magnitude, as in a model's text.
  public init(floatLiteral value: Double) {
    let magnitude = Expression(.number(value.magnitude))
    self = value.sign == .minus ? Expression(.negate(magnitude)) : magnitude
  }

  /// A constant.
  public init(integerLiteral value: Int) { self.init(floatLiteral: Double(value)) }
}

/// A column of the table.
public struct Column: ModelTerm, SubscriptValue, Hashable, ExpressibleByStringLiteral {
  /// The column's name, as in the table.
  public var name: String

  /// The column with this name; any name will do, no backticks are needed.
  public init(_ name: String) { self.name = name }

  /// The column with this name.
  public init(stringLiteral name: String) { self.name = name }

  /// Every row a level of its own: `z[row]`.
  public static let row = Column("row")

  /// The column's value in each row.
  public var expression: Expression { Expression(.name(name)) }

  /// Each row's level of this column.
  public var modelSubscript: Subscript { .column(name) }
}
