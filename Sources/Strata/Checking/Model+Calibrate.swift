import StrataDiagnostics
public import StrataModels
import StrataSampling

extension Model {
  /// Simulation-based calibration: whether fits of this model, for this table's design, find what made the data.
  ///
  /// Parameters are drawn from their priors and outcomes from them, the model is fitted to these, and the rank of each
  /// true value among the draws is noted. If everything is right, ranks are uniform. The sum of the log likelihood is
  /// looked at as well, since it sees errors that no single parameter does. [Talts2018], [Modrak2023]
  ///
  /// - Parameters:
  ///   - table: groups and predictors; its outcomes are not looked at.
  ///   - refits: how many data sets are simulated.
  ///   - ranks: draws that a true value is ranked among. Chains run longer where their effective draws would be fewer.
  ///   - options: of the fits. The seed also fixes the simulated data.
  ///   - progress: hears how many fits are done.
  /// - Throws: ``ModelError``, also for an improper prior; ``CalibrationError`` for simulated outcomes that can't be
  ///   fitted; whatever a fit throws.
  public func calibrate(
    on table: Table, refits: Int = 200, ranks: Int = 99, options: FitOptions = FitOptions(),
    progress: (@Sendable (Int) -> Void)? = nil
  ) async throws -> Calibration {
    for (name, value) in [("the number of refits", refits), ("the number of ranks", ranks)]
    where value < 2 {
      throw SamplingError.invalidSetting(name: name, value: "\(value)", expected: "at least 2")
    }
    let simulation = try Simulation(of: self, table, dropMissing: options.dropMissing)
    var result = Calibration(names: simulation.names + ["log likelihood"], rankCount: ranks)
    for refit in 0..<refits {
      try Task.checkCancellation()
      let (truth, outcomes) = try simulation.draw(refit, seed: options.seed)
      var options = options
      // Other random numbers than those that made the data.
      options.seed = options.seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(refit + 1)
      let fit = try await longEnoughFit(simulation.table, outcomes, options, for: ranks)
      let hasFailed =
        fit.leastBulkESS < Double(ranks)
        || fit.divergences * 1000 > fit.chains.count * fit.drawsPerChain
      result.add(try fit.ranks(of: truth, among: ranks), hasFailed)
      progress?(refit + 1)
    }
    return result
  }

  /// A fit whose effective draws are at least as many as the ranks, if a few doublings reach that.
  private func longEnoughFit(
    _ table: Table, _ outcomes: [Int: [Double]], _ options: FitOptions, for ranks: Int
  ) async throws -> Fit {
    var options = options
    for _ in 0..<4 {
      let fit = try await fit(options) { try bound(to: table, outcomes: outcomes) }
      if fit.leastBulkESS >= Double(ranks) { return fit }
      options.draws *= 2
    }
    return try await fit(options) { try bound(to: table, outcomes: outcomes) }
  }
}

/// Data sets drawn from the priors.
private struct Simulation {
  let table: Table
  let names: [String]
  private let bound: BoundModel
  private let parameters: Simulator
  private let counts: [Int]
  private let outcomes: [Simulator]

  init(of model: Model, _ table: Table, dropMissing: Bool) throws {
    let bound = try model.simulating(table, dropMissing: dropMissing)
    guard !bound.outcomes.isEmpty else {
      throw PredictionError.outcome(asked: nil, outcomes: [])
    }
    self.bound = bound
    self.table = bound.layout.table
    parameters = try Simulator(bound, wanted: .reported)
    outcomes = try bound.outcomes.indices.map { try Simulator(bound, wanted: .outcome($0)) }
    names = bound.quantities.flatMap { bound.names(of: $0) }
    counts = bound.quantities.map { bound.layout.count($0.domain) }
  }

  /// The true values by name, and the outcomes by their line.
  func draw(_ number: Int, seed: UInt64) throws -> ([String: Double], [Int: [Double]]) {
    let key = PredictionKey(seed: seed, chain: 0, draw: number)
    let memory = parameters.makeMemory()
    parameters.complete(nil, key: key, memory)
    var values: [Double] = []
    for (quantity, count) in zip(parameters.values(memory), counts) {
      for element in 0..<count { values.append(quantity[element]) }
    }
    var drawn: [Int: [Double]] = [:]
    for (index, simulator) in outcomes.enumerated() {
      let memory = simulator.makeMemory()
      simulator.complete(nil, key: key, memory)
      var random = key.stream(.outcomes, mixing: UInt64(index))
      var y = [Double](repeating: 0, count: table.rowCount)
      y.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { simulator.draw(memory, from: &random, into: base) }
      }
      if let row = y.firstIndex(where: { !$0.isFinite }) {
        throw CalibrationError(
          refit: number + 1, outcome: bound.outcomes[index].subject,
          row: table.location(ofRow: row), value: y[row])
      }
      drawn[bound.outcomes[index].statement] = y
    }
    return (Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first }), drawn)
  }
}

/// Outcomes that priors make and nothing can be fitted to.
public struct CalibrationError: Error, CustomStringConvertible {
  /// Which data set, from 1.
  public let refit: Int
  /// The outcome, as the model writes it.
  public let outcome: String
  /// The row.
  public let row: RowLocation
  /// What the priors made.
  public let value: Double

  /// What was made, where, and what to do.
  public var description: String {
    """
    data set \(refit): the priors make `\(outcome)` \(value.isNaN ? "not a number" : "\(value)") for \(row). Choose \
    priors that keep every argument of its distribution in its domain, without heavy tails.
    """
  }
}

extension Fit {
  fileprivate var leastBulkESS: Double {
    summary.rows.compactMap(\.statistics.bulkESS).min() ?? .infinity
  }

  /// For each number by name, and the sum of the log likelihood, how many of `count` draws are below the true value.
  fileprivate func ranks(of truth: [String: Double], among count: Int) throws -> [Int] {
    let all = chains.count * drawsPerChain
    let picked = (0..<count).map { (2 * $0 + 1) * all / (2 * count) }
    let width = chains[0].reportedCount
    func row(_ pick: Int) -> ArraySlice<Double> {
      let (chain, draw) = (pick / drawsPerChain, pick % drawsPerChain)
      return chains[chain].reported[draw * width..<(draw + 1) * width]
    }
    let rows = picked.map { Array(row($0)) }
    var trueRow = [Double](repeating: .nan, count: width)
    for name in parameterNames {
      if let index = index(of: name) { trueRow[index] = truth[name] ?? .nan }
    }
    var ranks = parameterNames.map { name in
      let place = index(of: name) ?? 0
      return rows.reduce(0) { $0 + ($1[place] < trueRow[place] ? 1 : 0) }
    }
    let model = try bound.predicting(bound.layout.table, groups: .knownLevels, firstFittedRow: 0)
    let simulators = try bound.outcomes.indices.map { index in
      try Simulator(model, wanted: .outcome(index)) { quantityStarts[$0] ?? 0 }
    }
    let memories = simulators.map { $0.makeMemory() }
    var densities = [Double](repeating: 0, count: rowCount)
    func logLikelihood(_ row: [Double]) -> Double {
      var sum = 0.0
      for (simulator, memory) in zip(simulators, memories) {
        row.withUnsafeBufferPointer { row in
          densities.withUnsafeMutableBufferPointer { densities in
            simulator.complete(
              row.baseAddress, key: PredictionKey(seed: 0, chain: 0, draw: 0), memory)
            if let base = densities.baseAddress { simulator.logDensities(memory, into: base) }
          }
        }
        sum += densities.reduce(0, +)
      }
      return sum
    }
    let trueLikelihood = logLikelihood(trueRow)
    ranks.append(rows.reduce(0) { $0 + (logLikelihood($1) < trueLikelihood ? 1 : 0) })
    return ranks
  }
}
