/// Order statistics.
package enum Quantile {
  /// The quantile of sorted numbers, linear between order statistics (type 7 of Hyndman and Fan).
  package static func of(sorted x: [Double], _ probability: Double) -> Double {
    guard !x.isEmpty else { return .nan }
    let place = min(max(probability, 0), 1) * Double(x.count - 1)
    let below = Int(place)
    guard below + 1 < x.count else { return x[x.count - 1] }
    let part = place - Double(below)
    return x[below] * (1 - part) + x[below + 1] * part
  }

  /// How many draws fall on either side: (number of chance successes) the quantile of a binomial distribution.
  package static func binomial(_ n: Int, _ p: Double, _ probability: Double) -> Int {
    guard n > 0, p > 0 else { return 0 }
    guard p < 1 else { return n }
    let constant = Maths.logGamma(Double(n) + 1)
    var sum = 0.0
    for k in 0...n {
      let log =
        constant - Maths.logGamma(Double(k) + 1) - Maths.logGamma(Double(n - k) + 1)
        + Double(k) * Maths.logarithm(p) + Double(n - k) * Maths.logarithm(1 - p)
      sum += Maths.exponential(log)
      if sum >= probability { return k }
    }
    return n
  }
}
