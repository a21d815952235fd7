/// What the diagnostics say about a run, in plain language: what is wrong, where it is worst, and
/// what to do.
///
/// A *failure* means that the draws should not be used as they are; a *note* is worth knowing.
/// Failures, with the limits of ``DiagnosticLimits``: more than 0.1 % of the draws divergent; a
/// bulk- or tail-ESS under 400; an E-BFMI under 0.3; an R-hat above 1.01 that chance does not
/// explain at that ESS; fewer than six draws per chain, so that nothing can be checked. Undefined
/// diagnostics (a constant parameter, infinite draws) are notes.
public struct DiagnosticReport: Sendable, Hashable {
  /// How bad a finding is.
  public enum Severity: Sendable, Hashable {
    /// Worth knowing.
    case note
    /// The draws should not be used as they are.
    case failure
  }

  /// What a finding is about.
  public enum Topic: Sendable, Hashable {
    /// Divergent draws.
    case divergences
    /// Trees cut off at the maximum depth.
    case treeDepth
    /// E-BFMI.
    case energy
    /// Bulk- and tail-ESS.
    case effectiveSampleSize
    /// R-hat.
    case rHat
    /// Diagnostics without a value.
    case undefined
    /// Means and sds that draws cannot tell.
    case heavyTails
  }

  /// How the effects of groups were sampled, which decides what can help.
  public enum Effects: Sendable, Hashable {
    /// As the model's text writes them.
    case asWritten
    /// As the text writes them, because the planner was told not to choose.
    case asRequested
    /// Not at all, or in coordinates that suit them: writing them otherwise would change nothing.
    case handled
  }

  /// One thing that a diagnostic found.
  public struct Finding: Sendable, Hashable {
    /// What it is about.
    public var topic: Topic
    /// How bad it is.
    public var severity: Severity
    /// One line: what, where it is worst, and the remedy.
    public var message: String
    /// All parameters concerned, the worst first; empty where it concerns none in particular.
    public var parameters: [String]
  }

  /// Failures first, then notes.
  public let findings: [Finding]
  /// One line that says in numbers that all is well; nil if something failed.
  public let verdict: String?

  /// Whether any finding is a failure.
  public var hasFailed: Bool { findings.contains { $0.severity == .failure } }

  /// The report as lines to print: the verdict if nothing failed, then the findings.
  public var lines: [String] { (verdict.map { [$0] } ?? []) + findings.map(\.message) }

  /// Judges a run.
  ///
  /// - Parameters:
  ///   - parameters: name and summary of each reported parameter. The more there are, the larger an
  ///     R-hat chance alone explains.
  ///   - sampler: what the sampler noted; nil if only draws are known.
  ///   - effects: how the effects of groups were sampled.
  public init(
    parameters: [(name: String, summary: QuantitySummary)], sampler: SamplerStatistics? = nil,
    effects: Effects = .asWritten
  ) {
    var found: [Finding?] = []
    if let sampler { found += Self.samplerFindings(sampler, effects) }
    found += Self.parameterFindings(parameters)
    let all = found.compactMap { $0 }
    findings = all.filter { $0.severity == .failure } + all.filter { $0.severity == .note }
    verdict =
      all.contains { $0.severity == .failure }
      ? nil : Self.verdict(parameters.map(\.summary), sampler)
  }

  private static func verdict(
    _ summaries: [QuantitySummary], _ sampler: SamplerStatistics?
  ) -> String {
    var parts: [String] = []
    if let worst = summaries.compactMap(\.rHat).max() {
      parts.append("R-hat at most \(Wording.fixed(worst, 3))")
    }
    if let least = summaries.compactMap(\.bulkESS).min() {
      parts.append("bulk-ESS at least \(Wording.whole(least))")
    }
    if let least = summaries.compactMap(\.tailESS).min() {
      parts.append("tail-ESS at least \(Wording.whole(least))")
    }
    if let sampler {
      let count = sampler.divergences.reduce(0, +)
      parts.append("\(count == 0 ? "no" : "\(count)") divergent draw\(count == 1 ? "" : "s")")
      if let least = sampler.energies.compactMap(Diagnostics.energyBFMI).min() {
        parts.append("E-BFMI at least \(Wording.fixed(least, 2))")
      }
    }
    if parts.isEmpty { return "There is nothing to check." }
    return "All checks passed: " + parts.joined(separator: ", ") + "."
  }
}
