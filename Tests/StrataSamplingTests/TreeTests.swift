import StrataSampling
import Testing

/// A trajectory over the integers: turning and divergence are where the test wants them, and the
/// choice of a point is kept as a distribution instead of being drawn.
private struct IntegerTrajectory: Trajectory {
  struct Segment {
    var back: Int
    var front: Int
    /// The probability of each point to be the chosen one.
    var chosen: [Int: Double]
  }

  var back: Int
  var front: Int
  let logWeights: @Sendable (Int) -> Double
  let turns: @Sendable (Int, Int) -> Bool
  let start: Int
  var isForward = true
  var visited: [Int] = []
  var live = 1

  init(
    start: Int, logWeights: @escaping @Sendable (Int) -> Double = { _ in 0 },
    turns: @escaping @Sendable (Int, Int) -> Bool = { _, _ in false }
  ) {
    self.start = start
    back = start
    front = start
    self.logWeights = logWeights
    self.turns = turns
  }

  var origin: Segment { Segment(back: start, front: start, chosen: [start: 1]) }

  mutating func step() -> (segment: Segment, logWeight: Double) {
    if isForward { front += 1 } else { back -= 1 }
    let point = isForward ? front : back
    visited.append(point)
    live += 1
    return (
      Segment(back: point, front: point, chosen: [point: 1]), logWeights(point) - logWeights(start)
    )
  }

  mutating func join(
    _ segment: inout Segment, _ next: Segment, probability: Double
  ) -> Bool {
    #expect(next.front - next.back == segment.front - segment.back)
    #expect(isForward ? segment.front + 1 == next.back : next.front + 1 == segment.back)
    #expect(probability >= 0 && probability <= 1)
    live -= 1
    segment.chosen = segment.chosen.mapValues { $0 * (1 - probability) }
      .merging(next.chosen.mapValues { $0 * probability }, uniquingKeysWith: +)
    segment.back = min(segment.back, next.back)
    segment.front = max(segment.front, next.front)
    return turns(segment.back, segment.front)
  }

  mutating func turnRound(_ segment: inout Segment) {
    #expect(segment.back == back && segment.front == front)
    isForward.toggle()
  }

  mutating func discard(_ segment: Segment) { live -= 1 }
}

@Suite struct TreeTests {
  private func grow(
    _ trajectory: inout IntegerTrajectory, directions: UInt32, depth: Int
  ) throws -> (tree: IntegerTrajectory.Segment, summary: TreeSummary) {
    var summary = TreeSummary()
    let tree = try trajectory.grow(
      from: trajectory.origin, directions: directions, limits: TreeLimits(depth: depth),
      summary: &summary)
    #expect(trajectory.live == 1, "every segment but the tree has to be given back")
    return (tree, summary)
  }

  @Test func visitsPointsInOrder() throws {
    var trajectory = IntegerTrajectory(start: 0)
    let (tree, summary) = try grow(&trajectory, directions: 0b0101, depth: 4)
    #expect(
      trajectory.visited == [1, -1, -2, 2, 3, 4, 5, -3, -4, -5, -6, -7, -8, -9, -10])
    #expect(summary.depth == 4)
    #expect(summary.leapfrogCount == 15)
    #expect(summary.acceptance == 1)
    #expect(!summary.isDivergent)
    #expect(tree.back == -10 && tree.front == 5)
  }

  @Test func equalWeightsMoveToTheNewHalf() throws {
    var trajectory = IntegerTrajectory(start: 0)
    let (tree, _) = try grow(&trajectory, directions: 0b111, depth: 3)
    #expect(tree.chosen.filter { $0.value > 0 } == [4: 0.25, 5: 0.25, 6: 0.25, 7: 0.25])
  }

  @Test func stopsWhereTheWholeTreeTurns() throws {
    // The joined tree is kept, and nothing is built after it.
    var trajectory = IntegerTrajectory(start: 0, turns: { $0 == 0 && $1 == 3 })
    let (tree, summary) = try grow(&trajectory, directions: .max, depth: 10)
    #expect(summary.depth == 2 && summary.leapfrogCount == 3)
    #expect(tree.front == 3)
  }

  @Test func rejectsASubtreeThatTurnsInside() throws {
    // The third doubling is 4...7; its first half 4...5 turns, so 6 and 7 are never visited.
    var trajectory = IntegerTrajectory(start: 0, turns: { $0 == 4 && $1 == 5 })
    let (tree, summary) = try grow(&trajectory, directions: .max, depth: 10)
    #expect(trajectory.visited == [1, 2, 3, 4, 5])
    #expect(summary.depth == 2 && summary.leapfrogCount == 5)
    #expect(tree.front == 3 && tree.chosen.keys.allSatisfy { $0 <= 3 })
  }

  @Test func stopsAtADivergence() throws {
    var trajectory = IntegerTrajectory(start: 0, logWeights: { $0 == 6 ? -1001 : 0 })
    let (tree, summary) = try grow(&trajectory, directions: .max, depth: 10)
    #expect(trajectory.visited == [1, 2, 3, 4, 5, 6])
    #expect(summary.isDivergent && summary.depth == 2)
    #expect(summary.acceptanceSum == 5 && summary.acceptance == 5.0 / 6)
    #expect(tree.front == 3)
  }

  @Test func anEnergyErrorAtTheLimitIsNoDivergence() throws {
    var trajectory = IntegerTrajectory(start: 0, logWeights: { $0 == 0 ? 0 : -1000 })
    let (tree, summary) = try grow(&trajectory, directions: .max, depth: 3)
    #expect(!summary.isDivergent && summary.depth == 3)
    #expect(tree.chosen[0] == 1)
  }

  @Test func weightsBeyondTheRangeOfDoubleStayFinite() throws {
    var trajectory = IntegerTrajectory(start: 0, logWeights: { Double($0) * 900 })
    let (tree, summary) = try grow(&trajectory, directions: .max, depth: 3)
    #expect(summary.acceptance == 1)
    #expect(tree.chosen.values.allSatisfy { $0.isFinite })
    #expect(abs(tree.chosen.values.reduce(0, +) - 1) < 1e-15)
  }

  @Test func acceptanceIsTheMeanOfTheCappedWeights() throws {
    var trajectory = IntegerTrajectory(start: 0, logWeights: { $0 == 2 ? -1 : Double($0) })
    let (_, summary) = try grow(&trajectory, directions: .max, depth: 2)
    #expect(abs(summary.acceptance - (1 + 0.367_879_441_171_442_3 + 1) / 3) < 1e-15)
  }

  /// Detailed balance, summed over all direction words: pi(a) P(a -> b) = pi(b) P(b -> a).
  @Test(arguments: [
    (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (0, 1), (1, 1), (2, 1), (3, 1), (5, 1), (2, 2), (3, 2),
  ])
  func detailedBalance(turning: Int, diverging: Int) throws {
    let depth = 4
    let range = -16...16
    let logWeights: @Sendable (Int) -> Double = { point in
      switch diverging {
      case 1 where point == 5 || point == -7: -.infinity
      case 2 where point > 9: -5000
      default: Double((point &* 7919) & 15) / 4 - 2
      }
    }
    let turns: @Sendable (Int, Int) -> Bool = { back, front in
      switch turning {
      case 0: false
      case 1: front - back >= 7
      case 2: back == -1 && front == 0 || back == 3 && front == 6
      case 3: (back &* 31 &+ front &* 17) & 7 == 0
      case 4: front - back >= 3 && back & 3 == 1
      default: front - back == 15
      }
    }
    var transition: [Int: [Int: Double]] = [:]
    for start in range where logWeights(start) > -100 {
      var row: [Int: Double] = [:]
      for directions in 0..<UInt32(1 << depth) {
        var trajectory = IntegerTrajectory(start: start, logWeights: logWeights, turns: turns)
        let (tree, _) = try grow(&trajectory, directions: directions, depth: depth)
        for (point, probability) in tree.chosen {
          row[point, default: 0] += probability / Double(1 << depth)
        }
      }
      #expect(abs(row.values.reduce(0, +) - 1) < 1e-14)
      transition[start] = row
    }
    var moved = 0
    for (a, row) in transition {
      for (b, probability) in row where transition[b] != nil {
        let flow = probability
        let back = (transition[b]![a] ?? 0) * TestMath.exp(logWeights(b) - logWeights(a))
        #expect(abs(flow - back) <= 1e-14, "from \(a) to \(b)")
        if a != b && probability > 0 { moved += 1 }
      }
    }
    #expect(moved > 50)
  }
}
