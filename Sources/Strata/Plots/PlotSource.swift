import StrataCharts
import StrataDiagnostics
import StrataModels
import StrataSampling

/// What pictures are made from: a fit, and what several pictures of a report share.
struct PlotSource: Sendable {
  let fit: Fit
  /// Draws of the priors; nil if none were made yet.
  var prior: PriorPredictive?
  /// Replicated data of an outcome, made before.
  var replicated: [String: Replications] = [:]
  /// Leave-one-out results of an outcome, made before.
  var leftOut: [String: (accuracy: PredictiveAccuracy, transforms: [Double])] = [:]

  /// The files of model and table; nil for what came from Swift values.
  private(set) var files: (model: String?, table: String?)

  init(_ fit: Fit) {
    self.fit = fit
    let table = fit.bound.layout.table
    files = (fit.model.name, table.contentHash == nil ? nil : table.name)
  }

  /// Takes the names of the files from the folder that the fit was read from: neither model nor table has one then.
  mutating func findFiles(in folder: String) {
    guard files.model == nil else { return }
    let record = RunRecord(fit, in: folder)
    files = (record.modelFile, record.data.file)
  }

  var bound: BoundModel { fit.bound }

  // MARK: Names

  /// A parameter or quantity by its name without level.
  func quantity(_ name: String) throws -> BoundModel.Quantity {
    guard let quantity = bound.quantities.first(where: { $0.name == name }) else {
      throw unknown(name)
    }
    return quantity
  }

  /// The error for a name that is neither a quantity nor a level of one.
  func unknown(_ name: String) -> any Error {
    let known = bound.quantities.map(\.name) + fit.parameterNames
    return UnknownParameter(name: name, among: known)
  }

  /// The rows of the summary that belong to a quantity; empty if it was left out.
  func rows(of quantity: BoundModel.Quantity) -> ArraySlice<Summary.Row> {
    var start = 0
    for other in bound.quantities where !fit.leftOut.contains(other.name) {
      let count = bound.layout.count(other.domain)
      if other.name == quantity.name { return fit.summary.rows[start..<start + count] }
      start += count
    }
    return []
  }

  /// Numbers by the names asked for: a quantity stands for all of its own, up to `limit` in all.
  func names(_ asked: [String], limit: Int) throws -> [String] {
    if asked.isEmpty { return Array(populationNames.prefix(limit)) }
    var names: [String] = []
    for name in asked {
      if fit.index(of: name) != nil {
        names.append(name)
      } else if let quantity = bound.quantities.first(where: { $0.name == name }) {
        names += bound.names(of: quantity).prefix(max(0, limit - names.count))
      } else {
        if let missing = DrawsNotKept(name, among: fit.parameterNames, fit.leftOut) {
          throw missing
        }
        throw unknown(name)
      }
    }
    return names
  }

  /// Numbers that are not one for each level of a factor, those with the fewest effective draws first; of a model
  /// without any, the worst of all.
  var populationNames: [String] {
    let wanted = bound.quantities.filter { quantity in
      if case .factor = quantity.domain { return false }
      return true
    }
    var rows = wanted.flatMap { self.rows(of: $0) }.filter { fit.index(of: $0.name) != nil }
    if rows.isEmpty { rows = fit.summary.rows.filter { fit.index(of: $0.name) != nil } }
    return rows.map { ($0.name, $0.statistics.bulkESS ?? 0) }
      .enumerated()
      .sorted { $0.element.1 != $1.element.1 ? $0.element.1 < $1.element.1 : $0.offset < $1.offset }
      .map(\.element.0)
  }

  /// All draws of a number, chain after chain.
  func pooled(_ name: String) throws -> [Double] { try fit.draws(of: name).flatMap { $0 } }

  /// The draws of each chain that came after a divergent transition.
  var divergences: [[Int]] {
    fit.chains.map { chain in
      chain.statistics.indices.filter { chain.statistics[$0].isDivergent }
    }
  }

  // MARK: Bounds

  /// Where a number's values end, as far as the model says it in numbers.
  func bounds(of name: String) -> (lower: Double?, upper: Double?) {
    let base = String(name.prefix { $0 != "[" })
    guard let parameter = bound.parameters.first(where: { $0.name == base || $0.name == name })
    else { return (nil, nil) }
    func value(_ node: Graph.Node) -> Double? {
      if case .constant(let value) = bound.graph.operations[node] { return value }
      return nil
    }
    switch parameter.transform {
    case .unbounded: return (nil, nil)
    case .folded: return (0, nil)
    case .lower(let low): return (value(low), nil)
    case .upper(let high): return (nil, value(high))
    case .interval(let low, let high): return (value(low), value(high))
    }
  }

  // MARK: What is shared

  /// Draws of the priors of these numbers.
  ///
  /// Numbers without levels don't depend on the table: its first row is enough, unless the model names a level.
  func priorDraws(of names: [String]) throws -> PriorPredictive {
    func knows(_ prior: PriorPredictive) -> Bool {
      let known = Set(prior.parameterNames)
      return names.allSatisfy(known.contains)
    }
    if let prior, knows(prior) { return prior }
    let table = bound.layout.table
    let seed = fit.settings.seed
    if let first = try? table.rows(0..<1),
      let prior = try? fit.model.priorPredictive(for: first, draws: 4000, seed: seed), knows(prior)
    {
      return prior
    }
    let count = max(500, min(4000, 4_000_000 / max(1, fit.parameterNames.count)))
    return try fit.model.priorPredictive(for: table, draws: count, seed: seed)
  }

  /// The outcome of that name, or the only one.
  func outcome(_ name: String?) throws -> BoundModel.Outcome {
    bound.outcomes[try bound.outcomeIndex(name)]
  }

  /// Replicated data of an outcome.
  func replications(_ outcome: String?) throws -> Replications {
    let name = try self.outcome(outcome).subject
    return try replicated[name] ?? Replications(fit, name)
  }

  /// Leave-one-out cross-validation of an outcome, with its probability transforms.
  func leaveOneOut(_ outcome: String?) throws -> (
    accuracy: PredictiveAccuracy, transforms: [Double]
  ) {
    let name = try self.outcome(outcome).subject
    // A thousand replications tell a histogram's bars.
    let interval = max(1, fit.chains.count * fit.drawsPerChain / 1000)
    return try leftOut[name] ?? fit.leaveOneOutWithPIT(outcome: name, every: interval)
  }
}

/// An outcome as it was observed, beside data sets that the fitted model makes.
struct Replications: Sendable {
  /// The outcome, as the model writes it.
  let name: String
  let isDiscrete: Bool
  let observed: [Double]
  /// A data set for each of some draws, spread evenly over the chains.
  let replicated: [[Double]]

  /// At most 200 data sets, and fewer of large tables: they vary less.
  init(_ fit: Fit, _ name: String) throws {
    let outcome = fit.bound.outcomes[try fit.bound.outcomeIndex(name)]
    let predictions = try fit.predict(of: .outcome(name))
    let wanted = max(20, min(200, 2_000_000 / max(1, fit.rowCount)))
    let chains = max(1, fit.chains.count)
    let interval = max(1, fit.drawsPerChain * chains / wanted)
    var all: [[Double]] = []
    try predictions.rows.forEachDraw(every: interval) { _, _, rows in all.append(rows) }
    self.name = outcome.subject
    isDiscrete = outcome.isDiscrete
    observed = outcome.values ?? []
    replicated = all
  }

  /// How many values the data take, counted up to three.
  var distinctCount: Int {
    var seen: Set<Double> = []
    for value in observed {
      seen.insert(value)
      if seen.count > 2 { break }
    }
    return seen.count
  }
}
