import StrataCharts

// Pictures of several fits: what a model does beside another one of the same groups.
extension FitPlot {
  /// Estimates of the levels of a factor in this fit and in others, side by side.
  ///
  /// ```swift
  /// let picture = try fit.plot(
  ///   .forest("a", as: "partial pooling", beside: [("no pooling", separate)]))
  /// ```
  ///
  /// - Parameters:
  ///   - quantity: a parameter or quantity with levels that all fits have. A level that a fit lacks stays empty there.
  ///   - name: what the legend calls this fit.
  ///   - others: the other fits with their names.
  ///   - reference: a value to compare with.
  public static func forest(
    _ quantity: String, as name: String, beside others: [(name: String, fit: Fit)],
    reference: Double? = nil
  ) -> FitPlot {
    FitPlot { source in
      try forest(
        quantity, [(name, source)] + others.map { ($0.name, PlotSource($0.fit)) }, reference)
    }
  }

  /// How two quantities with levels moved from another fit to this one: arrows from separate to hierarchical estimates.
  /// - Parameters:
  ///   - x: the quantity along the horizontal axis.
  ///   - y: the quantity along the vertical axis.
  ///   - other: the fit where the arrows begin.
  ///   - otherName: what the legend calls it.
  ///   - name: what the legend calls this fit.
  public static func shrinkage(
    _ x: String, _ y: String, from other: Fit, otherName: String = "separate",
    name: String = "hierarchical"
  ) -> FitPlot {
    FitPlot { try shrinkage(x, y, PlotSource(other), $0, otherName, name) }
  }

  fileprivate static func forest(
    _ quantity: String, _ sources: [(name: String, source: PlotSource)], _ reference: Double?
  ) throws -> any Chart {
    let all = try sources.map { ($0.name, try $0.source.levels(of: quantity)) }
    var labels: [String] = []
    var places: [String: Int] = [:]
    for label in all.flatMap(\.1.labels) where places[label] == nil {
      places[label] = labels.count
      labels.append(label)
    }
    // Inner intervals for the levels that will have a row of their own: those of the first fit decide.
    var centers = [Double?](repeating: nil, count: labels.count)
    for (label, estimate) in all.flatMap({ zip($0.1.labels, $0.1.estimates) }) {
      centers[places[label]!] = centers[places[label]!] ?? estimate?.center
    }
    let named = Set(PlotSource.named(centers).map { labels[$0] })
    let detailed = try sources.map {
      ($0.name, try $0.source.levels(of: quantity, detailed: named))
    }
    let series = detailed.map { name, levels in
      var estimates = [ForestPlot.Estimate?](repeating: nil, count: labels.count)
      for (label, estimate) in zip(levels.labels, levels.estimates) {
        estimates[places[label]!] = estimate
      }
      return ForestPlot.Series(name, estimates)
    }
    return ForestPlot(
      title: "\(quantity)\(all.first.map { " by \($0.1.factor)" } ?? "")", xLabel: quantity,
      levels: labels, series: series, reference: reference)
  }

  fileprivate static func shrinkage(
    _ x: String, _ y: String, _ before: PlotSource, _ after: PlotSource, _ otherName: String,
    _ name: String
  ) throws -> any Chart {
    func centers(_ source: PlotSource, _ quantity: String) throws -> [String: Double] {
      let levels = try source.levels(of: quantity)
      return Dictionary(
        zip(levels.labels, levels.estimates.map { $0?.center ?? .nan }),
        uniquingKeysWith: { first, _ in first })
    }
    let (fromX, fromY) = (try centers(before, x), try centers(before, y))
    let (toX, toY) = (try centers(after, x), try centers(after, y))
    let arrows = try after.levels(of: x).labels.compactMap { label -> ShrinkagePlot.Arrow? in
      guard let x0 = fromX[label], let y0 = fromY[label], let x1 = toX[label], let y1 = toY[label]
      else { return nil }
      return .init(label, from: (x: x0, y: y0), to: (x: x1, y: y1))
    }
    guard !arrows.isEmpty else {
      throw PlotError("shrinkage", "\(x) and \(y) have no level in common in both fits")
    }
    var population: (x: Double, y: Double)?
    if let x = after.populationMean(of: x), let y = after.populationMean(of: y) {
      population = (x: x.mean, y: y.mean)
    }
    return ShrinkagePlot(
      title: "Shrinkage of \(x) and \(y)", xLabel: x, yLabel: y, arrows: arrows,
      population: population, fromLabel: otherName, toLabel: name)
  }
}
