#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Dual averaging of the log step size towards a target acceptance. Source: HoffmanGelman2014,
/// algorithm 5; letters and constants are theirs, as in Stan.
package struct DualAveraging: Sendable, Equatable {
  /// Target acceptance.
  package let delta: Double
  /// Shrinkage towards mu.
  package let gamma = 0.05
  /// Damping of the first iterations.
  package let t0 = 10.0
  /// Decay of the averaging weights.
  package let kappa = 0.75
  /// The point the log step size is shrunk to: log(10 × first step size).
  package private(set) var mu: Double
  private var count = 0.0
  private var meanError = 0.0
  private var meanLogStep = 0.0

  package init(targetAcceptance: Double, stepSize: Double) {
    delta = targetAcceptance
    mu = log(10 * stepSize)
  }

  /// Takes in the acceptance statistic of one transition.
  ///
  /// - Returns: the step size for the next one.
  package mutating func update(acceptance: Double) -> Double {
    count += 1
    let share = 1 / (count + t0)
    let accepted = acceptance.isNaN ? 0 : min(1, acceptance)
    meanError = (1 - share) * meanError + share * (delta - accepted)
    let logStep = mu - meanError * count.squareRoot() / gamma
    let weight = pow(count, -kappa)
    meanLogStep = (1 - weight) * meanLogStep + weight * logStep
    return exp(logStep)
  }

  /// The averaged step size, for sampling after warmup.
  package var averagedStepSize: Double { exp(meanLogStep) }
}

/// The windows of warmup, as Stan has them: a fast interval (75), slow windows that double from
/// 25, a fast interval (50); 15, 75 and 10 % of a warmup too short for that.
package struct WarmupSchedule: Sendable, Equatable {
  /// Iterations of the first interval, before the metric is learned.
  package let start: Int
  /// For each slow window: the iteration after its last one.
  package let windowEnds: [Int]
  /// All iterations.
  package let count: Int

  /// The schedule for this many iterations of warmup (under 20: no slow window).
  package init(warmup: Int) {
    count = warmup
    guard warmup >= 20 else {
      start = warmup
      windowEnds = []
      return
    }
    var (first, last, window) = (75, 50, 25)
    if warmup < first + last + window {
      first = Int(0.15 * Double(warmup))
      last = Int(0.1 * Double(warmup))
      window = warmup - first - last
    }
    start = first
    let end = warmup - last
    var next = first + window
    var ends = [next]
    while next < end {
      window *= 2
      next += window
      // A window that would leave too little room for the one after it is extended to the end.
      if next + 2 * window > end { next = end }
      ends.append(next)
    }
    windowEnds = ends
  }

  /// The schedule for a dense metric from draws and gradients: windows that double from 25 from the first
  /// iteration on; the last 15 % tune the step size alone (all of a warmup under 20).
  package init(denseWarmup warmup: Int) {
    count = warmup
    start = 0
    let end = warmup < 20 ? 0 : warmup - Int(0.15 * Double(warmup))
    var window = min(25, end)
    var next = window
    var ends: [Int] = []
    while next > 0, next <= end, ends.last != end {
      window *= 2
      // A window that would be cut short makes the one before it longer.
      if next + window > end { next = end }
      ends.append(next)
      next += window
    }
    windowEnds = ends
  }

  /// Whether the metric learns from this iteration (counted from 0).
  package func isSlow(_ iteration: Int) -> Bool {
    iteration >= start && iteration < (windowEnds.last ?? 0)
  }
}
