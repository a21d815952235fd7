// Operators and functions on the terms of a model. Each arithmetic operator has three forms: two terms, and
// a term with a plain number on either side. Plain numbers alone keep the operators of the standard library.

extension ModelTerm {
  /// The sum.
  public static func + (a: Self, b: some ModelTerm) -> Expression { binary(.add, a, b) }
  /// The sum.
  public static func + (a: Self, b: Double) -> Expression { binary(.add, a, b) }
  /// The sum.
  public static func + (a: Double, b: Self) -> Expression { binary(.add, a, b) }

  /// The difference.
  public static func - (a: Self, b: some ModelTerm) -> Expression { binary(.subtract, a, b) }
  /// The difference.
  public static func - (a: Self, b: Double) -> Expression { binary(.subtract, a, b) }
  /// The difference.
  public static func - (a: Double, b: Self) -> Expression { binary(.subtract, a, b) }

  /// The product.
  public static func * (a: Self, b: some ModelTerm) -> Expression { binary(.multiply, a, b) }
  /// The product.
  public static func * (a: Self, b: Double) -> Expression { binary(.multiply, a, b) }
  /// The product.
  public static func * (a: Double, b: Self) -> Expression { binary(.multiply, a, b) }

  /// The quotient.
  public static func / (a: Self, b: some ModelTerm) -> Expression { binary(.divide, a, b) }
  /// The quotient.
  public static func / (a: Self, b: Double) -> Expression { binary(.divide, a, b) }
  /// The quotient.
  public static func / (a: Double, b: Self) -> Expression { binary(.divide, a, b) }

  /// The negation.
  public static prefix func - (a: Self) -> Expression { Expression(.negate(a.expression)) }
}

// MARK: - Comparisons

// With a dot, as on the vectors of the standard library: `==` between terms asks whether they are the same.

extension ModelTerm {
  /// 1 where both are equal, else 0.
  public static func .== (a: Self, b: some ModelTerm) -> Expression { binary(.equal, a, b) }
  /// 1 where the value is this number, else 0.
  public static func .== (a: Self, b: Double) -> Expression { binary(.equal, a, b) }
  /// 1 where the cell of a text column is this text, else 0.
  public static func .== (a: Self, text: String) -> Expression { binary(.equal, a, text) }

  /// 1 where both differ, else 0.
  public static func .!= (a: Self, b: some ModelTerm) -> Expression { binary(.notEqual, a, b) }
  /// 1 where the value is another number, else 0.
  public static func .!= (a: Self, b: Double) -> Expression { binary(.notEqual, a, b) }
  /// 1 where the cell of a text column is another text, else 0.
  public static func .!= (a: Self, text: String) -> Expression { binary(.notEqual, a, text) }

  /// 1 where the left one is less, else 0.
  public static func .< (a: Self, b: some ModelTerm) -> Expression { binary(.less, a, b) }
  /// 1 where the left one is less, else 0.
  public static func .< (a: Self, b: Double) -> Expression { binary(.less, a, b) }

  /// 1 where the left one is less or equal, else 0.
  public static func .<= (a: Self, b: some ModelTerm) -> Expression { binary(.lessOrEqual, a, b) }
  /// 1 where the left one is less or equal, else 0.
  public static func .<= (a: Self, b: Double) -> Expression { binary(.lessOrEqual, a, b) }

  /// 1 where the left one is greater, else 0.
  public static func .> (a: Self, b: some ModelTerm) -> Expression { binary(.greater, a, b) }
  /// 1 where the left one is greater, else 0.
  public static func .> (a: Self, b: Double) -> Expression { binary(.greater, a, b) }

  /// 1 where the left one is greater or equal, else 0.
  public static func .>= (a: Self, b: some ModelTerm) -> Expression {
    binary(.greaterOrEqual, a, b)
  }
  /// 1 where the left one is greater or equal, else 0.
  public static func .>= (a: Self, b: Double) -> Expression { binary(.greaterOrEqual, a, b) }
}

private func binary(
  _ operation: BinaryOperator, _ a: some ModelValue, _ b: some ModelValue
) -> Expression {
  Expression(.binary(operation, a.expression, b.expression))
}

private func binary(
  _ operation: BinaryOperator, _ a: some ModelTerm, _ text: String
) -> Expression {
  Expression(.binary(operation, a.expression, Expression(.text(text))))
}

// MARK: - Functions

/// e to the power of `x`.
public func exp(_ x: some ModelTerm) -> Expression { call(.exp, x) }

/// The natural logarithm.
public func log(_ x: some ModelTerm) -> Expression { call(.log, x) }

/// The logarithm to base 10.
public func log10(_ x: some ModelTerm) -> Expression { call(.log10, x) }

/// The square root.
public func sqrt(_ x: some ModelTerm) -> Expression { call(.sqrt, x) }

/// The absolute value.
public func abs(_ x: some ModelTerm) -> Expression { call(.abs, x) }

/// log(p / (1 − p)).
public func logit(_ p: some ModelTerm) -> Expression { call(.logit, p) }

/// 1 / (1 + exp(−x)): the inverse of ``logit(_:)``.
public func inverseLogit(_ x: some ModelTerm) -> Expression { call(.inverseLogit, x) }

/// `base` to the power of `exponent`: `base^exponent` in a model's text.
public func pow(_ base: some ModelTerm, _ exponent: any ModelValue) -> Expression {
  Expression(.binary(.power, base.expression, exponent.expression))
}

/// The linear combination of the columns that `coefficients` was declared over.
public func dot(_ coefficients: Coefficients) -> Expression {
  Expression(.dot(columns: [], coefficients: coefficients.name))
}

/// The linear combination of `columns` with `coefficients`, in their order.
public func dot(columns: [Column], _ coefficients: Coefficients) -> Expression {
  Expression(.dot(columns: columns.map(\.name), coefficients: coefficients.name))
}

private func call(_ function: Function, _ x: some ModelTerm) -> Expression {
  Expression(.call(function, x.expression))
}
