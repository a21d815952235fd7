/// What each name of a model is, once the model meets its table.
package enum Role: Hashable, Sendable {
  /// A parameter with its prior: a scalar, one per level, or one per column.
  case parameter(statement: Int)
  /// A quantity given by an expression.
  case deterministic(statement: Int)

  /// The statement that gives the name its meaning.
  var statement: Int {
    switch self {
    case .parameter(let index), .deterministic(let index): index
    }
  }
}

/// The roles of all statements: what is observed, what is inferred, what follows from it.
package struct Roles: Sendable {
  /// Parameters and deterministic quantities by name.
  package private(set) var named: [String: Role] = [:]
  /// The statements whose target is data.
  package private(set) var observed: [Int] = []
  /// Deterministic quantities that have one value per row.
  package private(set) var perRow: Set<String> = []

  /// Gives every statement its role.
  /// - Throws: ``ModelError`` for duplicates, for a name that is both column and parameter, for a model
  ///   without data or without parameters.
  /// - Parameter simulated: the outcomes need not be in the table: un-indexed targets that have a value per row, or
  ///   whole numbers for values, are outcomes; and there may be none.
  package init(of model: Model, columns: [String], simulated: Bool = false) throws {
    let isColumn = Set(columns)
    for (index, statement) in model.statements.enumerated() {
      try register(index, statement, in: model, isColumn)
    }
    try checkCorrelations(in: model)
    try checkObservedUse(in: model)
    findPerRow(in: model, isColumn)
    if simulated {
      findSimulatedOutcomes(in: model, isColumn)
      return
    }
    try checkScalarTargets(in: model, columns, isColumn)
    if observed.isEmpty { throw Roles.nothingObserved(model, columns) }
    if !named.values.contains(where: { if case .parameter = $0 { true } else { false } }) {
      throw ModelError("the model has no parameters: nothing is left to infer", in: model.text)
    }
  }

  private mutating func register(
    _ index: Int, _ statement: Statement, in model: Model, _ isColumn: Set<String>
  ) throws {
    let isPrior = if case .distributed = statement.content { true } else { false }
    let role: Role = isPrior ? .parameter(statement: index) : .deterministic(statement: index)
    switch statement.target {
    case .expression(let expression):
      if observed.contains(where: { model.statements[$0].target == statement.target }) {
        throw ModelError(
          "the outcome `\(expression)` is given a distribution twice", at: statement.targetRange,
          in: model.text)
      }
      observed.append(index)
    case .name(let name) where isPrior && isColumn.contains(name):
      if observed.contains(where: { model.statements[$0].target == statement.target }) {
        throw ModelError(
          "the column `\(name)` is given a distribution twice", at: statement.targetRange,
          in: model.text)
      }
      observed.append(index)
    case .name, .grouped, .coefficients, .correlation:
      for name in statement.definedNames {
        if isColumn.contains(name) {
          throw ModelError(
            """
            `\(name)` is a column of the table and cannot be the name of a \
            \(isPrior ? "parameter" : "deterministic quantity") too: rename one of them
            """, at: statement.targetRange, in: model.text)
        }
        if let first = named[name] {
          throw ModelError(
            "`\(name)` is defined twice, first \(Roles.place(first, model))",
            at: statement.targetRange, in: model.text)
        }
        named[name] = role
      }
    }
  }

  private static func place(_ role: Role, _ model: Model) -> String {
    guard let line = model.statements[role.statement].targetRange?.line else { return "further up" }
    return "on line \(line)"
  }

  /// A column that is observed cannot stand for a parameter elsewhere.
  private func checkObservedUse(in model: Model) throws {
    for index in observed {
      guard case .name(let name) = model.statements[index].target else { continue }
      for (other, statement) in model.statements.enumerated() {
        guard let use = statement.namesUsed.first(where: { $0.name == name }) else { continue }
        if other == index {
          throw ModelError(
            "`\(name)` is the outcome of this line and cannot stand right of `~` too",
            at: use.range, in: model.text)
        }
        throw ModelError(
          """
          `\(name)` is a column of the table, so line \
          \(model.statements[index].targetRange?.line ?? index + 1) makes it data, and here it stands \
          like a parameter: rename the parameter or the column
          """, at: use.range, in: model.text)
      }
    }
  }

  /// A scalar target whose expression has one value per row is itself per row.
  private mutating func findPerRow(in model: Model, _ isColumn: Set<String>) {
    var changed = true
    while changed {
      changed = false
      for statement in model.statements {
        guard case .equals(let expression) = statement.content,
          case .name(let name) = statement.target, !perRow.contains(name)
        else { continue }
        if expression.rowUse(columns: isColumn, perRow: perRow) != nil {
          perRow.insert(name)
          changed = true
        }
      }
    }
  }

  /// Outcomes that are not in the table.
  private mutating func findSimulatedOutcomes(in model: Model, _ isColumn: Set<String>) {
    for (index, statement) in model.statements.enumerated() {
      guard case .distributed(let call) = statement.content,
        case .name(let name) = statement.target, !isColumn.contains(name)
      else { continue }
      let isPerRow = call.arguments.contains {
        $0.value.rowUse(columns: isColumn, perRow: perRow) != nil
      }
      let isDiscrete = Distributions.forms(named: call.name).contains { $0.support.isDiscrete }
      guard isPerRow || isDiscrete else { continue }
      named[name] = nil
      observed.append(index)
    }
    observed.sort()
  }

  /// An un-indexed target that is no column cannot have a value per row: most likely a misspelt outcome.
  private func checkScalarTargets(
    in model: Model, _ columns: [String], _ isColumn: Set<String>
  ) throws {
    for statement in model.statements {
      guard case .distributed(let call) = statement.content,
        case .name(let name) = statement.target, !isColumn.contains(name),
        let use = call.arguments.lazy.compactMap({
          $0.value.rowUse(columns: isColumn, perRow: perRow)
        }).first
      else { continue }
      let hint =
        nearestName(to: name, among: columns).map { "did you mean `\($0)`?" }
        ?? "the table has \(Roles.list(columns)); a parameter per level is written `\(name)[column]`"
      throw ModelError(
        """
        `\(name)` is not a column of the table, but its distribution has a value per row \
        (`\(use.description)`): \(hint)
        """, at: statement.targetRange, in: model.text)
    }
  }

  private static func nothingObserved(_ model: Model, _ columns: [String]) -> ModelError {
    // The outcome mostly stands last.
    for statement in model.statements.reversed() {
      if case .name(let name) = statement.target, let near = nearestName(to: name, among: columns) {
        return ModelError(
          "no line of the model has a column of the table as its target: did you mean `\(near)`?",
          at: statement.targetRange, in: model.text)
      }
    }
    return ModelError(
      """
      no line of the model has a column of the table left of `~`: nothing is observed. \
      The table has \(Roles.list(columns))
      """, in: model.text)
  }

  /// "the columns `a`, `b` and `c`", shortened if there are many.
  static func list(_ columns: [String]) -> String {
    let shown = columns.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
    let more = columns.count > 12 ? " and \(columns.count - 12) more" : ""
    return "the column\(columns.count == 1 ? "" : "s") \(shown)\(more)"
  }
}
