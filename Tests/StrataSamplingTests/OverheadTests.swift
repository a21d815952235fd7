import Foundation
import StrataSampling
import Testing

/// Not a check but a measurement, run when STRATA_MEASURE is set: the time of one leapfrog step, of the fastest chain
/// of many.
@Suite(
  .serialized, .enabled(if: ProcessInfo.processInfo.environment["STRATA_MEASURE"] != nil))
struct OverheadTests {
  @Test(arguments: [10, 175])
  func timePerLeapfrog(dimension: Int) async throws {
    let density = SilentNormal(dimension: dimension)
    let results = try await sample(
      density, configuration: .nuts(NUTSConfiguration(draws: 10_000)),
      chains: ChainConfiguration(chains: 60, threads: 1))
    let evaluation = density.makeEvaluation()
    var position = [Double](repeating: 0.5, count: dimension)
    var gradient = position
    let rounds = 20_000
    var (total, alone) = (0.0, Double.infinity)
    for _ in 0..<60 {
      let start = ContinuousClock.now
      for i in 0..<rounds {
        position[i % dimension] = 0.5 + 1e-300 * total  // waits for the evaluation before
        total = evaluation.logDensity(at: position, gradient: &gradient)
      }
      alone = min(alone, (ContinuousClock.now - start) / .seconds(1) / Double(rounds))
    }
    let steps = results.reduce(0) { $0 + $1.samplingEvaluations }
    let whole =
      results.map { $0.samplingSeconds / Double($0.samplingEvaluations) }.min() ?? .nan
    print(
      "dimension \(dimension): \(whole * 1e9) ns per leapfrog, of which \(alone * 1e9) ns gradient;"
        + " \(Double(steps) / 600_000) leapfrogs per draw \(total.sign)")
  }
}

/// A standard normal that reports one number, so that the memory of the draws does not count.
private struct SilentNormal: LogDensity {
  let dimension: Int

  func makeEvaluation() -> Evaluation { Evaluation(dimension: dimension) }

  struct Evaluation: LogDensityEvaluation {
    let dimension: Int
    var reportedCount: Int { 1 }

    func logDensity(
      at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
    ) -> Double {
      var sum = 0.0
      for i in 0..<dimension {
        sum += position[i] * position[i]
        gradient[i] = -position[i]
      }
      return -0.5 * sum
    }

    func logDensity(at position: UnsafePointer<Double>) -> Double {
      var sum = 0.0
      for i in 0..<dimension { sum += position[i] * position[i] }
      return -0.5 * sum
    }

    func report(
      at position: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>,
      random: inout RandomStream
    ) {
      output[0] = position[0]
    }
  }
}
