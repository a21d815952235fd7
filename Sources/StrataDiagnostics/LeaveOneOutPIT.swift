/// Leave-one-out probability integral transform (LOO-PIT) of one observation: the probability,
/// predicted from all other observations, of an outcome below what was observed.
///
/// Over the observations it is uniform on 0...1 if the predictive distributions are calibrated;
/// ``UniformityTest`` tests that. For discrete outcomes the transform is an interval, and a
/// uniform number within it is uniform in the same sense (randomised PIT).
/// Sources: [Gelfand1992], [Czado2009] for discrete outcomes.
public struct LeaveOneOutPIT: Sendable, Hashable {
  /// P(replicated outcome < y).
  public let below: Double
  /// P(replicated outcome <= y); equal to ``below`` for continuous outcomes.
  public let atMost: Double

  /// From replicated outcomes: one for each draw.
  ///
  /// - Parameters:
  ///   - outcome: what was observed.
  ///   - replicated: an outcome drawn under each draw.
  ///   - weights: normalised weight of each draw; see ``LeaveOneOut/add(_:weights:)``.
  ///
  /// NaN where a weight or an outcome is.
  public init(
    outcome: Double, replicated: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>
  ) {
    precondition(replicated.count == weights.count, "\(replicated.count) draws")
    var (below, equal, invalid) = (0.0, 0.0, outcome)
    for i in replicated.indices {
      let value = replicated[i]
      if value < outcome {
        below += weights[i]
      } else if value == outcome {
        equal += weights[i]
      } else {
        // Not to be passed over: NaN compares as neither.
        invalid = value.isNaN ? value : invalid
        invalid = weights[i].isNaN ? weights[i] : invalid
      }
    }
    self.init(below: invalid.isNaN ? .nan : below, equal: equal)
  }

  /// From the predictive distribution function under each draw, which has less Monte Carlo error
  /// than replicated outcomes; or from indicators (0 or 1) of those.
  ///
  /// - Parameters:
  ///   - below: P(outcome < y) under each draw.
  ///   - equal: P(outcome = y) under each draw; nil for continuous outcomes.
  ///   - weights: normalised weight of each draw.
  public init(
    below: UnsafeBufferPointer<Double>, equal: UnsafeBufferPointer<Double>? = nil,
    weights: UnsafeBufferPointer<Double>
  ) {
    precondition(below.count == weights.count, "\(below.count) draws, \(weights.count) weights")
    precondition(equal == nil || equal!.count == weights.count, "\(weights.count) weights")
    var (belowSum, equalSum) = (0.0, 0.0)
    for i in weights.indices { belowSum += weights[i] * below[i] }
    if let equal { for i in weights.indices { equalSum += weights[i] * equal[i] } }
    self.init(below: belowSum, equal: equalSum)
  }

  private init(below: Double, equal: Double) {
    // Weights sum to 1 up to rounding.
    self.below = below > 1 ? 1 : below
    atMost = below + equal > 1 ? 1 : below + equal
  }

  /// The transform as one number.
  ///
  /// - Parameter uniform: where in the interval, from a uniform distribution on 0...1; without
  ///   effect on continuous outcomes.
  public func value(uniform: Double) -> Double { below + uniform * (atMost - below) }
}
