/// What the moves leave behind for the plan's text.
struct PlanNotes {
  /// What became of the rows of observed lines, with the node of what was observed.
  private(set) var rows: [(variate: Graph.Node, step: Plan.Step)] = []
  /// Parameters that are integrated out.
  var integrated: [Plan.Step] = []
  /// Why parameters are not, by their index.
  var reasons: [Int: String] = [:]

  /// What became of the rows of a likelihood.
  mutating func addRows(of density: BoundModel.Density, _ action: String) {
    rows.append((density.variate, Plan.Step(kind: .rows, subject: density.subject, action: action)))
  }

  /// Parameters are integrated out: those of one shape.
  mutating func addIntegrated(_ indices: [Int], _ detail: String?, _ bound: BoundModel) {
    integrated.append(
      Plan.Step(
        kind: .integrated,
        subject: indices.map { bound.parameters[$0].name }.joined(separator: ", "),
        action: "integrated out exactly" + (detail.map { " (\($0))" } ?? "")))
  }
}

extension BoundModel {
  /// The plan in words.
  func plan(_ mode: Plan.Mode, _ notes: PlanNotes) -> Plan {
    // In the order of the text: that in which the binder made the nodes.
    let rows = notes.rows.enumerated().sorted {
      ($0.element.variate, $0.offset) < ($1.element.variate, $1.offset)
    }.map(\.element.step)
    let sampled = parameters.indices.filter { !integrated.contains($0) }
    func count(_ indices: some Sequence<Int>) -> Int {
      indices.reduce(0) { $0 + layout.count(parameters[$1].domain) }
    }
    return Plan(
      mode: mode, steps: rows + notes.integrated + refusals(sampled, notes) + centringSteps,
      sampled: sampled.map { index in
        parameters[index].name + (shape(of: parameters[index].domain).map { " (\($0))" } ?? "")
      }, dimension: count(sampled), parameterCount: count(parameters.indices))
  }

  /// `85 levels of county`, `2 columns`; nil for a number.
  func shape(of domain: Domain) -> String? {
    let count = layout.count(domain)
    switch domain {
    case .scalar, .rows, .cells: return nil
    case .factor: return "\(count) level\(count == 1 ? "" : "s") of \(name(of: domain))"
    case .coefficients: return "\(count) column\(count == 1 ? "" : "s")"
    }
  }

  /// Why parameters are sampled that look as if they need not be: those with Normal or flat priors, and all with a
  /// value for each level. Parameters with the same reason share a line.
  private func refusals(_ sampled: [Int], _ notes: PlanNotes) -> [Plan.Step] {
    var steps: [Plan.Step] = []
    for index in sampled where isBlock(index) {
      guard let reason = notes.reasons[index] else { continue }
      let action = "not integrated out: \(reason)"
      if let known = steps.firstIndex(where: { $0.action == action }) {
        steps[known].subject += ", \(parameters[index].name)"
      } else {
        steps.append(
          Plan.Step(kind: .notIntegrated, subject: parameters[index].name, action: action))
      }
    }
    return steps
  }

  private func isBlock(_ index: Int) -> Bool {
    if parameters[index].domain != .scalar { return true }
    guard case .unbounded = parameters[index].transform else { return false }
    let prior = densities.first { $0.variate == parameters[index].node }
    return prior == nil || prior?.family == .normal
  }
}
