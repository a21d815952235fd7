/// Draws in the order in which they were made, one line for each chain.
public struct TracePlot: Chart {
  /// One parameter.
  public struct Group: Sendable {
    /// The heading of its panel.
    public var label: String
    /// One array of draws for each chain.
    public var chains: [[Double]]

    /// A parameter's draws.
    public init(_ label: String = "", chains: [[Double]]) {
      self.label = label
      self.chains = chains
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// The parameters.
  public var groups: [Group]
  /// Draws (from 0) after a divergent transition, for each chain: marked along the axis.
  public var divergences: [[Int]]
  /// The number of the first draw.
  public var firstDraw: Int
  /// Only every so many-th draw is drawn, with a note: for small files.
  public var interval: Int

  /// Traces, a panel for each parameter.
  public init(
    title: String = "", groups: [Group], divergences: [[Int]] = [], firstDraw: Int = 1,
    interval: Int = 1
  ) {
    self.title = title
    self.groups = groups
    self.divergences = divergences
    self.firstDraw = firstDraw
    self.interval = max(1, interval)
  }

  /// What the picture shows, in words.
  public var summary: String {
    let chains = groups.map(\.chains.count).max() ?? 0
    let draws = groups.flatMap(\.chains).map(\.count).max() ?? 0
    return "Traces of \(groups.map(\.label).filter { !$0.isEmpty }.joined(separator: ", ")): "
      + "\(NumberText.count(chains, "chain")) of \(NumberText.count(draws, "draw"))."
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    let first = Double(firstDraw)
    var leftOut = 0
    for group in groups {
      let extent = Extent(group.chains.joined())
      leftOut += group.chains.joined().reduce(0) { $0 + ($1.isDrawable ? 0 : 1) }
      guard !extent.isEmpty else { continue }
      let draws = group.chains.map(\.count).max() ?? 0
      var x = Axis(from: first, to: first + Double(max(draws - 1, 1)), label: "draw")
      x.wholeNumbers = true
      var panel = Panel(title: group.label, x: x, y: Axis(extent))
      for (c, chain) in group.chains.enumerated() {
        let points = stride(from: 0, to: chain.count, by: interval).map {
          Point(first + Double($0), chain[$0])
        }
        panel.marks.append(.line(points, Stroke(paint: .series(c), width: 0.8, opacity: 0.75)))
      }
      let divergent = divergences.joined().map { first + Double($0) }
      if !divergent.isEmpty {
        panel.marks.append(.rug(divergent, Stroke(paint: .ink, width: 1)))
      }
      figure.panels.append(panel)
    }
    let chains = groups.map(\.chains.count).max() ?? 0
    if chains > 1, chains <= 8 {
      figure.legend.entries = (0..<chains).map {
        .init(.line(Stroke(paint: .series($0), width: 1.6)), "chain \($0 + 1)")
      }
    }
    if divergences.contains(where: { !$0.isEmpty }) {
      let count = divergences.reduce(0) { $0 + $1.count }
      figure.notes.append(
        "Marks along the axis: \(NumberText.count(count, "divergent transition")).")
    }
    if interval > 1 {
      figure.notes.append("One draw in \(NumberText.count(interval)) is drawn.")
    }
    figure.notes.append(Figure.leftOut(leftOut, of: "draw") ?? "")
    let lengths = Set(groups.map { $0.chains.map(\.count).max() ?? 0 })
    figure.sharesX = lengths.count == 1
    figure.maximumColumns = 2
    figure.minimumPlotWidth = 240
    figure.plotHeight = figure.panels.count > 1 ? 110 : 200
    return figure.drawing(width: width)
  }
}
