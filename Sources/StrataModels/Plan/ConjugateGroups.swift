internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A parameter that is integrated out because its prior is conjugate to its likelihood: Beta with Bernoulli and
/// Binomial, Gamma with Poisson. Given the rest it is drawn from the same family, its prior's arguments plus what the
/// data add.
package struct ConjugateGroups: Sendable {
  enum Kind: Sendable {
    case beta, gamma
  }

  var kind: Kind
  /// Index into ``BoundModel/parameters``.
  var parameter: Int
  /// The prior's arguments, one for all elements or one each.
  var arguments: [Graph.Node]
  /// What is added to the arguments: successes and failures, or the total and the exposure.
  var added: [[Double]]
}

extension BoundModel {
  /// Integrates out parameters whose prior is conjugate to everything that the data say of them. Returns the
  /// densities that are part of it, by their index.
  /// - Parameter kept: parameters that are to be sampled.
  mutating func integrateConjugates(but kept: Set<Int>, _ notes: inout PlanNotes) -> Set<Int> {
    var used: Set<Int> = []
    for index in parameters.indices where !kept.contains(index) {
      let found: Found
      do throws(NotConjugate) {
        guard let conjugate = try conjugate(index) else { continue }
        found = conjugate
      } catch {
        notes.reasons[index] = error.reason
        continue
      }
      switch found.kind {
      case .beta: integrateBeta(found)
      case .gamma: integrateGamma(found)
      }
      used.formUnion([found.prior] + found.likelihoods.map(\.density))
      integrated.insert(index)
      describe(found, &notes)
    }
    return used
  }

  /// A conjugate parameter with its densities.
  private struct Found {
    var kind: ConjugateGroups.Kind
    var parameter: Int
    var prior: Int
    /// The exposures of Poisson counts, one number or one per row.
    var likelihoods: [(density: Int, exposure: [Double])]
  }

  /// Which condition fails.
  private struct NotConjugate: Error {
    var reason: String
  }

  /// Nil for a parameter whose prior is neither Beta nor Gamma.
  private func conjugate(_ index: Int) throws(NotConjugate) -> Found? {
    let parameter = parameters[index]
    guard let prior = densities.firstIndex(where: { $0.variate == parameter.node }) else {
      return nil
    }
    let kind: ConjugateGroups.Kind
    switch densities[prior].family {
    case .beta: kind = .beta
    case .gamma: kind = .gamma
    default: return nil
    }
    let users = nodesThatUse(parameter.node)
    if densities[prior].arguments.contains(where: users.contains) {
      throw NotConjugate(reason: "its prior depends on it")
    }
    var found = Found(kind: kind, parameter: index, prior: prior, likelihoods: [])
    for (number, density) in densities.enumerated() where number != prior {
      guard ([density.variate] + density.arguments).contains(where: users.contains) else {
        continue
      }
      let subject = density.subject
      guard density.domain == .rows, graph.fixedValues(density.variate) != nil else {
        throw NotConjugate(reason: "used in the prior of \(subject)")
      }
      let suits: [DensityFamily] = kind == .beta ? [.bernoulli, .binomial] : [.poisson]
      guard suits.contains(density.family) else {
        let wanted = kind == .beta ? "Bernoulli or Binomial with this p" : "Poisson with this rate"
        throw NotConjugate(reason: "\(subject) is \(density.familyName), not \(wanted)")
      }
      let isElsewhere = NotConjugate(reason: "\(subject) uses it in an expression")
      let rate = density.arguments.last!
      guard !density.arguments.dropLast().contains(where: users.contains) else {
        throw isElsewhere
      }
      switch kind {
      case .beta:
        guard isLookup(rate, of: parameter.node) else { throw isElsewhere }
        found.likelihoods.append((number, []))
      case .gamma:
        guard let exposure = exposure(rate, of: parameter.node) else { throw isElsewhere }
        found.likelihoods.append((number, exposure))
      }
    }
    for other in parameters where other.transform.bounds.contains(where: users.contains) {
      throw NotConjugate(reason: "it bounds \(other.name)")
    }
    if found.likelihoods.isEmpty { throw NotConjugate(reason: "no likelihood reaches it") }
    return found
  }

  private func describe(_ found: Found, _ notes: inout PlanNotes) {
    let (sums, prior) =
      found.kind == .beta ? ("successes and trials", "Beta") : ("totals and exposures", "Gamma")
    let domain = parameters[found.parameter].domain
    for likelihood in found.likelihoods {
      notes.addRows(of: densities[likelihood.density], rows(to: sums, of: domain))
    }
    let levels = shape(of: domain)
    notes.addIntegrated(
      [found.parameter], (levels.map { "\($0), " } ?? "") + "conjugate \(prior) prior", self)
  }

  private func isLookup(_ node: Graph.Node, of parameter: Graph.Node) -> Bool {
    if node == parameter { return true }
    if case .gather(parameter) = graph.operations[node] { return true }
    return false
  }

  /// What the parameter is multiplied by to give a rate: one number, or one per row; nil if the rate is anything else.
  private func exposure(_ rate: Graph.Node, of parameter: Graph.Node) -> [Double]? {
    if isLookup(rate, of: parameter) { return [1] }
    // A product with a constant is made once for each level, and then looked up.
    var product = rate
    if case .gather(let source) = graph.operations[rate] { product = source }
    guard case .binary(.multiply, let x, let y) = graph.operations[product] else { return nil }
    let (known, other) = graph.fixedValues(x) != nil ? (x, y) : (y, x)
    guard let exposure = graph.fixedValues(known), exposure.allSatisfy({ $0 > 0 }),
      isLookup(other, of: parameter)
    else { return nil }
    if product == rate || exposure.count == 1 { return exposure }
    return levels(of: graph.domains[product]).map { exposure[$0] }
  }

  private func nodesThatUse(_ node: Graph.Node) -> Set<Graph.Node> {
    var users: Set<Graph.Node> = [node]
    for other in graph.operations.indices where other > node {
      if graph.inputs(of: other).contains(where: users.contains) { users.insert(other) }
    }
    return users
  }

  // MARK: Beta

  /// With k successes among n, the marginal is p^k (1 - p)^(n - k) with p = alpha / (alpha + beta), times the rising
  /// factorials of alpha over k and of beta over n - k, over that of alpha + beta over n, each relative to its power.
  private mutating func integrateBeta(_ found: Found) {
    let domain = parameters[found.parameter].domain
    var successes = [Double](repeating: 0, count: layout.count(domain))
    var trials = successes
    for likelihood in found.likelihoods {
      let density = densities[likelihood.density]
      let outcomes = graph.fixedValues(density.variate)!
      let sizes = density.family == .binomial ? graph.fixedValues(density.arguments[0])! : [1]
      for (row, level) in levels(of: domain).enumerated() {
        successes[level] += outcomes[row]
        trials[level] += sizes[sizes.count == 1 ? 0 : row]
      }
      constant += density.constant
    }
    let failures = zip(trials, successes).map { $0 - $1 }
    let prior = densities[found.prior]
    constant += prior.constant
    let (alpha, beta) = (prior.arguments[0], prior.arguments[1])
    let sum = must { try graph.binary(.add, alpha, beta, in: domain) }
    addRising(alpha, successes, in: domain, isDivisor: false)
    addRising(beta, failures, in: domain, isDivisor: false)
    addRising(sum, trials, in: domain, isDivisor: true)
    let mean = must { try graph.binary(.divide, alpha, sum, in: domain) }
    let isScalar = graph.domains[mean] == .scalar
    let place = isScalar ? .scalar : domain
    func placed(_ values: [Double]) -> Graph.Node {
      isScalar ? graph.constant(values.reduce(0, +)) : graph.data(values, in: domain)
    }
    densities.append(
      Density(
        family: .binomial, variate: placed(successes), arguments: [placed(trials), mean],
        domain: place, constant: 0, subject: prior.subject))
    conjugates.append(
      ConjugateGroups(
        kind: .beta, parameter: found.parameter, arguments: [alpha, beta],
        added: [successes, failures]))
  }

  private mutating func addRising(
    _ node: Graph.Node, _ outcomes: [Double], in domain: Domain, isDivisor: Bool
  ) {
    // A node that was only looked up has fewer elements where it comes from.
    var source = node
    if case .gather(let inner) = graph.operations[node] { source = inner }
    let place = graph.domains[source]
    var lists = [[Double]](repeating: [], count: layout.count(place))
    let codes = place == .scalar || place == domain ? nil : layout.codes(from: domain, to: place)!
    for (level, outcome) in outcomes.enumerated() {
      let element = place == .scalar ? 0 : codes.map { Int($0[level]) } ?? level
      lists[element].append(outcome)
    }
    let tables = lists.map(CountTable.init).map { isDivisor ? $0.negated : $0 }
    if let values = graph.fixedValues(source) {
      source = graph.data(values, in: place)
    }
    risings.append(RisingSum(dispersion: source, outcomes: tables))
  }

  // MARK: Gamma

  /// The total k of Poisson counts with exposures that add up to e is NegBinomial with mean shape e / rate and
  /// dispersion shape.
  private mutating func integrateGamma(_ found: Found) {
    let domain = parameters[found.parameter].domain
    var totals = [Double](repeating: 0, count: layout.count(domain))
    var exposures = totals
    for likelihood in found.likelihoods {
      let density = densities[likelihood.density]
      let outcomes = graph.fixedValues(density.variate)!
      for (row, level) in levels(of: domain).enumerated() {
        let exposure = likelihood.exposure[likelihood.exposure.count == 1 ? 0 : row]
        totals[level] += outcomes[row]
        exposures[level] += exposure
        constant += outcomes[row] * log(exposure)
      }
      constant += density.constant
    }
    for (total, exposure) in zip(totals, exposures) where total > 0 {
      constant -= total * log(exposure)
    }
    let prior = densities[found.prior]
    constant += prior.constant
    let (shape, rate) = (prior.arguments[0], prior.arguments[1])
    let exposure = graph.data(exposures, in: domain)
    let ratio = must { try graph.binary(.divide, shape, rate, in: domain) }
    densities.append(
      Density(
        family: .negBinomial, variate: graph.data(totals, in: domain),
        arguments: [must { try graph.binary(.multiply, ratio, exposure, in: domain) }, shape],
        domain: domain, constant: 0, subject: prior.subject))
    conjugates.append(
      ConjugateGroups(
        kind: .gamma, parameter: found.parameter, arguments: [shape, rate],
        added: [totals, exposures]))
  }

  /// The level of each row; 0 for all in the scalar domain.
  private func levels(of domain: Domain) -> [Int] {
    layout.codes(from: .rows, to: domain)?.map { Int($0) }
      ?? Array(repeating: 0, count: layout.table.rowCount)
  }
}
