public import StrataDiagnostics

/// A number with a posterior distribution: its draws, summary, intervals and probabilities.
public struct PosteriorQuantity: Sendable, CustomStringConvertible {
  /// What it is called.
  public let name: String
  /// The draws, an array for each chain.
  public let chains: [[Double]]
  /// Mean, sd, quantiles, Monte Carlo error, ESS, R-hat.
  public let summary: QuantitySummary

  init(name: String, chains: [[Double]]) {
    self.name = name
    self.chains = chains
    summary = QuantitySummary(chains)
  }

  /// All draws, chain after chain.
  public var draws: [Double] { chains.flatMap { $0 } }

  /// The interval between the quantiles that leave the same probability on both sides.
  /// - Throws: ``IntervalError``.
  public func interval(_ probability: Double = 0.9) throws(IntervalError) -> CredibleInterval {
    try .equalTailed(draws, probability: probability)
  }

  /// The shortest interval of a probability.
  /// - Throws: ``IntervalError``.
  public func highestDensityInterval(_ probability: Double = 0.9) throws(IntervalError)
    -> CredibleInterval
  {
    try .highestDensity(draws, probability: probability)
  }

  /// The probability that a statement about it holds, with its Monte Carlo error.
  public func probability(where holds: (Double) -> Bool) -> Probability {
    Probability(chains.map { $0.map { holds($0) ? 1 : 0 } })
  }

  /// The line that it would have in a summary, under its header.
  public var description: String {
    Summary(rows: [Summary.Row(name: name, statistics: summary)]).description
  }
}

/// The probability of a statement, estimated by the share of draws for which it holds.
public struct Probability: Sendable, Equatable, CustomStringConvertible {
  /// The share of draws.
  public let value: Double
  /// Its Monte Carlo standard error; nil where all draws agree.
  public let standardError: Double?
  /// How many draws there are.
  public let drawCount: Int

  init(_ indicators: [[Double]]) {
    drawCount = indicators.reduce(0) { $0 + $1.count }
    value = indicators.joined().reduce(0, +) / Double(max(1, drawCount))
    standardError = Diagnostics.meanMCSE(indicators)
  }

  /// `0.932 ± 0.005`; `1 (all 4000 draws)` where there is no error to give.
  public var description: String {
    guard let standardError else {
      if value == 0 { return "0 (none of \(drawCount) draws)" }
      if value == 1 { return "1 (all \(drawCount) draws)" }
      return "\(NumberFormat.fixed(decimals: 3).text(value))"
    }
    let decimals = max(1, min(6, 1 - NumberFormat.magnitude(standardError)))
    let format = NumberFormat.fixed(decimals: decimals)
    return "\(format.text(value)) ± \(format.text(standardError))"
  }
}
