internal import StrataKernels

extension Binder {
  /// The node of an expression that stands where one value per element of `context` is wanted. The node
  /// itself may live in a smaller domain: `mu + tau` is a scalar wherever it stands.
  mutating func compile(_ expression: Expression, in context: Domain) throws -> Graph.Node {
    switch expression.node {
    case .number(let value): return graph.constant(value)
    case .text(let text):
      throw fail(
        "the text \"\(text)\" is not a number: compare a column with it, `column == \"\(text)\"`",
        at: expression.range)
    case .name(let name): return try compileName(name, expression, in: context)
    case .correlation(let first, let second):
      return try compileName(correlationName(first, second), expression, in: context)
    case .element(let name, let subscripts):
      return try compileElement(name, subscripts, expression, in: context)
    case .dot(let columns, let coefficients):
      return try compileDot(columns, coefficients, expression, in: context)
    case .negate(let x): return graph.unary(.negate, try compile(x, in: context))
    case .call(let function, let x):
      return graph.unary(function.operation, try compile(x, in: context))
    case .binary(let operation, let x, let y):
      if operation.isComparison, let node = try compileTextComparison(operation, x, y, in: context)
      {
        return node
      }
      let left = try compile(x, in: context)
      let right = try compile(y, in: context)
      let node = try graph.binary(operation.operation, left, right, in: context)
      if graph.fixedValues(node) == nil {
        try checkFinite(left, at: x.range)
        try checkFinite(right, at: y.range)
        if operation == .divide { try checkDivisor(right, at: y.range) }
      }
      return node
    }
  }

  /// Data that meet a parameter must be finite: `m + log(x)` where some x is 0 has no density anywhere.
  private func checkFinite(_ node: Graph.Node, at range: SourceRange?) throws {
    guard let values = graph.fixedValues(node),
      let bad = values.firstIndex(where: { !$0.isFinite })
    else { return }
    throw fail(
      "expected a finite number, found \(shown(values[bad]))\(place(of: bad, in: graph.domains[node]))",
      at: range)
  }

  private func checkDivisor(_ node: Graph.Node, at range: SourceRange?) throws {
    guard let zero = graph.fixedValues(node)?.firstIndex(of: 0) else { return }
    throw fail("division by 0\(place(of: zero, in: graph.domains[node]))", at: range)
  }

  private mutating func compileName(_ name: String, _ expression: Expression, in context: Domain)
    throws -> Graph.Node
  {
    if isColumn.contains(name) {
      return try compileColumn(name, expression, in: context)
    }
    switch declaredDomain(of: name) {
    case nil: throw unknown(name, at: expression.range)
    case .factor(let index):
      let factor = layout.factors[index]
      let columns = factor.columns.isEmpty ? "row" : factor.columns.joined(separator: ", ")
      throw fail(
        "`\(name)` has one value per level of `\(columns)`: write `\(name)[\(columns)]`",
        at: expression.range)
    case .coefficients:
      throw fail(
        "`\(name)` is a coefficient vector: write `dot(\(name))`", at: expression.range)
    case .rows where context != .rows:
      var remedy = ""
      if case .factor(let index) = context, layout.factors[index].columns.isEmpty {
        remedy = ": define it as `\(name)[row] = …` and write `\(name)[row]`"
      }
      throw fail(
        "`\(name)` has one value per row of the table and cannot be used here\(remedy)",
        at: expression.range)
    default: return try node(named: name, usedAt: expression.range)
    }
  }

  /// A column: per row, or per level where it is constant within each level.
  private mutating func compileColumn(_ name: String, _ expression: Expression, in context: Domain)
    throws -> Graph.Node
  {
    switch context {
    case .rows: return try rowColumn(name, at: expression.range)
    case .factor(let index):
      _ = try numbers(of: name, at: expression.range)
      do {
        return graph.data(
          try layout.table.numbers(name, perLevelOf: layout.factors[index]), in: context)
      } catch {
        throw fail(error.trimmedDescription, at: expression.range)
      }
    case .scalar, .coefficients, .cells:
      throw fail(
        "`\(name)` is a column, with one value per row of the table, and cannot be used here",
        at: expression.range)
    }
  }

  /// The node of a numeric column, made once.
  private mutating func rowColumn(_ name: String, at range: SourceRange?) throws -> Graph.Node {
    if let node = columnNodes[name] { return node }
    let node = graph.data(try numbers(of: name, at: range), in: .rows)
    columnNodes[name] = node
    return node
  }

  /// The numbers of a column; text is an error with a remedy.
  func numbers(of name: String, at range: SourceRange?) throws -> [Double] {
    do {
      return try layout.table.numbers(name)
    } catch {
      var remedy = ""
      if case .notANumber = error {
        remedy =
          "; use it as a factor, `name[\(name)]`, or compare it with one of its values, `\(name) == \"…\"`"
      }
      throw fail(error.trimmedDescription + remedy, at: range)
    }
  }

  private mutating func compileElement(
    _ name: String, _ subscripts: [Subscript], _ expression: Expression, in context: Domain
  ) throws -> Graph.Node {
    guard let domain = declaredDomain(of: name) else {
      throw isColumn.contains(name)
        ? fail("`\(name)` is a column: it has no levels to look up", at: expression.range)
        : unknown(name, at: expression.range)
    }
    if let node = try fittedElement(name, subscripts, expression) { return node }
    guard case .factor(let index) = domain else {
      if case .coefficients = domain {
        throw fail(
          "`\(name)` is a coefficient vector: write `dot(\(name))`", at: expression.range)
      }
      throw fail("`\(name)` has no levels: write it without brackets", at: expression.range)
    }
    let factor = layout.factors[index]
    let columns = subscripts.compactMap { if case .column(let name) = $0 { name } else { nil } }
    let declared = factor.columns.isEmpty ? ["row"] : factor.columns
    if columns.isEmpty { return try compileLevel(name, subscripts, factor, expression) }
    guard columns == declared, subscripts.count == columns.count else {
      let inside = declared.joined(separator: ", ")
      throw fail(
        "`\(name)` has one value per level of `\(inside)`: write `\(name)[\(inside)]`",
        at: expression.range)
    }
    switch context {
    case .scalar, .coefficients:
      throw fail(
        """
        `\(name)[\(columns.joined(separator: ", "))]` has a value per level, and here one number is \
        wanted: name the level, `\(name)["\(factor.levels.first ?? "…")"]`
        """, at: expression.range)
    case .factor(let finer) where finer != index:
      guard !factor.columns.isEmpty else {
        throw fail(
          "`\(name)[row]` has one value per row of the table and cannot be used here",
          at: expression.range)
      }
      do {
        _ = try factor.codes(perLevelOf: layout.factors[finer])
      } catch {
        throw fail(error.trimmedDescription, at: expression.range)
      }
    default: break
    }
    return try node(named: name, usedAt: expression.range)
  }

  /// `rate["B"]`: one level of a group.
  private mutating func compileLevel(
    _ name: String, _ subscripts: [Subscript], _ factor: Factor, _ expression: Expression
  ) throws -> Graph.Node {
    let code = try code(of: subscripts, in: factor, of: name, expression)
    return graph.element(code, of: try node(named: name, usedAt: expression.range))
  }

  /// The level that is named, one text for each column of the factor.
  func code(
    of subscripts: [Subscript], in factor: Factor, of name: String, _ expression: Expression
  ) throws -> Int {
    let labels = subscripts.map {
      switch $0 {
      case .level(let label): label
      case .column(let column): column
      }
    }
    guard labels.count == max(factor.columns.count, 1) else {
      let count = max(factor.columns.count, 1)
      let columns = factor.columns.isEmpty ? "row" : factor.columns.joined(separator: ", ")
      throw fail(
        """
        a level of `\(name)` is named by \(count == 1 ? "one text" : "\(count) texts, one per column"), for \
        `\(columns)`, and here by \(labels.count)
        """, at: expression.range)
    }
    let found = factor.columns.isEmpty ? factor.code(of: labels[0]) : factor.code(ofCells: labels)
    guard let code = found else {
      let wanted = labels.joined(separator: ",")
      guard !factor.columns.isEmpty else {
        throw fail(
          "the table has no row \"\(wanted)\": rows are named by their numbers, from 1",
          at: expression.range)
      }
      throw fail(
        """
        `\(factor.columns.joined(separator: ", "))` has no level \
        \(labels.map { "\"\($0)\"" }.joined(separator: ", ")): \(levelHint(wanted, in: factor))
        """, at: expression.range)
    }
    return code
  }

  /// `did you mean "B"?`, or which levels there are.
  private func levelHint(_ wanted: String, in factor: Factor) -> String {
    func shown(_ level: Int) -> String {
      factor.components.map { "\"\($0[level])\"" }.joined(separator: ", ")
    }
    if let near = nearestName(to: wanted, among: factor.levels), let level = factor.code(of: near) {
      return "did you mean \(shown(level))?"
    }
    let count = factor.levels.count
    let levels = (0..<min(count, 12)).map(shown)
      .joined(separator: factor.components.count == 1 ? ", " : "; ")
    return count == 1
      ? "the only one is \(levels)"
      : "there are \(levels)" + (count > 12 ? " and \(count - 12) more" : "")
  }

  private mutating func compileDot(
    _ columns: [String], _ name: String, _ expression: Expression, in context: Domain
  ) throws -> Graph.Node {
    guard case .coefficients(let index)? = declaredDomain(of: name) else {
      throw roles.named[name] == nil
        ? unknown(name, at: expression.range)
        : fail(
          "`\(name)` is not a coefficient vector: declare it as `\(name)[columns: …] ~ …`",
          at: expression.range)
    }
    let declared = layout.coefficientColumns[index]
    guard columns.isEmpty || columns == declared else {
      throw fail(
        "`\(name)` was declared over the columns \(declared.joined(separator: ", ")), in this order",
        at: expression.range)
    }
    guard context == .rows else {
      throw fail(
        "a sum over columns has one value per row and cannot be used here", at: expression.range)
    }
    let data = try declared.map { try rowColumn($0, at: expression.range) }
    return graph.dot(columns: data, coefficients: try node(named: name, usedAt: expression.range))
  }

  /// `trt == "progabide"`: 1 where the cell has this text.
  private mutating func compileTextComparison(
    _ operation: BinaryOperator, _ x: Expression, _ y: Expression, in context: Domain
  ) throws -> Graph.Node? {
    let text: String
    let other: Expression
    switch (x.node, y.node) {
    case (_, .text(let right)): (text, other) = (right, x)
    case (.text(let left), _): (text, other) = (left, y)
    default: return nil
    }
    guard case .name(let column) = other.node, isColumn.contains(column) else {
      throw fail("only a column can be compared with a text", at: other.range)
    }
    guard operation == .equal || operation == .notEqual else {
      throw fail("texts can be compared with == and != only", at: other.range)
    }
    let factor = try layout.table.factor(column)
    let found = factor.code(ofCells: [text])
    // A table that is predicted need not have all that was fitted.
    guard let code = found ?? (purpose.prediction == nil ? nil : -1) else {
      throw fail(
        "no row has \"\(text)\" in the column `\(column)`: \(levelHint(text, in: factor))",
        at: other.range)
    }
    let wanted: Double = operation == .equal ? 1 : 0
    func indicator(_ codes: [Int32]) -> [Double] {
      codes.map { Int($0) == code ? wanted : 1 - wanted }
    }
    switch context {
    case .rows: return graph.data(indicator(factor.codes), in: .rows)
    case .factor(let index):
      do {
        return graph.data(
          indicator(try factor.codes(perLevelOf: layout.factors[index])), in: context)
      } catch {
        throw fail(error.trimmedDescription, at: other.range)
      }
    default:
      throw fail(
        "`\(column)` is a column, with one value per row of the table, and cannot be used here",
        at: other.range)
    }
  }
}

extension Function {
  /// The kernels' name for it.
  var operation: UnaryOperation {
    switch self {
    case .exp: .exp
    case .log: .log
    case .log10: .log10
    case .sqrt: .sqrt
    case .abs: .abs
    case .logit: .logit
    case .inverseLogit: .inverseLogit
    }
  }
}

extension BinaryOperator {
  /// The kernels' name for it.
  var operation: BinaryOperation {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .power: .power
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    }
  }
}
