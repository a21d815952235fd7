/// One curve of a ``DensityPlot``: estimated from draws, or given.
public struct DensityCurve: Sendable {
  /// Its name in the legend.
  public var label: String
  /// Where the density is known, ascending.
  public var x: [Double]
  /// The density there, at least 0; infinite where the density is unbounded.
  public var density: [Double]
  /// Draws that could not be used.
  public var leftOut = 0
  /// Draws without any spread: their one value.
  var constant: Double? = nil

  /// A curve of its own: an analytic prior, a density computed elsewhere.
  public init(_ label: String, x: [Double], density: [Double]) {
    self.label = label
    let pairs = zip(x, density).filter { $0.0.isDrawable && !$0.1.isNaN && $0.1 >= 0 }
    leftOut = max(x.count, density.count) - pairs.count
    self.x = pairs.map(\.0)
    self.density = pairs.map(\.1)
  }

  /// A density known as a function, at 501 places of a range.
  public init(_ label: String, over range: ClosedRange<Double>, _ density: (Double) -> Double) {
    let low = range.lowerBound
    let step = (range.upperBound - low) / 500
    let x = (0...500).map { $0 == 500 ? range.upperBound : low + Double($0) * step }
    self.init(label, x: x, density: x.map(density))
  }

  /// A kernel density estimate.
  ///
  /// - Parameters:
  ///   - label: for the legend.
  ///   - draws: what isn't finite or lies outside the bounds is left out and counted.
  ///   - lower: a bound of the quantity, where it has one: 0 for a scale. The estimate reflects mass there.
  ///   - upper: likewise: 1 for a probability.
  public init(_ label: String, draws: [Double], lower: Double? = nil, upper: Double? = nil) {
    self.label = label
    let estimate = DensityEstimate(draws, lower: lower, upper: upper)
    x = estimate?.x ?? []
    density = estimate?.density ?? []
    let kept = draws.filter {
      $0.isDrawable && $0 >= (lower ?? -.infinity) && $0 <= (upper ?? .infinity)
    }
    leftOut = draws.count - kept.count
    if estimate == nil { constant = kept.first }
  }

  /// A kernel density estimate of what lies in a window: for a prior much wider than its posterior, whose estimate over
  /// its whole width would be too coarse there.
  public init(
    _ label: String, draws: [Double], lower: Double? = nil, upper: Double? = nil,
    within window: ClosedRange<Double>
  ) {
    let margin = (window.upperBound - window.lowerBound) / 4
    let low = max(window.lowerBound - margin, lower ?? -.infinity)
    let high = min(window.upperBound + margin, upper ?? .infinity)
    let usable = draws.drawable
    var near = usable.filter { $0 >= low && $0 <= high }
    if near.count < 200 {
      // Too few to estimate from: the central ones of all, whose density changes little over the window.
      let sorted = usable.sorted()
      near =
        sorted.isEmpty
        ? []
        : usable.filter {
          $0 >= Quantile.of(sorted: sorted, 0.01) && $0 <= Quantile.of(sorted: sorted, 0.99)
        }
    }
    let estimate = DensityEstimate(near, lower: lower, upper: upper)
    let share = Double(near.count) / Double(max(usable.count, 1))
    let inside = (estimate?.x ?? []).indices.filter { window.contains(estimate!.x[$0]) }
    self.init(
      label, x: inside.map { estimate!.x[$0] },
      density: inside.map { estimate!.density[$0] * share })
    leftOut = draws.count - usable.count
  }

  /// The density of Beta(alpha, beta); nothing where they are not positive.
  public static func beta(_ label: String, alpha: Double, beta: Double) -> DensityCurve {
    guard alpha > 0, beta > 0, alpha.isFinite, beta.isFinite else {
      return DensityCurve(label, x: [], density: [])
    }
    let constant = Maths.logGamma(alpha + beta) - Maths.logGamma(alpha) - Maths.logGamma(beta)
    return DensityCurve(label, over: 0...1) { p in
      let left = alpha == 1 ? 0 : (alpha - 1) * Maths.logarithm(p)
      let right = beta == 1 ? 0 : (beta - 1) * Maths.logarithm(1 - p)
      return Maths.exponential(constant + left + right)
    }
  }

  /// The highest density worth the room: where it runs to infinity at an end, the height a little inside.
  fileprivate var reasonableTop: Double {
    let finite = density.drawable
    guard let top = finite.max(), density.count > 40 else { return finite.max() ?? 0 }
    let inside =
      density[(density.count / 40)..<(density.count - density.count / 40)].drawable.max() ?? 0
    let isUnbounded = density.first!.isInfinite || density.last!.isInfinite
    return isUnbounded || top > 4 * inside ? 1.6 * inside : top
  }
}

/// Density curves over one axis, with a shaded interval and a reference value.
public struct DensityPlot: Chart {
  /// Curves of one quantity with what they are held against.
  public struct Group: Sendable {
    /// The heading of its panel.
    public var title: String
    /// The curves, all over one axis.
    public var curves: [DensityCurve]
    /// Many curves, drawn thin and under the others: one for each of some posterior draws.
    public var draws: [DensityCurve]
    /// The part of the first curve that is shaded.
    public var interval: ClosedRange<Double>?
    /// A value to compare with: a true value, zero.
    public var reference: Double?

    /// One panel.
    public init(
      _ title: String = "", curves: [DensityCurve], draws: [DensityCurve] = [],
      interval: ClosedRange<Double>? = nil, reference: Double? = nil
    ) {
      self.title = title
      self.curves = curves
      self.draws = draws
      self.interval = interval
      self.reference = reference
    }
  }

  /// The heading; empty for none.
  public var title: String
  /// The quantity, with its unit.
  public var xLabel: String
  /// The panels.
  public var groups: [Group]
  /// What the shaded interval is: "90 % interval".
  public var intervalLabel: String
  /// What the reference value is.
  public var referenceLabel: String

  /// Curves in one panel.
  public init(
    title: String = "", xLabel: String = "", curves: [DensityCurve],
    interval: ClosedRange<Double>? = nil, intervalLabel: String = "interval",
    reference: Double? = nil, referenceLabel: String = "reference"
  ) {
    self.init(
      title: title, xLabel: xLabel,
      groups: [Group(curves: curves, interval: interval, reference: reference)],
      intervalLabel: intervalLabel, referenceLabel: referenceLabel)
  }

  /// Several quantities, a panel for each.
  public init(
    title: String = "", xLabel: String = "", groups: [Group], intervalLabel: String = "interval",
    referenceLabel: String = "reference"
  ) {
    self.title = title
    self.xLabel = xLabel
    self.groups = groups
    self.intervalLabel = intervalLabel
    self.referenceLabel = referenceLabel
  }

  /// What the picture shows, in words.
  public var summary: String {
    let names = labels
    return "Density of \(xLabel.isEmpty ? "a quantity" : xLabel)"
      + (names.isEmpty ? "." : ": " + names.joined(separator: ", ") + ".")
  }

  /// Names of curves, each once, in the order of appearance: the order of colours, too.
  private var labels: [String] {
    var seen: [String] = []
    for group in groups {
      for curve in group.curves + group.draws where !seen.contains(curve.label) {
        seen.append(curve.label)
      }
    }
    return seen
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing { figure().drawing(width: width) }

  func figure() -> Figure {
    var figure = Figure(title: title, summary: summary)
    let names = labels
    for (i, name) in names.enumerated() where names.count > 1 || !name.isEmpty {
      let isThick = groups.contains { $0.curves.contains { $0.label == name } }
      figure.legend.entries.append(.init(.line(isThick ? .series(i) : .draw(i)), name))
    }
    if groups.contains(where: { $0.interval != nil }) {
      figure.legend.entries.append(.init(.area(.series(0), opacity: 0.22), intervalLabel))
    }
    if groups.contains(where: { $0.reference != nil }) {
      figure.legend.entries.append(.init(.line(.reference), referenceLabel))
    }
    figure.panels = groups.compactMap { panel(of: $0, names) }
    figure.plotHeight = figure.panels.count > 1 ? 130 : 230
    figure.notes = [
      Figure.leftOut(
        groups.flatMap { $0.curves + $0.draws }.reduce(0) { $0 + $1.leftOut }, of: "draw") ?? ""
    ]
    return figure
  }

  private func panel(of group: Group, _ names: [String]) -> Panel? {
    var extent = Extent()
    var top = 0.0
    for curve in group.curves + group.draws {
      let height = curve.reasonableTop
      let visible = curve.x.indices.filter { curve.density[$0] > height * 1e-3 }
      if let first = visible.first, let last = visible.last {
        extent.include([curve.x[first], curve.x[last]])
      }
      if let constant = curve.constant { extent.include(constant) }
      top = max(top, height)
    }
    guard !extent.isEmpty else { return nil }
    if let reference = group.reference { extent.include(reference) }
    if top == 0 { top = 1 }
    let x = Axis(extent, label: xLabel, padding: 0.02)
    var y = Axis(from: 0, to: top * 1.06)
    y.isVisible = false
    var panel = Panel(title: group.title, x: x, y: y)
    if let interval = group.interval, let curve = group.curves.first {
      let inside = curve.x.indices.filter { interval.contains(curve.x[$0]) }
      panel.marks.append(
        .band(
          x: inside.map { curve.x[$0] }, lower: inside.map { _ in 0 },
          upper: inside.map { min(curve.density[$0], top * 10) },
          .series(names.firstIndex(of: curve.label) ?? 0),
          opacity: 0.22))
    }
    if let reference = group.reference { panel.marks.append(.vertical(reference, .reference)) }
    func points(_ curve: DensityCurve) -> [Point] {
      zip(curve.x, curve.density).map { Point($0, min($1, top * 10)) }
    }
    for curve in group.draws {
      let number = names.firstIndex(of: curve.label) ?? 0
      panel.marks.append(.line(points(curve), .draw(number)))
    }
    for curve in group.curves {
      let stroke = Stroke.series(names.firstIndex(of: curve.label) ?? 0)
      panel.marks.append(.line(points(curve), stroke))
      if let constant = curve.constant { panel.marks.append(.vertical(constant, stroke)) }
    }
    return panel
  }
}

extension Stroke {
  /// One of many curves of a series.
  fileprivate static func draw(_ series: Int) -> Stroke {
    Stroke(paint: .series(series), width: 0.8, opacity: 0.4)
  }
}
