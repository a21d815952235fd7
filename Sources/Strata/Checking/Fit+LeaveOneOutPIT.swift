import StrataDiagnostics
import StrataModels
import StrataSampling

extension Fit {
  /// The leave-one-out probability integral transform of each row: the probability that the model, fitted without the
  /// row, gives an outcome below the one observed. If the model is right these are uniform.
  ///
  /// For whole numbers, a number between the probabilities of less and of at most the outcome is drawn.
  /// - Throws: as ``leaveOneOut(_:outcome:)``.
  public func leaveOneOutPIT(outcome: String? = nil) throws -> [Double] {
    try leaveOneOutWithPIT(outcome: outcome).transforms
  }

  /// Leave-one-out cross-validation and the transforms of all rows in one go.
  /// - Parameter interval: outcomes are replicated for every so many-th draw only, for transforms a little less exact.
  func leaveOneOutWithPIT(outcome: String? = nil, every interval: Int = 1) throws -> (
    accuracy: PredictiveAccuracy, transforms: [Double]
  ) {
    let (densities, name, data) = try logDensities(outcome)
    let replicated = try predict(of: .outcome(name)).rows
    let observed = bound.outcomes[try bound.outcomeIndex(outcome)].values ?? []
    let seed = settings.seed
    var all: [Double] = []
    var accuracy = LeaveOneOut(chains: densities.chains.count, draws: densities.drawCount)
    try densities.forEachSlice { rows, matrix in
      let outcomes = try replicated.matrix(rows, every: interval)
      let results = parallelMap(rows.count) { row -> (LeaveOneOut.Observation, Double) in
        var weights = [Double](repeating: 0, count: densities.draws)
        return weights.withUnsafeMutableBufferPointer { weights in
          var loo = LeaveOneOut(chains: densities.chains.count, draws: densities.drawCount)
          let observation = loo.add(matrix.row(row), weights: weights)
          let number = rows.lowerBound + row
          if interval > 1 {
            let (length, kept) = (densities.drawCount, outcomes.draws)
            var total = 0.0
            for i in 0..<outcomes.row(row).count {
              weights[i] = weights[i / kept * length + i % kept * interval]
              total += weights[i]
            }
            for i in 0..<outcomes.row(row).count { weights[i] /= total }
          }
          let pit = LeaveOneOutPIT(
            outcome: observed[number], replicated: outcomes.row(row),
            weights: UnsafeBufferPointer(rebasing: weights[..<outcomes.row(row).count]))
          var random = PredictionKey(seed: seed, chain: 0, draw: number).stream(.other)
          return (observation, pit.value(uniform: random.uniform()))
        }
      }
      accuracy.append(results.map(\.0))
      all += results.map(\.1)
    }
    return (PredictiveAccuracy(accuracy, outcome: name, data: data), all)
  }
}
