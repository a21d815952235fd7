#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the doubling of NUTS needs of a trajectory. It knows nothing of densities, momenta or step
/// sizes: a trajectory over the integers serves as well, and that is how the tree is tested.
///
/// A trajectory grows at one end at a time, forward in time at first; segments are seen in the order of growth.
package protocol Trajectory {
  /// A run of consecutive points: what has to be kept of it to extend it, to see whether it turns,
  /// and the point that has been chosen from it.
  associatedtype Segment

  /// Takes one step beyond the growing end.
  ///
  /// - Returns: the segment of the new point alone, and the point's log weight relative to the start
  ///   (minus the energy error); -infinity for a point that must not be chosen, never NaN.
  mutating func step() throws -> (segment: Segment, logWeight: Double)

  /// Appends `next`, which lies just beyond `segment` and has as many points. With `probability` the
  /// chosen point becomes that of `next`, else it stays.
  ///
  /// - Returns: whether the joined segment turns.
  mutating func join(_ segment: inout Segment, _ next: Segment, probability: Double) -> Bool

  /// From now on the trajectory, all of which is `segment`, grows at its other end.
  mutating func turnRound(_ segment: inout Segment)

  /// `segment` is not needed any more.
  mutating func discard(_ segment: Segment)
}

/// What happened while a tree was built.
package struct TreeSummary: Equatable {
  /// Completed doublings.
  package var depth = 0
  /// Steps taken, those of a failed last doubling included.
  package var leapfrogCount = 0
  /// The sum over the steps of min(1, weight).
  package var acceptanceSum = 0.0
  /// A step's energy error was over the limit.
  package var isDivergent = false

  package init() {}

  /// The acceptance statistic of dual averaging.
  package var acceptance: Double {
    leapfrogCount == 0 ? 0 : acceptanceSum / Double(leapfrogCount)
  }
}

/// The limits of a tree.
package struct TreeLimits: Sendable {
  package var depth: Int
  package var energyError: Double

  package init(depth: Int, energyError: Double = 1000) {
    self.depth = depth
    self.energyError = energyError
  }
}

extension Trajectory {
  /// Doubles the trajectory from `start` until it turns, diverges or reaches the maximum depth.
  ///
  /// A point is chosen with a probability proportional to its weight, uniformly within subtrees and
  /// progressively biased away from the start at the top level. Weights are kept relative to the
  /// start and capped at e⁵⁰⁰: an energy error under -500 has a probability under e⁻⁵⁰⁰ in a
  /// stationary chain (the mean of the weight of each step is 1), so the cap changes nothing but
  /// keeps the sums finite. Sources: Betancourt2017, and Stan 2.21 for the checks across subtrees.
  ///
  /// - Parameter directions: bit i says whether doubling i goes forward.
  /// - Returns: the segment of all points of the valid doublings, with the chosen one.
  package mutating func grow(
    from start: Segment, directions: UInt32, limits: TreeLimits, summary: inout TreeSummary
  ) throws -> Segment {
    var tree = start
    var weight = 1.0
    // A doubling turns round if its bit is not that of the one before; the first, if it goes backward.
    var turns = directions ^ (directions << 1 | 1)
    while summary.depth < limits.depth {
      if turns & 1 == 1 { turnRound(&tree) }
      turns >>= 1
      guard let next = try subtree(depth: summary.depth, limits: limits, summary: &summary) else {
        break
      }
      summary.depth += 1
      let probability = min(1, next.weight / weight)
      let isOver = join(&tree, next.segment, probability: probability)
      weight += next.weight
      if isOver { break }
    }
    return tree
  }

  /// Builds a complete subtree of 2^depth points, or nil if it diverges or turns inside.
  private mutating func subtree(
    depth: Int, limits: TreeLimits, summary: inout TreeSummary
  ) throws -> (segment: Segment, weight: Double)? {
    guard depth > 0 else { return try leaf(limits: limits, summary: &summary) }
    // Half of all subtrees are single points: pairs of them are made without another call.
    let first =
      depth == 1
      ? try leaf(limits: limits, summary: &summary)
      : try subtree(depth: depth - 1, limits: limits, summary: &summary)
    guard var first else { return nil }
    let second =
      depth == 1
      ? try leaf(limits: limits, summary: &summary)
      : try subtree(depth: depth - 1, limits: limits, summary: &summary)
    guard let second else {
      discard(first.segment)
      return nil
    }
    let weight = first.weight + second.weight
    let probability = weight > 0 ? second.weight / weight : 0
    first.weight = weight
    if join(&first.segment, second.segment, probability: probability) {
      discard(first.segment)
      return nil
    }
    return first
  }

  @inline(__always)
  private mutating func leaf(
    limits: TreeLimits, summary: inout TreeSummary
  ) throws -> (segment: Segment, weight: Double)? {
    let (segment, logWeight) = try step()
    let weight = exp(min(logWeight, 500))
    summary.leapfrogCount += 1
    summary.acceptanceSum += min(1, weight)
    if logWeight >= -limits.energyError { return (segment, weight) }
    summary.isDivergent = true
    discard(segment)
    return nil
  }
}
