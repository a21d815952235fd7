import Foundation
import StrataDiagnostics
import Testing

/// PSIS-LOO and WAIC against the R package loo.
@Suite struct LeaveOneOutTests {
  private let reference = LooReference.shared

  private func leaveOneOut(_ set: String) -> LeaveOneOut {
    let observations = reference.logLikelihoods[set]!
    let chains = reference.chains[set]!
    var loo = LeaveOneOut(chains: chains, draws: observations[0].count / chains)
    for observation in observations { loo.add(observation) }
    return loo
  }

  /// Both sides add up to a thousand numbers of one size; k is a mean over a grid of 40 points
  /// whose exponents have errors of 1e-13. "offset" loses five digits of eleven to its offset.
  @Test(arguments: LooReference.sets)
  func agreesWithLoo(set: String) {
    let loo = leaveOneOut(set)
    let tolerance = set == "offset" ? 1e-9 : 1e-11
    for (i, observation) in loo.observations.enumerated() {
      func check(_ name: String, _ ours: Double) {
        let theirs = reference.value(set, name, i)
        #expect(
          agrees(ours, theirs, tolerance: tolerance), "\(name)@\(i): \(ours), loo: \(theirs)")
      }
      check("elpd", observation.elpd)
      // p is a difference of the two others, and has their absolute error.
      let p = reference.value(set, "p", i)
      let size = max(1, abs(observation.elpd))
      #expect(abs(observation.p - p) <= 1e-13 * size, "p@\(i): \(observation.p), loo: \(p)")
      check("looic", observation.looic)
      check("k", observation.paretoK)
      check("ess", observation.effectiveSampleSize)
      check("r_eff", observation.relativeEfficiency)
      // On the scale of densities loo underflows at −1e5, overflows at 1e5.
      let mcse = reference.value(set, "mcse", i)
      if mcse.isFinite, mcse > 0 { check("mcse", observation.elpdMCSE) }
      if set == "offset" {
        #expect(observation.elpdMCSE > 0.05 && observation.elpdMCSE < 0.5)
      }
    }
    for (name, estimate) in [("elpd_loo", loo.elpd), ("p_loo", loo.p), ("looic", loo.looic)] {
      let (value, error) = (reference.value(set, name), reference.value(set, "se_\(name)"))
      // Of p and of 1e5 − 1e5 digits cancel.
      let size = reference.value(set, "se_looic").isNaN ? 1 : reference.value(set, "se_looic")
      #expect(abs(estimate.value - value) <= 1e-12 * max(abs(value), size), "\(name)")
      #expect(
        estimate.standardError.isNaN && error.isNaN
          || abs(estimate.standardError - error) <= 1e-12 * size, "\(name)")
    }
  }

  @Test(arguments: LooReference.sets)
  func weightsAgree(set: String) {
    let observations = reference.logLikelihoods[set]!
    var loo = leaveOneOut(set)
    var weights = [Double](repeating: 0, count: observations[0].count)
    for (i, observation) in observations.enumerated() {
      weights.withUnsafeMutableBufferPointer { weights in
        _ = observation.withUnsafeBufferPointer { loo.add($0, weights: weights) }
      }
      let mean = weights.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
      #expect(agrees(mean, reference.value(set, "weight_index", i), tolerance: 1e-9))
      #expect(agrees(weights.max(), reference.value(set, "largest_weight", i), tolerance: 1e-9))
      #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
    }
  }

  @Test(arguments: LooReference.sets)
  func waicAgrees(set: String) {
    let observations = reference.logLikelihoods[set]!
    var waic = WAIC(draws: observations[0].count)
    for (i, draws) in observations.enumerated() {
      let observation = waic.add(draws)
      let size = max(1, abs(observation.lppd), observation.p)
      #expect(abs(observation.elpd - reference.value(set, "elpd_waic", i)) <= 1e-12 * size)
      #expect(agrees(observation.p, reference.value(set, "p_waic", i), tolerance: 1e-11))
    }
    #expect(abs(waic.p.value - reference.value(set, "p_waic")) <= 1e-11 * waic.p.value)
    let (value, error) = (reference.value(set, "waic"), reference.value(set, "se_waic"))
    #expect(abs(waic.waic.value - value) <= 1e-11 * max(1e3, abs(value)))
    if observations.count > 1 {
      #expect(abs(waic.waic.standardError - error) <= 1e-11 * max(1, abs(error)))
    }
    let high = observations.indices.filter { reference.value(set, "p_waic", $0) > 0.4 }
    #expect(waic.unreliable == high)
  }

  @Test func unreliableObservations() {
    #expect(leaveOneOut("heavy").unreliable == [0, 1])
    #expect(leaveOneOut("heavy").elpdMCSE == nil)
    #expect(leaveOneOut("normal").unreliable == [])
    let squares = (0..<4).reduce(0) { $0 + pow(reference.value("normal", "mcse", $1), 2) }
    #expect(agrees(leaveOneOut("normal").elpdMCSE, squares.squareRoot(), tolerance: 1e-11))
    #expect(abs(leaveOneOut("normal").threshold - (1 - 1.0 / 3)) < 1e-15)
  }

  /// loo answers NaN where the likelihood is constant; here the answer is the exact one.
  @Test func constantLikelihood() {
    var loo = LeaveOneOut(chains: 2, draws: 50)
    let observation = loo.add([Double](repeating: -3.25, count: 100))
    #expect(abs(observation.elpd + 3.25) < 1e-14)
    #expect(abs(observation.lppd + 3.25) < 1e-14)
    #expect(observation.elpdMCSE < 1e-14)
    #expect(observation.paretoK == -.infinity)
    #expect(observation.relativeEfficiency == 1)
    #expect(abs(observation.effectiveSampleSize - 100) < 1e-10)
    #expect(loo.unreliable.isEmpty)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(value: Double) {
    var draws = reference.logLikelihoods["poisson"]![0]
    draws[17] = value
    var loo = LeaveOneOut(chains: 2, draws: 100)
    var waic = WAIC(draws: 200)
    let observation = loo.add(draws)
    #expect(!observation.isDefined && observation.elpdMCSE.isNaN && observation.lppd.isNaN)
    #expect(observation.paretoK == .infinity)
    #expect(waic.add(draws).elpd.isNaN)
    #expect(loo.unreliable == [0] && waic.unreliable == [0])
    #expect(loo.elpd.value.isNaN && waic.elpd.value.isNaN)
  }

  /// Two accumulators put together are one.
  @Test func appended() {
    let observations = reference.logLikelihoods["normal"]!
    var first = LeaveOneOut(chains: 4, draws: 250)
    var second = first
    for observation in observations.prefix(2) { first.add(observation) }
    for observation in observations.dropFirst(2) { second.add(observation) }
    first.append(contentsOf: second)
    #expect(first.observations == leaveOneOut("normal").observations)
  }

  /// Nothing crashes, whatever the size; without variance or with a single draw there is no
  /// efficiency, and the weights stay raw.
  @Test(arguments: 1...40)
  func shortChains(draws: Int) {
    var random = Draws(seed: 7)
    var loo = LeaveOneOut(chains: 1, draws: draws)
    let observation = loo.add((0..<draws).map { _ in random.normal() })
    #expect(observation.elpd.isFinite && observation.elpdMCSE >= 0)
    #expect((observation.paretoK == .infinity) == (draws > 1 && draws < 21))
  }
}
