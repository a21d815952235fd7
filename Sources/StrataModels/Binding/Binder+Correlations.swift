internal import StrataKernels

/// Correlations of group effects. A level's effects b are jointly Normal with means m, standard deviations s and the
/// correlations R = L Lᵀ, which is the same as one Normal after the other:
///
///     b[i] ~ Normal(m[i] + s[i] Σ L[i][j] w[j], s[i] L[i][i]),   w[j] = (b[j] - mean[j]) / sd[j] of that line, j < i.
///
/// R has the LKJ distribution if its canonical partial correlations p are independent, (p + 1) / 2 ~ Beta(c, c) with
/// c = eta + (k - 2 - j) / 2 for k effects and j of them held [Lewandowski2009]. In row i of L, each L[i][j] is p[i][j]
/// times what the earlier ones leave of the row's length, which is 1.
extension Binder {
  /// A set of correlated effects while it is bound, one after the other.
  struct CorrelatedEffects {
    /// Of the effects so far: their parameter, its node, and the standardised value given the earlier ones.
    var members: [(parameter: Int, node: Graph.Node, standardised: Graph.Node)] = []
    var means: [Graph.Node] = []
    var sds: [Graph.Node] = []
    /// Row by row, below the diagonal.
    var correlations: [[Graph.Node]]
    /// L, the same way with the diagonal.
    var factor: [[Graph.Node]]
    /// For each row, what its elements so far leave of the square of its length.
    var left: [Graph.Node]

    init(count: Int, one: Graph.Node) {
      correlations = Array(repeating: [], count: count)
      factor = Array(repeating: [], count: count)
      left = Array(repeating: one, count: count)
      factor[0] = [one]
    }
  }

  /// One of the correlations that a line is about.
  mutating func bindCorrelation(_ name: String, _ statement: Statement) throws -> Graph.Node {
    guard case .correlation(let members) = statement.target,
      case .distributed(let call) = statement.content,
      let place = Statement.correlationNames(members).firstIndex(of: name)
    else { preconditionFailure("a correlation has a distribution") }
    var (row, column) = (1, place)
    while column >= row { (row, column) = (row + 1, column - row) }
    let eta = try self.eta(of: call)
    let one = graph.constant(1)
    var set = correlated[members] ?? CorrelatedEffects(count: members.count, one: one)

    // Given the others, it lies between middle ± half.
    var middle = graph.constant(0)
    for j in 0..<column {
      middle = try scalar(
        .add, middle, scalar(.multiply, set.factor[row][j], set.factor[column][j]))
    }
    let length = graph.unary(.sqrt, set.left[row])
    let half = try scalar(.multiply, set.factor[column][column], length)
    let shape = graph.constant(eta + 0.5 * Double(members.count - 2 - column))
    let bound = try bindPartial(
      name, between: scalar(.subtract, middle, half), and: scalar(.add, middle, half), shape)
    set.correlations[row].append(bound.correlation)
    set.factor[row].append(try scalar(.multiply, bound.partial, length))
    let rest = try scalar(.subtract, one, graph.unary(.square, bound.partial))
    set.left[row] = try scalar(.multiply, set.left[row], rest)
    if column == row - 1 { set.factor[row].append(graph.unary(.sqrt, set.left[row])) }
    correlated[members] = set
    return bound.correlation
  }

  /// A correlation, and the partial one p in -1 … 1 that it is: low + (high - low) (p + 1) / 2.
  private mutating func bindPartial(
    _ name: String, between low: Graph.Node, and high: Graph.Node, _ shape: Graph.Node
  ) throws -> (correlation: Graph.Node, partial: Graph.Node) {
    let (one, two) = (graph.constant(1), graph.constant(2))
    let width = try scalar(.subtract, high, low)
    func partial(ofShare share: Graph.Node) throws -> Graph.Node {
      try graph.binary(
        .subtract, graph.binary(.multiply, two, share, in: .scalar), one, in: .scalar)
    }
    let node = graph.parameter(parameters.count, in: .scalar)
    // Simulated, the share of the interval is drawn; else the parameter is the correlation itself.
    let share =
      purpose.isSimulation ? node : try scalar(.divide, scalar(.subtract, node, low), width)
    let correlation =
      purpose.isSimulation ? try scalar(.add, low, scalar(.multiply, width, share)) : node
    parameters.append(
      BoundModel.Parameter(
        name: name, domain: .scalar, transform: purpose.isFit ? .interval(low, high) : .unbounded,
        node: node, origin: try origin(of: name, in: .scalar)))
    if purpose.prediction == nil {
      add(.beta, of: share, [shape, shape], name)
      if !purpose.isSimulation { add(.uniform, of: node, [low, high], name) }
    }
    return (correlation, try partial(ofShare: share))
  }

  private mutating func add(
    _ family: DensityFamily, of variate: Graph.Node, _ arguments: [Graph.Node], _ name: String
  ) {
    densities.append(
      BoundModel.Density(
        family: family, variate: variate, arguments: arguments, domain: .scalar, constant: 0,
        subject: name))
  }

  private mutating func scalar(_ operation: BinaryOperation, _ x: Graph.Node, _ y: Graph.Node)
    throws -> Graph.Node
  {
    try graph.binary(operation, x, y, in: .scalar)
  }

  private mutating func eta(of call: DistributionCall) throws -> Double {
    guard call.name == Distributions.lkj.name else {
      throw fail(
        "correlations have the prior LKJ(eta), not \(call.name): LKJ(1) is the same for all correlation matrices, "
          + "a larger eta expects smaller correlations", at: call.range)
    }
    let (_, arguments) = try matched(call, among: [Distributions.lkj], in: .scalar)
    guard let eta = graph.constantValue(arguments[0]) else {
      throw fail("the eta of LKJ must be a number, not a parameter", at: call.range)
    }
    return eta
  }

  // MARK: Effects

  /// The mean and sd of an effect given those that it is correlated with and that stand before it.
  /// - Parameters:
  ///   - parameter: its index; its node is made already.
  ///   - prior: mean and sd as its own line says them.
  mutating func conditioned(
    _ name: String, _ parameter: Int, _ prior: [Graph.Node], in domain: Domain,
    at range: SourceRange?
  ) throws -> [Graph.Node] {
    guard let members = model.correlatedSet(of: name), !isPopulation else { return prior }
    var set = correlated[members] ?? CorrelatedEffects(count: members.count, one: graph.constant(1))
    let row = set.members.count
    if let other = set.members.first(where: { graph.depends(prior, on: $0.node) }) {
      throw fail(
        """
        the prior of `\(name)` holds `\(parameters[other.parameter].name)`, which it is correlated with: \
        write the one or the other
        """, at: range)
    }
    var (mean, sd) = (prior[0], prior[1])
    if row > 0 {
      var sum: Graph.Node?
      for (factor, member) in zip(set.factor[row], set.members) {
        let part = try graph.binary(.multiply, factor, member.standardised, in: domain)
        sum = try sum.map { try graph.binary(.add, $0, part, in: domain) } ?? part
      }
      let shift = try graph.binary(.multiply, sd, sum!, in: domain)
      mean = try graph.binary(.add, mean, shift, in: domain)
      sd = try graph.binary(.multiply, sd, set.factor[row][row], in: domain)
    }
    let node = parameters[parameter].node
    let standardised = try graph.binary(
      .divide, graph.binary(.subtract, node, mean, in: domain), sd, in: domain)
    set.members.append((parameter, node, standardised))
    set.means.append(prior[0])
    set.sds.append(prior[1])
    correlated[members] = set
    return [try graph.lift(mean, to: domain), try graph.lift(sd, to: domain)]
  }

  /// The sets all of whose effects were bound with their priors.
  var correlations: [BoundModel.Correlations] {
    model.correlatedSets.compactMap { members in
      guard let set = correlated[members], set.members.count == members.count else { return nil }
      return BoundModel.Correlations(
        parameters: set.members.map(\.parameter), means: set.means, sds: set.sds,
        standardised: set.members.map(\.standardised), correlations: set.correlations)
    }
  }
}

extension Model {
  /// The names of effects that are correlated, set by set.
  var correlatedSets: [[String]] {
    statements.compactMap { if case .correlation(let members) = $0.target { members } else { nil } }
  }

  /// The set that an effect is in.
  func correlatedSet(of name: String) -> [String]? {
    correlatedSets.first { $0.contains(name) }
  }

  /// What a name needs beside what its line says: an effect those that it is correlated with and that stand before it,
  /// and the correlations with them; a correlation those before it.
  func correlatedNames(before name: String) -> [String] {
    for members in correlatedSets {
      let names = Statement.correlationNames(members)
      if let place = names.firstIndex(of: name) { return Array(names[..<place]) }
      if let place = members.firstIndex(of: name) {
        return Array(members[..<place] + names[..<(place * (place + 1) / 2)])
      }
    }
    return []
  }
}

extension Statement {
  /// The names of the correlations of some effects, row by row of their matrix below its diagonal.
  static func correlationNames(_ members: [String]) -> [String] {
    members.indices.flatMap { row in
      members[..<row].map { correlationName($0, members[row]) }
    }
  }
}
