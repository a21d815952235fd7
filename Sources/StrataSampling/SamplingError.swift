/// What can go wrong before or while sampling, apart from errors of the density itself.
public enum SamplingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A setting outside its range.
  case invalidSetting(name: String, value: String, expected: String)
  /// The number of start points is not the number of chains.
  case startCount(expected: Int, found: Int)
  /// A start point has the wrong number of coordinates (chains count from 1).
  case startDimension(chain: Int, expected: Int, found: Int)
  /// No usable start point was found; the last one tried and what was wrong with it.
  case noStart(chain: Int, attempts: Int, problem: StartProblem, position: [Double])
  /// The heuristic for the first step size ran out of bounds.
  case stepSize(chain: Int, stepSize: Double)
  /// The log density grows without bound.
  case unboundedDensity(logDensity: Double, iterations: Int, coordinate: Int, value: Double)
  /// The search for the mode stopped before the gradient vanished.
  case modeNotFound(iterations: Int, gradientNorm: Double, logDensity: Double, reason: String)

  /// What was wrong with a start point.
  public enum StartProblem: Equatable, Sendable {
    /// The log density is NaN or an infinity.
    case logDensity(Double)
    /// A component of the gradient is NaN or infinite; `coordinate` counts from 0.
    case gradient(coordinate: Int, value: Double)
  }

  /// One sentence: what was expected, what came, what to do.
  public var description: String {
    switch self {
    case .invalidSetting(let name, let value, let expected):
      return "\(name) is \(value), but it has to be \(expected)"
    case .startCount(let expected, let found):
      return "\(found) start points were given for \(expected) chains; give one for each chain"
    case .startDimension(let chain, let expected, let found):
      return "the start point of chain \(chain) has \(found) coordinates, but the density has "
        + "\(expected)"
    case .noStart(let chain, let attempts, let problem, let position):
      return Self.describeStart(chain, attempts, problem, position)
    case .stepSize(let chain, let stepSize) where stepSize > 1:
      return "chain \(chain): a step size of \(stepSize) is still accepted at the start point; the "
        + "density is flat or improper there: check that every parameter has a proper prior"
    case .stepSize(let chain, let stepSize):
      return "chain \(chain): a step size of \(stepSize) is still rejected at the start point; the "
        + "density is discontinuous there or its gradient is wrong"
    case .unboundedDensity(let logDensity, let iterations, let coordinate, let value):
      return "the density has no mode: after \(iterations) iterations its log is \(logDensity) and "
        + "still grows, with coordinate \(coordinate) at \(value); in a centred hierarchical model "
        + "it is unbounded where a group-level scale goes to zero: use the posterior's draws instead"
    case .modeNotFound(let iterations, let gradientNorm, let logDensity, let reason):
      return "no mode was found in \(iterations) iterations (\(reason)): the log density is "
        + "\(logDensity) and the largest component of its gradient \(gradientNorm), where it has to "
        + "be near zero; try another start point or more iterations"
    }
  }

  private static func describeStart(
    _ chain: Int, _ attempts: Int, _ problem: StartProblem, _ position: [Double]
  ) -> String {
    let what =
      switch problem {
      case .logDensity(let value): "the log density is \(value)"
      case .gradient(let coordinate, let value):
        "component \(coordinate) of the gradient is \(value)"
      }
    let shown = position.prefix(6).map { "\($0)" }.joined(separator: ", ")
    let end = position.count > 6 ? ", … (\(position.count) coordinates)" : ""
    let tried = attempts == 1 ? "the start point given" : "the last of \(attempts) start points"
    return "chain \(chain) cannot start: at \(tried), \(what), at the position [\(shown)\(end)]; "
      + "give start points inside the support, or check the priors and the data"
  }
}
