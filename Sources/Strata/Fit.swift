public import StrataDiagnostics
public import StrataModels
public import StrataSampling

/// A posterior: the draws of every parameter and deterministic quantity, with summary and diagnostics.
public struct Fit: Sendable {
  /// The model that was fitted.
  public let model: Model
  /// Which exact moves were taken before sampling.
  public let plan: Plan
  /// The settings it ran with.
  public let settings: FitSettings
  /// What was asked for: to fit the same model to other rows.
  let options: FitOptions
  /// The table as it was given, for the archive; nil for a fit to other rows or outcomes than a table's own.
  let source: FitSource?
  /// The parameters and deterministic quantities, in the order of the summary: population-level ones
  /// first, then the groups, level by level. `mu_a`, `a[AITKIN]`, `beta[x1]`.
  public let parameterNames: [String]
  /// The chains: draws, step sizes, divergences.
  public let chains: [ChainResult]
  /// False for what there is of a run that was interrupted.
  public let isComplete: Bool
  /// Worth knowing, but no error: dropped rows, a constant column, a factor with one level.
  public let notes: [String]
  /// Where the time went.
  public let seconds: FitSeconds
  /// Rows of the table that were used.
  public let rowCount: Int
  /// Rows that were left out because a used cell was missing.
  public let droppedRows: Int
  /// The number of parameters that were sampled.
  public let dimension: Int
  /// Mean, sd, quantiles, Monte Carlo error, ESS and R-hat of every parameter.
  public let summary: Summary
  /// What the diagnostics say of this run.
  public let diagnostics: DiagnosticReport

  /// How a fit to a precision ended; nil where the number of draws was given.
  public let rounds: FitRounds?
  /// Evaluations of the gradient in the search for the mode that chains started from.
  public let startEvaluations: Int

  /// The model with its table, for what is asked later.
  package let bound: BoundModel
  /// Where in a row of a draw's numbers each quantity starts.
  let quantityStarts: [String: Int]
  /// Where the draws of each parameter stand in a chain, if they were kept.
  private let indexOfName: [String: Int]
  /// Quantities that were neither drawn nor reported.
  let leftOut: [String]

  init(
    model: Model, settings: FitSettings, options: FitOptions, density: PosteriorDensity,
    run: SamplerRun, plan: Plan? = nil, source: FitSource? = nil, startEvaluations: Int,
    seconds: FitSeconds
  ) {
    self.model = model
    self.options = options
    self.source = source
    var settings = settings
    chains = run.chains
    isComplete = run.chains.allSatisfy(\.isComplete)
    let interruption = isComplete ? nil : settings.shorten(to: run.chains, of: options)
    self.settings = settings
    rounds = run.rounds
    self.startEvaluations = startEvaluations
    self.seconds = seconds
    self.plan = plan ?? density.plan
    bound = density.bound
    rowCount = density.bound.layout.table.rowCount
    droppedRows = density.bound.droppedRows
    dimension = density.dimension
    let report = density.report
    parameterNames = report.names
    indexOfName = Dictionary(
      zip(report.names, report.places).filter { $1 < report.keptCount },
      uniquingKeysWith: { first, _ in first })
    quantityStarts = report.starts.filter { $0.value < report.keptCount }
    leftOut = report.leftOut
    let summary = run.summary ?? Summary(report, run.chains)
    self.summary = summary
    notes =
      density.bound.notes + (run.rounds.map { [$0.note(summary, settings)] } ?? [])
      + (interruption.map { [$0] } ?? [])
    diagnostics = DiagnosticReport(
      parameters: summary.rows.map { ($0.name, $0.statistics) },
      sampler: settings.sampler == .nuts ? SamplerStatistics(chains, settings) : nil,
      effects: bound.sampledEffects(self.plan))
  }

  /// The draws of one parameter, an array for each chain: `fit["b[HENNEPIN]"]`. Nil if there is no
  /// parameter of that name, or its draws were not kept (``FitOptions/effects``); ``draws(of:)`` says which it is.
  public subscript(name: String) -> [[Double]]? {
    indexOfName[name].map { index in chains.map { $0.draws(of: index) } }
  }

  /// The draws of one parameter, an array for each chain.
  /// - Throws: ``UnknownParameter`` with the nearest name; ``DrawsNotKept``.
  public func draws(of name: String) throws -> [[Double]] {
    guard let draws = self[name] else {
      if let missing = DrawsNotKept(name, among: parameterNames, leftOut) { throw missing }
      throw UnknownParameter(name: name, among: parameterNames)
    }
    return draws
  }

  /// Where a parameter's number stands in a draw; nil if its draws were not kept.
  func index(of name: String) -> Int? { indexOfName[name] }

  /// Divergent draws of all chains together.
  public var divergences: Int { chains.reduce(0) { $0 + $1.divergenceCount } }

  /// Evaluations of the gradient (Metropolis: of the density), warmup included.
  public var evaluations: Int { warmupEvaluations + samplingEvaluations }

  /// Evaluations in warmup, the search for starts included.
  public var warmupEvaluations: Int {
    chains.reduce(startEvaluations) { $0 + $1.warmupEvaluations }
  }

  /// Evaluations in the draws.
  public var samplingEvaluations: Int { chains.reduce(0) { $0 + $1.samplingEvaluations } }
}

/// The table that a fit was made from.
struct FitSource: Sendable {
  let table: Table
  /// What an archive says of the file.
  private let kept: Kept?

  private struct Kept: Sendable {
    var sha256: String?
  }

  init(_ table: Table) { (self.table, kept) = (table, nil) }

  /// A table that was kept in an archive.
  init(_ table: Table, sha256: String?) { (self.table, kept) = (table, Kept(sha256: sha256)) }

  /// The SHA-256 of the file that the table was first read from; nil for one from Swift values.
  var sha256: String? { kept.map(\.sha256) ?? table.contentHash }
}

extension FitSettings {
  /// Makes the settings those of the draws that there are of an interrupted run; a sentence that says so.
  fileprivate mutating func shorten(
    to results: [ChainResult], of options: FitOptions
  ) -> String {
    let there = results.map(\.drawCount).min() ?? 0
    let wanted =
      options.target == nil ? "\(options.chains) of \(options.draws)" : "\(options.chains)"
    (chains, draws) = (results.count, there)
    return """
      the run was interrupted: these are \(results.count) chain\(results.count == 1 ? "" : "s") of \(there) draws \
      where \(wanted) were asked for
      """
  }
}

extension SamplerStatistics {
  init(_ chains: [ChainResult], _ settings: FitSettings) {
    let limit = settings.maximumTreeDepth ?? 10
    self.init(
      drawsPerChain: chains.first?.drawCount ?? 0,
      divergences: chains.map(\.divergenceCount),
      saturatedTrees: chains.map { chain in
        chain.statistics.reduce(0) { $0 + ($1.treeDepth >= limit ? 1 : 0) }
      },
      maximumTreeDepth: limit, energies: chains.map { $0.statistics.map(\.energy) })
  }
}
