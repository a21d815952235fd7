internal import StrataModels
import StrataSampling

/// A short run before the warmup proper, which finds how far each level of the group effects should be centred.
struct Pilot {
  /// Draws that the expected information is averaged over, of all chains; at most twice as many.
  private static let used = 24

  /// Iterations of warmup that it took of each chain's.
  let iterations: Int
  /// The density in its final coordinates.
  let density: PosteriorDensity
  /// Where the chains go on, in these coordinates.
  let starts: [[Double]]
  /// What it cost.
  let evaluations: Int

  /// Nil where there is nothing to find, or no time: a very short warmup is left alone, with effects non-centred.
  init?(
    _ density: PosteriorDensity, _ settings: FitSettings, _ options: FitOptions,
    chains: ChainConfiguration
  ) async throws {
    iterations = min(200, settings.warmup / 2)
    guard settings.sampler == .nuts, !density.planned.effects.isEmpty, iterations >= 20
    else { return nil }
    // With many parameters fewer draws are enough, and fit into memory.
    let draws = max(4, min(iterations / 4, 20_000_000 / max(1, density.dimension)))
    let short = try NUTSConfiguration(
      warmup: iterations - draws, draws: draws,
      targetAcceptance: settings.targetAcceptance ?? FitOptions.defaultTargetAcceptance,
      maximumTreeDepth: options.maximumTreeDepth, metricEstimate: options.metricEstimate,
      startRadius: 1)
    // Other random numbers than those of the run itself.
    let streams = try ChainConfiguration(
      chains: chains.chains, seed: chains.seed ^ 0x9E37_79B9_7F4A_7C15, threads: chains.threads)
    let results = try await sample(
      Positions(density: density), configuration: .nuts(short), chains: streams, progress: nil)
    var estimate = CentringEstimate(density.remaining.model, of: density.bound)
    let typical = TypicalDraws(of: results, dimension: density.dimension)
    for position in typical.some(Self.used) { estimate.add(position) }
    var remaining = density.remaining
    remaining.model = estimate.centred()
    self.density = density.moved(to: remaining)
    starts = estimate.moved(typical.starts(of: results), to: remaining.model)
    evaluations = results.reduce(0) { $0 + $1.warmupEvaluations + $1.samplingEvaluations }
  }
}

/// Draws of the chains that have come to where the best of them are: within what the log density of a Normal
/// posterior of that dimension varies by, generously.
private struct TypicalDraws {
  private var positions: [[Double]] = []
  private let least: Double

  init(of results: [ChainResult], dimension: Int) {
    let medians = results.map { result in
      result.statistics.map(\.logDensity).sorted()[result.drawCount / 2]
    }
    least = (medians.max() ?? 0) - 10 - 4 * (Double(dimension) / 2).squareRoot()
    for result in results {
      for draw in 0..<result.drawCount where result.statistics[draw].logDensity >= least {
        positions.append(
          Array(result.reported[(draw * dimension)..<((draw + 1) * dimension)]))
      }
    }
  }

  /// At most twice as many as asked for, from all of them.
  func some(_ count: Int) -> [[Double]] {
    let step = max(1, positions.count / count)
    return stride(from: step / 2, to: positions.count, by: step).map { positions[$0] }
  }

  /// Where each chain is; for one that is astray, where another was.
  func starts(of results: [ChainResult]) -> [[Double]] {
    results.enumerated().map { chain, result in
      let isTypical = (result.statistics.last?.logDensity ?? -.infinity) >= least
      return isTypical || positions.isEmpty
        ? result.lastPosition : positions[chain * positions.count / results.count]
    }
  }
}

/// A density whose draws report their positions.
private struct Positions: LogDensity {
  var density: PosteriorDensity

  var dimension: Int { density.dimension }

  func makeEvaluation() -> Evaluation { makeEvaluation(threads: 1) }

  func makeEvaluation(threads: Int) -> Evaluation {
    Evaluation(evaluation: density.makeEvaluation(threads: threads), dimension: dimension)
  }

  struct Evaluation: PlainLogDensityEvaluation {
    var evaluation: PosteriorEvaluation
    var dimension: Int

    func logDensity(
      at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
    ) -> Double { evaluation.logDensity(at: position, gradient: gradient) }

    func logDensity(at position: UnsafePointer<Double>) -> Double {
      evaluation.logDensity(at: position)
    }
  }
}
