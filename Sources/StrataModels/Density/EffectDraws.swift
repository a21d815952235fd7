internal import StrataKernels
internal import StrataSampling

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Draws what a plan integrates out, given a position of what is sampled, and completes the position.
package struct EffectDraws: Sendable {
  /// Coordinates that are copied.
  private var sampled: [(from: Range<Int>, to: Int)] = []
  /// Numbers of the Gaussian block, with the unit that their coordinates are measured in.
  private var gaussian: [(from: Range<Int>, to: Int, unit: ParameterUnit)] = []
  private var conjugates: [Conjugate] = []
  /// Computes the arguments of conjugate priors.
  private let argumentProgram: KernelProgram?
  private let dimension: Int

  /// A parameter that is drawn from its conjugate posterior.
  private struct Conjugate: Sendable {
    enum Argument: Sendable {
      case known([Double])
      /// Among the numbers of the argument program.
      case computed(offset: Int, count: Int)
    }

    var kind: ConjugateGroups.Kind
    var to: Range<Int>
    var scale: Double
    var arguments: [Argument]
    var added: [[Double]]
  }

  /// Nil if the plan integrates nothing.
  /// - Parameter drawsGroups: false leaves parameters with a value for each level as they are.
  init?(planned: BoundModel, full: BoundModel, _ units: Units, drawsGroups: Bool) {
    if planned.integrated.isEmpty { return nil }
    for index in full.parameters.indices where !planned.integrated.contains(index) {
      sampled.append((planned.positions(of: index), full.positions(of: index).lowerBound))
    }
    let groups = drawsGroups ? [] : Set(planned.integratedGroups)
    for (index, start) in planned.gaussian?.drawnStarts ?? [] where !groups.contains(index) {
      let target = full.positions(of: index)
      gaussian.append(
        (start..<start + target.count, target.lowerBound, units.unit(of: full.parameters[index])))
    }
    dimension = full.parameters.indices.reduce(0) { $0 + full.positions(of: $1).count }

    var source = planned
    let drawn = planned.conjugates.filter { !groups.contains($0.parameter) }
    source.quantities = drawn.flatMap(\.arguments)
      .filter { planned.graph.fixedValues($0) == nil }
      .map {
        BoundModel.Quantity(
          name: "", domain: planned.graph.domains[$0], node: $0, isDeterministic: true)
      }
    guard !drawn.isEmpty else {
      argumentProgram = nil
      return
    }
    var compiler = ProgramCompiler(source, units: units, for: .report)
    let (program, offsets) = compiler.compile()
    argumentProgram = program
    let places = Dictionary(
      zip(source.quantities.map(\.node), offsets), uniquingKeysWith: { first, _ in first })
    for groups in drawn {
      conjugates.append(
        Conjugate(
          kind: groups.kind, to: full.positions(of: groups.parameter),
          scale: units.unit(of: full.parameters[groups.parameter]).scale,
          arguments: groups.arguments.map { node in
            if let values = planned.graph.fixedValues(node) { return .known(values) }
            return .computed(
              offset: places[node]!, count: planned.layout.count(planned.graph.domains[node]))
          }, added: groups.added))
    }
  }

  /// Writes the position of all parameters into the memory's `position`.
  func complete(
    _ position: UnsafePointer<Double>, program: KernelProgram, workspace: KernelProgram.Workspace,
    jacobian: Bool, memory: Memory, random: inout RandomStream
  ) {
    for part in sampled {
      (memory.position + part.to).update(
        from: position + part.from.lowerBound, count: part.from.count)
    }
    if let size = program.gaussianDraw, size.drawn > 0 {
      _ = program.logDensity(at: position, gradient: nil, workspace: workspace, jacobian: jacobian)
      // Apart, so that the border's are the same whether or not effects are drawn.
      random.fillNormal(memory.normals, count: size.borderNormals)
      random.fillNormal(
        memory.normals + size.borderNormals, count: size.normals - size.borderNormals)
      program.draw(workspace: workspace, normals: memory.normals, into: memory.drawn)
      for part in gaussian {
        let (source, target) = (memory.drawn + part.from.lowerBound, memory.position + part.to)
        for i in 0..<part.from.count {
          target[i] = (source[i] - part.unit.center) / part.unit.scale
        }
      }
    }
    guard let argumentProgram, let argumentWorkspace = memory.argumentWorkspace else { return }
    let values = argumentProgram.values(at: position, workspace: argumentWorkspace)
    for groups in conjugates { draw(groups, values, memory, &random) }
  }

  private func draw(
    _ groups: Conjugate, _ values: UnsafePointer<Double>, _ memory: Memory,
    _ random: inout RandomStream
  ) {
    func argument(_ index: Int, _ level: Int) -> Double {
      switch groups.arguments[index] {
      case .known(let known): known[known.count == 1 ? 0 : level]
      case .computed(let offset, let count): values[offset + (count == 1 ? 0 : level)]
      }
    }
    for level in 0..<groups.to.count {
      let first = argument(0, level) + groups.added[0][level]
      let second = argument(1, level) + groups.added[1][level]
      let target = memory.position + groups.to.lowerBound + level
      switch groups.kind {
      case .beta:
        let p = random.beta(first, second)
        target.pointee = log(p) - log1p(-p)
      case .gamma: target.pointee = log(random.gamma(shape: first) / second / groups.scale)
      }
    }
  }

  /// One chain's memory for draws.
  final class Memory {
    let normals: UnsafeMutablePointer<Double>
    let drawn: UnsafeMutablePointer<Double>
    let position: UnsafeMutablePointer<Double>
    let argumentWorkspace: KernelProgram.Workspace?

    init(_ effects: EffectDraws, _ size: GaussianDrawSize?) {
      func make(_ count: Int) -> UnsafeMutablePointer<Double> {
        // Random words are written in groups of 16.
        let memory = UnsafeMutablePointer<Double>.allocate(capacity: count + 16)
        memory.initialize(repeating: 0, count: count + 16)
        return memory
      }
      normals = make(size?.memory ?? 0)
      drawn = make(size?.drawn ?? 0)
      position = make(effects.dimension)
      argumentWorkspace = effects.argumentProgram?.makeWorkspace()
    }

    deinit {
      normals.deallocate()
      drawn.deallocate()
      position.deallocate()
    }
  }
}
