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
    func argument(_ index: Int) -> Double { index < arguments.count ? arguments[index] : 0 }
    return draw(argument(0), argument(1), argument(2), from: &random)
  }

  /// The same; arguments that the family does not have are 0.
  package func draw(
    _ a: Double, _ b: Double, _ c: Double, from random: inout RandomStream
  ) -> Double {
    guard allows(a, b, c) else { return .nan }
    switch self {
    case .normal: return a + b * random.normal()
    case .studentT:
      return b + c * random.studentT(degreesOfFreedom: a)
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
  private func allows(_ a: Double, _ b: Double, _ c: Double) -> Bool {
    guard a.isFinite, b.isFinite, c.isFinite else { return false }
    return switch self {
    case .normal, .cauchy, .logNormal, .laplace, .negBinomialLog: b > 0
    case .studentT: a > 0 && c > 0
    case .uniform: a < b
    case .exponential: a > 0
    case .gamma, .inverseGamma, .beta: a > 0 && b > 0
    case .negBinomial: a >= 0 && b > 0
    case .poisson: a >= 0
    case .poissonLog, .bernoulliLogit: true
    case .bernoulli: a >= 0 && a <= 1
    case .binomial: a >= 0 && a == a.rounded() && b >= 0 && b <= 1
    case .binomialLogit: a >= 0 && a == a.rounded()
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
    return lowered.isHalf ? abs(x) : x
  }
}
