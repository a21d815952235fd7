import Foundation
import Strata
import TestSupport

/// Models with an intercept and a slope for each group, which are correlated.
enum CorrelatedCase {
  /// The lines of the effects, with the scale of their priors.
  static func effects(_ scale: Double) -> String {
    """
    mu_a ~ Normal(0, \(scale))
    mu_b ~ Normal(0, \(scale))
    s_a ~ HalfNormal(\(scale))
    s_b ~ HalfNormal(\(scale))
    a[g] ~ Normal(mu_a, s_a)
    b[g] ~ Normal(mu_b, s_b)
    correlation(a, b) ~ LKJ(2)

    """
  }

  /// Rows whose intercepts and slopes have sd `spread` and this correlation; `y` is what they make of it.
  static func table(
    groups: Int, rows: Int, spread: Double, correlation: Double, seed: UInt64,
    _ y: (Double, inout RandomStream) -> Double
  ) throws -> Table {
    var random = RandomStream(seed: seed)
    var (group, x, outcomes) = ([Int](), [Double](), [Double]())
    for g in 0..<groups {
      let (u, v) = (random.normal(), random.normal())
      let slope = correlation * u + (1 - correlation * correlation).squareRoot() * v
      for _ in 0..<rows {
        group.append(g)
        x.append(random.normal())
        outcomes.append(y(spread * u + (0.5 + spread * slope) * x.last!, &random))
      }
    }
    return try Table([
      "g": .wholeNumbers(group), "x": .numbers(x), "y": .numbers(outcomes),
    ])
  }

  static func logistic() throws -> Table {
    try table(groups: 40, rows: 12, spread: 0.8, correlation: 0.7, seed: 36) { eta, random in
      random.uniform() < 1 / (1 + exp(-eta)) ? 1 : 0
    }
  }

  static func normal(spread: Double, groups: Int = 4, rows: Int = 5) throws -> Table {
    try table(groups: groups, rows: rows, spread: spread, correlation: -0.6, seed: 37) {
      eta, random in
      eta + random.normal()
    }
  }
}
