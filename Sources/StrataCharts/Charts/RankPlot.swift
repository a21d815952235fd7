/// Ranks of each chain's draws among all draws, as histograms: flat where chains agree.
public struct RankPlot: Chart {
  /// The heading; empty for none.
  public var title: String
  /// One array of draws for each chain.
  public var chains: [[Double]]
  /// Bars in each histogram.
  public var bins: Int

  /// Histograms of ranks.
  public init(title: String = "", chains: [[Double]], bins: Int = 20) {
    self.title = title
    self.chains = chains
    self.bins = bins
  }

  /// What the picture shows, in words.
  public var summary: String {
    "Histograms of the ranks of each of \(NumberText.count(chains.count, "chain"))'s draws among all draws; the dashed "
      + "line is what equal chains would give."
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var figure = Figure(title: title, summary: summary)
    var pooled: [(value: Double, chain: Int)] = []
    var leftOut = 0
    for (c, chain) in chains.enumerated() {
      for x in chain {
        if x.isDrawable { pooled.append((x, c)) } else { leftOut += 1 }
      }
    }
    figure.notes = [Figure.leftOut(leftOut, of: "draw") ?? ""]
    guard pooled.count > 1 else { return figure.drawing(width: width) }
    let bins = max(1, min(bins, pooled.count))
    var counts = [[Double]](repeating: [Double](repeating: 0, count: bins), count: chains.count)
    pooled.sort { $0.value < $1.value }
    // Equal draws share their mean rank.
    var start = 0
    while start < pooled.count {
      var end = start + 1
      while end < pooled.count, pooled[end].value == pooled[start].value { end += 1 }
      let rank = Double(start + end - 1) / 2
      let bin = min(Int((rank + 0.5) / Double(pooled.count) * Double(bins)), bins - 1)
      for i in start..<end { counts[pooled[i].chain][bin] += 1 }
      start = end
    }
    let top = counts.joined().max() ?? 1
    let total = Double(pooled.count)
    for (c, count) in counts.enumerated() {
      let x = Axis(from: 0, to: total, label: "rank of the draw among all")
      var y = Axis(from: 0, to: top * 1.08, label: "draws")
      y.hasGrid = true
      y.wholeNumbers = true
      let expected = count.reduce(0, +) / Double(bins)
      let bars = count.enumerated().map { i, n in
        Mark.Bar(
          left: Double(i) * total / Double(bins), right: Double(i + 1) * total / Double(bins),
          bottom: 0, top: n)
      }
      figure.panels.append(
        Panel(
          title: "chain \(c + 1)", x: x, y: y,
          marks: [.bars(bars, .series(c), opacity: 0.65), .horizontal(expected, .reference)]))
    }
    figure.sharesX = true
    figure.sharesY = true
    figure.plotHeight = 130
    figure.minimumPlotWidth = 120
    return figure.drawing(width: width)
  }
}
