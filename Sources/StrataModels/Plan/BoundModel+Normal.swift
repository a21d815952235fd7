internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension BoundModel {
  /// Replaces the rows of a Normal likelihood, per group, by as many numbers as it has coefficients and a
  /// residual sum of squares (see ``GroupFactorization``):
  ///
  ///     sum of log Normal(y | X c, s) = sum over j of log Normal(q_j | R_j c, s)
  ///                                     - (rows - columns) (log s + log(2 pi) / 2) - (residual / s)^2 / 2
  mutating func compressNormal(_ density: Density) -> Compression {
    guard let mean = LinearPredictor(density.arguments[0], in: &graph) else {
      return .refused("the mean is not linear in coefficients that are the same in many rows")
    }
    guard let noise = Noise(density.arguments[1], graph) else {
      return .refused("the sd is computed anew in every row")
    }
    let sources = mean.terms.map(\.coefficient) + [noise.node].compactMap { $0 }
    guard let domain = finestDomain(of: sources) else {
      return .refused("the coefficients belong to factors that cross")
    }
    let rows = layout.table.rowCount
    let groups = layout.count(domain)
    guard !mean.terms.isEmpty, mean.terms.count * groups * 4 <= rows * 3 else {
      return .refused("\(groups) groups of \(mean.terms.count) coefficients would not be fewer")
    }
    add(density, mean, noise, domain)
    let place = domain == .scalar ? "one group" : "\(groups) levels of \(name(of: domain))"
    let columns = mean.terms.count
    return .done(
      """
      \(rows) rows → \(place), \(columns) number\(columns == 1 ? "" : "s") each and a residual sum of squares
      """)
  }

  /// The sd: a node that does not depend on the row, or known numbers.
  private struct Noise {
    var node: Graph.Node?
    var known: [Double]?

    init?(_ sd: Graph.Node, _ graph: Graph) {
      if let values = graph.fixedValues(sd) {
        known = values
      } else if graph.domains[sd] != .rows {
        node = sd
      } else if case .gather(let source) = graph.operations[sd] {
        node = source
      } else {
        return nil
      }
    }
  }

  private mutating func add(
    _ density: Density, _ mean: LinearPredictor, _ noise: Noise, _ domain: Domain
  ) {
    let rows = layout.table.rowCount
    let codes =
      domain == .scalar
      ? Array(repeating: 0, count: rows) : layout.codes(from: .rows, to: domain) ?? []
    // Known noise goes into the rows: each is divided by its sd.
    let known = noise.known ?? [1]
    let weights = (0..<rows).map { 1 / known[known.count == 1 ? 0 : $0] }
    let outcome = graph.fixedValues(density.variate) ?? []
    let reduced = GroupFactorization(
      columns: mean.terms.map { term in (0..<rows).map { weights[$0] * (term.column?[$0] ?? 1) } },
      y: (0..<rows).map { weights[$0] * (outcome[$0] - mean.offset[$0]) }, codes: codes,
      groupCount: layout.count(domain))

    let sd = noise.node ?? graph.constant(1)
    let coefficients = mean.terms.map { term in
      must { try graph.lift(term.coefficient, to: domain) }
    }
    for j in coefficients.indices {
      let products = (j..<coefficients.count).map { m in
        let column = graph.data(reduced.triangle[j][m], in: domain)
        return must { try graph.binary(.multiply, coefficients[m], column, in: domain) }
      }
      let total = products.dropFirst().reduce(products[0]) { sum, product in
        must { try graph.binary(.add, sum, product, in: domain) }
      }
      densities.append(
        Density(
          family: .normal, variate: graph.data(reduced.targets[j], in: domain),
          arguments: [total, must { try graph.lift(sd, to: domain) }], domain: domain, constant: 0,
          subject: density.subject))
    }
    addResidual(reduced, sd, domain, columns: coefficients.count)
    let logWeights = weights.reduce(0) { $0 + log($1) }
    densities[densities.count - 1].constant = density.constant + logWeights
  }

  /// -(rows - columns) (log s + log(2 pi) / 2) - (residual / s)^2 / 2, per group or in all.
  private mutating func addResidual(
    _ reduced: GroupFactorization, _ sd: Graph.Node, _ domain: Domain, columns: Int
  ) {
    var excess = reduced.counts.map { Double(columns) - $0 }
    var lengths = reduced.residuals
    let place = graph.domains[sd] == .scalar ? Domain.scalar : domain
    if place == .scalar {
      excess = [excess.reduce(0, +)]
      lengths = [lengths.reduce(0, hypot)]
    }
    let logRootTwoPi = 0.918938533204672741780
    let lifted = must { try graph.lift(sd, to: place) }
    let logs = graph.unary(.log, lifted)
    let excessNode = graph.data(excess, in: place)
    let logPart = must {
      try graph.binary(
        .multiply, excessNode,
        graph.binary(.add, logs, graph.constant(logRootTwoPi), in: place), in: place)
    }
    let ratio = must {
      try graph.binary(.divide, graph.data(lengths, in: place), lifted, in: place)
    }
    let half = must {
      try graph.binary(.multiply, graph.constant(-0.5), graph.unary(.square, ratio), in: place)
    }
    terms.append(must { try graph.binary(.add, logPart, half, in: place) })
  }

  // MARK: Domains

  /// The one domain that all nodes can be looked up in; nil if their factors cross.
  func finestDomain(of nodes: [Graph.Node]) -> Domain? {
    let domains = Set(nodes.map { graph.domains[$0] }).subtracting([.scalar])
    if domains.isEmpty { return .scalar }
    let candidates = domains.filter { candidate in
      domains.allSatisfy { $0 == candidate || layout.codes(from: candidate, to: $0) != nil }
    }
    return candidates.first { if case .factor = $0 { true } else { false } }
  }

  func name(of domain: Domain) -> String {
    guard case .factor(let index) = domain else { return "row" }
    let columns = layout.factors[index].columns
    return columns.isEmpty ? "row" : columns.joined(separator: ", ")
  }
}

/// A step that cannot fail, because the domains were checked before.
func must<T>(_ body: () throws -> T) -> T {
  do { return try body() } catch {
    preconditionFailure("the plan's domains were checked: \(error)")
  }
}
