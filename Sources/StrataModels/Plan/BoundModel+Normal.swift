internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension BoundModel {
  /// The first of these parts.
  package struct NormalGroups: Sendable {
    var coefficients: [Graph.Node]
    var sd: Graph.Node
    var reduced: GroupFactorization
    var domain: Domain

    var nodes: [Graph.Node] { coefficients + [sd] }
  }

  /// And the others, one element for each of the sd's.
  package struct NormalRest: Sendable {
    var sd: Graph.Node
    var rows: [Double]
    var residuals: [Double]
  }

  /// Replaces the rows of a Normal likelihood, per group, by as many numbers as it has coefficients and a
  /// residual sum of squares (see ``GroupFactorization``):
  ///
  ///     sum of log Normal(y | X c, s) = -|q - R c|^2 / (2 s^2) - (residual / s)^2 / 2
  ///                                     - rows (log s + log(2 pi) / 2)
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
    guard mean.terms.count <= KernelProgramBuilder.mostCoefficients else {
      return .refused(
        "the mean has more than \(KernelProgramBuilder.mostCoefficients) coefficients")
    }
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
    normalGroups.append(
      NormalGroups(
        coefficients: mean.terms.map { term in
          must { try graph.lift(term.coefficient, to: domain) }
        }, sd: must { try graph.lift(sd, to: domain) }, reduced: reduced, domain: domain))
    addRest(reduced, sd, domain)
    constant += weights.reduce(density.constant) { $0 + log($1) }
  }

  /// What the system does not hold: -rows (log s + log(2 pi) / 2) - (residual / s)^2 / 2, per group or in all.
  private mutating func addRest(
    _ reduced: GroupFactorization, _ sd: Graph.Node, _ domain: Domain
  ) {
    if graph.domains[sd] == .scalar {
      normalRests.append(
        NormalRest(
          sd: sd, rows: [reduced.counts.reduce(0, +)],
          residuals: [reduced.residuals.reduce(0, hypot)]))
    } else {
      normalRests.append(
        NormalRest(
          sd: must { try graph.lift(sd, to: domain) }, rows: reduced.counts,
          residuals: reduced.residuals))
    }
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
