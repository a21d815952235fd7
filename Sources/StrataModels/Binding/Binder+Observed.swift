#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Binder {
  /// The outcome's values, row by row.
  mutating func observedValues(_ statement: Statement) throws -> Graph.Node {
    switch statement.target {
    case .name(let name):
      do {
        return graph.data(try layout.table.numbers(name), in: .rows)
      } catch {
        var remedy = ""
        // A column of two texts is an outcome of two classes; more than that are bad cells.
        if case .notANumber = error, (try? layout.table.factor(name).levelCount) ?? 0 <= 2 {
          remedy = "; an outcome of two classes is written `(\(name) == \"…\") ~ Bernoulli(…)`"
        }
        throw fail(error.trimmedDescription + remedy, at: statement.targetRange)
      }
    case .expression(let expression):
      let node = try compile(expression, in: .rows)
      guard graph.fixedValues(node) != nil else {
        throw fail(
          "left of `~` only columns may stand: move the parameters to the right",
          at: statement.targetRange)
      }
      return try graph.binary(
        .add, graph.data(Array(repeating: 0, count: layout.table.rowCount), in: .rows), node,
        in: .rows)
    default: preconditionFailure("an observed target is a column or an expression")
    }
  }

  /// Whether every outcome can come from the distribution.
  func checkSupport(
    of form: DistributionForm, _ values: [Double], _ statement: Statement, _ arguments: [Graph.Node]
  ) throws {
    let limits = arguments.map { graph.fixedValues($0) }
    func limit(_ argument: Int?, _ row: Int) -> Double? {
      guard let argument, let values = limits[argument] else { return nil }
      let node = arguments[argument]
      if values.count == 1 { return values[0] }
      guard graph.domains[node] == .rows else { return nil }
      return values[row]
    }
    for (row, y) in values.enumerated() {
      let problem: String? =
        switch form.support {
        case .real: y.isFinite ? nil : "a finite number"
        case .positive: y > 0 && y.isFinite ? nil : "a positive number"
        case .unitInterval: y > 0 && y < 1 ? nil : "strictly between 0 and 1"
        case .counts: y >= 0 && y == y.rounded() && y.isFinite ? nil : "a whole number, 0 or more"
        case .binary: y == 0 || y == 1 ? nil : "0 or 1"
        case .upToTrials:
          y >= 0 && y == y.rounded() && y <= (limit(0, row) ?? .infinity)
            ? nil : "a whole number from 0 to n\(limit(0, row).map { " = \(shortest($0))" } ?? "")"
        case .between(let lower, let upper):
          y >= (limit(lower, row) ?? -.infinity) && y <= (limit(upper, row) ?? .infinity)
            ? nil
            : "between \(limit(lower, row).map(shortest) ?? "its lower") and "
              + "\(limit(upper, row).map(shortest) ?? "its upper bound")"
        }
      if let problem {
        throw fail(
          """
          `\(targetText(statement))` is \(shown(y)) in \(layout.table.location(ofRow: row)), and data of \
          \(form.name) must be \(problem)
          """, at: statement.targetRange)
      }
    }
  }

  /// The target as the model writes it.
  func targetText(_ statement: Statement) -> String {
    switch statement.target {
    case .name(let name): name
    case .expression(let expression): expression.description
    default: ""
    }
  }

  /// `log(earn) ~ Normal(…)` is a density of log(earn); as a density of the column, the first one named,
  /// it carries log |d target / d column| in each row.
  /// - Returns: nothing for a column as it is.
  mutating func logJacobians(of statement: Statement) throws -> [Double] {
    guard case .expression(let expression) = statement.target,
      let column = expression.namesUsed.first?.name, let slope = expression.derivative(by: column)
    else { return [] }
    let node = try graph.lift(compile(slope, in: .rows), to: .rows)
    guard let slopes = graph.fixedValues(node) else { return [] }
    let logs = (0..<layout.table.rowCount).map { log(abs(slopes[slopes.count == 1 ? 0 : $0])) }
    if let row = logs.firstIndex(where: { !$0.isFinite }) {
      throw fail(
        """
        `\(expression.description)` has no inverse at \(layout.table.location(ofRow: row)): it cannot be \
        the outcome of a continuous distribution
        """, at: statement.targetRange)
    }
    return logs
  }
}

extension Expression {
  /// The derivative with respect to a column; nil for a comparison, which is an outcome of its own.
  fileprivate func derivative(by column: String) -> Expression? {
    func make(_ operation: BinaryOperator, _ x: Expression, _ y: Expression) -> Expression {
      Expression(.binary(operation, x, y))
    }
    func number(_ value: Double) -> Expression { Expression(.number(value)) }
    switch node {
    case .number, .text, .element, .dot, .correlation: return number(0)
    case .name(let name): return number(name == column ? 1 : 0)
    case .negate(let x): return x.derivative(by: column).map { Expression(.negate($0)) }
    case .call(let function, let x):
      guard let inner = x.derivative(by: column) else { return nil }
      let one = number(1)
      let outer =
        switch function {
        case .exp: self
        case .log: make(.divide, one, x)
        case .log10: make(.divide, number(0.43429448190325182765), x)
        case .sqrt: make(.divide, number(0.5), self)
        case .abs: make(.divide, x, self)
        case .logit: make(.divide, one, make(.multiply, x, make(.subtract, one, x)))
        case .inverseLogit: make(.multiply, self, make(.subtract, one, self))
        }
      return make(.multiply, outer, inner)
    case .binary(let operation, let x, let y):
      if operation.isComparison { return nil }
      guard let dx = x.derivative(by: column), let dy = y.derivative(by: column) else { return nil }
      switch operation {
      case .multiply: return make(.add, make(.multiply, dx, y), make(.multiply, x, dy))
      case .divide:
        return make(.divide, make(.subtract, dx, make(.multiply, self, dy)), y)
      case .power:
        let base = make(.multiply, y, make(.power, x, make(.subtract, y, number(1))))
        let first = make(.multiply, base, dx)
        if !y.namesUsed.contains(where: { $0.name == column }) { return first }
        let second = make(.multiply, make(.multiply, self, Expression(.call(.log, x))), dy)
        return make(.add, first, second)
      default: return make(operation, dx, dy)
      }
    }
  }
}
