import StrataModels
import StrataSampling

/// No start point has a finite posterior density: a chain cannot begin.
public struct StartError: Error, Sendable, CustomStringConvertible {
  /// The chain, from 1.
  public var chain: Int
  /// How many points were tried.
  public var attempts: Int
  /// What was not finite: the log density, or its slope with respect to a parameter.
  public var problem: String
  /// The parameters at the last point tried, those left out that could not be computed there.
  public var parameters: [(name: String, value: Double)]
  /// Integrated parameters with flat priors: where the data can't tell them apart, there is no posterior.
  public var flatParameters: [String]

  /// Nil if the error is another one than a failed start.
  init?(_ error: SamplingError, _ density: PosteriorDensity) {
    guard case .noStart(let chain, let attempts, let problem, let position) = error else {
      return nil
    }
    self.chain = chain
    self.attempts = attempts
    switch problem {
    case .logDensity(let value): self.problem = "the log posterior density is \(value)"
    case .gradient(let coordinate, let value):
      let parameter = zip(density.bound.parameters, density.parameterRanges).first {
        $1.contains(coordinate)
      }
      self.problem =
        "the slope of the log density in `\(parameter?.0.name ?? "a parameter")` is \(value)"
    }
    let evaluation = density.makeEvaluation()
    var values = [Double](repeating: 0, count: evaluation.reportedCount)
    position.withUnsafeBufferPointer { position in
      values.withUnsafeMutableBufferPointer { values in
        guard let start = position.baseAddress, let output = values.baseAddress else { return }
        var random = RandomStream(seed: 1)
        evaluation.report(at: start, into: output, random: &random)
      }
    }
    parameters = zip(density.report.names, density.report.places)
      .map { (name: $0, value: values[$1]) }
      .filter { !$0.value.isNaN }
    let withPrior = Set(density.bound.densities.map(\.variate))
    flatParameters = density.planned.integrated.sorted()
      .map { density.bound.parameters[$0] }
      .filter { !withPrior.contains($0.node) }
      .map(\.name)
  }

  /// What happened, where, and what to look at.
  public var description: String {
    let shown = parameters.prefix(6).map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
    let more = parameters.count > 6 ? ", …" : ""
    if !flatParameters.isEmpty {
      return """
        chain \(chain) cannot start: at \(attempts) points tried \(problem) or another value that is not \
        finite. Flat priors (of \(flatParameters.joined(separator: ", "))) leave no posterior where the data \
        can't tell parameters apart, as with the same column twice or a column of zeros: give them a prior \
        that is not flat, or leave one out
        """
    }
    return """
      chain \(chain) cannot start: at \(attempts) points tried \(problem) or another value that is not \
      finite; at the last one \(shown)\(more). Look for priors that allow values which the data rule \
      out, and for expressions that leave their domain, such as the log of something negative
      """
  }
}
