import StrataSampling
import Testing

/// Not a check but a measurement: the time of one leapfrog step beyond the gradient.
@Suite(.serialized) struct OverheadTests {
  @Test(arguments: [10, 175])
  func timePerLeapfrog(dimension: Int) async throws {
    let density = NormalDensity(dimension: dimension)
    let results = try await sample(
      density, configuration: NUTSConfiguration(draws: 20000),
      chains: ChainConfiguration(chains: 1))
    let result = results[0]
    let evaluation = density.makeEvaluation()
    var position = [Double](repeating: 0.5, count: dimension)
    var gradient = position
    let start = ContinuousClock.now
    let rounds = 1_000_000
    var total = 0.0
    for i in 0..<rounds {
      position[i % dimension] = Double(i)
      total += evaluation.logDensity(at: position, gradient: &gradient)
    }
    let alone = (ContinuousClock.now - start) / .seconds(1) / Double(rounds)
    let whole = result.samplingSeconds / Double(result.samplingEvaluations)
    print(
      "dimension \(dimension): \(whole * 1e9) ns per leapfrog, of which \(alone * 1e9) ns gradient;"
        + " \(result.samplingEvaluations) leapfrogs, step size \(result.stepSize) \(total.sign)")
  }
}
