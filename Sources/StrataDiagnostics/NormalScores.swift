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
    let count = sorted.values.count
    // Numbers that are not negative are in the order of their bits. With a largest word on either side, and the
    // sign of the difference as a number, the merge needs no branch: which side is nearer is a matter of chance.
    let deviations: [Int] =
      [.max] + sorted.values.map { Int(truncatingIfNeeded: abs($0 - median).bitPattern) } + [.max]
    var order = [Int32](repeating: 0, count: count)
    deviations.withUnsafeBufferPointer { deviations in
      order.withUnsafeMutableBufferPointer { order in
        var right = count / 2 &+ 1
        var left = right &- 1
        for place in order.indices {
          // -1 if the right side is nearer, else 0.
          let takesRight = (deviations[right] &- deviations[left]) &>> 63
          order[place] = Int32(truncatingIfNeeded: left &+ ((right &- left) & takesRight) &- 1)
          left = left &- 1 &- takesRight
          right = right &- takesRight
        }
      }
    }
    let folded = order.map {
      Double(bitPattern: UInt64(truncatingIfNeeded: deviations[Int($0) &+ 1]))
    }
    let origin = order.map { sorted.origin[Int($0)] }
    return fill(draws, sorted: folded, origin: origin)
  }

  /// Gives each draw the score of its rank among the draws that splitting keeps.
  private func fill(_ draws: ChainMatrix, sorted: [Double], origin: [Int32]) -> ChainMatrix {
    // Positions in the split matrix, and values, of the draws that remain, in ascending order: all of them unless
    // a middle draw is dropped.
    var (kept, ordered) = (origin, sorted)
    if count < sorted.count {
      kept.removeAll(keepingCapacity: true)
      ordered.removeAll(keepingCapacity: true)
      for (value, index) in zip(sorted, origin) {
        if let position = draws.splitIndex(Int(index)) {
          kept.append(Int32(position))
          ordered.append(value)
        }
      }
    }
    let values = [Double](unsafeUninitializedCapacity: max(1, count)) { values, written in
      fillTies(values, kept: kept, ordered: ordered)
      written = count
    }
    return ChainMatrix(
      values: values, iterations: draws.splitIterations, chains: draws.splitChains)
  }

  /// Equal draws get the score of the mean of their ranks.
  private func fillTies(
    _ values: UnsafeMutableBufferPointer<Double>, kept: [Int32], ordered: [Double]
  ) {
    var first = 0
    while first < count {
      var last = first
      while last + 1 < count, ordered[last + 1] == ordered[first] { last += 1 }
      let score =
        first == last
        ? whole[first] : Self.score(rank: Double(first + last + 2) / 2, count: count)
      for k in first...last { values[Int(kept[k])] = score }
      first = last + 1
    }
  }
}
