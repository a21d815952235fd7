import Foundation
import StrataDiagnostics
import Testing

/// PSIS on its own: what ``LeaveOneOutTests`` do not reach.
@Suite struct ParetoSmoothingTests {
  /// Draws that need the partial selection of many, against sorting them all.
  @Test(arguments: [1024, 1500, 4000, 20_000])
  func tailIsReplacedInOrder(draws: Int) {
    var random = Draws(seed: 3)
    let ratios = (0..<draws).map { _ in 0.5 * random.normal() }
    var smoothing = ParetoSmoothing(draws: draws)
    let (weights, outcome) = smoothing.smooth(ratios, relativeEfficiency: 0.7)
    #expect(outcome.treatment == .smoothed)
    #expect(abs(weights.reduce(0) { $0 + exp($1) } - 1) < 1e-12)
    let order = ratios.indices.sorted { ratios[$0] < ratios[$1] }
    let length = Int((3 * (Double(draws) / 0.7).squareRoot()).rounded(.up))
    let shift = ratios[order[0]] - weights[order[0]]
    for (place, i) in order.enumerated() {
      let moved = abs(ratios[i] - weights[i] - shift) > 1e-12
      // The largest may be cut to what it was.
      if place < draws - 1 { #expect(moved == (place >= draws - length)) }
      if place > 0 { #expect(weights[i] >= weights[order[place - 1]]) }
    }
  }

  /// Sorted, reversed, periodic and tied draws mislead the sample that bounds the tail.
  @Test(arguments: ["ascending", "descending", "periodic", "tied", "spike"])
  func misleadingOrder(kind: String) {
    var random = Draws(seed: 4)
    var ratios = (0..<4000).map { _ in random.normal() }
    switch kind {
    case "ascending": ratios.sort()
    case "descending": ratios.sort(by: >)
    case "periodic": for i in stride(from: 0, to: 4000, by: 125) { ratios[i] = 3 + ratios[i] / 9 }
    case "tied": ratios = ratios.map { ($0 * 2).rounded() / 2 }
    default: for i in stride(from: 0, to: 4000, by: 62) { ratios[i] = 5 }
    }
    var smoothing = ParetoSmoothing(draws: 4000)
    let (weights, outcome) = smoothing.smooth(ratios)
    let shuffled = (0..<4000).map { $0 * 1237 % 4000 }
    let (again, same) = smoothing.smooth(shuffled.map { ratios[$0] })
    #expect(outcome.treatment == same.treatment)
    #expect(agrees(outcome.paretoK, same.paretoK, tolerance: 1e-12))
    #expect(abs(outcome.effectiveSampleSize / same.effectiveSampleSize - 1) < 1e-12)
    #expect(zip(weights.sorted(), again.sorted()).allSatisfy { abs($0 - $1) < 1e-11 })
  }

  /// Of ratios with a Pareto tail of shape k, k̂ comes out near k; the weak prior pulls it to 1/2.
  @Test(arguments: [0.2, 0.5, 0.9])
  func recoversTheShape(k: Double) {
    var random = Draws(seed: 5)
    let ratios = (0..<40_000).map { _ in -k * log(random.uniform()) }
    var smoothing = ParetoSmoothing(draws: 40_000)
    let (_, outcome) = smoothing.smooth(ratios)
    // The standard error is about (1 + k) / √600.
    #expect(abs(outcome.paretoK - k) < 4 * (1 + k) / 600.0.squareRoot())
  }

  @Test func edges() {
    var smoothing = ParetoSmoothing(draws: 100)
    var ratios = (0..<100).map { Double($0 * 37 % 100) / 10 }
    #expect(smoothing.smooth(ratios).outcome.treatment == .smoothed)

    // Weight 0 for draws with ratio −∞, also inside the tail, if not much of it.
    for i in 0..<70 { ratios[i] = -.infinity }
    let (weights, outcome) = smoothing.smooth(ratios)
    #expect(outcome.treatment == .smoothed && outcome.paretoK.isFinite)
    #expect(weights.prefix(70).allSatisfy { $0 == -.infinity })
    #expect(abs(weights.reduce(0) { $0 + exp($1) } - 1) < 1e-12)
    for i in 70..<95 { ratios[i] = -.infinity }
    let fewer = smoothing.smooth(ratios)
    #expect(fewer.outcome.treatment == .noFit && fewer.outcome.paretoK == .infinity)
    #expect(abs(fewer.logWeights.reduce(0) { $0 + exp($1) } - 1) < 1e-12)

    for bad in [Double.nan, .infinity] {
      ratios[3] = bad
      let (none, undefined) = smoothing.smooth(ratios)
      #expect(undefined.treatment == .notFinite && undefined.paretoK == .infinity)
      #expect(undefined.effectiveSampleSize.isNaN && none.allSatisfy(\.isNaN))
    }
    ratios = [Double](repeating: -.infinity, count: 100)
    #expect(smoothing.smooth(ratios).outcome.treatment == .notFinite)
    ratios = [Double](repeating: 2, count: 100)
    #expect(smoothing.smooth(ratios).outcome.treatment == .equalRatios)
    ratios[7] = 1
    #expect(smoothing.smooth(ratios).outcome.treatment == .equalTail)
    // An efficiency that does not exist counts as 1.
    #expect(
      smoothing.smooth(ratios, relativeEfficiency: .nan).outcome
        == smoothing.smooth(ratios).outcome)
  }

  @Test func thresholds() {
    #expect(ParetoSmoothing.threshold(draws: 100) == 0.5)
    #expect(ParetoSmoothing.threshold(draws: 4000) == 0.7)
    #expect(abs(ParetoSmoothing.leastDraws(paretoK: 0.5) - 100) < 1e-12)
    #expect(abs(ParetoSmoothing.leastDraws(paretoK: -1) - 10) < 1e-14)
    #expect(ParetoSmoothing.leastDraws(paretoK: 1) == .infinity)
  }
}
