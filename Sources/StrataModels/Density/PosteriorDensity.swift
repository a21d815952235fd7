package import StrataKernels
package import StrataSampling

/// The log density of a bound model's unconstrained parameters, for the samplers.
package struct PosteriorDensity: LogDensity {
  /// The model as it was bound.
  package let bound: BoundModel
  /// What is left of it to be sampled, before its rows are compressed.
  package let remaining: RemainingModel
  /// What the plan made of it.
  package let planned: BoundModel
  /// The moves taken before sampling.
  package let plan: Plan
  package let program: KernelProgram
  /// Computes what is reported of a draw.
  private let reportProgram: KernelProgram
  /// Whether the density is that of the unconstrained parameters (for sampling), or of the parameters
  /// themselves (for the mode, as Stan and PyMC mean it).
  package let jacobian: Bool
  /// The unit that each parameter's position is measured in, in the order of ``BoundModel/parameters``.
  package let parameterUnits: [ParameterUnit]
  /// What is reported of a draw.
  package let report: DrawLayout
  private let kept: Plan.Effects
  /// How what the plan integrates out is drawn; nil if nothing is.
  private let effects: EffectDraws?
  /// Where in the program's values each reported quantity stands.
  private let segments: [Segment]

  package struct Segment: Sendable {
    var offset: Int
    var count: Int
  }

  /// The density of a model under a plan.
  package init(_ bound: BoundModel, plan mode: Plan.Mode = .direct, jacobian: Bool = true) {
    self.init(bound, remaining: bound.remaining(mode), effects: .draws, jacobian: jacobian)
  }

  /// The density as it was asked for.
  /// - Parameter kept: what becomes of group effects that the plan integrates out.
  /// - Throws: ``PlanError`` where that can't be had.
  package init(
    _ bound: BoundModel, request: Plan.Request, effects kept: Plan.Effects
  ) throws(PlanError) {
    let remaining = try bound.remaining(request)
    if kept != .draws, remaining.model.integratedGroups.isEmpty { throw .noEffects(kept) }
    self.init(bound, remaining: remaining, effects: kept, jacobian: true)
  }

  /// The same density with what remains to be sampled in other coordinates.
  package func moved(to remaining: RemainingModel) -> PosteriorDensity {
    PosteriorDensity(bound, remaining: remaining, effects: kept, jacobian: jacobian)
  }

  private init(
    _ bound: BoundModel, remaining: RemainingModel, effects kept: Plan.Effects, jacobian: Bool
  ) {
    // Units are those of the model as it was bound, so that every plan has the same coordinates.
    var (planned, plan) = remaining.compressed()
    planned.gaussian?.drawsEffects = kept != .none
    self.remaining = remaining
    self.kept = kept
    let units = Units(bound)
    var compiler = ProgramCompiler(planned, units: units, for: .density)
    // What is reported is computed from all parameters, in the coordinates that the plan chose.
    var reported = bound
    reported.parameters = planned.parameters
    (reported.graph, reported.effects) = (planned.graph, planned.effects)
    (reported.gaussian, reported.writtenSpreads) = (planned.gaussian, planned.writtenSpreads)
    report = DrawLayout(bound, planned: planned, effects: kept)
    reported.quantities = report.quantities
    var reporter = ProgramCompiler(reported, units: units, for: .report)
    program = compiler.compile().program
    let (reportProgram, offsets) = reporter.compile()
    self.bound = bound
    self.planned = planned
    self.plan = plan
    self.reportProgram = reportProgram
    self.jacobian = jacobian
    parameterUnits = planned.parameters.map(units.unit)
    effects = EffectDraws(planned: planned, full: bound, units, drawsGroups: kept != .none)
    segments = zip(report.quantities, offsets).map {
      Segment(offset: $1, count: bound.layout.count($0.domain))
    }
  }

  package var dimension: Int { program.dimension }

  /// Those of scales that are measured through zero.
  package var evenCoordinates: [Int] {
    planned.parameters.indices.flatMap { index in
      if case .folded = planned.parameters[index].transform {
        Array(planned.positions(of: index))
      } else {
        [Int]()
      }
    }
  }

  /// Whether spreads of group effects are sampled in coordinates that reach to zero.
  package var samplesSpreads: Bool {
    !planned.effects.isEmpty || !evenCoordinates.isEmpty || !planned.spreadsOfEffects.isEmpty
  }

  package func makeEvaluation() -> PosteriorEvaluation { makeEvaluation(threads: 1) }

  /// An evaluation whose long loops over rows are shared among `threads`; the numbers are the same.
  package func makeEvaluation(threads: Int) -> PosteriorEvaluation {
    PosteriorEvaluation(
      program: program, workspace: program.makeWorkspace(threads: threads),
      reportProgram: reportProgram, reportWorkspace: reportProgram.makeWorkspace(),
      segments: segments.map { $0 }, keptCount: report.keptCount, jacobian: jacobian,
      effects: effects.map(EffectDraws.init))
  }

  /// The names of the reported numbers: `mu_a`, `a[AITKIN]`, `beta[x1]`.
  package var reportedNames: [String] { report.names }

  /// For each parameter, the coordinates of the position that are its own.
  package var parameterRanges: [Range<Int>] {
    planned.parameters.indices.map { planned.positions(of: $0) }
  }
}

/// One chain's evaluation of a posterior density.
package struct PosteriorEvaluation: LogDensityEvaluation {
  let program: KernelProgram
  let workspace: KernelProgram.Workspace
  let reportProgram: KernelProgram
  let reportWorkspace: KernelProgram.Workspace
  let segments: [PosteriorDensity.Segment]
  package let keptCount: Int
  let jacobian: Bool
  let effects: EffectDraws?
  private let drawing: EffectDraws.Memory?

  init(
    program: KernelProgram, workspace: KernelProgram.Workspace, reportProgram: KernelProgram,
    reportWorkspace: KernelProgram.Workspace, segments: [PosteriorDensity.Segment], keptCount: Int,
    jacobian: Bool, effects: EffectDraws?
  ) {
    self.program = program
    self.workspace = workspace
    self.reportProgram = reportProgram
    self.reportWorkspace = reportWorkspace
    self.segments = segments
    self.keptCount = keptCount
    self.jacobian = jacobian
    self.effects = effects
    drawing = effects.map { EffectDraws.Memory($0, program) }
  }

  package func logDensity(
    at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) -> Double {
    drawing?.evaluates(position)
    return program.logDensity(
      at: position, gradient: gradient, workspace: workspace, jacobian: jacobian)
  }

  package func logDensity(at position: UnsafePointer<Double>) -> Double {
    drawing?.evaluates(position)
    return program.logDensity(at: position, gradient: nil, workspace: workspace, jacobian: jacobian)
  }

  /// None where something is drawn from the workspace that the whole density left.
  package var elementOfCoordinates: [Int] {
    effects == nil ? program.elements?.ofCoordinates ?? [] : []
  }

  package func logDensity(ofElement element: Int, at position: UnsafePointer<Double>) -> Double {
    program.logDensity(
      ofElement: element, at: position, workspace: workspace, jacobian: jacobian)
  }

  package var reportedCount: Int { segments.reduce(0) { $0 + $1.count } }

  /// The constrained parameters and deterministic quantities at a position, in the order of the ``Report``. What the plan
  /// integrates out is drawn given the rest.
  package func report(
    at position: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>,
    random: inout RandomStream
  ) {
    write(completed(position, random: &random), into: output)
  }

  /// The position of all parameters: what the plan integrates out is drawn. Valid until the next call.
  package func completed(
    _ position: UnsafePointer<Double>, random: inout RandomStream
  ) -> UnsafePointer<Double> {
    guard let effects, let drawing else { return position }
    effects.complete(
      position, program: program, workspace: workspace, memory: drawing, random: &random)
    return UnsafePointer(drawing.position)
  }

  private func write(
    _ position: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>
  ) {
    let values = reportProgram.values(at: position, workspace: reportWorkspace)
    var next = output
    for segment in segments {
      next.update(from: values + segment.offset, count: segment.count)
      next += segment.count
    }
  }
}
