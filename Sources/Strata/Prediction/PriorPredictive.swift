public import StrataModels
import StrataSampling

/// Draws from a model's priors: of its parameters and quantities, and of outcomes for the rows of a table.
///
/// The draws are independent. The same model, table and seed give the same numbers.
public struct PriorPredictive: Sendable {
  /// Parameters and deterministic quantities, named as in a fit.
  public let parameterNames: [String]
  /// Mean, sd and quantiles of each.
  public let summary: Summary
  /// The outcomes that can be simulated, as the model writes them.
  public let outcomes: [String]
  /// The number of draws.
  public let drawCount: Int
  let chain: ChainResult
  let simulated: BoundModel
  private let seed: UInt64

  init(_ model: Model, _ table: Table, draws: Int, seed: UInt64, dropMissing: Bool) throws {
    guard draws > 0 else {
      throw SamplingError.invalidSetting(
        name: "the number of draws", value: "\(draws)", expected: "at least 1")
    }
    drawCount = draws
    self.seed = seed
    let bound = try model.simulating(table, dropMissing: dropMissing)
    simulated = bound
    outcomes = bound.outcomes.map(\.subject)
    parameterNames = bound.quantities.flatMap { bound.names(of: $0) }
    let simulator = try Simulator(bound, wanted: .reported)
    let counts = bound.quantities.map { bound.layout.count($0.domain) }
    let memory = simulator.makeMemory()
    var numbers: [Double] = []
    numbers.reserveCapacity(draws * parameterNames.count)
    for draw in 0..<draws {
      simulator.complete(nil, key: PredictionKey(seed: seed, chain: 0, draw: draw), memory)
      for (values, count) in zip(simulator.values(memory), counts) {
        for element in 0..<count { numbers.append(values[element]) }
      }
    }
    chain = ChainResult(reported: numbers, count: parameterNames.count, draws: draws)
    summary = Summary(
      names: parameterNames, places: Array(parameterNames.indices),
      keptCount: parameterNames.count, [chain])
  }

  /// Where in a draw each quantity starts.
  var quantityStarts: [String: Int] {
    var (starts, next) = ([String: Int](), 0)
    for quantity in simulated.quantities {
      starts[quantity.name] = next
      next += simulated.layout.count(quantity.domain)
    }
    return starts
  }

  /// Whether an outcome is a whole number.
  func isDiscrete(_ outcome: String) -> Bool {
    simulated.outcomes.contains { $0.subject == outcome && $0.isDiscrete }
  }

  /// The draws of a parameter or quantity.
  /// - Throws: ``UnknownParameter`` with the nearest name.
  public func draws(of name: String) throws -> [Double] {
    guard let index = parameterNames.firstIndex(of: name) else {
      throw UnknownParameter(name: name, among: parameterNames)
    }
    return chain.draws(of: index)
  }

  /// Draws of an outcome, its mean, or a quantity per row: the prior predictive distribution.
  /// - Throws: ``PredictionError`` if the model has no such outcome.
  public func predictions(of quantity: PredictedQuantity = .outcome()) throws -> Predictions {
    let (wanted, name) = try quantity.resolved(in: simulated)
    let kind: RowDraws.Kind = if case .outcome = quantity { .outcomes } else { .values }
    let table = simulated.layout.table
    let model = simulated.model
    let make: @Sendable (Range<Int>) throws -> Simulator = {
      try Simulator(try model.simulating(try table.rows($0)), wanted: wanted)
    }
    return Predictions(
      name: name, table: table, newLevels: [], chainCount: 1, drawCount: drawCount,
      groupColumns: simulated.groupColumns,
      rows: RowDraws(
        chains: [ChainResult(reported: [], count: 0, draws: drawCount)], drawCount: drawCount,
        seed: seed, kind: kind, rowCount: table.rowCount, makeSimulator: make))
  }
}

extension Model {
  /// Draws from the priors, and with them from the prior predictive distribution.
  ///
  /// The table gives the groups and predictors; its outcomes need not be there, and are not looked at. A model that
  /// uses no column needs no table: its outcomes are single numbers then.
  ///
  /// - Throws: ``ModelError``, also for an improper prior, and ``TableError``.
  public func priorPredictive(
    for table: Table? = nil, draws: Int = 1000, seed: UInt64 = 1, dropMissing: Bool = false
  ) throws -> PriorPredictive {
    // A single row whose only column no model can name.
    let single = try Table([("(no table)", .numbers([1]))], name: "no table")
    return try PriorPredictive(
      self, table ?? single, draws: draws, seed: seed, dropMissing: dropMissing)
  }
}

extension ChainResult {
  /// Independent draws.
  init(reported: [Double], count: Int, draws: Int) {
    let nothing = DrawStatistics(
      logDensity: .nan, energy: .nan, acceptance: .nan, treeDepth: 0, leapfrogCount: 0,
      isDivergent: false)
    self.init(
      chain: 0, reportedCount: count, reported: reported,
      statistics: Array(repeating: nothing, count: draws), stepSize: .nan,
      inverseMetric: .diagonal([]), warmupSeconds: 0, samplingSeconds: 0, warmupEvaluations: 0,
      samplingEvaluations: 0, warmupDivergences: 0, divergences: [], lastPosition: [],
      isComplete: true)
  }
}
