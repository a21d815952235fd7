import Foundation
import StrataDiagnostics
import Testing

@Suite struct LeaveOneOutPITTests {
  @Test func weightedProbabilities() {
    let weights = [0.1, 0.2, 0.3, 0.4]
    func pit(_ outcome: Double, _ replicated: [Double]) -> LeaveOneOutPIT {
      replicated.withUnsafeBufferPointer { replicated in
        weights.withUnsafeBufferPointer { weights in
          LeaveOneOutPIT(outcome: outcome, replicated: replicated, weights: weights)
        }
      }
    }
    let discrete = pit(2, [1, 2, 2, 3])
    #expect(discrete.below == 0.1 && abs(discrete.atMost - 0.6) < 1e-15)
    #expect(abs(discrete.value(uniform: 0.5) - 0.35) < 1e-15)
    let continuous = pit(2.5, [1, 2, 2, 3])
    #expect(continuous.below == continuous.atMost && abs(continuous.below - 0.6) < 1e-15)
    #expect(pit(9, [1, 2, 2, 3]).below == 1 && pit(0, [1, 2, 2, 3]).atMost == 0)
    #expect(pit(2, [1, .nan, 2, 3]).below.isNaN && pit(.nan, [1, 2, 2, 3]).atMost.isNaN)

    let below = [1.0, 0, 0, 0]
    let equal = [0.0, 1, 1, 0]
    let same = below.withUnsafeBufferPointer { below in
      equal.withUnsafeBufferPointer { equal in
        weights.withUnsafeBufferPointer { weights in
          LeaveOneOutPIT(below: below, equal: equal, weights: weights)
        }
      }
    }
    #expect(same == discrete)
  }

  /// Normal outcomes with known sd 1 and a flat prior of the mean: without y_i the predictive
  /// distribution is Normal(mean of the others, 1 + 1/(n − 1)), exactly.
  @Test func agreesWithTheExactPredictive() {
    var random = Draws(seed: 11)
    let n = 12
    let y = (0..<n).map { _ in random.normal() }
    let mean = y.reduce(0, +) / Double(n)
    let draws = 4000
    let means = (0..<draws).map { _ in mean + random.normal() / Double(n).squareRoot() }
    var loo = LeaveOneOut(chains: 4, draws: draws / 4)
    var weights = [Double](repeating: 0, count: draws)
    for value in y {
      let terms = means.map { -0.5 * (value - $0) * (value - $0) - 0.5 * log(2 * Double.pi) }
      let below = means.map { 0.5 * erfc(-(value - $0) / 2.0.squareRoot()) }
      let (observation, pit) = weights.withUnsafeMutableBufferPointer { weights in
        let observation = terms.withUnsafeBufferPointer { loo.add($0, weights: weights) }
        let pit = below.withUnsafeBufferPointer {
          LeaveOneOutPIT(below: $0, weights: UnsafeBufferPointer(weights))
        }
        return (observation, pit)
      }
      let others = (mean * Double(n) - value) / Double(n - 1)
      let variance = 1 + 1 / Double(n - 1)
      let z = (value - others) / variance.squareRoot()
      let exact = 0.5 * erfc(-z / 2.0.squareRoot())
      // The predictive probability varies with sd about 0.1 over the draws; 4000 of them, with
      // weights: 0.002, times 4.
      #expect(abs(pit.below - exact) < 0.01)
      let elpd = -0.5 * z * z - 0.5 * log(2 * Double.pi * variance)
      #expect(abs(observation.elpd - elpd) < 4.5 * observation.elpdMCSE)
    }
  }
}
