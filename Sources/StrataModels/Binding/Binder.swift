internal import StrataKernels

extension Model {
  /// Resolves every name of the model in `table`, checks every rule, and lays the arithmetic out.
  /// - Parameter dropMissing: leave out rows with a missing cell in a used column, instead of failing.
  /// - Throws: ``ModelError`` or ``TableError``, before anything is sampled.
  package func bound(to table: Table, dropMissing: Bool = false) throws -> BoundModel {
    var binder = try Binder(self, table, for: .fit(outcomes: [:]), dropMissing: dropMissing)
    return try binder.bind()
  }

  /// The same with other outcomes than the table's, by the number of their line among the statements.
  package func bound(to table: Table, outcomes: [Int: [Double]]) throws -> BoundModel {
    var binder = try Binder(self, table, for: .fit(outcomes: outcomes), dropMissing: false)
    return try binder.bind()
  }
}

/// Turns statements into a graph. One use per model and table.
struct Binder {
  let model: Model
  let purpose: BindingPurpose
  let roles: Roles
  let layout: Domains
  let isColumn: Set<String>
  var graph: Graph
  var droppedRows = 0
  var parameters: [BoundModel.Parameter] = []
  var densities: [BoundModel.Density] = []
  var likelihoods: [BoundModel.Density] = []
  var outcomes: [BoundModel.Outcome] = []
  var notes: [String] = []
  /// The numeric columns in use.
  var columnNodes: [String: Graph.Node] = [:]
  /// The sets of correlated effects, by their names.
  var correlated: [[String]: CorrelatedEffects] = [:]
  /// The node of every parameter and quantity resolved so far.
  private var nodes: [String: Graph.Node] = [:]

  init(_ model: Model, _ table: Table, for purpose: BindingPurpose, dropMissing: Bool) throws {
    self.model = model
    self.purpose = purpose
    if let prediction = purpose.prediction {
      roles = prediction.fitted.roles
      isColumn = Set(prediction.fitted.layout.table.columnNames)
      layout = try Binder.layout(of: model, table, prediction)
    } else {
      roles = try Roles(of: model, columns: table.columnNames, simulated: !purpose.hasOwnOutcomes)
      isColumn = Set(table.columnNames)
      try Binder.checkNames(of: model, roles: roles, columns: table.columnNames)
      var used = model.columnsUsed(among: table.columnNames)
      if !purpose.hasOwnOutcomes {
        let outcomes = Set(roles.observed.flatMap { model.statements[$0].targetColumns })
        used.removeAll(where: outcomes.contains)
      }
      let complete: Table
      (complete, droppedRows) =
        dropMissing ? try table.droppingMissing(in: used) : try table.complete(in: used)
      var layout = Domains(table: complete)
      for statement in model.statements {
        if case .grouped(_, let columns) = statement.target { _ = try layout.factor(by: columns) }
        if case .coefficients(_, let columns) = statement.target {
          _ = layout.coefficients(over: columns)
        }
      }
      self.layout = layout
    }
    graph = Graph(layout: layout)
  }

  mutating func bind() throws -> BoundModel {
    for name in try namesInOrder() { nodes[name] = try bindName(name) }
    for index in roles.observed { try bindObserved(index) }
    if purpose.isFit { addNotes() }
    return BoundModel(
      model: model, roles: roles, graph: graph, parameters: parameters,
      densities: densities + likelihoods, outcomes: outcomes, quantities: quantities(),
      rowQuantities: rowQuantities(), correlations: correlations, notes: notes,
      droppedRows: droppedRows)
  }

  // MARK: Names

  /// All parameters and quantities, each after those that it needs. A loop, so that chains of any length
  /// fit the stack.
  private func namesInOrder() throws -> [String] {
    var order: [String] = []
    /// Whether a name that was met has its place.
    var isPlaced: [String: Bool] = [:]
    /// The names that wait for what they need, outermost first.
    var open: [String] = []
    var waiting = roots.reversed().map { (use: NameUse(name: $0), isReady: false) }
    while let (use, isReady) = waiting.popLast() {
      let name = use.name
      guard let role = roles.named[name], isPlaced[name] != true else { continue }
      if isReady {
        open.removeLast()
        order.append(name)
        isPlaced[name] = true
        continue
      }
      if isPlaced[name] == false, let start = open.firstIndex(of: name) {
        let circle = (open[start...] + [name]).map { "`\($0)`" }.joined(separator: " needs ")
        throw fail("the model goes round in a circle: \(circle)", at: use.range)
      }
      isPlaced[name] = false
      open.append(name)
      waiting.append((use, isReady: true))
      if hasFittedValues(name) { continue }
      waiting += model.statements[role.statement].namesUsed.reversed().map { ($0, false) }
      let range = model.statements[role.statement].targetRange
      waiting += model.correlatedNames(before: name).reversed().map {
        (use: NameUse(name: $0, range: range), isReady: false)
      }
    }
    return order
  }

  /// The names to bind: all, or those that predictions need.
  private var roots: [String] {
    guard purpose.prediction != nil else { return model.statements.flatMap(\.definedNames) }
    let used = roles.observed.flatMap { model.statements[$0].namesUsed.map(\.name) }
    return (used + Array(roles.perRow)).filter { roles.named[$0] != nil }
  }

  private mutating func bindName(_ name: String) throws -> Graph.Node {
    if case .parameter(let index) = roles.named[name],
      case .correlation = model.statements[index].target
    {
      return try bindCorrelation(name, model.statements[index])
    }
    if let node = try bindFitted(name) { return node }
    return switch roles.named[name] {
    case .parameter(let index): try bindParameter(name, model.statements[index])
    case .deterministic(let index): try bindDeterministic(name, model.statements[index])
    case nil: throw unknown(name, at: nil)
    }
  }

  /// The node of a parameter or deterministic quantity.
  func node(named name: String, usedAt range: SourceRange? = nil) throws -> Graph.Node {
    guard let node = nodes[name] else { throw unknown(name, at: range) }
    return node
  }

  /// The domain that a parameter or quantity is declared in.
  func declaredDomain(of name: String) -> Domain? {
    guard let role = roles.named[name] else { return nil }
    let index = role.statement
    switch model.statements[index].target {
    case .grouped where isPopulation: return .rows
    case .grouped(_, let columns): return layout.knownFactor(by: columns)
    case .coefficients:
      let before = model.statements[..<index].count {
        if case .coefficients = $0.target { true } else { false }
      }
      return .coefficients(before)
    default: return roles.perRow.contains(name) ? .rows : .scalar
    }
  }

  // MARK: Statements

  private mutating func bindParameter(_ name: String, _ statement: Statement) throws -> Graph.Node {
    guard case .distributed(let call) = statement.content, let domain = declaredDomain(of: name)
    else { preconditionFailure("a parameter has a distribution") }
    let (form, arguments) = try matched(call, in: domain)
    if form.support.isDiscrete {
      let hint =
        nearestName(to: name, among: layout.table.columnNames).map {
          "if the outcome is meant, did you mean `\($0)`?"
        } ?? "give it a continuous prior"
      throw fail(
        """
        `\(name)` is not a column, so a parameter, and \(call.name) is a distribution of whole numbers, which \
        cannot be sampled here: \(hint)
        """, at: call.range)
    }
    let lowered = try form.lower(&graph, arguments, domain)
    var inDomain = try lowered.arguments.map { try graph.lift($0, to: domain) }
    if isPopulation, let family = lowered.family {
      return try family.centre(inDomain, isHalf: lowered.isHalf, in: domain, &graph)
    }
    let bounds = try arguments.map { try graph.lift($0, to: domain) }
    // Simulated numbers come as they are.
    let parameter = BoundModel.Parameter(
      name: name, domain: domain,
      transform: purpose.isFit ? transform(form.support, bounds) : .unbounded,
      node: graph.parameter(parameters.count, in: domain), origin: try origin(of: name, in: domain))
    parameters.append(parameter)
    if let family = lowered.family {
      inDomain = try conditioned(
        name, parameters.count - 1, inDomain, in: domain, at: statement.targetRange)
      densities.append(
        BoundModel.Density(
          family: family, variate: parameter.node, arguments: inDomain, domain: domain,
          constant: lowered.constant * Double(layout.count(domain)), subject: name,
          isHalf: lowered.isHalf))
    } else if !purpose.isFit {
      throw fail(
        "\(form.signature) is improper: there is nothing to draw `\(name)` from; give it a proper prior",
        at: call.range)
    }
    return parameter.node
  }

  private mutating func transform(_ support: Support, _ bounds: [Graph.Node])
    -> BoundModel.Transform
  {
    switch support {
    case .positive: .lower(graph.constant(0))
    case .unitInterval: .interval(graph.constant(0), graph.constant(1))
    case .between(let low?, let high?): .interval(bounds[low], bounds[high])
    case .between(let low?, nil): .lower(bounds[low])
    case .between(nil, let high?): .upper(bounds[high])
    default: .unbounded
    }
  }

  private mutating func bindDeterministic(_ name: String, _ statement: Statement) throws
    -> Graph.Node
  {
    guard case .equals(let expression) = statement.content, let domain = declaredDomain(of: name)
    else { preconditionFailure("a deterministic quantity has an expression") }
    if case .coefficients = domain {
      throw fail(
        "a coefficient vector needs a prior: write `\(name)[columns: …] ~ …`",
        at: statement.targetRange)
    }
    let node = try graph.lift(compile(expression, in: domain), to: domain)
    guard graph.domains[node] == .scalar, domain != .scalar else { return node }
    // The same number for every level: repeat it, so that each level has its own place.
    let zeros = graph.data(Array(repeating: 0, count: layout.count(domain)), in: domain)
    return try graph.binary(.add, zeros, node, in: domain)
  }

  private mutating func bindObserved(_ index: Int) throws {
    let statement = model.statements[index]
    guard case .distributed(let call) = statement.content else {
      throw fail(
        "an expression of columns can only be the target of `~`", at: statement.targetRange)
    }
    let outcome = try outcomeNode(index)
    let (form, arguments) = try matched(call, in: .rows)
    let values = outcome.map { graph.fixedValues($0) ?? [] }
    if let values { try checkSupport(of: form, values, statement, arguments) }
    let lowered = try form.lower(&graph, arguments, .rows)
    guard let family = lowered.family else {
      throw fail("Flat() has no density: it cannot be the distribution of data", at: call.range)
    }
    let inRows = try lowered.arguments.map { try graph.lift($0, to: .rows) }
    let hasJacobian = !form.support.isDiscrete && values != nil && hasOwnOutcome(index)
    let logJacobians = hasJacobian ? try logJacobians(of: statement) : []
    let subject = targetText(statement)
    outcomes.append(
      BoundModel.Outcome(
        subject: subject, statement: index, family: family, arguments: inRows,
        isHalf: lowered.isHalf, values: values, logJacobians: logJacobians))
    guard purpose.isFit, let outcome, let values else { return }
    var constant = lowered.constant * Double(values.count)
    constant += try logDensityConstant(
      family, count: values.count, y: .each(values), arguments: inRows.map(fixedArgument))
    constant += logJacobians.reduce(0, +)
    likelihoods.append(
      BoundModel.Density(
        family: family, variate: outcome, arguments: inRows, domain: .rows, constant: constant,
        subject: subject, isHalf: lowered.isHalf))
  }

  /// What is known of an argument before sampling; the constants ask for nothing else.
  private func fixedArgument(_ node: Graph.Node) -> DensityArgument {
    guard let values = graph.fixedValues(node) else { return .shared(.nan) }
    return graph.domains[node] == .scalar ? .shared(values[0]) : .each(values)
  }

  // MARK: The result

  private func rowQuantities() -> [BoundModel.Quantity] {
    model.statements.flatMap(\.definedNames).compactMap { name in
      guard roles.perRow.contains(name), let node = nodes[name]
      else { return nil }
      return BoundModel.Quantity(name: name, domain: .rows, node: node, isDeterministic: true)
    }
  }

  /// Population-level quantities first, then the groups, each in the order of the text.
  private func quantities() -> [BoundModel.Quantity] {
    let all = model.statements.flatMap(\.definedNames).compactMap { name -> BoundModel.Quantity? in
      guard let role = roles.named[name], let node = nodes[name],
        let domain = declaredDomain(of: name), domain != .rows, graph.fixedValues(node) == nil
      else { return nil }
      let isDeterministic = if case .deterministic = role { true } else { false }
      return BoundModel.Quantity(
        name: name, domain: domain, node: node, isDeterministic: isDeterministic)
    }
    func isGroup(_ quantity: BoundModel.Quantity) -> Bool {
      if case .factor = quantity.domain { true } else { false }
    }
    return all.filter { !isGroup($0) } + all.filter(isGroup)
  }

  /// An error at a place of the model's text.
  func fail(_ message: String, at range: SourceRange?) -> ModelError {
    ModelError(message, at: range, in: model.text)
  }

  func unknown(_ name: String, at range: SourceRange?) -> ModelError {
    let known = Array(isColumn) + Array(roles.named.keys)
    let hint =
      nearestName(to: name, among: known.sorted()).map { ": did you mean `\($0)`?" }
      ?? ": give it a prior, or check the table's columns"
    return fail("`\(name)` is neither a column of the table nor a parameter\(hint)", at: range)
  }
}

extension Statement {
  /// The names that a statement gives a meaning to; none if its target is an expression.
  package var definedNames: [String] {
    switch target {
    case .name(let name), .grouped(let name, _), .coefficients(let name, _): [name]
    case .correlation(let effects): Statement.correlationNames(effects)
    case .expression: []
    }
  }
}
