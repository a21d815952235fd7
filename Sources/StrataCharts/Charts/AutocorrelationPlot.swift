/// The correlation of draws with draws some steps before, one line for each chain.
public struct AutocorrelationPlot: Chart {
  /// The heading; empty for none.
  public var title: String
  /// The parameters.
  public var groups: [TracePlot.Group]
  /// The longest distance between two draws.
  public var maximumLag: Int

  /// Autocorrelations, a panel for each parameter.
  public init(title: String = "", groups: [TracePlot.Group], maximumLag: Int = 40) {
    self.title = title
    self.groups = groups
    self.maximumLag = maximumLag
  }

  /// What the picture shows, in words.
  public var summary: String {
    "Autocorrelation of \(groups.map(\.label).filter { !$0.isEmpty }.joined(separator: ", ")) up to lag "
      + "\(NumberText.count(maximumLag)), by chain; the grey band holds 95 % of independent draws."
  }

  /// Autocorrelations of one chain at lags 0 to `maximumLag`, by the estimator that divides by n at every lag; empty
  /// where the draws are constant or not finite.
  package static func autocorrelation(_ x: [Double], maximumLag: Int) -> [Double] {
    let n = x.count
    guard n > 1, x.allSatisfy(\.isDrawable) else { return [] }
    let scale = max(x.map(\.magnitude).max() ?? 0, 1e-300)
    let mean = x.reduce(0) { $0 + $1 / scale / Double(n) }
    let d = x.map { $0 / scale - mean }
    let variance = d.reduce(0) { $0 + $1 * $1 }
    guard variance > 1e-26 * Double(n) else { return [] }
    return (0...min(max(maximumLag, 1), n - 1)).map { lag in
      var sum = 0.0
      for i in 0..<(n - lag) { sum += d[i] * d[i + lag] }
      return sum / variance
    }
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    figure.emptyText = "Nothing to draw: no chain has finite draws that differ."
    var unused = 0
    for group in groups {
      let lines = group.chains.map { Self.autocorrelation($0, maximumLag: maximumLag) }
      unused += lines.reduce(0) { $0 + ($1.isEmpty ? 1 : 0) }
      guard let longest = lines.map(\.count).max(), longest > 1 else { continue }
      var x = Axis(from: 0, to: Double(longest - 1), label: "lag (draws)")
      x.wholeNumbers = true
      let low = lines.joined().min() ?? 0
      var y = Axis(from: min(-0.1, low * 1.1), to: 1.05, label: "autocorrelation")
      y.hasGrid = true
      let n = Double(group.chains.map(\.count).min() ?? 1)
      let bound = 1.96 / max(n, 1).squareRoot()
      var panel = Panel(title: group.label, x: x, y: y)
      panel.marks = [
        .band(
          x: [x.lower, x.upper], lower: [-bound, -bound], upper: [bound, bound], .quiet,
          opacity: 0.2),
        .horizontal(0, Stroke(paint: .quiet, width: 1)),
      ]
      for (c, line) in lines.enumerated() {
        panel.marks.append(
          .line(
            line.enumerated().map { Point(Double($0), $1) }, Stroke(paint: .series(c), width: 1.4)))
      }
      figure.panels.append(panel)
    }
    let low = figure.panels.map(\.y.lower).min() ?? 0
    for i in figure.panels.indices { figure.panels[i].y.lower = low }
    let chains = groups.map(\.chains.count).max() ?? 0
    if chains > 1, chains <= 8 {
      figure.legend.entries = (0..<chains).map {
        .init(.line(Stroke(paint: .series($0), width: 1.6)), "chain \($0 + 1)")
      }
    }
    figure.legend.entries.append(.init(.area(.quiet, opacity: 0.25), "95 % of independent draws"))
    if unused > 0 {
      figure.notes.append("\(NumberText.count(unused, "chain")) left out: constant, or not finite.")
    }
    figure.sharesX = true
    figure.sharesY = true
    figure.plotHeight = figure.panels.count > 1 ? 120 : 200
    figure.minimumPlotWidth = 120
    return figure.drawing(width: width)
  }
}
