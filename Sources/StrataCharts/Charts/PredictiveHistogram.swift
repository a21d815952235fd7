/// Observed data as bars, and what a model predicts of each bar: the median and intervals over replicated data sets.
public struct PredictiveHistogram: Chart {
  /// How numbers become bars.
  public enum Kind: Sendable {
    /// One bar for each whole number if all data are whole and few differ, else a histogram.
    case automatic
    /// One bar for each value, or for equally many values in a row where there are many.
    case discrete
    /// A histogram.
    case continuous
  }

  /// Data of all rows, or of one group.
  public struct Group: Sendable {
    /// The heading of its panel.
    public var label: String
    /// The data.
    public var observed: [Double]
    /// Replicated data sets; one large set of predictions is drawn without intervals.
    public var predicted: [[Double]]

    /// One panel.
    public init(_ label: String = "", observed: [Double], predicted: [[Double]]) {
      self.label = label
      self.observed = observed
      self.predicted = predicted
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// The outcome, with its unit.
  public var xLabel: String
  /// The panels.
  public var groups: [Group]
  /// How numbers become bars.
  public var kind: Kind
  /// The data's name in the legend.
  public var observedLabel: String
  /// The predictions' name in the legend.
  public var predictedLabel: String

  /// Observed against predicted, a panel for each group.
  public init(
    title: String = "", xLabel: String = "", groups: [Group], kind: Kind = .automatic,
    observedLabel: String = "observed", predictedLabel: String = "predicted"
  ) {
    self.title = title
    self.xLabel = xLabel
    self.groups = groups
    self.kind = kind
    self.observedLabel = observedLabel
    self.predictedLabel = predictedLabel
  }

  /// Observed against predicted in one panel.
  public init(
    title: String = "", xLabel: String = "", observed: [Double], predicted: [[Double]],
    kind: Kind = .automatic, observedLabel: String = "observed",
    predictedLabel: String = "predicted"
  ) {
    self.init(
      title: title, xLabel: xLabel, groups: [Group(observed: observed, predicted: predicted)],
      kind: kind, observedLabel: observedLabel, predictedLabel: predictedLabel)
  }

  /// What the picture shows, in words.
  public var summary: String {
    "Distribution of \(xLabel.isEmpty ? "the outcome" : xLabel): \(observedLabel) as bars, \(predictedLabel) as "
      + "points with intervals."
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    var leftOut = 0
    var beyond = 0
    var hasIntervals = false
    let bins = HistogramBins(self)
    for group in groups {
      let observed = group.observed.drawable
      let predicted = group.predicted.map(\.drawable)
      leftOut += group.observed.count - observed.count
      leftOut += zip(group.predicted, predicted).reduce(0) { $0 + $1.0.count - $1.1.count }
      let values = predicted.joined()
      guard let bins, !observed.isEmpty || !values.isEmpty else { continue }
      beyond += values.reduce(0) { $0 + (bins.index(of: $1) == nil ? 1 : 0) }
      hasIntervals = hasIntervals || predicted.count > 1
      figure.panels.append(panel(group, observed, predicted, bins))
    }
    let predictedSample: Legend.Sample =
      hasIntervals ? .interval(.circle, .series(0)) : .line(.series(0))
    figure.legend.entries = [
      .init(.area(.quiet, opacity: 0.35), observedLabel),
      .init(predictedSample, predictedLabel + (hasIntervals ? ": median, 50 % and 90 %" : "")),
    ]
    figure.notes = [Figure.leftOut(leftOut) ?? ""]
    if beyond > 0 {
      let total = groups.reduce(0) { $0 + $1.predicted.reduce(0) { $0 + $1.count } }
      let percent = 100 * Double(beyond) / Double(max(total, 1))
      figure.notes.append(
        "\(NumberText.short(percent, digits: 2)) % of the predictions lie beyond the axis.")
    }
    let top = figure.panels.map(\.y.upper).max() ?? 1
    for i in figure.panels.indices { figure.panels[i].y.upper = top }
    figure.sharesX = true
    figure.sharesY = true
    figure.plotHeight = figure.panels.count > 4 ? 120 : figure.panels.count > 1 ? 150 : 230
    figure.minimumPlotWidth = 130
    return figure.drawing(width: width)
  }

  private func panel(
    _ group: Group, _ observed: [Double], _ predicted: [[Double]], _ bins: HistogramBins
  ) -> Panel {
    let total = Double(max(observed.count, 1))
    let heights = bins.counts(of: observed).map { Double($0) / total }
    let replicates = predicted.filter { !$0.isEmpty }.map { set in
      bins.counts(of: set).map { Double($0) / Double(set.count) }
    }
    var top = heights.max() ?? 0
    var panel = Panel(
      title: group.label, x: bins.axis(label: xLabel), y: Axis(from: 0, to: 1, label: "proportion"))
    panel.marks.append(
      .bars(
        heights.enumerated().filter { $0.1 > 0 }.map { i, height in
          let (left, right) = bins.bar(i)
          return .init(
            left: left, right: right, bottom: 0, top: height, title: bins.title(i, height))
        }, .quiet, opacity: 0.35))
    if replicates.count == 1 {
      var outline = [Point(bins.edge(0), 0)]
      for (i, height) in replicates[0].enumerated() {
        outline += [Point(bins.edge(i), height), Point(bins.edge(i + 1), height)]
      }
      outline.append(Point(bins.edge(bins.count), 0))
      panel.marks.append(.line(outline, .series(0)))
      top = max(top, replicates[0].max() ?? 0)
    } else if replicates.count > 1 {
      for i in 0..<bins.count {
        let sorted = replicates.map { $0[i] }.sorted()
        let quantile = { Quantile.of(sorted: sorted, $0) }
        let x = bins.middle(i)
        for (low, high, width) in [(0.05, 0.95, 1.3), (0.25, 0.75, 3.2)] where quantile(high) > 0 {
          panel.marks.append(
            .line(
              [Point(x, quantile(low)), Point(x, quantile(high))],
              Stroke(paint: .series(0), width: width)))
        }
        let radius = bins.count > 60 ? 1.6 : 3.0
        if quantile(0.95) > 0 {
          panel.marks.append(
            .points(
              [Point(x, quantile(0.5))], shape: .circle, .series(0), radius: radius, opacity: 1,
              titles: nil))
        }
        top = max(top, quantile(0.95))
      }
    }
    panel.y.upper = top > 0 ? top * 1.06 : 1
    panel.y.hasGrid = true
    return panel
  }
}

/// The bars that all panels of a histogram share.
struct HistogramBins {
  private let lower: Double
  private let width: Double
  let count: Int
  private let isDiscrete: Bool

  private static let maximumBars = 80

  /// nil where there is nothing to bin.
  ///
  /// The bars reach over all observed numbers and the middle 98 % of the predicted ones: a few wild predictions must
  /// not press the data into one bar.
  init?(_ plot: PredictiveHistogram) {
    let observed = plot.groups.flatMap(\.observed).drawable
    let predicted = plot.groups.flatMap { $0.predicted.joined() }.drawable.thinned(to: 20_000)
      .sorted()
    var extent = Extent(observed)
    if !predicted.isEmpty {
      extent.include([Quantile.of(sorted: predicted, 0.01), Quantile.of(sorted: predicted, 0.99)])
    }
    guard !extent.isEmpty else { return nil }
    let all = observed + predicted
    let isWhole = all.allSatisfy { $0 == $0.rounded() && $0.magnitude < 1e9 }
    switch plot.kind {
    case .discrete: isDiscrete = extent.upper - extent.lower < 1e9
    case .continuous: isDiscrete = false
    case .automatic: isDiscrete = isWhole && extent.upper - extent.lower < 1000
    }
    if isDiscrete {
      lower = extent.lower.rounded(.down)
      let values = Int(extent.upper.rounded(.up) - lower) + 1
      let step = (values + Self.maximumBars - 1) / Self.maximumBars
      width = Double(step)
      count = (values + step - 1) / step
    } else {
      let (low, high) = extent.padded(0)
      // Of several groups, as many as suit a typical one.
      let sizes = plot.groups.map(\.observed.count).sorted()
      let n = Double(max(sizes[sizes.count / 2], sizes.count > 1 ? 20 : 50))
      count = Int(min(50, max(10, 2 * Maths.power(n, 0.4))))
      lower = low
      width = (high - low) / Double(count)
    }
  }

  private var offset: Double { isDiscrete ? 0.5 : 0 }

  func index(of x: Double) -> Int? {
    let place = (x - lower + (isDiscrete ? 0.5 : 0)) / width
    if place == Double(count) { return count - 1 }
    return place >= 0 && place < Double(count) ? Int(place) : nil
  }

  func counts(of values: [Double]) -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    for x in values { if let i = index(of: x) { counts[i] += 1 } }
    return counts
  }

  func bar(_ i: Int) -> (Double, Double) {
    let left = edge(i)
    let gap = isDiscrete && width == 1 ? 0.1 : 0
    return (left + gap, left + width - gap)
  }

  /// The left edge of a bar; with `count` for it, the right edge of all.
  func edge(_ i: Int) -> Double { lower - offset + Double(i) * width }

  func middle(_ i: Int) -> Double { lower - offset + (Double(i) + 0.5) * width }

  func axis(label: String) -> Axis {
    let low = lower - offset
    var axis = Axis(from: low, to: low + Double(count) * width, label: label)
    axis.wholeNumbers = isDiscrete
    return axis
  }

  func title(_ i: Int, _ height: Double) -> String {
    let percent = NumberText.short(100 * height, digits: 2)
    if isDiscrete, width == 1 { return "\(NumberText.short(middle(i), digits: 6)): \(percent) %" }
    let left = lower + Double(i) * width
    let right = isDiscrete ? left + width - 1 : left + width
    return "\(NumberText.short(left)) to \(NumberText.short(right)): \(percent) %"
  }
}
