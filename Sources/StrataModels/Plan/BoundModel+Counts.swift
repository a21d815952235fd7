internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension BoundModel {
  /// Adds rows up that are alike in everything but their outcome: Bernoulli and Binomial rows to one
  /// Binomial, Poisson rows to one Poisson with the exposure of their number.
  mutating func compressCounts(_ density: Density) -> Compression {
    guard let groups = likeRows(density) else {
      return .refused("the sum over columns has a value of its own in every row")
    }
    guard groups.isWorthwhile else {
      return .refused(
        groups.count == layout.table.rowCount
          ? "no two of them are alike" : "\(groups.count) sets of like rows would hardly be fewer")
    }
    let rows = layout.table.rowCount
    let domain = groups.domain(in: &graph)
    let moved = density.arguments.map { move($0, to: domain, groups) }
    let sums = totals(graph.fixedValues(density.variate) ?? [], groups)
    let sizes = totals(Array(repeating: 1, count: rows), groups)
    var compressed = density
    compressed.domain = domain
    compressed.variate = graph.data(sums, in: domain)
    switch density.family {
    case .bernoulli, .bernoulliLogit:
      compressed.family = density.family == .bernoulli ? .binomial : .binomialLogit
      compressed.arguments = [graph.data(sizes, in: domain), moved[0]]
    case .binomial, .binomialLogit:
      let trials = graph.fixedValues(density.arguments[0]) ?? []
      let perRow = (0..<rows).map { trials[trials.count == 1 ? 0 : $0] }
      compressed.arguments = [graph.data(totals(perRow, groups), in: domain), moved[1]]
    default:
      let isLog = density.family == .poissonLog
      let exposure = graph.data(isLog ? sizes.map { log($0) } : sizes, in: domain)
      compressed.arguments = [
        must { try graph.binary(isLog ? .add : .multiply, moved[0], exposure, in: domain) }
      ]
      compressed.constant -= zip(sums, sizes).reduce(0) { $0 + $1.0 * log($1.1) }
    }
    densities.append(compressed)
    return .done("\(rows) rows → \(groups.description)")
  }

  /// Sets of rows that are alike.
  struct LikeRows {
    var cells: Cells
    /// The domain whose elements the sets are: the levels of a factor, or all rows as one; else a new one.
    var known: Domain?
    var rowCount: Int

    var count: Int { cells.firstRows.count }

    /// Whether sets are enough fewer than rows.
    var isWorthwhile: Bool { count * 4 <= rowCount * 3 }

    var description: String {
      "\(count) set\(count == 1 ? "" : "s") of like rows, their outcomes added up"
    }

    /// The domain with one element per set.
    func domain(in graph: inout Graph) -> Domain {
      known ?? graph.makeDomain(of: cells)
    }
  }

  func totals(_ values: [Double], _ groups: LikeRows) -> [Double] {
    var sums = [Double](repeating: 0, count: groups.count)
    for (row, code) in groups.cells.codes.enumerated() { sums[Int(code)] += values[row] }
    return sums
  }

  /// Sets of rows that agree in every column and factor that the arguments look at (the number of trials
  /// apart); nil if one of them takes a sum over columns.
  func likeRows(_ density: Density) -> LikeRows? {
    let isBinomial = density.family == .binomial || density.family == .binomialLogit
    var factors: Set<Domain> = []
    var columns: [[UInt64]] = []
    var waiting = isBinomial ? Array(density.arguments.dropFirst()) : density.arguments
    var seen: Set<Graph.Node> = []
    while let node = waiting.popLast() {
      guard graph.domains[node] == .rows, seen.insert(node).inserted else { continue }
      switch graph.operations[node] {
      case .dot: return nil
      case .data(let index): columns.append(graph.data[index].map(\.bitPattern))
      case .gather(let source): factors.insert(graph.domains[source])
      default: waiting += graph.inputs(of: node)
      }
    }
    let rowCount = layout.table.rowCount
    let codes = factors.map { ($0, layout.codes(from: .rows, to: $0) ?? []) }
    if columns.isEmpty, codes.count == 1 {
      let (factor, codes) = codes[0]
      var firstRows = [Int](repeating: -1, count: layout.count(factor))
      for (row, code) in codes.enumerated().reversed() { firstRows[Int(code)] = row }
      return LikeRows(
        cells: Cells(firstRows: firstRows, codes: codes), known: factor, rowCount: rowCount)
    }
    let keys = columns + codes.map { $0.1.map { UInt64($0) } }
    return LikeRows(
      cells: cells(of: keys), known: keys.isEmpty ? .scalar : nil, rowCount: rowCount)
  }

  /// Numbers the combinations of keys in the order in which they first occur.
  private func cells(of keys: [[UInt64]]) -> Cells {
    var codes = [Int32](repeating: 0, count: layout.table.rowCount)
    var firstRows: [Int] = [0]
    for key in keys {
      var numbers: [Pair: Int32] = [:]
      firstRows = []
      for row in codes.indices {
        let pair = Pair(code: codes[row], key: key[row])
        if let number = numbers[pair] {
          codes[row] = number
        } else {
          codes[row] = Int32(numbers.count)
          numbers[pair] = codes[row]
          firstRows.append(row)
        }
      }
    }
    return Cells(firstRows: firstRows, codes: codes)
  }

  private struct Pair: Hashable {
    var code: Int32
    var key: UInt64
  }

  /// The same arithmetic for one row of each set.
  mutating func move(_ node: Graph.Node, to domain: Domain, _ groups: LikeRows) -> Graph.Node {
    guard graph.domains[node] == .rows else { return node }
    switch graph.operations[node] {
    case .data(let index):
      let values = graph.data[index]
      return graph.data(groups.cells.firstRows.map { values[$0] }, in: domain)
    case .gather(let source): return must { try graph.lift(source, to: domain) }
    case .unary(let operation, let x): return graph.unary(operation, move(x, to: domain, groups))
    case .binary(let operation, let x, let y):
      let (a, b) = (move(x, to: domain, groups), move(y, to: domain, groups))
      return must { try graph.binary(operation, a, b, in: domain) }
    default: preconditionFailure("only row-wise arithmetic is moved")
    }
  }
}
