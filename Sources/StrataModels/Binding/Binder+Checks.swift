extension Binder {
  /// Names that are wrong whatever the data: unknown columns in brackets, a misspelt outcome.
  static func checkNames(of model: Model, roles: Roles, columns: [String]) throws {
    let isColumn = Set(columns)
    func check(column: String, at range: SourceRange?) throws {
      guard !isColumn.contains(column), column != "row" else { return }
      let hint =
        nearestName(to: column, among: columns).map { "did you mean `\($0)`?" }
        ?? "it has \(Roles.list(columns))"
      throw ModelError(
        "the table has no column `\(column)`: \(hint)", at: range, in: model.text)
    }
    for statement in model.statements {
      if case .grouped(let name, let factor) = statement.target {
        if factor.count > 1, factor.contains("row"), !isColumn.contains("row") {
          throw ModelError(
            "`row` has one level per row already: write `\(name)[row]`", at: statement.targetRange,
            in: model.text)
        }
        for column in factor { try check(column: column, at: statement.targetRange) }
      }
      if case .coefficients(_, let columns) = statement.target {
        for column in columns { try check(column: column, at: statement.targetRange) }
      }
      if case .expression(let expression) = statement.target {
        for use in expression.namesUsed {
          if roles.named[use.name] != nil {
            throw ModelError(
              "left of `~` an expression holds columns only, and `\(use.name)` is a parameter or quantity",
              at: use.range, in: model.text)
          }
          try check(column: use.name, at: use.range)
        }
      }
      for expression in statement.expressions {
        for use in expression.factorColumns { try check(column: use.name, at: use.range) }
      }
    }
  }

  /// Adds what is worth knowing but no error.
  mutating func addNotes() {
    if droppedRows > 0 {
      notes.append(
        "\(droppedRows) row\(droppedRows == 1 ? " was" : "s were") left out: a used cell is missing"
      )
    }
    if layout.table.rowCount == 1 { notes.append("the table has a single row") }
    for factor in layout.factors where factor.levels.count == 1 && !factor.columns.isEmpty {
      notes.append(
        """
        `\(factor.columns.joined(separator: ", "))` has a single level, \(factor.levels[0]): the data say \
        nothing about how levels differ
        """)
    }
    addColumnNotes()
    for parameter in parametersWithoutData() {
      notes.append("no data reach `\(parameter)`: its posterior is its prior")
    }
  }

  private mutating func addColumnNotes() {
    var outcomes: Set<String> = []
    var predictors: Set<String> = []
    for statement in model.statements {
      switch statement.target {
      case .name(let name): outcomes.insert(name)
      case .expression(let expression): outcomes.formUnion(expression.namesUsed.map(\.name))
      default: break
      }
      // A column that is an argument as it stands (trials, a known sd) has no coefficient.
      for expression in statement.expressions {
        if case .name = expression.node { continue }
        predictors.formUnion(expression.namesUsed.map(\.name))
      }
    }
    for name in model.columnsUsed(among: layout.table.columnNames) {
      guard layout.table.rowCount > 1, let values = try? layout.table.numbers(name),
        let first = values.first
      else { continue }
      if values.allSatisfy({ $0 == first }) {
        let always = "the column `\(name)` is \(shortest(first)) in every row"
        if outcomes.contains(name) { notes.append("\(always): an outcome that does not vary") }
        if predictors.contains(name) {
          notes.append("\(always): its coefficient cannot be told from an intercept")
        }
        continue
      }
      guard outcomes.contains(name) || predictors.contains(name) else { continue }
      let size = values.reduce(0) { max($0, abs($1)) }
      if size > 1e6 || size < 1e-6 {
        notes.append(
          """
          the values of `\(name)` reach \(shortest(size)): priors must be of a matching size; rescaling the \
          column makes them easier to choose
          """)
      }
    }
  }

  /// The parameters that no likelihood depends on, directly or through the priors of others.
  private func parametersWithoutData() -> [String] {
    var priors: [Graph.Node: [Graph.Node]] = [:]
    for density in densities { priors[density.variate, default: []] += density.arguments }
    for parameter in parameters {
      switch parameter.transform {
      case .unbounded, .folded: break
      case .lower(let bound), .upper(let bound): priors[parameter.node, default: []].append(bound)
      case .interval(let low, let high): priors[parameter.node, default: []] += [low, high]
      }
    }
    var reached: Set<Graph.Node> = []
    var waiting = likelihoods.flatMap(\.arguments)
    while let node = waiting.popLast() {
      guard reached.insert(node).inserted else { continue }
      waiting += graph.inputs(of: node) + (priors[node] ?? [])
    }
    return parameters.filter { !reached.contains($0.node) }.map(\.name)
  }
}

extension Model {
  /// The columns that the model uses, in the table's order.
  package func columnsUsed(among columns: [String]) -> [String] {
    var used: Set<String> = []
    for statement in statements {
      switch statement.target {
      case .name(let name): used.insert(name)
      case .grouped(_, let factor): used.formUnion(factor)
      case .correlation: break
      case .coefficients(_, let columns): used.formUnion(columns)
      case .expression(let expression): used.formUnion(expression.namesUsed.map(\.name))
      }
      used.formUnion(statement.namesUsed.map(\.name))
    }
    return columns.filter(used.contains)
  }
}
