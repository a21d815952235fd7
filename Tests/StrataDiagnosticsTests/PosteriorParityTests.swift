import StrataDiagnostics
import Testing

/// Equality with R's posterior. The tolerance is relative 1e-10: both sides round differently (a
/// Fourier transform there, direct sums here): the largest difference seen is 4e-12, for draws of
/// 1000 ± 0.01, all others are under 3e-14. A different definition would show in the third digit.
@Suite struct PosteriorParityTests {
  static let sets = Reference.shared.draws.keys.sorted()

  @Test(arguments: sets) func equalsPosterior(set: String) throws {
    let chains = try #require(Reference.shared.draws[set])
    var compared = 0
    for row in Reference.shared.rows where row.set == set {
      compared += 1
      // posterior calls squares below 2⁻⁵² constant; our tolerance is relative (see `units`).
      if (set, row.name) == ("small", "mcse_sd") { continue }
      if Self.isUntold(row.name, set) { continue }
      let ours = Self.value(of: row.name, chains)
      #expect(
        agrees(ours, row.value),
        "\(set) \(row.name): \(ours.map { "\($0)" } ?? "nil"), posterior says \(row.value)")
    }
    #expect(compared == 34)
  }

  /// The summary, by every way to it, says the same as the single functions.
  @Test(arguments: sets) func summaryEqualsPosterior(set: String) throws {
    let chains = try #require(Reference.shared.draws[set])
    let summary = QuantitySummary(chains)
    for row in Reference.shared.rows where row.set == set {
      guard let field = Self.fields[row.name], !Self.isUntold(row.name, set) else { continue }
      #expect(agrees(summary[keyPath: field], row.value), "\(set) \(row.name)")
    }
    let summarizer = QuantitySummarizer(chains: chains.count, draws: chains[0].count)
    #expect(summarizer.summarize(chains) == summary)
    // Interleaved with another quantity, draw by draw.
    let interleaved = chains.flatMap { chain in chain.flatMap { [$0, -1.0] } }
    let strided = interleaved.withUnsafeBufferPointer {
      summarizer.summarize(
        $0.baseAddress!, chainStride: 2 * chains[0].count, drawStride: 2)
    }
    #expect(strided == summary)
  }

  /// posterior has means of Cauchy draws, too; a summary does not tell them (see `TailShapeTests`).
  private static func isUntold(_ name: String, _ set: String) -> Bool {
    set == "cauchy" && ["mean", "sd", "mcse_mean"].contains(name)
  }

  private static let fields: [String: KeyPath<QuantitySummary, Double?> & Sendable] = [
    "mean": \.mean, "sd": \.sd, "quantile@0.05": \.q5, "quantile@0.5": \.q50,
    "quantile@0.95": \.q95, "mcse_mean": \.meanMCSE, "ess_bulk": \.bulkESS, "ess_tail": \.tailESS,
    "rhat": \.rHat,
  ]

  private static func value(of name: String, _ chains: [[Double]]) -> Double? {
    let parts = name.split(separator: "@")
    if parts.count == 2, let probability = Double(parts[1]) {
      switch parts[0] {
      case "quantile":
        return Diagnostics.quantile(chains.flatMap { $0 }, probability: probability)
      case "ess_quantile":
        return Diagnostics.quantileESS(chains, probability: probability)
      case "mcse_quantile":
        return Diagnostics.quantileMCSE(chains, probability: probability)
      default: return .signalingNaN
      }
    }
    switch name {
    case "rhat": return Diagnostics.rHat(chains)
    case "ess_bulk": return Diagnostics.bulkESS(chains)
    case "ess_tail": return Diagnostics.tailESS(chains)
    case "ess_mean": return Diagnostics.meanESS(chains)
    case "ess_sd": return Diagnostics.sdESS(chains)
    case "mcse_mean": return Diagnostics.meanMCSE(chains)
    case "mcse_sd": return Diagnostics.sdMCSE(chains)
    case "mean": return QuantitySummary(chains).mean
    case "sd": return QuantitySummary(chains).sd
    case "e_bfmi": return Diagnostics.energyBFMI(chains[0])
    default: return .signalingNaN
    }
  }
}
