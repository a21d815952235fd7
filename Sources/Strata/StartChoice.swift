import StrataModels
import StrataSampling

/// How the chains of NUTS start: chosen once the density is known, because it depends on whether the density
/// has a mode that can be found.
struct StartChoice {
  /// Up to so many parameters a mode is looked for, and the metric from it is dense: so far that is cheaper
  /// than it gains (Docs/Decisions, start-from-the-mode).
  static let modeLimit = 50

  /// The settings with `auto` values resolved.
  let settings: FitSettings
  let start: ChainStart
  /// Where each chain goes on after a pilot.
  let initial: [[Double]]?
  /// Evaluations of the search or of the pilot, and for the grid.
  let evaluations: Int
  /// For a density of few parameters.
  let grid: GridProposal?

  init(
    _ density: PosteriorDensity, _ settings: FitSettings, _ options: FitOptions, pilot: Pilot?,
    threads: Int
  ) throws {
    var settings = settings
    var search: StartSearch?
    let isWanted = options.start == .mode || density.dimension <= Self.modeLimit
    if settings.sampler == .nuts, options.start != .jittered, isWanted, pilot == nil {
      search = try findStart(of: density, denseLimit: Self.modeLimit, threads: threads)
    }
    if settings.sampler == .nuts {
      let mode = search?.start
      settings.start = mode == nil ? .jittered : .mode
      settings.metric = options.metric ?? mode?.shape ?? .diagonal
      if let mode, options.warmup == nil, mode.shape == .dense, settings.metric == .dense {
        settings.warmup = max(200, 10 * density.dimension)
      }
    }
    var mode: Mode?
    if settings.sampler == .metropolis, options.start == .mode {
      mode = try Self.mode(of: density)
      settings.start = mode == nil ? .jittered : .mode
    }
    let grid =
      options.allowsGrid && pilot == nil
      ? try GridProposal.make(of: density, start: search?.start, threads: threads) : nil
    if grid != nil { settings.useGrid() }
    guard grid != nil || options.sampler != .grid else {
      throw SamplingError.invalidSetting(
        name: "the sampler", value: "grid",
        expected: """
          nuts or metropolis here: \(density.dimension > GridProposal.mostCoordinates
            ? "a grid is for at most \(GridProposal.mostCoordinates) sampled parameters, and there are \(density.dimension)"
            : "a grid needs one mode and a density that its cells can describe, and none was found")
          """)
    }
    self.grid = grid
    self.settings = settings
    start = search?.start.map(ChainStart.mode) ?? .jittered
    initial =
      pilot?.starts ?? mode.map { Array(repeating: $0.position, count: settings.chains) }
    evaluations =
      (search?.evaluations ?? pilot?.evaluations ?? mode?.evaluations ?? 0)
      + (grid?.evaluations ?? 0)
  }

  /// Where Metropolis chains start that are to start from the mode: all at one point, since no curvature says how
  /// far they could be scattered. Nil where the density has none.
  private static func mode(of density: PosteriorDensity) throws -> Mode? {
    do { return try findMode(of: density) } catch is SamplingError { return nil }
  }
}
