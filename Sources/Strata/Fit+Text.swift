import StrataDiagnostics
import StrataModels

extension Fit: CustomStringConvertible {
  /// The summary as a table, with what the diagnostics say under it.
  public var description: String { "\(summary)\n\n\(findings(withNotes: true))" }

  /// What the diagnostics say, in lines of at most `width` characters, then the notes.
  package func findings(withNotes: Bool, width: Int = 80) -> String {
    var lines: [String] = []
    if let verdict = diagnostics.verdict { lines.append(verdict) }
    for finding in diagnostics.findings {
      switch finding.severity {
      case .failure: lines.append("Failed: \(finding.message)")
      case .note: if withNotes { lines.append("Note: \(finding.message)") }
      }
    }
    if withNotes { lines += notes.map { "Note: \($0)." } }
    return lines.map { $0.wrapped(to: width) }.joined(separator: "\n")
  }

  /// What ran, with every value that was chosen, and how long it took.
  package var settingsLine: String { settingsLine(width: 80) }

  /// The same in lines of at most `width` characters.
  package func settingsLine(width: Int) -> String {
    let s = settings
    let isNUTS = s.sampler == .nuts
    let target = s.targetAcceptance.map { ", target acceptance \($0)" } ?? ""
    let metric = s.metric.map { ", \($0.rawValue) metric" } ?? ""
    let start = s.start == .mode ? " from the mode" : ""
    let effects = s.effects == .draws ? "" : ", effects \(s.effects.rawValue)"
    let time = NumberFormat.fixed(decimals: 2).text(
      seconds.planning + seconds.warmup + seconds.sampling)
    let kept = "\(s.draws) kept \(s.sampler == .metropolis ? "sweeps" : "draws")"
    let how =
      switch s.sampler {
      case .metropolis:
        "Metropolis: \(counted(s.chains, "chain")) of \(s.warmup) warmup and \(kept)"
      case .grid: "Grid: \(counted(s.chains, "chain")) of \(kept), nearly independent"
      case .nuts, .auto: "NUTS: \(counted(s.chains, "chain")) of \(s.warmup) warmup and \(kept)"
      }
    let text = """
      \(how)\(target)\(metric)\(start), seed \(s.seed), plan \(s.plan.rawValue)\(effects); \
      \(counted(dimension, "parameter")) sampled with \
      \(counted(evaluations, isNUTS ? "gradient" : "density evaluation")) in \(time) s.
      """
    return text.wrapped(to: width)
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
