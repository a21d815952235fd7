internal import StrataKernels

/// What Fisher scoring needs of a density's argument, per element, as nodes: the expected information of one
/// observation about it, and the score, the derivative of the log density.
struct WorkingResponse {
  var information: Graph.Node
  var score: Graph.Node
}

extension Graph {
  /// For each argument of a density; nil where the information is not known in closed form. Information between two
  /// arguments is zero in these families.
  mutating func workingResponses(_ density: BoundModel.Density) -> [WorkingResponse?] {
    let x = density.arguments
    var make = Formulas(graph: self, domain: density.domain, y: density.variate)
    let responses: [WorkingResponse?] =
      switch density.family {
      case .normal: [make.normalMean(x[0], x[1]), make.normalSD(x[0], x[1])]
      case .logNormal:
        make.onLogScale { make in [make.normalMean(x[0], x[1]), make.normalSD(x[0], x[1])] }
      case .studentT: [nil, make.studentLocation(df: x[0], x[1], x[2]), nil]
      case .cauchy: [make.studentLocation(df: make.one, x[0], x[1]), nil]
      case .poisson: [make.mean(x[0], variance: x[0])]
      case .poissonLog: [make.logMean(x[0], overdispersion: nil)]
      case .negBinomial:
        [make.mean(x[0], variance: make.overdispersed(x[0], x[1])), nil]
      case .negBinomialLog: [make.logMean(x[0], overdispersion: x[1]), nil]
      case .bernoulli: [make.probability(x[0], trials: make.one)]
      case .bernoulliLogit: [make.logit(x[0], trials: make.one)]
      case .binomial: [nil, make.probability(x[1], trials: x[0])]
      case .binomialLogit: [nil, make.logit(x[1], trials: x[0])]
      case .laplace, .exponential, .gamma, .inverseGamma, .beta, .uniform: x.map { _ in nil }
      }
    self = make.graph
    return responses
  }
}

/// Arithmetic in one domain, with the variate at hand.
private struct Formulas {
  var graph: Graph
  var domain: Domain
  var y: Graph.Node

  var one: Graph.Node { mutating get { graph.constant(1) } }

  mutating func apply(_ operation: BinaryOperation, _ x: Graph.Node, _ y: Graph.Node) -> Graph.Node
  {
    must { try graph.binary(operation, x, y, in: domain) }
  }
  mutating func add(_ x: Graph.Node, _ y: Graph.Node) -> Graph.Node { apply(.add, x, y) }
  mutating func subtract(_ x: Graph.Node, _ y: Graph.Node) -> Graph.Node { apply(.subtract, x, y) }
  mutating func multiply(_ x: Graph.Node, _ y: Graph.Node) -> Graph.Node { apply(.multiply, x, y) }
  mutating func divide(_ x: Graph.Node, _ y: Graph.Node) -> Graph.Node { apply(.divide, x, y) }
  mutating func square(_ x: Graph.Node) -> Graph.Node { graph.unary(.square, x) }

  /// The same with log y for y.
  mutating func onLogScale(_ body: (inout Formulas) -> [WorkingResponse?]) -> [WorkingResponse?] {
    var other = self
    other.y = other.graph.unary(.log, y)
    let responses = body(&other)
    graph = other.graph
    return responses
  }

  /// 1 / sd^2 and (y - mean) / sd^2.
  mutating func normalMean(_ mean: Graph.Node, _ sd: Graph.Node) -> WorkingResponse {
    let precision = divide(one, square(sd))
    return WorkingResponse(
      information: precision, score: multiply(subtract(y, mean), precision))
  }

  /// 2 / sd^2 and (((y - mean) / sd)^2 - 1) / sd.
  mutating func normalSD(_ mean: Graph.Node, _ sd: Graph.Node) -> WorkingResponse {
    let excess = subtract(square(divide(subtract(y, mean), sd)), one)
    return WorkingResponse(
      information: divide(graph.constant(2), square(sd)), score: divide(excess, sd))
  }

  /// (df + 1) / ((df + 3) s^2) and (df + 1) r / (df s^2 + r^2), r = y - location.
  mutating func studentLocation(df: Graph.Node, _ location: Graph.Node, _ scale: Graph.Node)
    -> WorkingResponse
  {
    let (more, variance) = (add(df, one), square(scale))
    let rest = subtract(y, location)
    let unit = multiply(add(df, graph.constant(3)), variance)
    return WorkingResponse(
      information: divide(more, unit),
      score: divide(multiply(more, rest), add(multiply(df, variance), square(rest))))
  }

  /// mean + mean^2 / dispersion.
  mutating func overdispersed(_ mean: Graph.Node, _ dispersion: Graph.Node) -> Graph.Node {
    add(mean, divide(square(mean), dispersion))
  }

  /// 1 / variance and (y - mean) / variance.
  mutating func mean(_ mean: Graph.Node, variance: Graph.Node) -> WorkingResponse {
    WorkingResponse(
      information: divide(one, variance), score: divide(subtract(y, mean), variance))
  }

  /// mean / v and (y - mean) / v, v = 1 + mean / dispersion (1 for Poisson).
  mutating func logMean(_ log: Graph.Node, overdispersion: Graph.Node?) -> WorkingResponse {
    let mean = graph.unary(.exp, log)
    let rest = subtract(y, mean)
    guard let overdispersion else { return WorkingResponse(information: mean, score: rest) }
    let v = add(one, divide(mean, overdispersion))
    return WorkingResponse(information: divide(mean, v), score: divide(rest, v))
  }

  /// trials / (p (1 - p)) and (y - trials p) / (p (1 - p)).
  mutating func probability(_ p: Graph.Node, trials: Graph.Node) -> WorkingResponse {
    let variance = multiply(p, subtract(one, p))
    return WorkingResponse(
      information: divide(trials, variance),
      score: divide(subtract(y, multiply(trials, p)), variance))
  }

  /// trials p (1 - p) and y - trials p.
  mutating func logit(_ x: Graph.Node, trials: Graph.Node) -> WorkingResponse {
    let p = graph.unary(.inverseLogit, x)
    let mean = multiply(trials, p)
    return WorkingResponse(
      information: multiply(mean, subtract(one, p)), score: subtract(y, mean))
  }
}
