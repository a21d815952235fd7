extension Plan {
  /// What is asked of the planner.
  public struct Request: Sendable, Hashable {
    /// Which moves may be taken.
    public var mode: Mode
    /// Parameters that shall be sampled whether or not they could be integrated out, by their names.
    public var sampled: Set<String>
    /// Parameters that have to be integrated out: where they can't be, that is an error which says why.
    public var integrated: Set<String>

    /// By default the planner chooses.
    public init(mode: Mode = .auto, sampled: Set<String> = [], integrated: Set<String> = []) {
      self.mode = mode
      self.sampled = sampled
      self.integrated = integrated
    }
  }
}

extension BoundModel {
  /// Names that are no parameters, and requests that contradict each other, are errors.
  func check(_ request: Plan.Request) throws(PlanError) {
    for name in request.integrated.union(request.sampled).sorted() {
      if parameters.contains(where: { $0.name == name }) { continue }
      if let quantity = quantities.first(where: { $0.name == name }) {
        throw .notAParameter(name: name, madeOf: parts(of: quantity))
      }
      throw .unknownParameter(
        name: name, nearest: nearestName(to: name, among: parameters.map(\.name)))
    }
    guard let first = request.integrated.sorted().first else { return }
    if let both = request.integrated.intersection(request.sampled).sorted().first {
      throw .sampledAndIntegrated(both)
    }
    if request.mode != .auto { throw .modeIntegratesNothing(request.mode, first) }
  }

  /// The parameters that a quantity is computed from; of those of its own factor only these.
  private func parts(of quantity: Quantity) -> [String] {
    var found: Set<Int> = []
    var seen: Set<Graph.Node> = [quantity.node]
    var waiting = [quantity.node]
    while let node = waiting.popLast() {
      if case .parameter(let index) = graph.operations[node] { found.insert(index) }
      waiting += graph.inputs(of: node).filter { seen.insert($0).inserted }
    }
    let own = found.filter { parameters[$0].domain == quantity.domain }
    return (own.isEmpty ? found : own).sorted().map { parameters[$0].name }
  }

  /// What had to be integrated out, and could not be.
  func checkIntegrated(
    _ request: Plan.Request, _ integrated: Set<Int>, _ notes: PlanNotes
  ) throws(PlanError) {
    let missing = parameters.indices.filter {
      request.integrated.contains(parameters[$0].name) && !integrated.contains($0)
    }
    if missing.isEmpty { return }
    throw .notIntegrated(
      missing.map { index in
        PlanError.Refusal(
          parameter: parameters[index].name,
          reason: notes.reasons[index] ?? "its prior is neither Normal nor conjugate")
      })
  }

  /// The prior of a parameter as the model names it: `HalfNormal`.
  func priorName(of index: Int) -> String {
    let name = parameters[index].name
    for statement in model.statements {
      guard case .distributed(let call) = statement.content,
        statement.definedNames.contains(name)
      else { continue }
      return call.name
    }
    return "Flat"
  }
}
