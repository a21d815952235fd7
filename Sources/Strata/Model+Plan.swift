public import StrataModels

extension Model {
  /// How the model would be solved on this table: what is compressed, what is sampled, and why.
  /// - Throws: ``ModelError`` and ``TableError`` as a fit does.
  public func plan(for table: Table, mode: Plan.Mode = .auto) throws -> Plan {
    try bound(to: table).planned(mode).plan
  }
}
