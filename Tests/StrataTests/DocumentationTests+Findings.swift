import StrataDiagnostics

/// Reports that have every finding there is.
extension DocumentationTests {
  /// Reports that together have every finding there is.
  static func reports() -> [DiagnosticReport] {
    func quantity(_ change: (inout QuantitySummary) -> Void) -> QuantitySummary {
      var summary = QuantitySummary(undefined: nil)
      (summary.mean, summary.sd, summary.rHat, summary.rHatChance) = (0, 1, 1, 0.5)
      (summary.bulkESS, summary.tailESS) = (2000, 2000)
      change(&summary)
      return summary
    }
    func report(_ change: (inout QuantitySummary) -> Void) -> DiagnosticReport {
      DiagnosticReport(parameters: [("tau", quantity(change))])
    }
    func run(_ change: (inout SamplerStatistics) -> Void) -> DiagnosticReport {
      let energies = (0..<4).map { _ in (0..<1000).map { Double($0 * 7919 % 101) } }
      var statistics = SamplerStatistics(
        drawsPerChain: 1000, divergences: [0, 0, 0, 0], energies: energies)
      change(&statistics)
      return DiagnosticReport(parameters: [], sampler: statistics)
    }
    func undefined(_ reason: UndefinedReason) -> DiagnosticReport {
      var summary = QuantitySummary(undefined: reason)
      if reason == .constant { summary.mean = 1 }
      return DiagnosticReport(parameters: [("tau", summary)])
    }
    return [
      run { $0.divergences = [2, 0, 10, 0] }, run { $0.divergences = [0, 1, 0, 0] },
      run { $0.saturatedTrees = [12, 0, 0, 0] },
      run { $0.energies[2] = (0..<1000).map { Double($0) / 100 + Double($0 % 2) } },
      run { $0.energies[2] = [1, 1, 1] },
      report { ($0.rHat, $0.rHatChance) = (1.052, 1e-9) },
      report { ($0.rHat, $0.rHatChance) = (1.012, 0.01) },
      report { ($0.bulkESS, $0.tailESS) = (180, 310) },
      report { ($0.bulkESS, $0.tailESS) = (12, 31) },
      undefined(.tooFewDraws), undefined(.constant), undefined(.notFinite), undefined(.noDraws),
      report { $0.tailESS = nil }, report { $0.tailShape = 0.51 }, report { $0.tailShape = 0.93 },
    ]
  }
}
