extension DensityCurve {
  /// The probabilities of whole numbers, as the outline of bars of width 1.
  ///
  /// - Parameters:
  ///   - label: for the legend.
  ///   - counts: the whole numbers.
  ///   - probabilities: one for each of the counts, in order.
  public static func counts(
    _ label: String, _ counts: ClosedRange<Int>, _ probabilities: [Double]
  ) -> DensityCurve {
    let pairs = zip(counts, probabilities)
    return DensityCurve(
      label, x: pairs.flatMap { [Double($0.0) - 0.5, Double($0.0) + 0.5] },
      density: pairs.flatMap { [$0.1, $0.1] })
  }
}
