internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Puts the numbers together that a Gaussian block needs, once its parameters are known.
struct GaussianAssembly {
  private(set) var bound: BoundModel
  private let search: GaussianSearch
  /// Border columns of each parameter of the border start here.
  private var starts: [Int: Int] = [:]
  private var borderCount = 0
  private var givens: [Graph.Node] = []
  private var sigmas: [Graph.Node] = []
  private var constant = 0.0

  private let halfLogTwoPi = 0.5 * log(2 * Double.pi)

  init(_ search: GaussianSearch) {
    bound = search.bound
    self.search = search
    for index in search.border {
      starts[index] = borderCount
      borderCount += bound.layout.count(bound.parameters[index].domain)
    }
  }

  /// The block, and the constant that belongs to it.
  mutating func assemble() -> (marginal: GaussianMarginal, constant: Double) {
    collectGivens()
    var rows = makeRows()
    let groupCount = search.domain.map { bound.layout.count($0) } ?? 0
    let classCount = sigmas.reduce(0) { $0 + bound.layout.count(bound.graph.domains[$1]) }
    let means = search.effects.map { priorColumns(of: $0, groupCount) }
    let inPriors = Set(means.flatMap { $0.border.map(\.column) })
    let basis = rows.orthogonalize(direct: (0..<borderCount).filter { !inPriors.contains($0) })
    var reduction = GaussianReduction(rows, groupCount: groupCount, classCount: classCount)
    add(means, to: &reduction)

    var borderRows = reduction.rest.enumerated().map {
      GaussianMarginal.BorderRows(rows: $0.element, sd: .residual($0.offset))
    }
    borderRows += priorRows(basis)
    constant += rows.logWeights - Double(rows.target.count) * halfLogTwoPi
    constant += Double(borderCount) * halfLogTwoPi
    for j in 0..<borderCount {
      if let basis { constant += log(basis[j * borderCount + j]) }
    }
    let marginal = GaussianMarginal(
      domain: search.domain,
      effects: search.effects.indices.map { makeEffect($0, means[$0], reduction) },
      correlations: makeCorrelations(),
      border: search.border.map { ($0, starts[$0]!) },
      system: reduction.system,
      sigmas: sigmas, classes: reduction.classes, givens: givens,
      borderRows: borderRows, basis: basis)
    return (marginal, constant)
  }

  // MARK: Rows

  private mutating func makeRows() -> GaussianRows {
    let n = bound.layout.table.rowCount
    let count = n * search.likelihoods.count
    let zero = [Double](repeating: 0, count: count)
    var rows = GaussianRows(
      effects: Array(repeating: zero, count: search.effects.count),
      border: Array(repeating: zero, count: borderCount),
      given: Array(repeating: zero, count: givens.count), target: zero, groups: [], classes: [])
    let groups = search.domain.map { bound.layout.codes(from: .rows, to: $0)! }
    for (line, likelihood) in search.likelihoods.enumerated() {
      let density = bound.densities[likelihood.density]
      let weights = likelihood.noise.column.map { column in
        (0..<n).map { 1 / column[column.count == 1 ? 0 : $0] }
      }
      func place(_ column: [Double], in target: inout [Double]) {
        for i in 0..<n { target[line * n + i] += column[i] * (weights?[i] ?? 1) }
      }
      for term in likelihood.mean.terms {
        if let effect = search.effects.firstIndex(of: term.variable.parameter) {
          place(term.column, in: &rows.effects[effect])
        } else {
          for (column, values) in borderColumns(of: term, in: .rows) {
            place(values, in: &rows.border[column])
          }
        }
      }
      for given in likelihood.mean.givens {
        place(given.column, in: &rows.given[givens.firstIndex(of: given.node)!])
      }
      let outcome = bound.graph.fixedValues(density.variate)!
      place((0..<n).map { outcome[$0] - likelihood.mean.offset[$0] }, in: &rows.target)
      rows.groups += groups ?? Array(repeating: 0, count: n)
      rows.classes += classes(of: likelihood.noise.node, count: n)
      rows.logWeights += weights?.reduce(0) { $0 + log($1) } ?? 0
      constant += density.constant
    }
    return rows
  }

  /// The columns of the border that a term takes part in: one, or those of the levels of another factor.
  private func borderColumns(of term: LinearForm.Term, in domain: Domain) -> [(Int, [Double])] {
    let index = term.variable.parameter
    let start = starts[index]!
    let own = bound.parameters[index].domain
    if case .factor = own {
      let codes =
        own == domain
        ? Array(0..<Int32(bound.layout.count(own))) : bound.layout.codes(from: domain, to: own)!
      return (0..<bound.layout.count(own)).map { level in
        (start + level, zip(term.column, codes).map { Int($1) == level ? $0 : 0 })
      }
    }
    return [(start + (term.variable.element ?? 0), term.column)]
  }

  /// The number of each row's residual scale; a new scale is added to `sigmas`.
  private mutating func classes(of noise: Graph.Node?, count: Int) -> [Int32] {
    let node = noise ?? bound.graph.constant(1)
    if !sigmas.contains(node) { sigmas.append(node) }
    let before = sigmas.prefix { $0 != node }
    let start = Int32(before.reduce(0) { $0 + bound.layout.count(bound.graph.domains[$1]) })
    let domain = bound.graph.domains[node]
    guard domain != .scalar else { return Array(repeating: start, count: count) }
    return bound.layout.codes(from: .rows, to: domain)!.map { start + $0 }
  }

  // MARK: Priors

  /// An effect's prior mean: columns of the border, of given coefficients, and what is known.
  private struct PriorColumns {
    var border: [(column: Int, values: [Double])] = []
    /// `isScaled` ones stand for the given value times what the effect is multiplied by.
    var givens: [(node: Graph.Node, scaled: Graph.Node, values: [Double])] = []
    var offset: [Double]
    /// What the effect is multiplied by, where that is a given coefficient.
    var coefficient: Graph.Node?
  }

  private mutating func collectGivens() {
    for likelihood in search.likelihoods {
      for given in likelihood.mean.givens { note(given.node) }
    }
    for index in search.effects {
      let prior = search.priors[index]!
      let coefficient = search.coefficient(of: index)
      for given in prior.mean.givens {
        note(given.node)
        note(scaled(given.node, by: coefficient))
      }
      if let coefficient, prior.mean.offset.contains(where: { $0 != 0 }) { note(coefficient) }
    }
    for index in search.border {
      for given in search.priors[index]?.mean.givens ?? [] { note(given.node) }
    }
  }

  private mutating func note(_ node: Graph.Node) {
    if !givens.contains(node) { givens.append(node) }
  }

  private mutating func scaled(_ node: Graph.Node, by coefficient: Graph.Node?) -> Graph.Node {
    guard let coefficient else { return node }
    return must { try bound.graph.binary(.multiply, coefficient, node, in: .scalar) }
  }

  private mutating func priorColumns(of effect: Int, _ groupCount: Int) -> PriorColumns {
    let prior = search.priors[effect]!
    constant += bound.densities[prior.density].constant
    var columns = PriorColumns(
      offset: prior.mean.offset, coefficient: search.coefficient(of: effect))
    for term in prior.mean.terms {
      columns.border += borderColumns(of: term, in: search.domain!).map { ($0.0, $0.1) }
    }
    for given in prior.mean.givens {
      let product = scaled(given.node, by: columns.coefficient)
      columns.givens.append((given.node, product, given.column))
    }
    return columns
  }

  /// Adds the prior means to the coordinates along the effects.
  private func add(_ priors: [PriorColumns], to reduction: inout GaussianReduction) {
    func add(_ values: [Double], times sign: Double, to column: Int, along effect: Int) {
      reduction.shift(column, along: effect, by: values.map { sign * $0 })
    }
    for (effect, prior) in priors.enumerated() {
      for (column, values) in prior.border { add(values, times: 1, to: column, along: effect) }
      for given in prior.givens {
        let column = borderCount + givens.firstIndex(of: given.scaled)!
        add(given.values, times: 1, to: column, along: effect)
      }
      guard prior.offset.contains(where: { $0 != 0 }) else { continue }
      if let coefficient = prior.coefficient {
        let column = borderCount + givens.firstIndex(of: coefficient)!
        add(prior.offset, times: 1, to: column, along: effect)
      } else {
        add(prior.offset, times: -1, to: borderCount + givens.count, along: effect)
      }
    }
  }

  private mutating func makeEffect(
    _ number: Int, _ columns: PriorColumns, _ reduction: GaussianReduction
  ) -> GaussianMarginal.Effect {
    let index = search.effects[number]
    let known = sigmas.allSatisfy { bound.graph.constantValue($0) != nil }
    let residualSD = known ? 1 : reduction.residualSD
    let sd = search.priors[index]!.sd
    let domain = search.domain!
    let scale =
      columns.coefficient.map { coefficient in
        must { try bound.graph.binary(.multiply, coefficient, sd, in: domain) }
      } ?? sd
    func shortened(_ values: [Double]) -> [Double]? {
      values.allSatisfy { $0 == 1 } ? nil : values
    }
    return GaussianMarginal.Effect(
      parameter: index, scale: scale, sd: sd,
      offset: columns.offset.contains { $0 != 0 } ? columns.offset : nil,
      terms: columns.border.map {
        GaussianEffect.Term(source: $0.column, column: shortened($0.values))
      }
        + columns.givens.map {
          GaussianEffect.Term(
            source: borderCount + givens.firstIndex(of: $0.node)!, column: shortened($0.values))
        },
      resolution: residualSD.flatMap { reduction.resolution(of: number, residualSD: $0) })
  }

  /// Those of the search, between effects by their place.
  private func makeCorrelations() -> [GaussianMarginal.Correlation] {
    search.correlations.flatMap { set -> [GaussianMarginal.Correlation] in
      let places = set.parameters.map { search.effects.firstIndex(of: $0)! }
      return set.correlations.indices.flatMap { row in
        set.correlations[row].indices.map { column in
          GaussianMarginal.Correlation(
            first: min(places[row], places[column]), second: max(places[row], places[column]),
            value: set.correlations[row][column])
        }
      }
    }
  }

  /// The priors of the border as rows: own coefficient - what its mean holds = what is known + sd e.
  private mutating func priorRows(_ basis: [Double]?) -> [GaussianMarginal.BorderRows] {
    var sets: [GaussianMarginal.BorderRows] = []
    for index in search.border {
      guard let prior = search.priors[index] else { continue }
      let density = bound.densities[prior.density]
      let domain = bound.parameters[index].domain
      let count = bound.layout.count(domain)
      constant += density.constant - Double(count) * halfLogTwoPi
      let width = borderCount + givens.count + 1
      var rows = (0..<count).map { element in
        var row = [Double](repeating: 0, count: width)
        row[starts[index]! + element] = 1
        row[width - 1] = prior.mean.offset[prior.mean.offset.count == 1 ? 0 : element]
        return row
      }
      for term in prior.mean.terms {
        for (column, values) in borderColumns(of: term, in: domain) {
          for element in 0..<count { rows[element][column] -= values[element] }
        }
      }
      for given in prior.mean.givens {
        let column = borderCount + givens.firstIndex(of: given.node)!
        for element in 0..<count { rows[element][column] -= given.column[element] }
      }
      sets.append(rowsWithSD(rows.map { inBasis($0, basis) }, prior.sd))
    }
    return sets
  }

  /// Known sds go into the rows.
  private mutating func rowsWithSD(_ rows: [[Double]], _ sd: Graph.Node)
    -> GaussianMarginal.BorderRows
  {
    guard let known = bound.graph.fixedValues(sd) else {
      return .init(
        rows: GaussianBorderRows(rows: rows, count: Double(rows.count)), sd: .own(sd))
    }
    let divided = rows.enumerated().map { index, row in
      let value = known[known.count == 1 ? 0 : index]
      constant -= log(value)
      return row.map { $0 / value }
    }
    return .init(
      rows: GaussianBorderRows(rows: divided, count: 0), sd: .own(bound.graph.constant(1)))
  }

  private func inBasis(_ row: [Double], _ basis: [Double]?) -> [Double] {
    guard let basis else { return row }
    var turned = row
    for column in 0..<borderCount {
      turned[column] = (0..<borderCount).reduce(0) {
        $0 + row[$1] * basis[$1 * borderCount + column]
      }
    }
    return turned
  }
}
