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
