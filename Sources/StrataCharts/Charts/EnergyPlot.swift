/// The energy of the draws against how much it changes from draw to draw: alike where the sampler moves freely
/// through the tails.
public struct EnergyPlot: Chart {
  /// The heading; empty for none.
  public var title: String
  /// The energy of each draw, one array for each chain.
  public var chains: [[Double]]

  /// An energy plot.
  public init(title: String = "", chains: [[Double]]) {
    self.title = title
    self.chains = chains
  }

  /// What the picture shows, in words.
  public var summary: String {
    "Densities of the energy about its mean and of its changes between draws, over \(NumberText.count(chains.count, "chain"))."
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing {
    var centered: [Double] = []
    var changes: [Double] = []
    var ratios: [String] = []
    for chain in chains {
      let kept = chain.drawable
      let mean = kept.reduce(0) { $0 + $1 / Double(max(kept.count, 1)) }
      centered += kept.map { $0 - mean }
      let steps = zip(chain.dropFirst(), chain).map { $0 - $1 }.drawable
      changes += steps
      let scale = max(kept.map { ($0 - mean).magnitude }.max() ?? 0, 1e-300)
      let spread = kept.reduce(0) { $0 + (($1 - mean) / scale) * (($1 - mean) / scale) }
      let moved = steps.reduce(0) { $0 + ($1 / scale) * ($1 / scale) }
      if spread > 0, !steps.isEmpty { ratios.append(NumberText.fixed(moved / spread, decimals: 2)) }
    }
    let plot = DensityPlot(
      title: title, xLabel: "energy",
      curves: [
        DensityCurve("energy about its mean", draws: centered),
        DensityCurve("change between draws", draws: changes),
      ])
    var figure = plot.figure()
    figure.summary = summary
    if !ratios.isEmpty {
      figure.notes.append("E-BFMI by chain: \(ratios.joined(separator: ", ")).")
    }
    let leftOut = chains.joined().reduce(0) { $0 + ($1.isDrawable ? 0 : 1) }
    figure.notes.append(Figure.leftOut(leftOut, of: "draw") ?? "")
    return figure.drawing(width: width)
  }
}
