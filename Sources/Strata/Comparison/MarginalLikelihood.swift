import StrataKernels
import StrataModels
import StrataSampling

/// What a log likelihood is conditional on.
public enum LikelihoodScope: Sendable, Hashable {
  /// All parameters, the group effects among them: how well rows of the same groups are predicted.
  case conditional
  /// The effects of the groups that these columns make are integrated out: how well rows of new groups are predicted.
  /// Its observations are whole groups, since the rows of one are not independent. [Merkle2019]
  case marginal([String])

  var groups: [String]? {
    if case .marginal(let columns) = self { columns } else { nil }
  }
}

extension Fit {
  /// The log likelihood of every group of rows under each draw, the group's effects integrated out by quadrature: for
  /// each group, chain after chain.
  ///
  /// Exact for Normal rows with Normal effects; up to three effects for each group, whose priors are proper.
  /// - Throws: ``PredictionError``, ``DrawsNotKept``.
  public func marginalLogLikelihoods(
    _ columns: [String], outcome: String? = nil
  ) throws -> [[Double]] {
    let matrix = try marginalLogLikelihood(of: try bound.outcomeIndex(outcome), columns)
    return (0..<matrix.rows).map { Array(matrix.row($0)) }
  }

  /// The log likelihood of every group under each draw, its effects integrated out.
  func marginalLogLikelihood(of outcome: Int, _ columns: [String]) throws -> DrawMatrix {
    guard case .factor(let factor)? = bound.layout.knownFactor(by: columns) else {
      throw PredictionError.effectCount(0, columns: columns)
    }
    let constants = try logDensityConstants(outcome)
    let marginal = try GroupMarginal(
      bound, outcome: outcome, factor: factor, constants: constants, start: start)
    let draws = drawsPerChain
    let matrix = DrawMatrix(rows: marginal.levelCount, chains: chains.count, draws: draws)
    WorkerThread.share(chains.count) { chain, _ in
      let result = chains[chain]
      result.reported.withUnsafeBufferPointer { reported in
        guard let base = reported.baseAddress else { return }
        let some = stride(from: 0, to: draws, by: max(1, draws / 200)).map {
          base + $0 * result.reportedCount
        }
        let memory = marginal.makeMemory(some)
        for draw in 0..<draws {
          let values = marginal.logLikelihoods(base + draw * result.reportedCount, memory)
          for (level, value) in values.enumerated() {
            matrix.numbers[(level * chains.count + chain) * draws + draw] = value
          }
        }
      }
    }
    return matrix
  }
}
