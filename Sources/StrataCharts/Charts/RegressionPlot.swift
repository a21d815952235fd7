/// Regression lines of groups over their data, a panel for each group, all on the same axes.
public struct RegressionPlot: Chart {
  /// A straight line.
  public struct Line: Sendable, Equatable {
    /// Its height at 0.
    public var intercept: Double
    /// Its rise.
    public var slope: Double

    /// The line intercept + slope · x.
    public init(intercept: Double, slope: Double) {
      self.intercept = intercept
      self.slope = slope
    }
  }

  /// What one fit says of a group.
  public struct Fit: Sendable {
    /// The fit's name in the legend.
    public var label: String
    /// The estimated line.
    public var line: Line?
    /// Lines of posterior draws, drawn thin.
    public var draws: [Line]

    /// A fit.
    public init(_ label: String, line: Line?, draws: [Line] = []) {
      self.label = label
      self.line = line
      self.draws = draws
    }
  }

  /// One group with its data.
  public struct Group: Sendable {
    /// The heading of its panel.
    public var label: String
    /// The predictor.
    public var x: [Double]
    /// The outcome, as many as `x`.
    public var y: [Double]
    /// The fits, in the same order in every group.
    public var fits: [Fit]

    /// A group.
    public init(_ label: String, x: [Double], y: [Double], fits: [Fit]) {
      self.label = label
      self.x = x
      self.y = y
      self.fits = fits
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// The predictor, with its unit.
  public var xLabel: String
  /// The outcome, with its unit.
  public var yLabel: String
  /// The groups.
  public var groups: [Group]
  /// Names of the predictor's values where it is a code: 0 "basement", 1 "first floor".
  public var xValues: [(value: Double, label: String)]
  /// More groups than that are left out, with a note.
  public var maximumPanels: Int

  /// A picture of several groups.
  public init(
    title: String = "", xLabel: String = "", yLabel: String = "", groups: [Group],
    xValues: [(value: Double, label: String)] = [], maximumPanels: Int = 24
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.groups = groups
    self.xValues = xValues
    self.maximumPanels = maximumPanels
  }

  /// What the picture shows, in words.
  public var summary: String {
    "\(yLabel.isEmpty ? "The outcome" : yLabel) against \(xLabel.isEmpty ? "the predictor" : xLabel): data and "
      + "regression lines of \(NumberText.count(groups.count, "group"))."
  }

  private static let maximumDraws = 100

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    let shown = groups.prefix(max(1, maximumPanels))
    let pairs = shown.map { group in
      zip(group.x, group.y).filter { $0.0.isDrawable && $0.1.isDrawable }.map { Point($0.0, $0.1) }
    }
    var xExtent = Extent(pairs.joined().map(\.x))
    xExtent.include(xValues.map(\.value))
    guard !xExtent.isEmpty else { return figure.drawing(width: width) }
    var x = Axis(xExtent, label: xLabel, padding: xValues.isEmpty ? 0.04 : 0.12)
    if !xValues.isEmpty {
      x.fixed = TickSet(values: xValues.map(\.value), labels: xValues.map(\.label))
    }
    var yExtent = Extent(pairs.joined().map(\.y))
    for fit in shown.flatMap(\.fits) {
      guard let line = fit.line else { continue }
      yExtent.include([xExtent.lower, xExtent.upper].map { line.intercept + line.slope * $0 })
    }
    var y = Axis(yExtent, label: yLabel, padding: 0.06)
    y.hasGrid = true

    figure.legend.entries = legend(shown)
    figure.panels = zip(shown, pairs).map { panel($0, $1, x, y) }
    figure.sharesX = true
    figure.sharesY = true
    figure.plotHeight = shown.count == 1 ? 260 : shown.count <= 4 ? 200 : 130
    figure.minimumPlotWidth = shown.count <= 4 ? 130 : 110
    figure.maximumColumns = shown.count <= 4 ? 4 : 6
    let missing = zip(shown, pairs).reduce(0) { $0 + max($1.0.x.count, $1.0.y.count) - $1.1.count }
    figure.notes = [Figure.leftOut(missing, of: "row") ?? ""]
    if groups.count > shown.count {
      figure.notes.append(
        "\(NumberText.count(groups.count - shown.count, "more group")) not shown.")
    }
    return figure.drawing(width: width)
  }

  private func legend(_ shown: ArraySlice<Group>) -> [Legend.Entry] {
    var entries = [Legend.Entry(.point(.circle, .ink), "data")]
    guard let fits = shown.map(\.fits).max(by: { $0.count < $1.count }) else { return entries }
    for (i, fit) in fits.enumerated() where !fit.label.isEmpty {
      entries.append(.init(.line(.series(i, width: 2.2)), fit.label))
    }
    if shown.contains(where: { $0.fits.contains { !$0.draws.isEmpty } }) {
      entries.append(
        .init(.line(Stroke(paint: .series(0), width: 0.8, opacity: 0.35)), "posterior draws"))
    }
    return entries
  }

  private func panel(_ group: Group, _ points: [Point], _ x: Axis, _ y: Axis) -> Panel {
    var panel = Panel(title: group.label, x: x, y: y)
    let ends = { (line: Line) in
      [x.lower, x.upper].map { Point($0, line.intercept + line.slope * $0) }
    }
    for (i, fit) in group.fits.enumerated() {
      let step = max(1, (fit.draws.count + Self.maximumDraws - 1) / Self.maximumDraws)
      let draws = stride(from: 0, to: fit.draws.count, by: step).map { fit.draws[$0] }
      let opacity = max(0.12, min(0.4, 6 / Double(max(draws.count, 1))))
      // A few layers: where lines lie on one another it grows darker, and the file stays small.
      for layer in 0..<min(4, draws.count) {
        let lines = stride(from: layer, to: draws.count, by: 4).map { ends(draws[$0]) }
        panel.marks.append(
          .lines(lines, Stroke(paint: .series(i), width: 0.7, opacity: opacity)))
      }
    }
    panel.marks.append(
      .points(
        points, shape: .circle, .ink, radius: points.count > 60 ? 1.8 : 2.4, opacity: 0.65,
        titles: nil))
    for (i, fit) in group.fits.enumerated() {
      if let line = fit.line { panel.marks.append(.line(ends(line), .series(i, width: 2.2))) }
    }
    return panel
  }
}
