internal import StrataKernels

extension DensityFamily {
  /// The mean of a distribution as arithmetic on its arguments, the median of a Cauchy (and of a half-StudentT, whose
  /// mean need not exist, the scale).
  /// - Parameter isHalf: whether it is the distribution of the size, with a location of 0.
  func centre(
    _ x: [Graph.Node], isHalf: Bool, in domain: Domain, _ graph: inout Graph
  ) throws -> Graph.Node {
    func make(_ operation: BinaryOperation, _ a: Graph.Node, _ b: Graph.Node) throws -> Graph.Node {
      try graph.binary(operation, a, b, in: domain)
    }
    if isHalf {
      switch self {
      // sqrt(2 / pi) sd
      case .normal: return try make(.multiply, graph.constant(0.797_884_560_802_865_4), x[1])
      case .studentT: return x[2]
      default: return x[1]
      }
    }
    switch self {
    case .normal, .cauchy, .laplace, .bernoulli, .poisson, .negBinomial: return x[0]
    case .studentT: return x[1]
    case .logNormal:
      // exp(m + s^2 / 2)
      let half = try make(.multiply, graph.constant(0.5), graph.unary(.square, x[1]))
      return graph.unary(.exp, try make(.add, x[0], half))
    case .uniform: return try make(.multiply, graph.constant(0.5), make(.add, x[0], x[1]))
    case .exponential: return try make(.divide, graph.constant(1), x[0])
    case .gamma: return try make(.divide, x[0], x[1])
    case .inverseGamma:
      throw ModelError(
        "group effects with an InverseGamma distribution need not have a mean: predict for new levels instead"
      )
    case .beta: return try make(.divide, x[0], make(.add, x[0], x[1]))
    case .poissonLog, .negBinomialLog: return graph.unary(.exp, x[0])
    case .bernoulliLogit: return graph.unary(.inverseLogit, x[0])
    case .binomial: return try make(.multiply, x[0], x[1])
    case .binomialLogit: return try make(.multiply, x[0], graph.unary(.inverseLogit, x[1]))
    }
  }
}
