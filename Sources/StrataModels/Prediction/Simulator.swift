package import StrataKernels
package import StrataSampling

/// Completes draws: the parameters of a model that is bound to predict or to simulate, taken from a fit where it has
/// them and drawn from their priors where not, and what follows from them for every row.
package struct Simulator: Sendable {
  /// What is computed for each row.
  package enum Wanted: Sendable {
    /// An outcome, by its number: its distribution's arguments.
    case outcome(Int)
    /// The mean of an outcome.
    case mean(Int)
    /// A deterministic quantity, by its number among ``BoundModel/rowQuantities``.
    case quantity(Int)
    /// No rows, but ``BoundModel/quantities``.
    case reported
  }

  package let bound: BoundModel
  /// The outcome that ``draw(_:from:into:)`` and ``logDensities(_:into:)`` mean.
  package let outcome: BoundModel.Outcome?
  private let copies: [Copy]
  private let stages: [Stage]
  private let nodes: [Graph.Node]
  private let program: NodeProgram
  /// What the log density of each row gets besides; empty where there are no outcomes.
  package let constants: [Double]
  /// How many numbers the parameters are.
  package let dimension: Int

  private struct Copy {
    var from: Int
    var to: Int
  }

  /// Elements of a parameter that are drawn from its prior.
  private struct Stage {
    var family: DensityFamily
    var isHalf: Bool
    var arguments: [Graph.Node]
    var program: NodeProgram
    /// Of the parameter, with where each stands among all numbers and the key of its random stream.
    var elements: [(element: Int, to: Int, key: UInt64)]
  }

  /// - Parameters:
  ///   - start: where the first number of a fitted quantity stands in a draw; nil if it is not there.
  package init(
    _ model: BoundModel, wanted: Wanted, start: (String) throws -> Int = { _ in 0 }
  ) throws {
    var bound = model
    switch wanted {
    case .outcome(let index):
      outcome = bound.outcomes[index]
      nodes = bound.outcomes[index].arguments
    case .mean(let index):
      outcome = bound.outcomes[index]
      let mean = try bound.outcomes[index].family.centre(
        bound.outcomes[index].arguments, isHalf: bound.outcomes[index].isHalf, in: .rows,
        &bound.graph)
      nodes = [mean]
    case .quantity(let index):
      outcome = nil
      nodes = [bound.rowQuantities[index].node]
    case .reported: (outcome, nodes) = (nil, bound.quantities.map(\.node))
    }
    let units = Units(bound, isPlain: true)
    var copies: [Copy] = []
    var stages: [Stage] = []
    var offset = 0
    for parameter in bound.parameters {
      let count = bound.layout.count(parameter.domain)
      let source = try parameter.origin.map { try start($0.quantity) } ?? 0
      var drawn: [(element: Int, to: Int, key: UInt64)] = []
      for element in 0..<count {
        let from = parameter.origin?.elements[element] ?? -1
        if from >= 0 {
          copies.append(Copy(from: source + Int(from), to: offset + element))
        } else {
          drawn.append((element, offset + element, bound.streamKey(parameter, element)))
        }
      }
      offset += count
      guard !drawn.isEmpty else { continue }
      guard let prior = bound.densities.first(where: { $0.variate == parameter.node }) else {
        preconditionFailure("a parameter that is drawn has a prior")
      }
      stages.append(
        Stage(
          family: prior.family, isHalf: prior.isHalf, arguments: prior.arguments,
          program: NodeProgram(prior.arguments, of: bound, units), elements: drawn))
    }
    self.bound = bound
    self.copies = copies
    self.stages = stages
    dimension = offset
    program = NodeProgram(nodes, of: bound, units)
    constants = Simulator.constants(of: outcome, in: bound)
  }

  /// The terms of the log density that do not depend on parameters, row by row.
  private static func constants(of outcome: BoundModel.Outcome?, in bound: BoundModel) -> [Double] {
    guard let outcome, let values = outcome.values else { return [] }
    let isBinomial = outcome.family == .binomial || outcome.family == .binomialLogit
    let trials = isBinomial ? bound.graph.fixedValues(outcome.arguments[0]) : nil
    var constants = (trials ?? [0]).withUnsafeBufferPointer { trials in
      outcome.family.constants(
        of: values,
        trials: isBinomial
          ? trials.baseAddress.map { DensityValues($0, isShared: trials.count == 1) } : nil)
    }
    let half = outcome.isHalf ? 0.693_147_180_559_945_3 : 0
    for row in constants.indices {
      constants[row] += half + (outcome.logJacobians.isEmpty ? 0 : outcome.logJacobians[row])
    }
    return constants
  }

  // MARK: Draws

  /// One thread's memory.
  package final class Memory {
    package let position: UnsafeMutablePointer<Double>
    fileprivate let stageWorkspaces: [KernelProgram.Workspace]
    fileprivate let workspace: KernelProgram.Workspace

    fileprivate init(_ simulator: Simulator) {
      position = .allocate(capacity: simulator.dimension + 1)
      position.initialize(repeating: 0, count: simulator.dimension + 1)
      stageWorkspaces = simulator.stages.map { $0.program.makeWorkspace() }
      workspace = simulator.program.makeWorkspace()
    }

    deinit { position.deallocate() }
  }

  package func makeMemory() -> Memory { Memory(self) }

  /// Writes all parameters of a draw into the memory's `position`.
  /// - Parameter numbers: the fit's draw; nil where all is drawn from priors.
  package func complete(
    _ numbers: UnsafePointer<Double>?, key: PredictionKey, _ memory: Memory
  ) {
    if let numbers {
      for copy in copies { memory.position[copy.to] = numbers[copy.from] }
    }
    for (stage, workspace) in zip(stages, memory.stageWorkspaces) {
      let values = stage.program.values(at: memory.position, workspace: workspace)
      let arguments = stage.arguments.map { values[$0] }
      for (element, to, stream) in stage.elements {
        var random = key.stream(.parameters, mixing: stream)
        let x = draw(stage.family, arguments, element, &random)
        memory.position[to] = stage.isHalf ? abs(x) : x
      }
    }
  }

  @inline(__always)
  private func draw(
    _ family: DensityFamily, _ arguments: [DensityValues], _ element: Int,
    _ random: inout RandomStream
  ) -> Double {
    family.draw(
      arguments[0][element], arguments.count > 1 ? arguments[1][element] : 0,
      arguments.count > 2 ? arguments[2][element] : 0, from: &random)
  }

  /// What is wanted, for the parameters in the memory's `position`. Valid until the memory is used again.
  package func values(_ memory: Memory) -> [DensityValues] {
    let values = program.values(at: memory.position, workspace: memory.workspace)
    return nodes.map { values[$0] }
  }

  /// Draws the outcome of every row. An outcome whose distribution has impossible arguments is NaN.
  package func draw(
    _ memory: Memory, from random: inout RandomStream, into output: UnsafeMutablePointer<Double>
  ) {
    guard let outcome else { return }
    let arguments = values(memory)
    for row in 0..<bound.layout.table.rowCount {
      let x = draw(outcome.family, arguments, row, &random)
      output[row] = outcome.isHalf ? abs(x) : x
    }
  }

  /// The log density of every row's outcome.
  package func logDensities(_ memory: Memory, into output: UnsafeMutablePointer<Double>) {
    guard let outcome, let observed = outcome.values else { return }
    let arguments = values(memory)
    observed.withUnsafeBufferPointer { observed in
      outcome.family.logDensities(
        count: observed.count, of: DensityValues(observed.baseAddress!, isShared: false), arguments,
        into: output)
    }
    for row in constants.indices { output[row] += constants[row] }
  }
}

/// Which draw is completed: its random numbers depend on nothing else.
package struct PredictionKey: Sendable {
  package var seed: UInt64
  package var chain: Int
  package var draw: Int

  package init(seed: UInt64, chain: Int, draw: Int) {
    (self.seed, self.chain, self.draw) = (seed, chain, draw)
  }

  package enum Use: UInt64, Sendable {
    case parameters = 1
    case outcomes = 2
    case other = 3
  }

  /// A stream apart from those of the chains, which leave the highest bits of its number 0.
  package func stream(_ use: Use, mixing key: UInt64 = 0) -> RandomStream {
    RandomStream(
      seed: seed ^ key,
      stream: use.rawValue << 62 | UInt64(truncatingIfNeeded: draw + 1) << 32 | UInt64(chain))
  }
}

extension BoundModel {
  /// A number for a new element that depends on its name alone, so that a group has the same effect wherever it is
  /// predicted.
  fileprivate func streamKey(_ parameter: Parameter, _ element: Int) -> UInt64 {
    let label =
      if case .factor(let index) = parameter.domain {
        layout.factors[index].levels[element]
      } else {
        String(element)
      }
    var hash = FNV1a()
    for byte in "\(parameter.name)[\(label)]".utf8 { hash.add(byte) }
    return hash.value
  }
}
