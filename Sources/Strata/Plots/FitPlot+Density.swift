import StrataCharts
import StrataDiagnostics

// Pictures of what is known of numbers.
extension FitPlot {
  /// Posterior densities with an interval, and a reference value if one is given.
  /// - Parameters:
  ///   - names: parameters; at most twelve are drawn.
  ///   - probability: of the shaded equal-tailed interval.
  ///   - reference: a value to compare with, such as 0.
  public static func density(
    _ names: [String] = [], probability: Double = 0.9, reference: Double? = nil
  ) -> FitPlot {
    FitPlot { source in
      let names = try source.names(names, limit: 12)
      let groups = try names.map { name in
        let draws = try source.pooled(name)
        let (lower, upper) = source.bounds(of: name)
        return DensityPlot.Group(
          name, curves: [DensityCurve("posterior", draws: draws, lower: lower, upper: upper)],
          interval: try interval(draws, probability), reference: reference)
      }
      return DensityPlot(
        title: "Posterior of \(names.spoken)", groups: groups,
        intervalLabel: label(probability))
    }
  }

  /// Posterior densities beside those of the priors: what the data added.
  ///
  /// The axis shows where the posterior lies with some room beside it; a prior much wider than that goes on outside.
  /// - Parameters:
  ///   - names: parameters; at most twelve are drawn.
  ///   - probability: of the interval that is shaded.
  public static func prior(_ names: [String] = [], probability: Double = 0.9) -> FitPlot {
    FitPlot { source in
      let names = try source.names(names, limit: 12)
      let priors = try source.priorDraws(of: names)
      let groups = try names.map { name in
        let draws = try source.pooled(name)
        let prior = try priors.draws(of: name)
        let (lower, upper) = source.bounds(of: name)
        var curves = [DensityCurve("posterior", draws: draws, lower: lower, upper: upper)]
        if let window = window(draws, prior, lower, upper) {
          curves.append(
            DensityCurve("prior", draws: prior, lower: lower, upper: upper, within: window))
        }
        return DensityPlot.Group(name, curves: curves, interval: try interval(draws, probability))
      }
      return DensityPlot(
        title: "Prior and posterior of \(names.spoken)", groups: groups,
        intervalLabel: label(probability))
    }
  }

  private static func label(_ probability: Double) -> String {
    "\(NumberFormat.fixed(decimals: (probability * 1000).rounded() == (probability * 100).rounded() * 10 ? 0 : 1).text(100 * probability)) % interval"
  }

  private static func interval(_ draws: [Double], _ probability: Double) throws -> ClosedRange<
    Double
  >? {
    guard draws.allSatisfy(\.isFinite), !draws.isEmpty else { return nil }
    let interval = try CredibleInterval.equalTailed(draws, probability: probability)
    return interval.lower...interval.upper
  }

  /// Where to look at the prior: no further from the posterior than its own width.
  private static func window(
    _ posterior: [Double], _ prior: [Double], _ lower: Double?, _ upper: Double?
  ) -> ClosedRange<Double>? {
    func ends(_ draws: [Double], _ tail: Double) -> (low: Double, high: Double)? {
      let sorted = draws.filter(\.isFinite).sorted()
      guard let last = sorted.indices.last else { return nil }
      let place = Int(tail * Double(last))
      return (sorted[place], sorted[last - place])
    }
    guard let inner = ends(posterior, 0.005), let outer = ends(prior, 0.01) else { return nil }
    let reach = (inner.high - inner.low)
    guard reach > 0, reach.isFinite else { return nil }
    let low = max(min(outer.low, inner.low), inner.low - reach, lower ?? -.infinity)
    let high = min(max(outer.high, inner.high), inner.high + reach, upper ?? .infinity)
    return low < high ? low...high : nil
  }
}
