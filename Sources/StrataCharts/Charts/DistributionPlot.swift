/// The empirical distribution function of data over those of predictions.
public struct DistributionPlot: Chart {
  /// The heading; empty for none.
  public var title: String
  /// The outcome, with its unit.
  public var xLabel: String
  /// The data.
  public var observed: [Double]
  /// Replicated data sets.
  public var predicted: [[Double]]
  /// The data's name in the legend.
  public var observedLabel: String
  /// The predictions' name in the legend.
  public var predictedLabel: String
  /// A logarithmic axis, for data above zero.
  public var isLogarithmic: Bool

  /// Observed against predicted.
  public init(
    title: String = "", xLabel: String = "", observed: [Double], predicted: [[Double]],
    observedLabel: String = "observed", predictedLabel: String = "predicted",
    isLogarithmic: Bool = false
  ) {
    self.title = title
    self.xLabel = xLabel
    self.observed = observed
    self.predicted = predicted
    self.observedLabel = observedLabel
    self.predictedLabel = predictedLabel
    self.isLogarithmic = isLogarithmic
  }

  /// What the picture shows, in words.
  public var summary: String {
    "Empirical distribution functions of \(xLabel.isEmpty ? "the outcome" : xLabel): \(observedLabel) over "
      + "\(NumberText.count(predicted.count, "data set")) \(predictedLabel)."
  }

  private static let maximumLines = 30

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    let usable = { (x: Double) in x.isDrawable && (!isLogarithmic || x > 0) }
    let data = observed.filter(usable).sorted()
    let step = max(1, (predicted.count + Self.maximumLines - 1) / Self.maximumLines)
    let shown = stride(from: 0, to: predicted.count, by: step).map { predicted[$0] }
    let kept = shown.map { $0.filter(usable) }
    // Of a large sample the curve through two thousand of its sorted values looks the same.
    let drawn = kept.filter { !$0.isEmpty }.map { $0.sorted().thinned(to: 2000) }
    let leftOut =
      observed.count - data.count + zip(shown, kept).reduce(0) { $0 + $1.0.count - $1.1.count }
    figure.notes = [
      leftOut == 0
        ? ""
        : "\(NumberText.count(leftOut, "value")) left out: not finite\(isLogarithmic ? ", or not above zero" : "")."
    ]
    let everything = Array(drawn.joined()).thinned(to: 20_000).sorted()
    var extent = Extent(data)
    if !everything.isEmpty {
      extent.include([
        Quantile.of(sorted: everything, 0.005), Quantile.of(sorted: everything, 0.995),
      ])
    }
    guard !extent.isEmpty else { return figure.drawing(width: width) }
    let x = Axis(extent, label: xLabel, logarithmic: isLogarithmic, padding: 0.02)
    var y = Axis(from: 0, to: 1, label: "proportion not above")
    y.hasGrid = true
    var panel = Panel(x: x, y: y)
    panel.marks.append(
      .lines(
        drawn.map { steps($0, x) },
        Stroke(paint: .series(0), width: 0.8, opacity: drawn.count > 1 ? 0.3 : 1)))
    // Of a large sample all curves are one: what lies below shows between dashes.
    let ink = Stroke(paint: .ink, width: 2, dash: data.count > 2000 ? [6, 6] : [])
    if !data.isEmpty { panel.marks.append(.line(steps(data, x), ink)) }
    figure.panels = [panel]
    figure.plotHeight = 240
    figure.legend.entries = [
      .init(.line(ink), observedLabel),
      .init(.line(Stroke(paint: .series(0), width: 1)), predictedLabel),
    ]
    return figure.drawing(width: width)
  }

  /// Corners of the distribution function, from edge to edge of the axis.
  private func steps(_ sorted: [Double], _ x: Axis) -> [Point] {
    var points = [Point(min(x.lower, sorted[0]), 0)]
    let n = Double(sorted.count)
    if sorted.count > 300, sorted[0] < sorted[sorted.count / 2] {
      // Steps this small are a curve.
      let places = (0...200).map { $0 * (sorted.count - 1) / 200 }
      let isCurve = Set(places.map { sorted[$0] }).count > 190
      if isCurve {
        points += places.map { Point(sorted[$0], (Double($0) + 0.5) / n) }
        points.append(Point(max(x.upper, sorted[sorted.count - 1]), 1))
        return points
      }
    }
    for (i, value) in sorted.enumerated() {
      if i + 1 < sorted.count, sorted[i + 1] == value { continue }
      points.append(Point(value, points[points.count - 1].y))
      points.append(Point(value, Double(i + 1) / n))
    }
    points.append(Point(max(x.upper, sorted[sorted.count - 1]), 1))
    return points
  }
}
