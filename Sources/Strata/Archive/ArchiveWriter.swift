import StrataModels
import StrataSampling

/// Writes the groups of an archive, one after another.
struct ArchiveWriter {
  /// Chunks of draws have about so many bytes at most, where a single draw is not larger.
  private static let chunkSize = 16_000_000

  private var zarr: ZarrWriter
  private let fit: Fit

  init(_ fit: Fit, to folder: String) throws {
    self.fit = fit
    zarr = try ZarrWriter(folder)
  }

  /// Everything; `description` and the table last, with the checksums.
  mutating func write(_ description: RunDescription, csv: [UInt8], prior: PriorPredictive?) throws {
    let fit = fit
    try zarr.group("", attributes: rootAttributes(description))
    let layout = ArchiveLayout(fit.bound, starts: fit.quantityStarts)
    let chains = fit.chains.map(\.chain)
    try draws("posterior", fit.chains, chains: chains, layout.variables)
    try sampleStatistics(chains)
    try observedData(layout)
    for extra in description.extras {
      switch extra {
      case .logLikelihood:
        try rowDraws("log_likelihood", layout) {
          try fit.logDensities(fit.bound.outcomes[$0].subject).rows
        }
      case .posteriorPredictive:
        try rowDraws("posterior_predictive", layout) {
          try fit.rowDraws(nil, .knownLevels, .outcome($0), .outcomes)
        }
      case .prior: if let prior { try priorGroups(prior) }
      }
    }
    try ownGroup(description, csv)
    try zarr.finish()
  }

  /// What people want to know of a fit; nothing in it depends on the time or the machine.
  private func rootAttributes(_ description: RunDescription) throws -> [ArchiveJSON.Member] {
    [
      .init("inference_library", .text("strata")),
      .init("inference_library_version", .text(strataVersion)),
      .init("archive_version", .whole(description.archiveVersion)),
      .init("model", .text(description.model)),
      .init("settings", .encoded(try ArchiveFiles.encode(fit.settings))),
      .init("data_sha256", description.table.sha256.map { .text($0) } ?? .null),
      .init("rows", .whole(fit.rowCount)), .init("dropped_rows", .whole(fit.droppedRows)),
      .init("plan", .list(fit.plan.lines.map { .text($0) })),
      .init("notes", .list(fit.notes.map { .text($0) })),
    ]
  }

  private mutating func group(_ name: String) throws {
    try zarr.group(
      name,
      attributes: [
        .init("inference_library", .text("strata")),
        .init("inference_library_version", .text(strataVersion)),
      ])
  }

  private mutating func coordinates(_ group: String, chains: [Int], draws: Int) throws {
    try zarr.array("\(group)/chain", ["chain"], shape: [chains.count], .integers(chains))
    try zarr.array("\(group)/draw", ["draw"], shape: [draws], .integers(Array(0..<draws)))
  }

  private mutating func coordinates(_ group: String, of dimension: ArchiveLayout.Dimension) throws {
    try zarr.array(
      "\(group)/\(dimension.name)", [dimension.name], shape: [dimension.labels.count],
      dimension.values)
  }

  // MARK: Draws

  private mutating func draws(
    _ group: String, _ results: [ChainResult], chains: [Int], _ variables: [ArchiveLayout.Variable]
  ) throws {
    try self.group(group)
    let draws = results.map(\.drawCount).min() ?? 0
    try coordinates(group, chains: chains, draws: draws)
    var known: Set<String> = []
    for variable in variables {
      if let dimension = variable.dimension, known.insert(dimension.name).inserted {
        try coordinates(group, of: dimension)
      }
      try self.draws(group, results, draws, variable)
    }
  }

  private mutating func draws(
    _ group: String, _ results: [ChainResult], _ draws: Int, _ variable: ArchiveLayout.Variable
  ) throws {
    let count = variable.count
    let chunk = Self.chunk(chains: results.count, draws: draws, width: count)
    let inner = variable.dimension.map { [$0.labels.count] } ?? []
    let path = "\(group)/\(variable.name)"
    try zarr.chunkedArray(
      path, ["chain", "draw"] + (variable.dimension.map { [$0.name] } ?? []),
      shape: [results.count, draws] + inner, chunk: [chunk.chains, chunk.draws] + inner)
    for first in stride(from: 0, to: results.count, by: chunk.chains) {
      for start in stride(from: 0, to: draws, by: chunk.draws) {
        let size = chunk.chains * chunk.draws * count
        let numbers = [Double](unsafeUninitializedCapacity: size) { buffer, filled in
          buffer.initialize(repeating: 0)
          for (place, result) in results[first..<first + chunk.chains].enumerated() {
            let base = place * chunk.draws * count
            result.reported.withUnsafeBufferPointer { reported in
              for draw in start..<min(start + chunk.draws, draws) {
                let from = draw * result.reportedCount + variable.start
                let to = base + (draw - start) * count
                for i in 0..<count { buffer[to + i] = reported[from + i] }
              }
            }
          }
          filled = size
        }
        let index = [first / chunk.chains, start / chunk.draws] + inner.map { _ in 0 }
        try zarr.chunk(path, index, numbers)
      }
    }
  }

  /// Chunks of all chains where that is small, else of some draws of one chain.
  static func chunk(chains: Int, draws: Int, width: Int) -> (chains: Int, draws: Int) {
    let row = 8 * max(1, width)
    if chains * draws * row <= chunkSize { return (chains, max(1, draws)) }
    return (1, max(1, min(draws, chunkSize / row)))
  }

  private mutating func sampleStatistics(_ chains: [Int]) throws {
    try group("sample_stats")
    let draws = fit.drawsPerChain
    try coordinates("sample_stats", chains: chains, draws: draws)
    func all<T>(_ value: (DrawStatistics) -> T) -> [T] {
      fit.chains.flatMap { $0.statistics.prefix(draws).map(value) }
    }
    let columns: [(String, ZarrWriter.Values)] = [
      ("lp", .doubles(all(\.logDensity))), ("energy", .doubles(all(\.energy))),
      ("acceptance_rate", .doubles(all(\.acceptance))),
      ("tree_depth", .integers(all(\.treeDepth))), ("n_steps", .integers(all(\.leapfrogCount))),
      ("diverging", .flags(all(\.isDivergent))),
      (
        "step_size",
        .doubles(fit.chains.flatMap { Array(repeating: $0.stepSize, count: draws) })
      ),
    ]
    for (name, values) in columns {
      try zarr.array(
        "sample_stats/\(name)", ["chain", "draw"], shape: [chains.count, draws], values)
    }
  }

  // MARK: Rows

  private mutating func observedData(_ layout: ArchiveLayout) throws {
    try group("observed_data")
    try coordinates("observed_data", of: layout.rows)
    for (name, outcome) in zip(layout.outcomes, fit.bound.outcomes) {
      guard let values = outcome.values else { continue }
      try zarr.array(
        "observed_data/\(name)", ["row"], shape: [values.count], .doubles(values),
        attributes: [.init("target", .text(outcome.subject))])
    }
  }

  private mutating func rowDraws(
    _ group: String, _ layout: ArchiveLayout, _ numbers: (_ outcome: Int) throws -> RowDraws
  ) throws {
    try self.group(group)
    try coordinates(group, chains: fit.chains.map(\.chain), draws: fit.drawsPerChain)
    try coordinates(group, of: layout.rows)
    for (index, name) in layout.outcomes.enumerated() {
      try rows("\(group)/\(name)", try numbers(index))
    }
  }

  /// Numbers of every row for every draw, in chunks of some draws.
  private mutating func rows(_ path: String, _ rows: RowDraws) throws {
    let (chains, draws, count) = (rows.chains.count, rows.drawCount, rows.rowCount)
    let size = Self.chunk(chains: 2 * chains, draws: draws, width: 2 * count).draws
    try zarr.chunkedArray(
      path, ["chain", "draw", "row"], shape: [chains, draws, count], chunk: [1, size, count])
    var chunk: [Double] = []
    chunk.reserveCapacity(size * count)
    try rows.forEachDraw { chain, draw, numbers in
      chunk += numbers
      guard (draw + 1) % size == 0 || draw + 1 == draws else { return }
      chunk += Array(repeating: 0, count: size * count - chunk.count)
      try zarr.chunk(path, [chain, draw / size, 0], chunk)
      chunk.removeAll(keepingCapacity: true)
    }
  }

  private mutating func priorGroups(_ prior: PriorPredictive) throws {
    let layout = ArchiveLayout(prior.simulated, starts: prior.quantityStarts)
    try draws("prior", [prior.chain], chains: [0], layout.variables)
    guard !layout.outcomes.isEmpty else { return }
    try group("prior_predictive")
    try coordinates("prior_predictive", chains: [0], draws: prior.drawCount)
    try coordinates("prior_predictive", of: layout.rows)
    for (name, outcome) in zip(layout.outcomes, prior.outcomes) {
      try rows("prior_predictive/\(name)", try prior.predictions(of: .outcome(outcome)).rows)
    }
  }

  // MARK: What Strata itself reads

  private mutating func ownGroup(_ description: RunDescription, _ csv: [UInt8]) throws {
    if !csv.isEmpty {
      try zarr.array("strata/table", ["table_byte"], shape: [csv.count], .bytes(csv))
    }
    let states = fit.chains.flatMap(\.archivedState)
    try zarr.array("strata/chains", ["chains_byte"], shape: [states.count], .bytes(states))
    let rounds = try fit.rounds.map { ArchiveJSON.encoded(try ArchiveFiles.encode($0)) }
    try zarr.group(
      "strata",
      attributes: [
        .init("archive_version", .whole(description.archiveVersion)),
        .init("run", .encoded(try ArchiveFiles.encode(description))),
        .init("settings", .encoded(try ArchiveFiles.encode(fit.settings))),
        .init("rounds", rounds ?? .null),
        .init("plan", .encoded(try ArchiveFiles.encode(ArchivedPlan(fit.plan)))),
        .init("start_evaluations", .whole(fit.startEvaluations)),
        .init("chains", .whole(fit.chains.count)),
        .init("checksums", .object(zarr.checksums.map { .init($0.path, .text($0.hash)) })),
      ], isSealed: true)
  }
}
