import StrataModels

extension Expression {
  /// This expression and all below it.
  var parts: [Expression] {
    switch node {
    case .number, .text, .name, .element, .dot, .correlation: [self]
    case .negate(let x), .call(_, let x): [self] + x.parts
    case .binary(_, let x, let y): [self] + x.parts + y.parts
    }
  }

  /// Names outside brackets: parameters, quantities and columns; columns and coefficients of dot products.
  var usedNames: [String] {
    parts.flatMap { part -> [String] in
      switch part.node {
      case .name(let name), .element(let name, _): [name]
      case .dot(let columns, let coefficients): columns + [coefficients]
      case .correlation(let first, let second): [correlationName(first, second)]
      default: []
      }
    }
  }

  /// The columns in brackets, one list for each look-up: `[county]` of `a[county]`.
  var factorNames: [[String]] {
    parts.compactMap { part in
      guard case .element(_, let subscripts) = part.node else { return nil }
      let columns = subscripts.compactMap { index -> String? in
        if case .column(let name) = index { name } else { nil }
      }
      return columns.isEmpty ? nil : columns
    }
  }
}

extension Statement {
  /// The expressions right of `~` or `=`.
  var rightSides: [Expression] {
    switch content {
    case .distributed(let call): call.arguments.map(\.value)
    case .equals(let expression): [expression]
    }
  }
}
