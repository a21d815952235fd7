/// Rank normalisation: rank r of S draws becomes Φ⁻¹((r − 3/8) / (S + 1/4)).
///
/// The scores of whole ranks are tabulated once and serve every quantity of a run; tied draws
/// share the mean of their ranks. Source: [Vehtari2021], [Blom1958] for the 3/8.
struct NormalScores: Sendable {
  /// `whole[r - 1]` is the score of rank r.
  private let whole: [Double]

  /// Scores for `count` pooled draws.
  init(count: Int) {
    let lower = (0..<(count + 1) / 2).map { Self.score(rank: Double($0 + 1), count: count) }
    // The scores of the upper half are those of the lower one with the other sign.
    whole = lower + lower.dropLast(count % 2).reversed().map { -$0 }
  }

  /// How many pooled draws the scores are for.
  var count: Int { whole.count }

  private static func score(rank: Double, count: Int) -> Double {
    normalQuantile((rank - 3.0 / 8.0) / (Double(count) - 2 * (3.0 / 8.0) + 1))
  }

  /// The scores of draws, each where the draw stands: the input of bulk R-hat and bulk-ESS. Dropped middle draws have no
  /// rank, and what stands in their place means nothing.
  func write(_ sorted: SortedDraws, shape: ChainMatrix, into scores: inout [Double]) {
    fill(&scores, sorted.values, sorted.origin, shape: shape)
  }

  /// The scores of |x − median|: the input of folded R-hat, which sees chains that agree in location and differ in
  /// scale.
  func writeFolded(
    _ sorted: SortedDraws, shape: ChainMatrix, memory: inout FoldedDraws,
    into scores: inout [Double]
  ) {
    memory.fold(sorted)
    fill(&scores, memory.deviations, memory.origin, shape: shape)
  }

  /// Gives each draw the score of its rank among the draws that splitting keeps. Equal draws get the score of the
  /// mean of their ranks.
  private func fill<Value: Equatable>(
    _ scores: inout [Double], _ ordered: [Value], _ origin: [Int32], shape: ChainMatrix
  ) {
    let isKept: (Int32) -> Bool = { !shape.isDropped(Int($0)) }
    if shape.dropsMiddle {
      let kept = origin.indices.filter { isKept(origin[$0]) }
      fill(&scores, kept.map { ordered[$0] }, kept.map { origin[$0] })
    } else {
      fill(&scores, ordered, origin)
    }
  }

  @inline(__always)
  private func fill<Value: Equatable>(
    _ scores: inout [Double], _ ordered: [Value], _ origin: [Int32]
  ) {
    precondition(ordered.count == count && origin.count == count && scores.count >= count)
    whole.withUnsafeBufferPointer { whole in
      ordered.withUnsafeBufferPointer { ordered in
        origin.withUnsafeBufferPointer { origin in
          scores.withUnsafeMutableBufferPointer { scores in
            var first = 0
            while first < count {
              var last = first
              while last + 1 < count, ordered[last + 1] == ordered[first] { last += 1 }
              let score =
                first == last
                ? whole[first] : Self.score(rank: Double(first + last + 2) / 2, count: count)
              for k in first...last { scores[Int(origin[k])] = score }
              first = last + 1
            }
          }
        }
      }
    }
  }
}

/// Draws in the order of their distance from the median.
struct FoldedDraws: Sendable {
  /// The distances, ascending: the bits of numbers that are not negative are in their order.
  private(set) var deviations: [Int]
  /// `deviations[k]` is that of draw number `origin[k]`.
  private(set) var origin: [Int32]
  /// The distances in the order of the draws.
  private var ordered: [Int]

  /// Memory for so many draws.
  init(count: Int) {
    deviations = [Int](repeating: 0, count: count)
    origin = [Int32](repeating: 0, count: count)
    ordered = deviations
  }

  /// Rounding keeps the order of x − median on either side of the median, so the folded order is a merge of the two
  /// sides and needs no second sort. The nearer half of the draws is found from the median outwards and the farther
  /// half from both ends inwards, at the same time; which side is next is a matter of chance, so there is no branch.
  mutating func fold(_ sorted: SortedDraws) {
    let count = sorted.values.count
    let median = sorted.median
    let (nearer, farther) = (count / 2, count - count / 2)
    sorted.values.withUnsafeBufferPointer { values in
      ordered.withUnsafeMutableBufferPointer { ordered in
        for k in 0..<count {
          ordered[k] = Int(truncatingIfNeeded: abs(values[k] - median).bitPattern)
        }
      }
    }
    sorted.origin.withUnsafeBufferPointer { from in
      ordered.withUnsafeBufferPointer { ordered in
        deviations.withUnsafeMutableBufferPointer { deviations in
          origin.withUnsafeMutableBufferPointer { origin in
            // Neither side runs out: the nearer half takes from each at most what there is of it.
            var (left, right) = (count / 2 &- 1, count / 2)
            var (low, high) = (0, count &- 1)
            for place in 0..<nearer {
              // -1 if the right side is nearer, else 0; of equals the left comes first.
              let takesRight = (ordered[right] &- ordered[left]) &>> 63
              let nearest = left &+ (right &- left) & takesRight
              deviations[place] = ordered[nearest]
              origin[place] = from[nearest]
              left = left &- 1 &- takesRight
              right = right &- takesRight
            }
            for place in 0..<farther {
              let takesLeft = (ordered[high] &- ordered[low]) &>> 63
              let farthest = high &+ (low &- high) & takesLeft
              deviations[count &- 1 &- place] = ordered[farthest]
              origin[count &- 1 &- place] = from[farthest]
              low = low &- takesLeft
              high = high &- 1 &- takesLeft
            }
          }
        }
      }
    }
  }
}
