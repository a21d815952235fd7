public import StrataModels

extension Model {
  /// How the model would be solved on this table: what is compressed, what is integrated out, what is sampled, and why.
  ///
  /// - Parameters:
  ///   - table: the data.
  ///   - mode: which moves may be taken.
  ///   - sampled: parameters that shall be sampled, by name.
  ///   - integrated: parameters that must be integrated out.
  /// - Throws: ``ModelError``, ``TableError`` and ``PlanError`` as a fit does.
  public func plan(
    for table: Table, mode: Plan.Mode = .auto, sampled: Set<String> = [],
    integrated: Set<String> = []
  ) throws -> Plan {
    let request = Plan.Request(mode: mode, sampled: sampled, integrated: integrated)
    return try bound(to: table).planned(request).plan
  }
}

extension Plan {
  /// One JSON object: the steps in their order, what is sampled, and how many parameters of how many.
  public func json() throws -> String {
    let steps = steps.map { step -> JSONText.Value in
      .object([
        "kind": .text(step.kind == .notIntegrated ? "not_integrated" : step.kind.rawValue),
        "subject": .text(step.subject), "action": .text(step.action),
      ])
    }
    return try JSONText.encode(
      JSONText.Value.object([
        "mode": .text(mode.rawValue), "steps": .list(steps),
        "sampled": .list(sampled.map { .text($0) }), "dimension": .whole(dimension),
        "parameters": .whole(parameterCount),
      ]))
  }
}
