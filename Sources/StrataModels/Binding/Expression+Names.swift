/// A name that an expression uses, and where.
struct NameUse {
  var name: String
  var range: SourceRange?
}

extension Expression {
  /// Every expression below this one, itself first.
  var all: [Expression] {
    var all: [Expression] = []
    var waiting = [self]
    while let part = waiting.popLast() {
      all.append(part)
      switch part.node {
      case .number, .text, .name, .element, .dot, .correlation: break
      case .negate(let x), .call(_, let x): waiting.append(x)
      case .binary(_, let x, let y): waiting += [y, x]
      }
    }
    return all
  }

  /// The names outside brackets: parameters, quantities and columns.
  var namesUsed: [NameUse] {
    all.flatMap { part -> [NameUse] in
      switch part.node {
      case .name(let name), .element(let name, _): [NameUse(name: name, range: part.range)]
      case .dot(let columns, let coefficients):
        (columns + [coefficients]).map { NameUse(name: $0, range: part.range) }
      case .correlation(let first, let second):
        [NameUse(name: correlationName(first, second), range: part.range)]
      default: []
      }
    }
  }

  /// The columns in brackets: `county` of `a[county]`.
  var factorColumns: [NameUse] {
    all.flatMap { part -> [NameUse] in
      guard case .element(_, let subscripts) = part.node else { return [] }
      return subscripts.compactMap {
        if case .column(let name) = $0 { NameUse(name: name, range: part.range) } else { nil }
      }
    }
  }

  /// The first part that has a value per row: a column, a group effect looked up by a column, a dot
  /// product, or a quantity that is itself per row.
  func rowUse(columns: Set<String>, perRow: Set<String>) -> Expression? {
    all.first { part in
      switch part.node {
      case .name(let name): columns.contains(name) || perRow.contains(name)
      case .element(_, let subscripts):
        subscripts.contains { if case .column = $0 { true } else { false } }
      case .dot: true
      default: false
      }
    }
  }
}

extension Statement {
  /// The expressions right of `~` or `=`.
  var expressions: [Expression] {
    switch content {
    case .distributed(let call): call.arguments.map(\.value)
    case .equals(let expression): [expression]
    }
  }

  /// The names that the right side uses.
  var namesUsed: [NameUse] { expressions.flatMap(\.namesUsed) }
}
