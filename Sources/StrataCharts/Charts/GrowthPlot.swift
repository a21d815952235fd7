/// How the effective sample size grows with the draws: a straight line where chains mix.
public struct GrowthPlot: Chart {
  /// One measure.
  public struct Series: Sendable {
    /// Its name in the legend: "bulk", "tail".
    public var label: String
    /// Draws so far, over all chains.
    public var draws: [Int]
    /// The effective sample size of so many draws.
    public var size: [Double]

    /// A measure.
    public init(_ label: String, draws: [Int], size: [Double]) {
      self.label = label
      self.draws = draws
      self.size = size
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// The measures.
  public var series: [Series]
  /// The effective sample size that is enough.
  public var threshold: Double?

  /// A picture of growth.
  public init(title: String = "", series: [Series], threshold: Double? = 400) {
    self.title = title
    self.series = series
    self.threshold = threshold
  }

  /// What the picture shows, in words.
  public var summary: String {
    "Effective sample size against the number of draws: \(series.map(\.label).joined(separator: ", "))."
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    var xExtent = Extent([0])
    var yExtent = Extent([0])
    var leftOut = 0
    var marks: [Mark] = []
    for (s, one) in series.enumerated() {
      let points = zip(one.draws, one.size).filter { $0.1.isDrawable }.map {
        Point(Double($0.0), $0.1)
      }
      leftOut += max(one.draws.count, one.size.count) - points.count
      guard !points.isEmpty else { continue }
      xExtent.include(points.map(\.x))
      yExtent.include(points.map(\.y))
      marks.append(.line(points, .series(s)))
      marks.append(
        .points(points, shape: .series(s), .series(s), radius: 3, opacity: 1, titles: nil))
      figure.legend.entries.append(.init(.line(.series(s)), one.label))
    }
    figure.notes = [Figure.leftOut(leftOut) ?? ""]
    guard !marks.isEmpty else { return figure.drawing(width: width) }
    if let threshold {
      yExtent.include(threshold)
      marks.insert(.horizontal(threshold, .reference), at: 0)
      figure.legend.entries.append(
        .init(.line(.reference), "enough: \(NumberText.short(threshold))"))
    }
    var x = Axis(from: 0, to: xExtent.padded(0.03).1, label: "draws")
    x.wholeNumbers = true
    var y = Axis(from: 0, to: yExtent.padded(0.06).1, label: "effective sample size")
    y.hasGrid = true
    figure.panels = [Panel(x: x, y: y, marks: marks)]
    return figure.drawing(width: width)
  }
}
