import StrataDiagnostics
import StrataModels

extension BoundModel {
  /// How group-level effects are sampled: what a diagnostic that failed may advise.
  func sampledEffects(_ plan: Plan) -> DiagnosticReport.Effects {
    let handled = plan.steps.filter { $0.kind == .integrated || $0.kind == .sampled }
      .flatMap { $0.subject.split(separator: ",").map { $0.filter { $0 != " " } } }
    let names = Set(parameters.map(\.name))
    let isLeft = model.statements.contains { statement in
      guard case .grouped(let name, _) = statement.target, names.contains(name),
        !handled.contains(name), case .distributed(let call) = statement.content
      else { return false }
      return ["Normal", "StudentT", "Cauchy", "Laplace", "LogNormal"].contains(call.name)
        && call.arguments.flatMap(\.value.usedNames).contains { !layout.table.hasColumn($0) }
    }
    guard isLeft else { return .handled }
    return plan.mode == .auto ? .asWritten : .asRequested
  }
}
