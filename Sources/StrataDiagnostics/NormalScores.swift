/// Rank normalisation: rank r of S draws becomes Φ⁻¹((r − 3/8) / (S + 1/4)).
///
/// The scores of whole ranks are tabulated once and serve every quantity of a run; tied draws
/// share the mean of their ranks. Source: [Vehtari2021], [Blom1958] for the 3/8.
struct NormalScores: Sendable {
  /// `whole[r - 1]` is the score of rank r.
  private let whole: [Double]

  /// Scores for `count` pooled draws.
  init(count: Int) {
    whole = (0..<count).map { Self.score(rank: Double($0 + 1), count: count) }
  }

  /// How many pooled draws the scores are for.
  var count: Int { whole.count }

  private static func score(rank: Double, count: Int) -> Double {
    normalQuantile((rank - 3.0 / 8.0) / (Double(count) - 2 * (3.0 / 8.0) + 1))
  }

  /// Split, rank-normalised draws: the input of bulk R-hat and bulk-ESS.
  func bulk(of draws: ChainMatrix, sorted: SortedDraws) -> ChainMatrix {
    fill(draws, sorted: sorted.values, origin: sorted.origin)
  }

  /// Split, rank-normalised |x − median|: the input of folded R-hat, which sees chains that agree
  /// in location and differ in scale.
  ///
  /// Rounding keeps the order of x − median on either side of the median, so the folded order is
  /// a merge of the two sides and needs no second sort.
  func folded(of draws: ChainMatrix, sorted: SortedDraws) -> ChainMatrix {
    let median = sorted.median
    let values = sorted.values
    var folded: [Double] = []
    var origin: [Int32] = []
    folded.reserveCapacity(values.count)
    origin.reserveCapacity(values.count)
    var right = values.count / 2
    var left = right - 1
    while left >= 0 || right < values.count {
      let below = left >= 0 ? abs(values[left] - median) : .infinity
      let above = right < values.count ? abs(values[right] - median) : .infinity
      if right >= values.count || (left >= 0 && below <= above) {
        folded.append(below)
        origin.append(sorted.origin[left])
        left -= 1
      } else {
        folded.append(above)
        origin.append(sorted.origin[right])
        right += 1
      }
    }
    return fill(draws, sorted: folded, origin: origin)
  }

  /// Gives each draw the score of its rank among the draws that splitting keeps.
  private func fill(_ draws: ChainMatrix, sorted: [Double], origin: [Int32]) -> ChainMatrix {
    var result = ChainMatrix(
      values: [Double](repeating: 0, count: count),
      iterations: draws.splitIterations, chains: draws.splitChains)
    // Positions in the split matrix, and values, of the draws that remain, in ascending order.
    var kept: [Int] = []
    var ordered: [Double] = []
    kept.reserveCapacity(count)
    ordered.reserveCapacity(count)
    for (value, index) in zip(sorted, origin) {
      if let position = draws.splitIndex(Int(index)) {
        kept.append(position)
        ordered.append(value)
      }
    }
    var first = 0
    while first < count {
      var last = first
      while last + 1 < count, ordered[last + 1] == ordered[first] { last += 1 }
      let score =
        first == last
        ? whole[first] : Self.score(rank: Double(first + last + 2) / 2, count: count)
      for k in first...last { result.values[kept[k]] = score }
      first = last + 1
    }
    return result
  }
}
