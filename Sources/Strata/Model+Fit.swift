import StrataDiagnostics
package import StrataModels
package import StrataSampling

extension Model {
  /// Samples the posterior of the model given a table.
  ///
  /// Everything is checked before anything is sampled. Chains run in parallel; cancelling the task stops
  /// them at their next draw.
  ///
  /// - Parameters:
  ///   - table: the data. Only the columns that the model names are used.
  ///   - options: chains, draws or the precision to reach, seed, sampler.
  ///   - progress: hears how far the chains are.
  /// - Throws: ``ModelError`` and ``TableError`` for a model or data that don't fit together,
  ///   ``SamplingError`` and ``PlanError`` for what can't be done, ``StartError`` for a posterior that cannot be
  ///   started, `CancellationError`.
  public func fit(
    to table: Table, options: FitOptions = FitOptions(), progress: ProgressHandler? = nil
  ) async throws -> Fit {
    try await fit(options, progress, source: FitSource(table)) {
      try bound(to: table, dropMissing: options.dropMissing)
    }
  }

  /// As ``fit(to:options:progress:)``; but a task that is cancelled ends with the draws that are there, if there are any.
  package func fit(
    to table: Table, options: FitOptions, keepingPartialResults: Bool,
    progress: ProgressHandler? = nil
  ) async throws -> Fit {
    try await fit(
      options, progress, source: FitSource(table), keepsPartialResults: keepingPartialResults
    ) { try bound(to: table, dropMissing: options.dropMissing) }
  }

  /// Fits what `bind` makes, after the settings were checked.
  /// - Parameters:
  ///   - source: the table, for an archive.
  ///   - run: where the draws are kept while they are made; a task that is cancelled ends with those that are there.
  func fit(
    _ options: FitOptions, _ progress: ProgressHandler? = nil, source: FitSource? = nil,
    keepingIn run: UnfinishedRun? = nil, keepsPartialResults: Bool = false,
    bind: () throws -> BoundModel
  ) async throws -> Fit {
    var settings = FitSettings(options)
    var chains = try ChainConfiguration(
      chains: settings.chains, seed: settings.seed, threads: options.threads,
      keepsPartialResults: keepsPartialResults || run != nil)
    chains.recording = run?.recording
    try settings.target?.check()
    _ = try SamplerConfiguration(settings, options)

    var timer = PhaseTimer()
    var density = try PosteriorDensity(
      try bind(), request: options.request, effects: options.effects)
    settings.choose(options, for: density)
    if let target = settings.target {
      settings.draws = try target.drawLimit(
        chains: settings.chains, width: density.report.keptCount)
    }
    try checkMemory(settings, density)
    let planning = timer.lap()
    var made: SamplerRun
    let choice: StartChoice
    let search: Double
    do {
      let pilot = try await Pilot(density, settings, options, chains: chains)
      density = pilot?.density ?? density
      choice = try StartChoice(
        density, settings, options, pilot: pilot, threads: chains.threads)
      settings = choice.settings
      let sampler = try SamplerConfiguration(
        settings, options, start: choice.start, grid: choice.grid, spent: pilot?.iterations ?? 0)
      search = timer.lap()
      made = try await sampler.run(
        density, chains: chains, initial: choice.initial, target: settings.target,
        progress: progress)
    } catch let error as SamplingError {
      throw StartError(error, density) ?? error
    }
    let sampling = timer.lap()
    let seconds = FitSeconds(
      planning: planning, start: search, wall: sampling, chains: made.chains)
    if made.chains.contains(where: { !$0.isComplete }) {
      guard let usable = usableDraws(of: made.chains) else { throw CancellationError() }
      made = SamplerRun(chains: usable)
    }
    if made.rounds != nil { settings.draws = made.chains[0].drawCount }
    return Fit(
      model: self, settings: settings, options: options, density: density, run: made,
      source: source, startEvaluations: choice.evaluations, seconds: seconds)
  }
}

/// Refuses draws that the machine's memory cannot hold.
private func checkMemory(_ settings: FitSettings, _ density: PosteriorDensity) throws(SamplingError)
{
  let width = density.report.keptCount
  let bytes = Double(settings.chains) * Double(settings.draws) * Double(width) * 8
  let memory = Memory.bytes
  guard memory > 0, bytes > memory else { return }
  let most = Int(memory / (Double(settings.chains) * Double(width) * 8))
  throw .invalidSetting(
    name: "the number of draws", value: "\(settings.draws)",
    expected: """
      at most \(most): \(settings.chains) chain\(settings.chains == 1 ? "" : "s") of draws of \(width) \
      number\(width == 1 ? "" : "s") have to fit into memory
      """)
}

extension SamplerConfiguration {
  /// The sampler that was chosen, its settings checked.
  /// - Parameter spent: iterations of warmup that are done already.
  init(
    _ settings: FitSettings, _ options: FitOptions, start: ChainStart = .jittered,
    grid: GridProposal? = nil, spent: Int = 0
  ) throws(SamplingError) {
    if let grid {
      self = .grid(grid, draws: settings.draws)
      return
    }
    switch settings.sampler {
    case .nuts, .auto, .grid:
      self = .nuts(
        try NUTSConfiguration(
          warmup: settings.warmup - spent, draws: settings.draws,
          targetAcceptance: settings.targetAcceptance ?? FitOptions.defaultTargetAcceptance,
          maximumTreeDepth: options.maximumTreeDepth, metric: settings.metric ?? .diagonal,
          metricEstimate: options.metricEstimate, start: start))
    case .metropolis:
      self = .metropolis(
        try MetropolisConfiguration(warmup: settings.warmup, draws: settings.draws))
    }
  }
}

/// Seconds between laps.
struct PhaseTimer {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  init() { last = clock.now }

  /// Seconds since the last lap, or since the start.
  mutating func lap() -> Double {
    let now = clock.now
    defer { last = now }
    return (now - last) / .seconds(1)
  }
}

/// Where the time of a fit went, in seconds of wall time.
public struct FitSeconds: Sendable, Codable, Equatable {
  /// Binding the model to the table and laying out the arithmetic.
  public var planning: Double
  /// Chains run side by side: the wall time of all, shared out as warmup and sampling took it. The search for
  /// the mode counts as warmup.
  public var warmup: Double
  /// The share of the draws.
  public var sampling: Double

  /// Of a run that nobody timed.
  init() { (planning, warmup, sampling) = (0, 0, 0) }

  init(planning: Double, start: Double, wall: Double, chains: [ChainResult]) {
    let warmup = chains.reduce(0) { $0 + $1.warmupSeconds }
    let sampling = chains.reduce(0) { $0 + $1.samplingSeconds }
    let share = warmup / max(warmup + sampling, .leastNormalMagnitude)
    self.planning = planning
    self.warmup = start + wall * share
    self.sampling = wall * (1 - share)
  }
}
