import Foundation
import Strata
import TestSupport
import Testing
import Workflows

/// Yields of oats by cell, alone and as members of populations, against quadrature.
@Suite struct ShiftsTests {
  @Test func agreesWithQuadrature() async throws {
    let found = try await shifts()
    let table = try Table(contentsOf: "\(examples)/oats.csv")
    let (factor, y) = (try table.factor("V", "N"), try table.numbers("Y"))
    let groups = factor.levels.indices.map { level in
      let own = y.indices.filter { Int(factor.codes[$0]) == level }.map { y[$0] }
      return NormalGroup(x: own.map { _ in 1 }, y: own)
    }
    #expect(groups.count == 12 && groups.allSatisfy { $0.count == 6 })
    let separate = try separate(groups, factor.levels, try #require(found.fits["separate"]))
    #expect(Agreement.holds("shifts, separate", separate))
    let hierarchical = try hierarchical(
      groups, factor.levels, try #require(found.fits["hierarchical"]))
    #expect(Agreement.holds("shifts, hierarchical", hierarchical))
    #expect(found.fits.values.allSatisfy { !$0.diagnostics.hasFailed })

    let numbers = found.numbers
    #expect(numbers["hierarchical: shift"]! < numbers["separate: shift"]!)
    #expect(numbers["hierarchical: elpd"]! > numbers["separate: elpd"]!)
    #expect(numbers["hierarchical: shift is at least"]! > numbers["separate: shift is at least"]!)
  }

  /// m ~ Normal(100, 50) in closed form, s ~ HalfNormal(50) by quadrature: one cell at a time.
  private func separate(_ groups: [NormalGroup], _ levels: [String], _ fit: Fit) throws
    -> [Comparison]
  {
    try zip(groups, levels).flatMap { group, level in
      var (m, s) = (GridMoments(), GridMoments())
      for (noise, weight) in logGrid(from: 2, to: 400, 300) {
        let (log, mean, variance) = group.posterior(noise: noise, mean: 100, sd: 50)
        let p = weight * exp(log + 40 - 0.5 * noise * noise / 2500)
        m.add(p, mean, square: mean * mean + variance)
        s.add(p, noise)
      }
      return try fit.quantity("m[\(level)]").comparisons(mean: m.mean, sd: m.sd)
        + fit.quantity("s[\(level)]").comparisons(mean: s.mean, sd: s.sd)
    }
  }

  /// Given both populations, cells are independent: of each, a table of evidence by population of means and by noise,
  /// times one of noise by population of spreads, adds up over the noise as a product of matrices.
  private func hierarchical(_ groups: [NormalGroup], _ levels: [String], _ fit: Fit) throws
    -> [Comparison]
  {
    let taus = logGrid(from: 3, to: 200, 24)
    let locations = grid(from: 60, to: 150, 25).flatMap { mu in
      taus.map { tau in
        let log = -0.5 * (mu - 100) * (mu - 100) / 2500 - 0.5 * tau.x * tau.x / 2500
        return (mu: mu, tau: tau.x, log: log + Foundation.log(tau.weight))
      }
    }
    // Between 0 and 0.03 the density is flat: cells whose spreads differ by 3 % look alike.
    var omegas = logGrid(from: 0.03, to: 2.5, 18)
    omegas[0].weight = omegas[0].weight / 2 + 0.03
    let scales = grid(from: 1.8, to: 4.2, 22).flatMap { center in
      omegas.map { omega in
        let log = -0.5 * (center - 3) * (center - 3) - 2 * omega.x * omega.x
        return (center: center, omega: omega.x, log: log + Foundation.log(omega.weight))
      }
    }
    // Of log s, with steps no wider than the narrowest population.
    let noises = grid(from: 1, to: 5.2, 160)
    let weights = noises.map { noise in
      scales.map { scale in
        let z = (noise - scale.center) / scale.omega
        return -0.5 * z * z - log(scale.omega)
      }
    }
    var logs = locations.flatMap { location in scales.map { location.log + $0.log } }
    var (first, noiseOfFirst): ([Double], [Double]) = ([], [])
    for (number, group) in groups.enumerated() {
      let (evidence, mean, noise) = sums(
        group, locations.map { ($0.mu, $0.tau) }, noises, weights, hasMeans: number == 0)
      for i in logs.indices { logs[i] += log(max(evidence[i], .leastNormalMagnitude)) }
      if number == 0 { (first, noiseOfFirst) = (mean, noise) }
    }
    let top = logs.max() ?? 0
    var (mu, logTau, center) = (GridMoments(), GridMoments(), GridMoments())
    var (m, s) = (GridMoments(), GridMoments())
    for (i, location) in locations.enumerated() {
      for (j, scale) in scales.enumerated() {
        let place = i * scales.count + j
        let p = exp(logs[place] - top)
        mu.add(p, location.mu)
        logTau.add(p, log(location.tau))
        center.add(p, scale.center)
        m.add(p, first[place])
        s.add(p, noiseOfFirst[place])
      }
    }
    return try fit.quantity("mu").comparisons(mean: mu.mean, sd: mu.sd)
      + fit.quantity("log tau") { log($0["tau"]) }.comparisons(mean: logTau.mean, sd: logTau.sd)
      + fit.quantity("log_s").comparisons(mean: center.mean, sd: center.sd)
      + fit.quantity("m[\(levels[0])]").comparisons(mean: m.mean)
      + fit.quantity("s[\(levels[0])]").comparisons(mean: s.mean)
  }

  /// For each pair of populations, a cell's evidence and, if they are wanted, the means of its coefficient and of its noise.
  private func sums(
    _ group: NormalGroup, _ locations: [(Double, Double)], _ noises: [Double],
    _ weights: [[Double]], hasMeans: Bool
  ) -> (evidence: [Double], mean: [Double], noise: [Double]) {
    let width = weights[0].count
    let densities = weights.map { $0.map { exp($0) } }
    var evidence = [Double](repeating: 0, count: locations.count * width)
    var (mean, noise) = (evidence, evidence)
    for (i, location) in locations.enumerated() {
      for (k, logNoise) in noises.enumerated() {
        let value = exp(logNoise)
        let part = group.posterior(noise: value, mean: location.0, sd: location.1)
        let p = exp(part.log + 20)
        if p < 1e-12 { continue }
        densities[k].withUnsafeBufferPointer { densities in
          for j in 0..<width {
            let share = p * densities[j]
            evidence[i * width + j] += share
            guard hasMeans else { continue }
            mean[i * width + j] += share * part.mean
            noise[i * width + j] += share * value
          }
        }
      }
    }
    for i in evidence.indices where hasMeans && evidence[i] > 0 {
      mean[i] /= evidence[i]
      noise[i] /= evidence[i]
    }
    return (evidence, mean, noise)
  }
}
