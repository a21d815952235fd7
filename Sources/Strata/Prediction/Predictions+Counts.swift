import StrataModels
import StrataSampling

extension Predictions {
  /// The probability of each of some counts, for every row: `predictions.probabilities(of: 0...10)`.
  ///
  /// Each is the mean over the draws of the probability that the draw's parameters give the count, so that the only
  /// Monte Carlo error is the parameters': a count too rare to be seen among simulated outcomes has its probability, too.
  /// Counts that can't occur have probability 0.
  ///
  /// - Returns: for each row one number for each count, in order.
  /// - Throws: ``PredictionError/notCounts(_:)`` if what is predicted is not an outcome that is a count;
  ///   ``PredictionError/tooLarge(rows:draws:)`` for more than 2^29 numbers.
  public func probabilities(of counts: ClosedRange<Int>) throws -> [[Double]] {
    guard table.rowCount <= (1 << 29) / counts.count else {
      throw PredictionError.tooLarge(rows: table.rowCount, draws: counts.count)
    }
    guard case .outcomes = rows.kind, let all = try rows.probabilities(of: counts.map(Double.init))
    else { throw PredictionError.notCounts(name) }
    return all
  }
}

extension RowDraws {
  /// For each row the probability of each count, averaged over all draws; nil if the outcome is no count.
  fileprivate func probabilities(of counts: [Double]) throws -> [[Double]]? {
    var all: [[Double]] = []
    for start in stride(from: 0, to: rowCount, by: RowDraws.blockSize) {
      let count = min(RowDraws.blockSize, rowCount - start)
      let simulator = try makeSimulator(start..<start + count)
      guard simulator.outcome?.isDiscrete == true else { return nil }
      let sums = parallelMap(chains.count) { chain in
        guard var sum = CountProbabilities(simulator, counts) else { return [Double]() }
        let memory = simulator.makeMemory()
        for draw in 0..<drawCount {
          complete(simulator, chains[chain], chain, draw, memory)
          sum.add(memory)
        }
        return sum.sums
      }
      for row in 0..<count {
        all.append(
          counts.indices.map { place in
            sums.reduce(0) { $0 + $1[place * count + row] } / Double(draws)
          })
      }
    }
    return all
  }
}
