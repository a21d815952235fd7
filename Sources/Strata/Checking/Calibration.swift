public import StrataDiagnostics

/// Ranks of true values among the draws of fits to simulated data, and whether they are uniform.
public struct Calibration: Sendable, CustomStringConvertible {
  /// A parameter, a quantity of the model, or the log likelihood.
  public struct Quantity: Sendable {
    /// Its name in the model.
    public let name: String
    /// Of each refit, how many of ``Calibration/rankCount`` draws were below the true value.
    public fileprivate(set) var ranks: [Int] = []
  }

  /// All numbers that were ranked.
  public private(set) var quantities: [Quantity]
  /// Draws that each true value was ranked among: ranks are 0 to this.
  public let rankCount: Int
  /// Refits that diverged in more than one draw of a thousand, or whose effective draws stayed fewer than the ranks.
  public private(set) var failedFits = 0

  init(names: [String], rankCount: Int) {
    quantities = names.map { Quantity(name: $0) }
    self.rankCount = rankCount
  }

  mutating func add(_ ranks: [Int], _ hasFailed: Bool) {
    for (index, rank) in ranks.enumerated() { quantities[index].ranks.append(rank) }
    if hasFailed { failedFits += 1 }
  }

  /// How many data sets were simulated.
  public var refits: Int { quantities.first?.ranks.count ?? 0 }

  /// Whether the ranks of one quantity are uniform: the probability that uniform ones look so uneven somewhere.
  /// - Throws: ``UniformityError`` if nothing was simulated.
  public func uniformity(_ quantity: Quantity) throws(UniformityError) -> UniformityTest {
    try UniformityTest(ranks: quantity.ranks, draws: rankCount)
  }

  /// The probability that uniform ranks of so many quantities look as uneven as these (Bonferroni).
  public var chance: Double {
    min(1, Double(quantities.count) * (chances.min() ?? 1))
  }

  private var chances: [Double] {
    quantities.map { (try? uniformity($0).chance) ?? .nan }
  }

  /// The worst quantities with their histograms, and what all say together.
  public var description: String {
    let chances = chances
    let order = chances.indices.sorted { chances[$0] < chances[$1] }
    let bars = Array(" ▁▂▃▄▅▆▇█")
    var columns = [["quantity"], ["chance"], ["ranks"]]
    for index in order.prefix(12) {
      let counts =
        (try? RankHistogram(ranks: quantities[index].ranks, draws: rankCount))?.counts ?? []
      let most = counts.max() ?? 1
      columns[0].append(quantities[index].name)
      columns[1].append(Calibration.text(chances[index]))
      columns[2].append(String(counts.map { bars[most > 0 ? $0 * 8 / most : 0] }))
    }
    var text = TextTable.aligned(columns)
    if order.count > 12 { text += "\n… and \(order.count - 12) more, all with higher chances" }
    text +=
      "\n\n\(refits) data sets, \(quantities.count) quantities: ranks this uneven have the chance "
    text += "\(Calibration.text(chance)) if all is right."
    if failedFits > 0 {
      text += "\n\(failedFits) of the fits diverged, or had fewer effective draws than ranks."
    }
    return text
  }

  private static func text(_ chance: Double) -> String {
    chance >= 0.001
      ? NumberFormat.fixed(decimals: 3).text(chance)
      : NumberFormat.scientific(decimals: 6).text(chance)
  }
}
