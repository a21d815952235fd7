/// Arrows from separate to hierarchical estimates in the plane of two parameters.
public struct ShrinkagePlot: Chart {
  /// One group.
  public struct Arrow: Sendable {
    /// The group's name.
    public var label: String
    /// The separate estimate.
    public var from: (x: Double, y: Double)
    /// The hierarchical estimate.
    public var to: (x: Double, y: Double)

    /// A group's two estimates.
    public init(_ label: String, from: (x: Double, y: Double), to: (x: Double, y: Double)) {
      self.label = label
      self.from = from
      self.to = to
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// The horizontal parameter.
  public var xLabel: String
  /// The vertical parameter.
  public var yLabel: String
  /// The groups.
  public var arrows: [Arrow]
  /// The population's mean.
  public var population: (x: Double, y: Double)?
  /// What the arrows start from.
  public var fromLabel: String
  /// What the arrows point to.
  public var toLabel: String
  /// A logarithmic horizontal axis, for parameters that are positive.
  public var hasLogarithmicX: Bool
  /// A logarithmic vertical axis.
  public var hasLogarithmicY: Bool
  /// How many groups are named: those that moved most.
  public var maximumNames: Int

  /// A picture of shrinkage.
  public init(
    title: String = "", xLabel: String = "", yLabel: String = "", arrows: [Arrow],
    population: (x: Double, y: Double)? = nil, fromLabel: String = "separate",
    toLabel: String = "hierarchical", hasLogarithmicX: Bool = false, hasLogarithmicY: Bool = false,
    maximumNames: Int = 12
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.arrows = arrows
    self.population = population
    self.fromLabel = fromLabel
    self.toLabel = toLabel
    self.hasLogarithmicX = hasLogarithmicX
    self.hasLogarithmicY = hasLogarithmicY
    self.maximumNames = maximumNames
  }

  /// What the picture shows, in words.
  public var summary: String {
    "\(yLabel) against \(xLabel) for \(NumberText.count(arrows.count, "group")): arrows from the \(fromLabel) to the "
      + "\(toLabel) estimates."
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    let drawable = { (p: (x: Double, y: Double)) in
      p.x.isDrawable && p.y.isDrawable && (!hasLogarithmicX || p.x > 0)
        && (!hasLogarithmicY || p.y > 0)
    }
    let kept = arrows.filter { drawable($0.from) && drawable($0.to) }
    let population = population.flatMap { drawable($0) ? $0 : nil }
    if kept.count < arrows.count {
      figure.notes.append(
        "\(NumberText.count(arrows.count - kept.count, "group")) left out: no finite estimate"
          + (hasLogarithmicX || hasLogarithmicY ? " above zero." : "."))
    }
    guard !kept.isEmpty else { return figure.drawing(width: width) }
    var xExtent = Extent(kept.flatMap { [$0.from.x, $0.to.x] })
    var yExtent = Extent(kept.flatMap { [$0.from.y, $0.to.y] })
    if let population {
      xExtent.include(population.x)
      yExtent.include(population.y)
    }
    var x = Axis(xExtent, label: xLabel, logarithmic: hasLogarithmicX, padding: 0.06)
    var y = Axis(yExtent, label: yLabel, logarithmic: hasLogarithmicY, padding: 0.06)
    x.hasGrid = true
    y.hasGrid = true
    var panel = Panel(x: x, y: y)
    panel.marks = marks(kept, population, x, y)
    figure.panels = [panel]
    figure.plotHeight = 320
    figure.legend.entries = [
      .init(.point(.ring, .quiet), fromLabel), .init(.point(.circle, .series(0)), toLabel),
    ]
    if population != nil {
      figure.legend.entries.append(.init(.point(.diamond, .series(1)), "population mean"))
    }
    return figure.drawing(width: width)
  }

  private func marks(
    _ kept: [Arrow], _ population: (x: Double, y: Double)?, _ x: Axis, _ y: Axis
  ) -> [Mark] {
    let thin = kept.count > 200
    var marks = kept.map { arrow in
      Mark.arrow(
        from: Point(arrow.from.x, arrow.from.y), to: Point(arrow.to.x, arrow.to.y),
        Stroke(paint: .quiet, width: thin ? 0.6 : 1, opacity: thin ? 0.4 : 0.75))
    }
    marks.append(
      .points(
        kept.map { Point($0.from.x, $0.from.y) }, shape: .ring, .quiet, radius: thin ? 1.6 : 2.6,
        opacity: 0.9, titles: kept.map { "\($0.label), \(fromLabel)" }))
    marks.append(
      .points(
        kept.map { Point($0.to.x, $0.to.y) }, shape: .circle, .series(0), radius: thin ? 1.8 : 3,
        opacity: 0.9, titles: kept.map { "\($0.label), \(toLabel)" }))
    if let population {
      marks.append(
        .points(
          [Point(population.x, population.y)], shape: .diamond, .series(1), radius: 5.5, opacity: 1,
          titles: ["population mean"]))
    }
    let moved = kept.sorted { distance($0, x, y) > distance($1, x, y) }
    marks.append(
      .names(
        moved.prefix(maximumNames).map { ($0.label, Point($0.from.x, $0.from.y)) },
        avoiding: kept.map { (Point($0.from.x, $0.from.y), Point($0.to.x, $0.to.y)) }))
    return marks
  }

  /// How far a group moved across the picture.
  private func distance(_ arrow: Arrow, _ x: Axis, _ y: Axis) -> Double {
    let dx = x.fraction(arrow.to.x) - x.fraction(arrow.from.x)
    let dy = y.fraction(arrow.to.y) - y.fraction(arrow.from.y)
    return (dx * dx + dy * dy).squareRoot()
  }
}
