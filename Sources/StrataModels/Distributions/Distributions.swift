internal import StrataKernels

/// All distributions of the model text, in the order of their documentation.
package enum Distributions {
  /// The forms of the distribution with this name, the positional one first; empty if there is none.
  package static func forms(named name: String) -> [DistributionForm] {
    all.filter { $0.name == name }
  }

  /// Every distribution's name, once.
  package static let names: [String] = (all + [lkj]).map(\.name).reduce(into: []) {
    if !$0.contains($1) { $0.append($1) }
  }

  private static let logTwo = 0.693147180559945309417

  /// Every form of the distribution of a number.
  package static let all: [DistributionForm] = continuous + positive + bounded + discrete

  /// That of the correlations of group effects, which have no numbers of their own to be lowered to.
  package static let lkj = form("LKJ", ["eta": .positive], on: .real) { _, arguments, _ in
    Lowered(family: nil, arguments: arguments)
  }

  private static func form(
    _ name: String, _ parameters: KeyValuePairs<String, DistributionForm.Requirement>,
    positional: Bool = true, on support: Support,
    _ lower: @escaping @Sendable (inout Graph, [Graph.Node], Domain) throws -> Lowered
  ) -> DistributionForm {
    DistributionForm(
      name: name, parameters: parameters.map { .init(label: $0.key, requirement: $0.value) },
      positional: positional, support: support, lower: lower)
  }

  private static func kernel(_ family: DensityFamily)
    -> @Sendable (inout Graph, [Graph.Node], Domain) throws -> Lowered
  {
    { _, arguments, _ in Lowered(family: family, arguments: arguments) }
  }

  // MARK: On the real line

  private static let continuous = [
    form("Normal", ["mean": .real, "sd": .positive], on: .real, kernel(.normal)),
    form(
      "StudentT", ["df": .positive, "mean": .real, "scale": .positive], on: .real, kernel(.studentT)
    ),
    form("Cauchy", ["location": .real, "scale": .positive], on: .real, kernel(.cauchy)),
    form("Laplace", ["location": .real, "scale": .positive], on: .real, kernel(.laplace)),
  ]

  // MARK: On the positive half-line

  private static let positive = [
    form("HalfNormal", ["sd": .positive], on: .positive) { graph, x, _ in
      Lowered(family: .normal, arguments: [graph.constant(0), x[0]], constant: logTwo)
    },
    form("HalfStudentT", ["df": .positive, "scale": .positive], on: .positive) { graph, x, _ in
      Lowered(family: .studentT, arguments: [x[0], graph.constant(0), x[1]], constant: logTwo)
    },
    form("HalfCauchy", ["scale": .positive], on: .positive) { graph, x, _ in
      Lowered(family: .cauchy, arguments: [graph.constant(0), x[0]], constant: logTwo)
    },
    form("LogNormal", ["meanlog": .real, "sdlog": .positive], on: .positive, kernel(.logNormal)),
    form("Exponential", ["rate": .positive], on: .positive, kernel(.exponential)),
    form("Gamma", ["shape": .positive, "rate": .positive], on: .positive, kernel(.gamma)),
    form(
      "Gamma", ["mean": .positive, "sd": .positive], positional: false, on: .positive
    ) { graph, x, domain in
      // shape = (mean / sd)^2, rate = mean / sd^2 = shape / mean
      let ratio = try graph.binary(.divide, x[0], x[1], in: domain)
      let shape = graph.unary(.square, ratio)
      return Lowered(
        family: .gamma, arguments: [shape, try graph.binary(.divide, ratio, x[1], in: domain)])
    },
    form(
      "InverseGamma", ["shape": .positive, "scale": .positive], on: .positive, kernel(.inverseGamma)
    ),
  ]

  // MARK: Between bounds

  private static let bounded = [
    form("Beta", ["alpha": .positive, "beta": .positive], on: .unitInterval, kernel(.beta)),
    form(
      "Beta", ["mean": .fraction, "concentration": .positive], positional: false,
      on: .unitInterval
    ) { graph, x, domain in
      try beta(&graph, mean: x[0], concentration: x[1], domain)
    },
    form(
      "Beta", ["mean": .fraction, "sd": .positive], positional: false, on: .unitInterval
    ) { graph, x, domain in
      // concentration = mean (1 - mean) / sd^2 - 1
      let spread = try graph.binary(
        .multiply, x[0], graph.binary(.subtract, graph.constant(1), x[0], in: domain), in: domain)
      let ratio = try graph.binary(.divide, spread, graph.unary(.square, x[1]), in: domain)
      let concentration = try graph.binary(.subtract, ratio, graph.constant(1), in: domain)
      return try beta(&graph, mean: x[0], concentration: concentration, domain)
    },
    form(
      "Uniform", ["lower": .real, "upper": .real], on: .between(lower: 0, upper: 1),
      kernel(.uniform)),
    form("Flat", [:], on: .real) { _, _, _ in Lowered(family: nil, arguments: []) },
    form(
      "Flat", ["lower": .real], positional: false, on: .between(lower: 0, upper: nil)
    ) { _, _, _ in Lowered(family: nil, arguments: []) },
    form(
      "Flat", ["upper": .real], positional: false, on: .between(lower: nil, upper: 0)
    ) { _, _, _ in Lowered(family: nil, arguments: []) },
    form(
      "Flat", ["lower": .real, "upper": .real], positional: false, on: .between(lower: 0, upper: 1)
    ) { _, _, _ in Lowered(family: nil, arguments: []) },
  ]

  private static func beta(
    _ graph: inout Graph, mean: Graph.Node, concentration: Graph.Node, _ domain: Domain
  ) throws -> Lowered {
    let rest = try graph.binary(.subtract, graph.constant(1), mean, in: domain)
    return Lowered(
      family: .beta,
      arguments: [
        try graph.binary(.multiply, mean, concentration, in: domain),
        try graph.binary(.multiply, rest, concentration, in: domain),
      ])
  }

  // MARK: Whole numbers

  // A probability written as inverse_logit(…), a mean written as exp(…), is recognised as a link: the
  // kernel then works on the linear predictor, where nothing overflows.

  private static let discrete = [
    form(
      "NegBinomial", ["mean": .positive, "dispersion": .positive], on: .counts
    ) { graph, x, _ in
      if let log = graph.argument(of: .exp, x[0]) {
        return Lowered(family: .negBinomialLog, arguments: [log, x[1]])
      }
      return Lowered(family: .negBinomial, arguments: x)
    },
    form(
      "NegBinomial", ["log": .real, "dispersion": .positive], positional: false, on: .counts,
      kernel(.negBinomialLog)),
    form("Poisson", ["rate": .notNegative], on: .counts) { graph, x, _ in
      if let log = graph.argument(of: .exp, x[0]) {
        return Lowered(family: .poissonLog, arguments: [log])
      }
      return Lowered(family: .poisson, arguments: x)
    },
    form("Poisson", ["log": .real], positional: false, on: .counts, kernel(.poissonLog)),
    form("Bernoulli", ["p": .probability], on: .binary) { graph, x, _ in
      if let logit = graph.argument(of: .inverseLogit, x[0]) {
        return Lowered(family: .bernoulliLogit, arguments: [logit])
      }
      return Lowered(family: .bernoulli, arguments: x)
    },
    form("Bernoulli", ["logit": .real], positional: false, on: .binary, kernel(.bernoulliLogit)),
    form("Binomial", ["n": .trials, "p": .probability], on: .upToTrials) { graph, x, _ in
      if let logit = graph.argument(of: .inverseLogit, x[1]) {
        return Lowered(family: .binomialLogit, arguments: [x[0], logit])
      }
      return Lowered(family: .binomial, arguments: x)
    },
    form(
      "Binomial", ["n": .trials, "logit": .real], positional: false, on: .upToTrials,
      kernel(.binomialLogit)),
  ]
}
