/// Pareto k of every observation: those above the threshold make PSIS-LOO doubtful, and are named.
public struct ParetoPlot: Chart {
  /// The heading; empty for none.
  public var title: String
  /// One value for each observation.
  public var k: [Double]
  /// Names of the observations; their numbers (from 1) where there are none.
  public var labels: [String]
  /// Values above it are unreliable.
  public var threshold: Double
  /// How many of the values above the threshold are named.
  public var maximumNames: Int

  /// Pareto k against observation.
  public init(
    title: String = "", k: [Double], labels: [String] = [], threshold: Double = 0.7,
    maximumNames: Int = 12
  ) {
    self.title = title
    self.k = k
    self.labels = labels
    self.threshold = threshold
    self.maximumNames = maximumNames
  }

  /// What the picture shows, in words.
  public var summary: String {
    let above = k.reduce(0) { $0 + ($1 > threshold ? 1 : 0) }
    return
      "Pareto k of \(NumberText.count(k.count, "observation")); \(NumberText.count(above)) above "
      + "\(NumberText.short(threshold))."
  }

  private static let maximumPoints = 3000

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    let good = k.indices.filter { k[$0].isDrawable && k[$0] <= threshold }
    let bad = k.indices.filter { k[$0].isDrawable && k[$0] > threshold }.sorted {
      k[$0] != k[$1] ? k[$0] > k[$1] : $0 < $1
    }
    let infinite = k.reduce(0) { $0 + ($1 == .infinity ? 1 : 0) }
    if infinite > 0 {
      figure.notes.append("\(NumberText.count(infinite, "observation")) with infinite k not shown.")
    }
    figure.notes.append(Figure.leftOut(k.count - good.count - bad.count - infinite) ?? "")
    guard !good.isEmpty || !bad.isEmpty else { return figure.drawing(width: width) }
    let step = max(1, (good.count + Self.maximumPoints - 1) / Self.maximumPoints)
    if step > 1 {
      figure.notes.append(
        "Of the \(NumberText.count(good.count)) observations below the threshold one in \(NumberText.count(step)) is drawn."
      )
    }
    let kept = stride(from: 0, to: good.count, by: step).map { good[$0] }
    var extent = Extent((kept + bad).map { k[$0] })
    extent.include([0, threshold])
    var x = Axis(from: 0.5, to: Double(k.count) + 0.5, label: "observation")
    x.wholeNumbers = true
    var y = Axis(extent, label: "Pareto k", padding: 0.08)
    y.hasGrid = true
    let place = { (i: Int) in Point(Double(i + 1), k[i]) }
    let name = { (i: Int) in i < labels.count ? labels[i] : String(i + 1) }
    let title = { (i: Int) in "\(name(i)): \(NumberText.fixed(k[i], decimals: 2))" }
    let radius = kept.count > 500 ? 1.6 : kept.count > 60 ? 2.4 : 3.2
    figure.panels = [
      Panel(
        x: x, y: y,
        marks: [
          .horizontal(threshold, .reference),
          .points(
            kept.map(place), shape: .circle, .series(0), radius: radius, opacity: 0.6,
            titles: kept.count <= 200 ? kept.map(title) : nil),
          .points(
            bad.map(place), shape: .triangle, .series(1), radius: 3.4, opacity: 0.95,
            titles: bad.map(title)),
          .names(
            bad.prefix(maximumNames).map { (name($0), place($0)) },
            avoiding: [(Point(x.lower, threshold), Point(x.upper, threshold))]),
        ])
    ]
    figure.legend.entries = [
      .init(.point(.circle, .series(0)), "\(NumberText.count(good.count)) reliable"),
      .init(.point(.triangle, .series(1)), "\(NumberText.count(bad.count + infinite)) unreliable"),
      .init(.line(.reference), "threshold \(NumberText.short(threshold))"),
    ]
    return figure.drawing(width: width)
  }
}
