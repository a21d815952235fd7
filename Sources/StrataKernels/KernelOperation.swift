internal import CKernels

/// The element-wise operations of one input.
package enum UnaryOperation: Hashable, Sendable {
  case negate, exp, log, log10, sqrt, abs, logit, inverseLogit, square

  var code: strata_op {
    switch self {
    case .negate: STRATA_OP_NEGATE
    case .exp: STRATA_OP_EXP
    case .log: STRATA_OP_LOG
    case .log10: STRATA_OP_LOG10
    case .sqrt: STRATA_OP_SQRT
    case .abs: STRATA_OP_ABS
    case .logit: STRATA_OP_LOGIT
    case .inverseLogit: STRATA_OP_INVERSE_LOGIT
    case .square: STRATA_OP_SQUARE
    }
  }
}

/// The element-wise operations of two inputs; comparisons give 1 or 0.
package enum BinaryOperation: Hashable, Sendable {
  case add, subtract, multiply, divide, power
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  var code: strata_op {
    switch self {
    case .add: STRATA_OP_ADD
    case .subtract: STRATA_OP_SUBTRACT
    case .multiply: STRATA_OP_MULTIPLY
    case .divide: STRATA_OP_DIVIDE
    case .power: STRATA_OP_POWER
    case .equal: STRATA_OP_EQUAL
    case .notEqual: STRATA_OP_NOT_EQUAL
    case .less: STRATA_OP_LESS
    case .lessOrEqual: STRATA_OP_LESS_OR_EQUAL
    case .greater: STRATA_OP_GREATER
    case .greaterOrEqual: STRATA_OP_GREATER_OR_EQUAL
    }
  }
}

/// How a parameter is made from the unconstrained numbers that a sampler moves.
package enum ParameterTransform: Sendable {
  case unbounded
  case lower(KernelOperand)
  /// A lower bound, for what may be close to it: its left tail in the position is that of a Normal density.
  case lowerSpread(KernelOperand)
  case upper(KernelOperand)
  case interval(KernelOperand, KernelOperand)
  /// A positive number in coordinates that go smoothly through zero: `scale |sinh(u)|`, continued as a parabola from
  /// this |u| on.
  case folded(limit: KernelOperand)
}

/// The unit that a parameter's position is measured in: a parameter without bounds is
/// `center + scale * u`, one with a lower bound `bound + scale * exp(u)`.
package struct ParameterUnit: Hashable, Sendable {
  package var center = 0.0
  package var scale = 1.0

  package init(center: Double = 0, scale: Double = 1) {
    self.center = center
    self.scale = scale
  }
}

/// A vector (or one shared number) that the steps of a program read and write.
package struct KernelOperand: Sendable {
  /// Which numbers these are.
  enum Place: Sendable {
    /// The data kept under this index.
    case data(Int)
    /// The program's values, from this offset on.
    case vector(Int)
    /// The block's values, from this offset on.
    case block(Int)
  }

  var place: Place
  /// Elements; 1 for a scalar. Block operands have a whole block.
  package let count: Int

  /// Where the numbers start in the program's values; nil for data and block values.
  package var valueOffset: Int? {
    if case .vector(let offset) = place { offset } else { nil }
  }
}
