import StrataDiagnostics
import StrataModels
import StrataSampling
import Synchronization

/// How a fit in rounds ended.
public struct FitRounds: Sendable, Codable, Equatable {
  /// What ended it.
  public enum End: String, Sendable, Codable {
    /// The precision asked for was reached.
    case target
    /// The limit on draws.
    case draws
    /// The limit on seconds.
    case seconds
  }

  /// How many rounds there were.
  public var rounds: Int
  /// What ended the last one.
  public var end: End
}

/// Whether the draws are precise enough, and if not, how many more there should be.
///
/// The summary is kept: that of the last round is the fit's.
final class PrecisionCriterion: Sendable {
  private let report: DrawLayout
  private let target: PrecisionTarget
  private let last = Mutex<Summary?>(nil)

  init(_ target: PrecisionTarget, report: DrawLayout) {
    self.target = target
    self.report = report
  }

  /// Of the draws of the last round.
  var summary: Summary? { last.withLock { $0 } }

  func decide(_ chains: [ChainResult]) -> RoundDecision {
    let summary = Summary(report, chains)
    last.withLock { $0 = summary }
    let total = chains.map(\.drawCount).min() ?? 0
    if summary.rows.contains(where: { $0.statistics.undefined == .tooFewDraws }) {
      return .draw(10)
    }
    let reached = summary.reached(target)
    guard reached >= 1 else {
      // What is missing by the rate so far, and a tenth more.
      let needed = 1.1 * Double(total) / max(reached, 1e-6)
      return .draw(Int(min(needed, 1e15).rounded(.up)) - total)
    }
    return summary.rHatFails ? .draw(total) : .stop
  }
}

extension Summary {
  /// The least of all bulk- and tail-ESS, as a fraction of the target; infinite where none is defined. What
  /// is undefined (a constant, say) stays so with any number of draws.
  func reached(_ target: PrecisionTarget) -> Double {
    rows.reduce(.infinity) { min($0, $1.statistics.reached(target)) }
  }

  /// Whether the diagnostics call an R-hat a failure.
  var rHatFails: Bool {
    DiagnosticReport(parameters: rows.map { ($0.name, $0.statistics) }).findings.contains {
      $0.topic == .rHat && $0.severity == .failure
    }
  }
}

extension FitRounds {
  /// What a reader of the summary should know.
  func note(_ summary: Summary, _ settings: FitSettings) -> String {
    let target = settings.target ?? .until(bulkESS: .nan)
    let wanted =
      target.bulkESS == target.tailESS
      ? "bulk- and tail-ESS of \(Self.text(target.bulkESS))"
      : "bulk-ESS of \(Self.text(target.bulkESS)) and tail-ESS of \(Self.text(target.tailESS))"
    let drawn =
      "\(settings.draws) draws of each chain in \(rounds) round\(rounds == 1 ? "" : "s")"
    switch end {
    case .target: return "every parameter reached a \(wanted) after \(drawn)"
    case .draws:
      return "the limit on draws ended the run after \(drawn): \(missing(summary, target))"
    case .seconds:
      return "the limit on seconds ended the run after \(drawn): \(missing(summary, target))"
    }
  }

  private func missing(_ summary: Summary, _ target: PrecisionTarget) -> String {
    let worst = summary.rows.min { a, b in
      a.statistics.reached(target) < b.statistics.reached(target)
    }
    guard let worst, worst.statistics.reached(target) < 1 else {
      return "the ESS asked for was reached, but R-hat was not good enough"
    }
    let (bulk, tail) = (worst.statistics.bulkESS ?? .nan, worst.statistics.tailESS ?? .nan)
    return """
      \(worst.name) has reached a bulk-ESS of \(Self.text(bulk)) of \(Self.text(target.bulkESS)) and a \
      tail-ESS of \(Self.text(tail)) of \(Self.text(target.tailESS))
      """
  }

  private static func text(_ value: Double) -> String {
    value.isFinite ? NumberFormat.whole.text(value) : "\(value)"
  }
}

extension QuantitySummary {
  fileprivate func reached(_ target: PrecisionTarget) -> Double {
    min((bulkESS ?? .infinity) / target.bulkESS, (tailESS ?? .infinity) / target.tailESS)
  }
}

/// What a sampler came to.
struct SamplerRun: Sendable {
  var chains: [ChainResult]
  /// Nil for a given number of draws.
  var rounds: FitRounds?
  /// Nil if it has not been computed yet.
  var summary: Summary?
}

extension SamplerConfiguration {
  /// Runs the sampler: in rounds if a precision is to be reached.
  func run(
    _ density: PosteriorDensity, chains: ChainConfiguration, initial: [[Double]]?,
    target: PrecisionTarget?, progress: ProgressHandler?
  ) async throws -> SamplerRun {
    guard let target else {
      return SamplerRun(
        chains: try await sample(
          density, configuration: self, chains: chains, initial: initial, progress: progress))
    }
    let criterion = PrecisionCriterion(target, report: density.report)
    let result = try await sample(
      density, configuration: self, chains: chains, initial: initial,
      rounds: try target.rounds(chains: chains.chains), progress: progress,
      until: criterion.decide)
    let end: FitRounds.End
    switch result.end {
    case .criterion: end = .target
    case .draws: end = .draws
    case .seconds: end = .seconds
    case .cancelled: return SamplerRun(chains: result.chains)
    }
    return SamplerRun(
      chains: result.chains, rounds: FitRounds(rounds: result.rounds, end: end),
      summary: criterion.summary)
  }
}
