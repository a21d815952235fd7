import Foundation
import Strata
import TestSupport
import Testing
import Workflows

/// Two sites against quadrature: given the population and the noise a slope is Normal, so that nothing but the
/// population and one noise at a time is left to add up.
@Suite struct SitesTests {
  @Test func agreesWithQuadrature() async throws {
    let found = try await sites()
    let table = try Table(contentsOf: "\(examples)/sites.csv")
    let (g, x, y) = (try table.text("g"), try table.numbers("x"), try table.numbers("y"))
    let groups = ["0", "1"].map { site in
      let rows = g.indices.filter { g[$0] == site }
      return NormalGroup(x: rows.map { x[$0] }, y: rows.map { y[$0] })
    }
    let half = { (scale: Double) in
      logGrid(from: scale * 1e-5, to: scale * 1e4, 120).map {
        (x: $0.x, weight: $0.weight / (1 + ($0.x / scale) * ($0.x / scale)))
      }
    }
    try check(found, "individual", groups, sds: [(1, 1)], means: [0])
    try check(found, "sd 0.5", groups, sds: [(0.5, 1)], means: grid(from: -6, to: 6, 241))
    try check(found, "tight", groups, sds: half(0.1), means: grid(from: -6, to: 6, 241))
    try check(found, "wide", groups, sds: half(5), means: grid(from: -6, to: 6, 241))
    try checkPooled(found, groups)
    #expect(found.fits.values.allSatisfy { !$0.diagnostics.hasFailed })
  }

  /// A tight prior draws the slopes together, a wide one lets them go; power-scaling sees it before it is tried.
  @Test func priorsMatter() async throws {
    let found = try await sites()
    func gap(_ name: String) -> Double {
      let summary = found.fits[name]!.summary
      return summary["beta[1]"]!.mean! - summary["beta[0]"]!.mean!
    }
    #expect(gap("tight") < 0.6 * gap("individual"))
    #expect(gap("wide") > gap("tight") + 0.1)
    let numbers = found.numbers
    // The prior of tau moves tau, and with it the slopes that it ties together.
    #expect(numbers["tight: prior on tau"]! > PowerScaling.threshold)
    #expect(numbers["tight: prior on beta[1]"]! > 2 * numbers["wide: prior on beta[1]"]!)
  }

  private static let noises = logGrid(from: 0.1, to: 20, 100)

  /// ∫ p(rows | sigma, population) p(sigma) dsigma with the coefficient's mean and mean square.
  private func integrated(_ group: NormalGroup, mean: Double, sd: Double) -> GridEvidence {
    var sum = GridEvidence()
    for (noise, weight) in Self.noises {
      let (log, center, variance) = group.posterior(noise: noise, mean: mean, sd: sd)
      let p = weight * exp(log) / (1 + noise * noise / 25)
      sum.evidence += p
      sum.first += p * center
      sum.second += p * (center * center + variance)
    }
    return sum
  }

  private struct GridEvidence {
    var (evidence, first, second) = (0.0, 0.0, 0.0)
  }

  private func check(
    _ found: Workflow, _ name: String, _ groups: [NormalGroup], sds: [(x: Double, weight: Double)],
    means: [Double]
  ) throws {
    var slopes = [GridMoments(), GridMoments()]
    var (center, logSpread) = (GridMoments(), GridMoments())
    for (sd, weight) in sds {
      for mean in means {
        let prior = weight * exp(-0.5 * mean * mean)
        let parts = groups.map { integrated($0, mean: mean, sd: sd) }
        let probability = prior * parts[0].evidence * parts[1].evidence
        guard probability > 0 else { continue }
        for (site, part) in parts.enumerated() {
          slopes[site].add(
            probability, part.first / part.evidence, square: part.second / part.evidence)
        }
        center.add(probability, mean)
        logSpread.add(probability, log(sd))
      }
    }
    let fit = try #require(found.fits[name])
    var all = try slopes.enumerated().flatMap { site, known in
      try fit.quantity("beta[\(site)]").comparisons(mean: known.mean, sd: known.sd)
    }
    if means.count > 1 {
      all += try fit.quantity("mu_global").comparisons(mean: center.mean, sd: center.sd)
    }
    if sds.count > 1 {
      // The tails of tau are heavy, those of its logarithm are not.
      let spread = try fit.quantity("log tau") { log($0["tau"]) }
      all += spread.comparisons(mean: logSpread.mean, sd: logSpread.sd)
    }
    #expect(Agreement.holds("sites, \(name)", all))
  }

  private func checkPooled(_ found: Workflow, _ groups: [NormalGroup]) throws {
    var slope = GridMoments()
    for beta in grid(from: -1, to: 4, 501) {
      let likelihood = groups.map { group in
        Self.noises.reduce(0) {
          $0 + $1.weight * exp(group.log(noise: $1.x, coefficient: beta)) / (1 + $1.x * $1.x / 25)
        }
      }
      slope.add(exp(-0.5 * beta * beta) * likelihood[0] * likelihood[1], beta)
    }
    let beta = try #require(found.fits["pooled"]).quantity("beta")
    #expect(Agreement.holds("sites, pooled", beta.comparisons(mean: slope.mean, sd: slope.sd)))
  }
}
