/// Something that was asked of a plan and cannot be had.
public enum PlanError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The draws of integrated group effects were to be left out, but there are no such effects.
  case noEffects(Plan.Effects)

  /// What was asked, why it can't be, and what to do.
  public var description: String {
    switch self {
    case .noEffects(let kept):
      """
      effects \(kept.rawValue) leaves out the draws of group effects that are integrated out, and the plan \
      integrates out none (strata explain says why): use effects draws
      """
    }
  }
}

extension PosteriorDensity {
  /// Draws of sampled parameters are kept in any case.
  package func checkEffects(_ kept: Plan.Effects) throws(PlanError) {
    if kept != .draws, planned.integratedGroups.isEmpty { throw .noEffects(kept) }
  }
}
