/// Ranks or probability integral transforms, with the band in which a uniform distribution's bars would lie.
public struct CalibrationHistogram: Chart {
  /// One quantity.
  public struct Group: Sendable {
    /// The heading of its panel.
    public var label: String
    /// How often each bar was hit.
    public var counts: [Int]
    /// Values that could not be used.
    public var leftOut: Int

    /// Counts, one for each bar.
    public init(_ label: String = "", counts: [Int]) {
      self.label = label
      self.counts = counts.map { max(0, $0) }
      leftOut = 0
    }

    /// Values from 0 to 1, such as LOO-PIT, in equal bars.
    public init(_ label: String = "", values: [Double], bins: Int = 20) {
      let bins = max(1, min(bins, 1000))
      self.label = label
      let kept = values.filter { $0 >= 0 && $0 <= 1 }
      counts = [Int](repeating: 0, count: bins)
      for u in kept { counts[min(Int(u * Double(bins)), bins - 1)] += 1 }
      leftOut = values.count - kept.count
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// What is counted: "rank of the prior draw", "PIT".
  public var xLabel: String
  /// The panels.
  public var groups: [Group]
  /// The right end of the axis: 1 for PIT, the largest rank for ranks.
  public var upper: Double
  /// How probable it is that all bars of a uniform distribution lie in the band.
  public var probability: Double

  /// A histogram for each quantity.
  public init(
    title: String = "", xLabel: String = "", groups: [Group], upper: Double = 1,
    probability: Double = 0.95
  ) {
    self.title = title
    self.xLabel = xLabel
    self.groups = groups
    self.upper = upper
    self.probability = probability
  }

  /// What the picture shows, in words.
  public var summary: String {
    "Histogram\(groups.count == 1 ? "" : "s") of \(xLabel.isEmpty ? "ranks" : xLabel), with the band that holds all bars of "
      + "a uniform distribution with probability \(NumberText.short(probability))."
  }

  /// The band of one histogram: central binomial quantiles with the error shared among the bars (Bonferroni).
  static func band(total: Int, bins: Int, probability: Double) -> ClosedRange<Int> {
    let tail = (1 - min(max(probability, 0), 1)) / 2 / Double(max(bins, 1))
    let p = 1 / Double(max(bins, 1))
    let low = Quantile.binomial(total, p, tail)
    return low...max(low, Quantile.binomial(total, p, 1 - tail))
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    var hasOutside = false
    for group in groups {
      let total = group.counts.reduce(0, +)
      guard total > 0 else { continue }
      let bins = group.counts.count
      let band = Self.band(total: total, bins: bins, probability: probability)
      let end = upper.isDrawable && upper > 0 ? upper : 1
      let x = Axis(from: 0, to: end, label: xLabel)
      let top = max(group.counts.max() ?? 1, band.upperBound)
      var y = Axis(from: 0, to: Double(top) * 1.08, label: "count")
      y.wholeNumbers = true
      let bars = group.counts.enumerated().map { i, n in
        Mark.Bar(
          left: Double(i) * end / Double(bins), right: Double(i + 1) * end / Double(bins),
          bottom: 0,
          top: Double(n), title: NumberText.count(n))
      }
      let isInside = group.counts.map(band.contains)
      hasOutside = hasOutside || isInside.contains(false)
      let ends = [0, end]
      figure.panels.append(
        Panel(
          title: group.label, x: x, y: y,
          marks: [
            .bars(zip(bars, isInside).filter(\.1).map(\.0), .series(0), opacity: 0.6),
            .bars(zip(bars, isInside).filter { !$0.1 }.map(\.0), .series(1), opacity: 0.8),
            .band(
              x: ends, lower: ends.map { _ in Double(band.lowerBound) },
              upper: ends.map { _ in Double(band.upperBound) }, .quiet, opacity: 0.25),
            .horizontal(Double(total) / Double(bins), .reference),
          ]))
    }
    let leftOut = groups.reduce(0) { $0 + $1.leftOut }
    if leftOut > 0 {
      figure.notes.append("\(NumberText.count(leftOut, "value")) outside of 0 to 1 left out.")
    }
    let percent = NumberText.short(100 * probability)
    figure.legend.entries = [
      .init(.area(.quiet, opacity: 0.35), "band with all bars in \(percent) % of uniform samples"),
      .init(.line(.reference), "expected"),
    ]
    if hasOutside {
      figure.legend.entries.append(.init(.area(.series(1), opacity: 0.8), "outside the band"))
    }
    figure.sharesX = figure.panels.count > 1
    if figure.panels.count > 1, Set(groups.map { $0.counts.reduce(0, +) }).count == 1 {
      let top = figure.panels.map(\.y.upper).max() ?? 1
      for i in figure.panels.indices { figure.panels[i].y.upper = top }
      figure.sharesY = true
    }
    figure.plotHeight = figure.panels.count > 1 ? 120 : 200
    figure.minimumPlotWidth = 130
    return figure.drawing(width: width)
  }
}
