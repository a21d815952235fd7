import StrataCharts
import StrataModels

extension BoundModel {
  /// The model as nodes, arrows and plates.
  func diagram() -> ModelDiagram {
    var builder = DiagramBuilder(self)
    for index in model.statements.indices { builder.add(index) }
    return ModelDiagram(
      title: "The model", nodes: builder.nodes, edges: builder.edges, plates: builder.plates)
  }
}

private struct DiagramBuilder {
  let bound: BoundModel
  var nodes: [ModelDiagram.Node] = []
  var edges: [ModelDiagram.Edge] = []
  var plates: [ModelDiagram.Plate] = []
  private let observed: Set<Int>
  /// The columns that stand in brackets: plates say what they do.
  private static let rows = "row"

  init(_ bound: BoundModel) {
    self.bound = bound
    observed = Set(bound.outcomes.map(\.statement))
  }

  mutating func add(_ index: Int) {
    let statement = bound.model.statements[index]
    let isObserved = observed.contains(index)
    let name: String
    let plate: String?
    var detail = ""
    switch statement.target {
    case .name(let target):
      name = target
      plate = isObserved || bound.roles.perRow.contains(target) ? rowPlate() : nil
    case .grouped(let target, let columns):
      name = target
      plate = columns == ["row"] ? rowPlate() : levelPlate(columns)
    case .coefficients(let target, let columns):
      name = target
      plate = nil
      detail = " × \(columns.count)"
    case .correlation(let effects):
      name = statement.target.description
      plate = nil
      for effect in effects { connect(name, effect) }
    case .expression(let expression):
      name = expression.description
      plate = rowPlate()
    }
    let kind: ModelDiagram.Kind
    switch statement.content {
    case .distributed(let call):
      kind = isObserved ? .observed : .parameter
      detail = call.name + detail
    case .equals: kind = .computed
    }
    nodes.append(.init(name, detail: detail, kind: kind, plate: plate))
    for expression in statement.rightSides { connect(expression, to: name, in: plate) }
  }

  private mutating func connect(_ expression: Expression, to name: String, in plate: String?) {
    for part in expression.parts {
      switch part.node {
      case .name(let used), .element(let used, _):
        addEdge(from: used, to: name, in: plate)
      case .correlation(let first, let second):
        addEdge(from: correlationName(first, second), to: name, in: plate)
      case .dot(let columns, let coefficients):
        let given = columns.isEmpty ? declaredColumns(of: coefficients) : columns
        let label = given.count == 1 ? given[0] : "\(given.count) columns"
        addNode(label, in: plate ?? rowPlate())
        connect(label, name)
        connect(coefficients, name)
      default: break
      }
    }
  }

  /// The columns that a coefficient vector was declared over.
  private func declaredColumns(of name: String) -> [String] {
    for statement in bound.model.statements {
      if case .coefficients(name, let columns) = statement.target { return columns }
    }
    return []
  }

  private mutating func addEdge(from used: String, to name: String, in plate: String?) {
    if bound.roles.named[used] == nil { addNode(used, in: plate) }
    connect(node(of: used), name)
  }

  /// One of several correlations is a part of their node.
  private func node(of name: String) -> String {
    for statement in bound.model.statements {
      if case .correlation = statement.target, statement.definedNames.contains(name) {
        return statement.target.description
      }
    }
    return name
  }

  /// A column of the table.
  private mutating func addNode(_ column: String, in plate: String?) {
    if nodes.contains(where: { $0.id == column }) { return }
    nodes.append(.init(column, kind: .data, plate: plate))
  }

  private mutating func connect(_ from: String, _ to: String) {
    let edge = ModelDiagram.Edge(from, to)
    if !edges.contains(edge) { edges.append(edge) }
  }

  // MARK: Plates

  private mutating func rowPlate() -> String {
    addPlate(Self.rows, "rows × \(bound.layout.table.rowCount.spoken)")
  }

  private mutating func levelPlate(_ columns: [String]) -> String {
    let count =
      bound.layout.knownFactor(by: columns).map { bound.layout.count($0) } ?? 0
    return addPlate("by \(columns)", "\(columns.joined(separator: ", ")) × \(count.spoken)")
  }

  private mutating func addPlate(_ id: String, _ label: String) -> String {
    if !plates.contains(where: { $0.id == id }) { plates.append(.init(id, label: label)) }
    return id
  }
}
