/// What a parameter's posterior should look like, and how well that is known.
package struct ReferencePosterior: Sendable {
  package var mean: Double
  /// Nil where the moment does not exist or is not known.
  package var sd: Double?
  /// Probability and quantile.
  package var quantiles: [(probability: Double, value: Double)]
  /// Standard error of the mean; 0 for a closed form.
  package var meanError: Double

  package init(
    mean: Double, sd: Double?, quantiles: [(probability: Double, value: Double)],
    meanError: Double = 0
  ) {
    self.mean = mean
    self.sd = sd
    self.quantiles = quantiles
    self.meanError = meanError
  }

  /// How many numbers there are to compare.
  package var count: Int { 1 + (sd == nil ? 0 : 1) + quantiles.count }

  /// As many independent draws as would know the mean as well: (sd / error)²; infinite for a closed
  /// form. Sd and quantiles are taken to be known as well as from that many draws.
  package var effectiveDraws: Double {
    guard let sd, meanError > 0 else { return .infinity }
    return (sd / meanError) * (sd / meanError)
  }
}
