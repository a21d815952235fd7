package import StrataKernels

extension BoundModel {
  /// What the rows of a NegBinomial likelihood need of their dispersion: for each alpha, the sum over its
  /// outcomes y of lgamma(alpha + y) - lgamma(alpha) - y log alpha.
  package struct RisingSum: Sendable {
    package var dispersion: Graph.Node
    package var outcomes: [CountTable]
  }

  /// The rest of it, total log mean - (size alpha + total) log1p(mean / alpha), which for rows with the same
  /// mean and alpha needs only their number and the total of their outcomes.
  package struct NegBinomialTail: Sendable {
    package var totals: Graph.Node
    package var sizes: Graph.Node
    package var mean: Graph.Node
    package var isLog: Bool
    package var dispersion: Graph.Node
    package var domain: Domain

    var nodes: [Graph.Node] { [totals, sizes, mean, dispersion] }
  }

  /// Splits the likelihood in a part of the dispersion alone, which has a table of outcomes for each, and one
  /// that adds like rows up (or leaves rows as they are, if they are unlike).
  mutating func compressNegBinomial(_ density: Density) -> Compression {
    let (mean, dispersion) = (density.arguments[0], density.arguments[1])
    let source: Graph.Node
    if graph.domains[dispersion] != .rows {
      source = dispersion
    } else if case .gather(let node) = graph.operations[dispersion] {
      source = node
    } else {
      return .refused("the dispersion is computed anew in every row")
    }
    let domain = graph.domains[source]
    let outcomes = graph.fixedValues(density.variate) ?? []
    let tables = countTables(outcomes, by: domain)
    risings.append(RisingSum(dispersion: source, outcomes: tables))

    let groups = likeRows(density).flatMap { $0.isWorthwhile ? $0 : nil }
    let place = groups?.domain(in: &graph) ?? .rows
    let sums = groups.map { totals(outcomes, $0) } ?? outcomes
    let sizes = groups.map { totals(outcomes.map { _ in 1 }, $0) } ?? [1]
    tails.append(
      NegBinomialTail(
        totals: graph.data(sums, in: place),
        sizes: groups == nil ? graph.constant(1) : graph.data(sizes, in: place),
        mean: groups.map { move(mean, to: place, $0) } ?? mean,
        isLog: density.family == .negBinomialLog,
        dispersion: groups.map { move(dispersion, to: place, $0) } ?? dispersion, domain: place))
    constant += density.constant
    return .done(describe(tables, in: domain, groups))
  }

  private func countTables(_ outcomes: [Double], by domain: Domain) -> [CountTable] {
    guard domain != .scalar else { return [CountTable(outcomes)] }
    var lists = [[Double]](repeating: [], count: layout.count(domain))
    for (row, code) in (layout.codes(from: .rows, to: domain) ?? []).enumerated() {
      lists[Int(code)].append(outcomes[row])
    }
    return lists.map(CountTable.init)
  }

  private func describe(_ tables: [CountTable], in domain: Domain, _ groups: LikeRows?) -> String {
    let numbers = tables.reduce(0) { $0 + $1.near.count + $1.far.count }
    let place = domain == .scalar ? "" : " per level of \(name(of: domain))"
    let table = "a table of outcomes\(place) (\(numbers) number\(numbers == 1 ? "" : "s"))"
    let rows = layout.table.rowCount
    guard let groups else { return "\(rows) rows → \(table) and the rows, without gamma functions" }
    return "\(rows) rows → \(table) and \(groups.description)"
  }
}
