package import StrataKernels
package import StrataSampling

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension DensityFamily {
  /// A random number from the family.
  /// - Parameter arguments: as the kernels take them, see ``argumentNames``.
  /// - Returns: NaN where an argument is outside its domain.
  package func draw(_ arguments: [Double], from random: inout RandomStream) -> Double {
    let (a, b) = (arguments[0], arguments.count > 1 ? arguments[1] : .nan)
    guard allows(arguments) else { return .nan }
    switch self {
    case .normal: return a + b * random.normal()
    case .studentT:
      return b + arguments[2] * random.studentT(degreesOfFreedom: a)
    case .cauchy: return a + b * random.cauchy()
    case .logNormal: return exp(a + b * random.normal())
    case .laplace: return a + b * random.laplace()
    case .uniform: return a + (b - a) * random.uniform()
    case .exponential: return random.exponential() / a
    case .gamma: return random.gamma(shape: a) / b
    case .inverseGamma: return b / random.gamma(shape: a)
    case .beta: return random.beta(a, b)
    case .negBinomial: return random.negativeBinomial(mean: a, dispersion: b)
    case .negBinomialLog: return random.negativeBinomial(mean: exp(a), dispersion: b)
    case .poisson: return random.poisson(mean: a)
    case .poissonLog: return random.poisson(mean: exp(a))
    case .bernoulli: return random.bernoulli(a) ? 1 : 0
    case .bernoulliLogit: return random.bernoulli(1 / (1 + exp(-a))) ? 1 : 0
    case .binomial: return random.binomial(trials: a, probability: b)
    case .binomialLogit: return random.binomial(trials: a, probability: 1 / (1 + exp(-b)))
    }
  }
}

extension DensityFamily {
  /// Whether every argument is in its domain.
  private func allows(_ x: [Double]) -> Bool {
    guard x.allSatisfy(\.isFinite) else { return false }
    return switch self {
    case .normal, .cauchy, .logNormal, .laplace, .negBinomialLog: x[1] > 0
    case .studentT: x[0] > 0 && x[2] > 0
    case .uniform: x[0] < x[1]
    case .exponential: x[0] > 0
    case .gamma, .inverseGamma, .beta: x[0] > 0 && x[1] > 0
    case .negBinomial: x[0] >= 0 && x[1] > 0
    case .poisson: x[0] >= 0
    case .poissonLog, .bernoulliLogit: true
    case .bernoulli: x[0] >= 0 && x[0] <= 1
    case .binomial: x[0] >= 0 && x[0] == x[0].rounded() && x[1] >= 0 && x[1] <= 1
    case .binomialLogit: x[0] >= 0 && x[0] == x[0].rounded()
    }
  }
}

extension DistributionForm {
  /// A random number from the distribution, with the arguments in the form's order.
  /// - Throws: ``ModelError`` for an improper distribution, or an argument outside its domain.
  package func draw(_ arguments: [Double], from random: inout RandomStream) throws -> Double {
    for (parameter, value) in zip(parameters, arguments)
    where !parameter.requirement.allows(value) {
      throw ModelError(
        "the \(parameter.label) of \(name) must be \(parameter.requirement.words), and is \(value)")
    }
    var graph = Graph(layout: try Domains(table: Table(["row": .numbers([0])])))
    let nodes = arguments.map { graph.constant($0) }
    let lowered = try lower(&graph, nodes, .scalar)
    guard let family = lowered.family else {
      throw ModelError("\(signature) is improper: there is nothing to draw from")
    }
    let values = lowered.arguments.compactMap { graph.constantValue($0) }
    let x = family.draw(values, from: &random)
    // The half-distributions are twice the right half of a symmetric one.
    return lowered.constant > 0 ? abs(x) : x
  }
}
