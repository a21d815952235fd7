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
    guard let cells = likeRows(density) else {
      return .refused("the sum over columns has a value of its own in every row")
    }
    let rows = layout.table.rowCount
    let count = cells.firstRows.count
    guard count * 4 <= rows * 3 else {
      return .refused("\(count) of them are unlike all others")
    }
    let domain = graph.makeDomain(of: cells)
    let moved = density.arguments.map { move($0, to: domain, cells) }
    let sums = totals(graph.fixedValues(density.variate) ?? [], cells)
    let sizes = totals(Array(repeating: 1, count: rows), cells)
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
      compressed.arguments = [graph.data(totals(perRow, cells), in: domain), moved[1]]
    default:
      let isLog = density.family == .poissonLog
      let exposure = graph.data(isLog ? sizes.map { log($0) } : sizes, in: domain)
      compressed.arguments = [
        must { try graph.binary(isLog ? .add : .multiply, moved[0], exposure, in: domain) }
      ]
      compressed.constant -= zip(sums, sizes).reduce(0) { $0 + $1.0 * log($1.1) }
    }
    densities.append(compressed)
    return .done(
      "\(rows) rows → \(count) set\(count == 1 ? "" : "s") of like rows, their outcomes added up")
  }

  private func totals(_ values: [Double], _ cells: Cells) -> [Double] {
    var sums = [Double](repeating: 0, count: cells.firstRows.count)
    for (row, code) in cells.codes.enumerated() { sums[Int(code)] += values[row] }
    return sums
  }

  /// Sets of rows that agree in every column and factor that the arguments look at (the number of trials
  /// apart); nil if one of them takes a sum over columns.
  private func likeRows(_ density: Density) -> Cells? {
    let isBinomial = density.family == .binomial || density.family == .binomialLogit
    var keys: [[UInt64]] = []
    var waiting = isBinomial ? Array(density.arguments.dropFirst()) : density.arguments
    var seen: Set<Graph.Node> = []
    while let node = waiting.popLast() {
      guard graph.domains[node] == .rows, seen.insert(node).inserted else { continue }
      switch graph.operations[node] {
      case .dot: return nil
      case .data(let index): keys.append(graph.data[index].map(\.bitPattern))
      case .gather(let source):
        let codes = layout.codes(from: .rows, to: graph.domains[source]) ?? []
        keys.append(codes.map { UInt64($0) })
      default: waiting += graph.inputs(of: node)
      }
    }
    return cells(of: keys)
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
  private mutating func move(_ node: Graph.Node, to domain: Domain, _ cells: Cells) -> Graph.Node {
    guard graph.domains[node] == .rows else { return node }
    switch graph.operations[node] {
    case .data(let index):
      let values = graph.data[index]
      return graph.data(cells.firstRows.map { values[$0] }, in: domain)
    case .gather(let source): return must { try graph.lift(source, to: domain) }
    case .unary(let operation, let x): return graph.unary(operation, move(x, to: domain, cells))
    case .binary(let operation, let x, let y):
      let (a, b) = (move(x, to: domain, cells), move(y, to: domain, cells))
      return must { try graph.binary(operation, a, b, in: domain) }
    default: preconditionFailure("only row-wise arithmetic is moved")
    }
  }
}
