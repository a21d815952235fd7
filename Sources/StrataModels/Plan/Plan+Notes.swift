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
  /// - Parameter lines: what the observed lines are about, in their order.
  func plan(_ mode: Plan.Mode, _ notes: PlanNotes, _ lines: [Graph.Node]) -> Plan {
    let rows = notes.rows.sorted {
      lines.firstIndex(of: $0.variate) ?? 0 < lines.firstIndex(of: $1.variate) ?? 0
    }.map(\.step)
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

  /// `85 levels of county`, `one per row`, `2 columns`; nil for a number.
  func shape(of domain: Domain) -> String? {
    let count = layout.count(domain)
    switch domain {
    case .scalar, .rows, .cells: return nil
    case .factor where isPerRow(domain): return "one per row"
    case .factor: return "\(count) level\(count == 1 ? "" : "s") of \(name(of: domain))"
    case .coefficients: return "\(count) column\(count == 1 ? "" : "s")"
    }
  }

  /// What becomes of the rows if all that is needed of each level is `what`: `sums of squares and products`.
  func rows(to what: String, of domain: Domain) -> String {
    let rows = "\(layout.table.rowCount) rows"
    if domain == .scalar { return "\(rows) → \(what)" }
    if isPerRow(domain) { return "\(rows) as they are, each with its own level" }
    if layout.count(domain) == layout.table.rowCount {
      return "\(rows), one for each level of \(name(of: domain))"
    }
    return "\(rows) → \(what) of \(shape(of: domain) ?? "")"
  }

  /// Whether a factor has a level for each row, as `[row]` says.
  private func isPerRow(_ domain: Domain) -> Bool {
    guard case .factor(let index) = domain else { return false }
    return layout.factors[index].columns.isEmpty
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
