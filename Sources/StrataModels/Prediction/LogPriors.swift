internal import StrataKernels

/// The log density of the priors of a model's population-level parameters, those without a value for each level.
package struct LogPriors: Sendable {
  private let program: NodeProgram
  private let terms: [BoundModel.Density]
  private let counts: [Int]
  /// Where each parameter's numbers stand in a draw; nil for those that no term needs.
  private let sources: [(from: Int, to: Int, count: Int)]
  private let dimension: Int

  /// The parameters whose priors are counted.
  package let names: [String]

  /// - Parameter start: where the first number of a quantity stands in a draw; nil if it is not there.
  package init(_ bound: BoundModel, start: (String) -> Int?) {
    var model = bound
    var offset = 0
    var sources: [(from: Int, to: Int, count: Int)] = []
    for index in model.parameters.indices {
      model.parameters[index].transform = .unbounded
      let count = model.layout.count(model.parameters[index].domain)
      if let from = start(model.parameters[index].name) { sources.append((from, offset, count)) }
      offset += count
    }
    // A prior may be of something made of its parameter: that of a correlation is.
    terms = bound.densities.filter { density in
      switch density.domain {
      case .scalar, .coefficients: true
      case .factor, .rows, .cells: false
      }
    }
    names = terms.map(\.subject).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    counts = terms.map { bound.layout.count($0.domain) }
    program = NodeProgram(
      terms.flatMap { [$0.variate] + $0.arguments }, of: model, Units(model, isPlain: true))
    self.sources = sources
    dimension = offset
  }

  /// The sum for each of some draws, whose numbers follow each other.
  package func logDensities(_ draws: UnsafePointer<Double>, width: Int, count: Int) -> [Double] {
    let workspace = program.makeWorkspace()
    let largest = counts.max() ?? 1
    var position = [Double](repeating: 0, count: dimension + 1)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: largest) { values in
      (0..<count).map { draw in
        for source in sources {
          for element in 0..<source.count {
            position[source.to + element] = draws[draw * width + source.from + element]
          }
        }
        var sum = 0.0
        position.withUnsafeBufferPointer { position in
          let nodes = program.values(at: position.baseAddress!, workspace: workspace)
          for (term, count) in zip(terms, counts) {
            term.family.logDensities(
              count: count, of: nodes[term.variate], term.arguments.map { nodes[$0] },
              into: values.baseAddress!)
            for element in 0..<count { sum += values[element] }
            sum += term.constant
          }
        }
        return sum
      }
    }
  }
}
