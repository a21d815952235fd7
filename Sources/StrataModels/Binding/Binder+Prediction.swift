/// Binding to a table that is predicted: parameters take the values that they had in a fit.
extension Binder {
  /// The factors that predictions need, with the levels of the table that is predicted.
  static func layout(
    of model: Model, _ table: Table, _ prediction: BindingPurpose.Prediction
  ) throws -> Domains {
    var layout = Domains(table: table)
    for statement in model.statements {
      if case .coefficients(_, let columns) = statement.target {
        _ = layout.coefficients(over: columns)
      }
      guard case .grouped(let name, let columns) = statement.target,
        prediction.groups != .population
      else { continue }
      let missing = columns.filter { $0 != "row" && !table.hasColumn($0) }
      if let column = missing.first {
        // Only an error where the group is needed: predictions of other lines may go without.
        guard prediction.needs(name, of: model) else { continue }
        throw PredictionError.missingGroup(
          table: table.name, column: column,
          parameter: "\(name)[\(columns.joined(separator: ", "))]",
          columns: table.columnNames)
      }
      _ = try layout.factor(by: columns)
    }
    return layout
  }

  /// Whether group effects stand at their mean.
  var isPopulation: Bool { purpose.prediction?.groups == .population }

  /// Whether all values of a parameter are those of the fit, so that its prior is not needed.
  func hasFittedValues(_ name: String) -> Bool {
    guard let prediction = purpose.prediction, case .parameter(let index)? = roles.named[name]
    else { return false }
    // A correlation takes others to be taken apart.
    if case .correlation = model.statements[index].target { return false }
    guard case .grouped(_, let columns) = model.statements[index].target else { return true }
    if prediction.groups == .population { return false }
    guard case .factor(let factor)? = layout.knownFactor(by: columns) else { return true }
    return !elements(of: layout.factors[factor], prediction).contains(-1)
  }

  /// The node of a parameter all of whose values are those of the fit; nil for others.
  mutating func bindFitted(_ name: String) throws -> Graph.Node? {
    guard case .parameter? = roles.named[name], let domain = declaredDomain(of: name),
      let origin = try origin(of: name, in: domain), !origin.elements.contains(-1)
    else { return nil }
    return addFitted(name, origin, in: domain)
  }

  /// Where the values of a parameter of the fit come from.
  /// - Throws: ``PredictionError`` for levels that the fit has not seen, where they aren't allowed.
  func origin(of name: String, in domain: Domain) throws -> ParameterOrigin? {
    guard let prediction = purpose.prediction, domain != .rows else { return nil }
    guard case .factor(let index) = domain else {
      return ParameterOrigin(
        quantity: name, elements: (0..<layout.count(domain)).map(Int32.init), newLevels: [])
    }
    let factor = layout.factors[index]
    let elements = elements(of: factor, prediction)
    let new = elements.indices.filter { elements[$0] < 0 }
    if let first = new.first, prediction.groups == .knownLevels {
      throw unseen(factor, level: first, count: new.count, prediction)
    }
    return ParameterOrigin(
      quantity: name, elements: elements, newLevels: new.map { factor.levels[$0] })
  }

  private mutating func addFitted(_ name: String, _ origin: ParameterOrigin, in domain: Domain)
    -> Graph.Node
  {
    let node = graph.parameter(parameters.count, in: domain)
    parameters.append(
      BoundModel.Parameter(
        name: name, domain: domain, transform: .unbounded, node: node, origin: origin))
    return node
  }

  /// `rate["B"]`: a level of the fit, whether or not the table has it.
  mutating func fittedElement(
    _ name: String, _ subscripts: [Subscript], _ expression: Expression
  ) throws -> Graph.Node? {
    guard let fitted = purpose.prediction?.fitted, let role = roles.named[name],
      case .grouped(_, let columns) = model.statements[role.statement].target
    else { return nil }
    let named = subscripts.contains { if case .level = $0 { true } else { false } }
    if named {
      guard case .factor(let index)? = fitted.layout.knownFactor(by: columns) else { return nil }
      let code = try code(of: subscripts, in: fitted.layout.factors[index], of: name, expression)
      return addFitted(
        expression.description,
        ParameterOrigin(quantity: name, elements: [Int32(code)], newLevels: []), in: .scalar)
    }
    return isPopulation ? try node(named: name, usedAt: expression.range) : nil
  }

  /// For each level the code that it has in the fit; −1 for a new one.
  private func elements(of factor: Factor, _ prediction: BindingPurpose.Prediction) -> [Int32] {
    if factor.columns.isEmpty {
      // Rows of another table are others, whatever their numbers.
      guard let first = prediction.firstFittedRow else {
        return Array(repeating: -1, count: factor.levelCount)
      }
      return (0..<factor.levelCount).map { Int32(first + $0) }
    }
    guard case .factor(let index)? = prediction.fitted.layout.knownFactor(by: factor.columns) else {
      return Array(repeating: -1, count: factor.levelCount)
    }
    let known = prediction.fitted.layout.factors[index]
    return factor.levels.indices.map { level in
      Int32(known.code(ofCells: factor.components.map { $0[level] }) ?? -1)
    }
  }

  private func unseen(
    _ factor: Factor, level: Int, count: Int, _ prediction: BindingPurpose.Prediction
  ) -> PredictionError {
    let row = factor.codes.firstIndex(of: Int32(level)) ?? 0
    guard !factor.columns.isEmpty,
      case .factor(let index)? = prediction.fitted.layout.knownFactor(by: factor.columns)
    else { return .newRows(at: layout.table.location(ofRow: row)) }
    return .unseenLevel(
      at: layout.table.location(ofRow: row), columns: factor.columns, level: factor.levels[level],
      nearest: nearestName(
        to: factor.levels[level], among: prediction.fitted.layout.factors[index].levels),
      count: count)
  }

  /// Whether the outcome is made of the table's columns.
  func hasOwnOutcome(_ index: Int) -> Bool {
    if case .fit(let outcomes) = purpose { return outcomes[index] == nil }
    return model.statements[index].targetColumns.allSatisfy(layout.table.hasColumn)
  }

  /// The values of an observed line; nil where they are not needed and not there.
  mutating func outcomeNode(_ index: Int) throws -> Graph.Node? {
    let statement = model.statements[index]
    switch purpose {
    case .fit(let outcomes):
      if let values = outcomes[index] { return graph.data(values, in: .rows) }
    case .simulation: return nil
    case .prediction(let prediction):
      if let first = prediction.firstFittedRow,
        let values = prediction.fitted.outcomes.first(where: { $0.statement == index })?.values
      {
        return graph.data(Array(values[first..<first + layout.table.rowCount]), in: .rows)
      }
      let columns = statement.targetColumns
      guard columns.allSatisfy(layout.table.hasColumn),
        (try? layout.table.requireComplete(columns: columns)) != nil
      else { return nil }
    }
    return try observedValues(statement)
  }
}

extension BindingPurpose.Prediction {
  /// Whether an observed line looks a name up, directly or through quantities and priors.
  fileprivate func needs(_ name: String, of model: Model) -> Bool {
    var waiting = fitted.roles.observed.flatMap { model.statements[$0].namesUsed.map(\.name) }
    var met: Set<String> = []
    while let used = waiting.popLast() {
      if used == name { return true }
      guard met.insert(used).inserted, let role = fitted.roles.named[used] else { continue }
      if case .parameter = role, groups == .knownLevels { continue }
      waiting += model.statements[role.statement].namesUsed.map(\.name)
      waiting += model.correlatedNames(before: used)
    }
    return false
  }
}

extension Statement {
  /// The columns that make an observed target.
  var targetColumns: [String] {
    switch target {
    case .name(let name): [name]
    case .expression(let expression): expression.namesUsed.map(\.name)
    case .grouped, .coefficients, .correlation: []
    }
  }
}
