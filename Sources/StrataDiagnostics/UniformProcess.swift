#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Numbers C(z) of n independent uniform values below points z: a Markov chain, in which
/// C(z′) − C(z) is binomial, (n − C(z), (z′ − z)/(1 − z)).
///
/// The probability that it leaves given limits anywhere is summed over the first exits: only
/// positive terms, so that a probability of 1e-20 is as exact as one of 0.1. The relative error is
/// about 1e-15 n. Terms below 1e-40 of the largest are left out, so that probabilities under about
/// 1e-35 come out too small, or as 0. Source: [Sailynoja2022], whose recursion sums the
/// probability of staying inside instead.
struct UniformProcess {
  private let count: Int
  private let points: [Double]
  /// log k!, k = 0...n.
  private let logFactorials: [Double]
  private let tails: [Tails]

  /// P(C(z) <= c) and P(C(z) >= c) at one point, for the counts c that are not all but impossible.
  private struct Tails {
    let first: Int
    let lower: [Double]
    let upper: [Double]
  }

  /// - Parameter points: ascending, strictly between 0 and 1.
  init(count: Int, points: [Double]) {
    self.count = count
    self.points = points
    let logFactorials = (0...count).map { logGamma(Double($0) + 1) }
    tails = points.map { z in
      var (above, below): ([Double], [Double]) = ([], [])
      let mode = Self.binomial(count, z, logFactorials) { k, mode, mass in
        if k >= mode { above.append(mass) } else { below.append(mass) }
      }
      let masses = below.reversed() + above
      return Tails(
        first: mode - below.count, lower: Self.cumulated(masses),
        upper: Self.cumulated(masses.reversed()).reversed())
    }
    self.logFactorials = logFactorials
  }

  private static func cumulated(_ masses: [Double]) -> [Double] {
    var sum = 0.0
    return masses.map {
      sum += $0
      return sum
    }
  }

  /// The smaller of P(C <= c) and P(C >= c) at a point.
  func smallerTail(point: Int, count: Int) -> Double {
    let tails = tails[point]
    let place = count - tails.first
    guard tails.lower.indices.contains(place) else { return 0 }
    return min(tails.lower[place], tails.upper[place])
  }

  /// At each point, the counts both of whose tails exceed `tail`, not only by rounding.
  /// - Parameter tail: below 1/2, so that the median is inside.
  func limits(tail: Double) -> [ClosedRange<Int>] {
    let excluded = tail * (1 + 1e-9)
    return tails.map { tails in
      // Tails are monotone.
      let first = tails.lower.firstIndex { $0 > excluded }!
      let last = tails.upper.lastIndex { $0 > excluded }!
      return tails.first + min(first, last)...tails.first + max(first, last)
    }
  }

  /// The probability that a tail at any point is `tail` or smaller.
  func exitProbability(tail: Double) -> Double {
    guard tail < 0.5 else { return 1 }
    var inside: [Double] = [1]
    var first = 0
    var (exits, before) = (0.0, 0.0)
    for (z, limits) in zip(points, limits(tail: tail)) {
      let step = (z - before) / (1 - before)
      var next = [Double](repeating: 0, count: limits.count)
      for (offset, mass) in inside.enumerated() where mass > 0 {
        let base = first + offset
        Self.binomial(count - base, step, logFactorials) { k, _, probability in
          let place = base + k - limits.lowerBound
          if place >= 0 && place < next.count {
            next[place] += mass * probability
          } else {
            exits += mass * probability
          }
        }
      }
      (inside, first, before) = (next, limits.lowerBound, z)
    }
    return min(1, exits)
  }

  /// Calls `body` with k, the mode, and P(k) of Binomial(n, p): from the mode upwards, then from
  /// below it downwards.
  /// - Returns: the mode.
  @inline(__always) @discardableResult
  private static func binomial(
    _ n: Int, _ p: Double, _ logFactorials: [Double],
    _ body: (_ k: Int, _ mode: Int, _ mass: Double) -> Void
  ) -> Int {
    let mode = min(n, Int(Double(n + 1) * p))
    let odds = p / (1 - p)
    let peak = exp(
      logFactorials[n] - logFactorials[mode] - logFactorials[n - mode] + Double(mode) * log(p)
        + Double(n - mode) * log1p(-p))
    let least = peak * 1e-40
    body(mode, mode, peak)
    var (k, mass) = (mode, peak)
    while k < n {
      mass *= Double(n - k) / Double(k + 1) * odds
      k += 1
      if mass < least { break }
      body(k, mode, mass)
    }
    (k, mass) = (mode, peak)
    while k > 0 {
      mass *= Double(k) / (Double(n - k + 1) * odds)
      k -= 1
      if mass < least { break }
      body(k, mode, mass)
    }
    return mode
  }
}
