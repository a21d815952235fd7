public import StrataDiagnostics
import StrataSampling

/// The posterior in one table: a row per parameter.
public struct Summary: Sendable {
  /// One parameter's line.
  public struct Row: Sendable {
    /// The name as in the model, with its level: `a[AITKIN]`.
    public let name: String
    /// Mean, sd, quantiles, Monte Carlo error, ESS, R-hat; nil where undefined.
    public let statistics: QuantitySummary
  }

  /// The rows, in the order of the fit's parameter names.
  public let rows: [Row]

  /// The row of one parameter.
  public subscript(name: String) -> QuantitySummary? {
    rows.first { $0.name == name }?.statistics
  }

  init(names: [String], chains: [ChainResult]) {
    let draws = chains.map(\.drawCount).min() ?? 0
    let summarizer = QuantitySummarizer(chains: chains.count, draws: draws)
    let width = names.count
    // One quantity's draws, chain after chain: the chains keep all quantities of a draw together.
    var buffer = [Double](repeating: 0, count: chains.count * draws)
    rows = names.indices.map { index in
      for (c, chain) in chains.enumerated() {
        chain.reported.withUnsafeBufferPointer { reported in
          for i in 0..<draws { buffer[c * draws + i] = reported[i * width + index] }
        }
      }
      let statistics = buffer.withUnsafeBufferPointer {
        $0.baseAddress.map { summarizer.summarize($0, chainStride: draws) }
          ?? QuantitySummary(undefined: .noDraws)
      }
      return Row(name: names[index], statistics: statistics)
    }
  }
}
