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
///
/// A class, so that a draw counts no references of its arrays.
package final class EffectDraws: Sendable {
  /// Coordinates that are copied.
  private let sampled: [(from: Range<Int>, to: Int)]
  /// Numbers of the Gaussian block, with the unit that their coordinates are measured in.
  private let gaussian: [(from: Range<Int>, to: Int, unit: ParameterUnit)]
  private let conjugates: [Conjugate]
  /// Computes the arguments of conjugate priors.
  private let arguments: NodeProgram?
  private let dimension: Int

  /// A parameter that is drawn from its conjugate posterior.
  private struct Conjugate: Sendable {
    var kind: ConjugateGroups.Kind
    var to: Range<Int>
    var scale: Double
    var arguments: [Graph.Node]
    var added: [[Double]]
  }

  /// Nil if the plan integrates nothing.
  /// - Parameter drawsGroups: false leaves parameters with a value for each level as they are.
  init?(planned: BoundModel, full: BoundModel, _ units: Units, drawsGroups: Bool) {
    if planned.integrated.isEmpty { return nil }
    sampled = full.parameters.indices.filter { !planned.integrated.contains($0) }.map {
      (planned.positions(of: $0), full.positions(of: $0).lowerBound)
    }
    let groups = drawsGroups ? [] : Set(planned.integratedGroups)
    gaussian = (planned.gaussian?.drawnStarts ?? []).filter { !groups.contains($0.0) }.map {
      let target = full.positions(of: $0)
      return ($1..<$1 + target.count, target.lowerBound, units.unit(of: full.parameters[$0]))
    }
    dimension = full.parameters.indices.reduce(0) { $0 + full.positions(of: $1).count }

    let drawn = planned.conjugates.filter { !groups.contains($0.parameter) }
    arguments =
      drawn.isEmpty ? nil : NodeProgram(drawn.flatMap(\.arguments), of: planned, units)
    conjugates = drawn.map { groups in
      Conjugate(
        kind: groups.kind, to: full.positions(of: groups.parameter),
        scale: units.unit(of: full.parameters[groups.parameter]).scale,
        arguments: groups.arguments, added: groups.added)
    }
  }

  /// The same once more: chains that share an object count its references against each other, which costs more than a
  /// small draw.
  init(_ other: EffectDraws) {
    (sampled, gaussian, conjugates) = (other.sampled, other.gaussian, other.conjugates)
    (arguments, dimension) = (other.arguments, other.dimension)
  }

  /// Writes the position of all parameters into the memory's `position`.
  func complete(
    _ position: UnsafePointer<Double>, program: KernelProgram, workspace: KernelProgram.Workspace,
    memory: Memory, random: inout RandomStream
  ) {
    for part in sampled {
      (memory.position + part.to).update(
        from: position + part.from.lowerBound, count: part.from.count)
    }
    if let size = program.gaussianDraw, size.drawn > 0 {
      if !memory.isEvaluated(position) {
        memory.evaluates(position)
        _ = program.logDensity(at: position, gradient: nil, workspace: workspace)
      }
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
    guard let arguments, let workspace = memory.argumentWorkspace else { return }
    let values = arguments.values(at: position, workspace: workspace)
    for groups in conjugates { draw(groups, values, memory, &random) }
  }

  private func draw(
    _ groups: Conjugate, _ values: NodeProgram.Values, _ memory: Memory,
    _ random: inout RandomStream
  ) {
    let (alpha, beta) = (values[groups.arguments[0]], values[groups.arguments[1]])
    for level in 0..<groups.to.count {
      let first = alpha[level] + groups.added[0][level]
      let second = beta[level] + groups.added[1][level]
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
    /// Where the density was evaluated last: a draw made there finds what it needs in the workspace.
    private let evaluated: UnsafeMutableBufferPointer<Double>
    private var isUsed = false

    init(_ effects: EffectDraws, _ program: KernelProgram) {
      let size = program.gaussianDraw
      func make(_ count: Int) -> UnsafeMutablePointer<Double> {
        // Random words are written in groups of 16.
        let memory = UnsafeMutablePointer<Double>.allocate(capacity: count + 16)
        memory.initialize(repeating: 0, count: count + 16)
        return memory
      }
      normals = make(size?.memory ?? 0)
      drawn = make(size?.drawn ?? 0)
      position = make(effects.dimension)
      argumentWorkspace = effects.arguments?.makeWorkspace()
      evaluated = .allocate(capacity: size == nil ? 0 : program.dimension)
      evaluated.initialize(repeating: .nan)
    }

    /// The workspace is used for this position.
    func evaluates(_ position: UnsafePointer<Double>) {
      isUsed = true
      for i in evaluated.indices { evaluated[i] = position[i] }
    }

    /// Whether the workspace was last used for this position.
    func isEvaluated(_ position: UnsafePointer<Double>) -> Bool {
      isUsed && evaluated.indices.allSatisfy { evaluated[$0] == position[$0] }
    }

    deinit {
      normals.deallocate()
      drawn.deallocate()
      position.deallocate()
      evaluated.deallocate()
    }
  }
}
