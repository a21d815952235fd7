/// Something that was asked of a plan and cannot be had.
public enum PlanError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A parameter that can't be integrated out, and the condition that fails.
  public struct Refusal: Hashable, Sendable {
    /// Its name.
    public var parameter: String
    /// The condition.
    public var reason: String
  }

  /// A name that is no parameter of the model.
  case unknownParameter(name: String, nearest: String?)
  /// A deterministic quantity, and the parameters it is computed from.
  case notAParameter(name: String, madeOf: [String])
  /// A parameter that is to be sampled as well as integrated out.
  case sampledAndIntegrated(String)
  /// A parameter is to be integrated out under a plan that integrates nothing.
  case modeIntegratesNothing(Plan.Mode, String)
  /// Parameters that have to be integrated out and can't be.
  case notIntegrated([Refusal])
  /// The draws of integrated group effects were to be left out, but there are no such effects.
  case noEffects(Plan.Effects)

  /// What was asked, why it can't be, and what to do.
  public var description: String {
    switch self {
    case .unknownParameter(let name, let nearest):
      let hint =
        nearest.map { "did you mean \"\($0)\"?" }
        ?? "strata explain lists what there is"
      return "the plan names \"\(name)\", but there is no such parameter: \(hint)"
    case .notAParameter(let name, let parts):
      let hint =
        parts.isEmpty ? "" : ": name \(parts.map { "\"\($0)\"" }.joined(separator: " or "))"
      return "the plan names \"\(name)\", which is computed, not a parameter\(hint)"
    case .sampledAndIntegrated(let name):
      return "\"\(name)\" can't be sampled and integrated out at once: name it in one list only"
    case .modeIntegratesNothing(let mode, let name):
      return "\"\(name)\" can't be integrated out under plan \(mode.rawValue): use plan auto"
    case .notIntegrated(let refusals):
      let list = refusals.map { "\"\($0.parameter)\" can't be integrated out: \($0.reason)" }
      return list.joined(separator: "; ")
    case .noEffects(let kept):
      return """
        effects \(kept.rawValue) leaves out the draws of group effects that are integrated out, and the plan \
        integrates out none (strata explain says why): use effects draws
        """
    }
  }
}
