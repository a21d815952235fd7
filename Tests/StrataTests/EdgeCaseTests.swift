import Foundation
import Strata
import Testing

/// Unusual tables that work: the posterior is right, no diagnostic fails, and there is a note where one is due.
@Suite struct EdgeCaseTests {
  static let y = [1.2, -0.4, 2.2, 0.9, 1.7, 0.1, 1.1, 2.6, -0.8, 1.4]

  /// Mean and sd within 5 Monte Carlo standard errors (the sd's is about sd / √(2 ESS)): chance exceeds
  /// that in one of a million; the seed is fixed.
  private func check(_ fit: Fit, _ name: String, mean: Double, sd: Double) throws {
    let s = try #require(fit.summary[name])
    let (error, ess) = (try #require(s.meanMCSE), try #require(s.bulkESS))
    #expect(abs(try #require(s.mean) - mean) < 5 * error, "\(name): \(s.mean ?? .nan), not \(mean)")
    #expect(
      abs(try #require(s.sd) - sd) < 5 * sd / (2 * ess).squareRoot(),
      "\(name): \(s.sd ?? .nan), not \(sd)")
    #expect(!fit.diagnostics.hasFailed, "\(fit.diagnostics.lines)")
  }

  @Test func oneRow() async throws {
    let fit = try await Model("mu ~ Normal(0, 1)\ny ~ Normal(mu, 1)").fit(
      to: Table(["y": .numbers([1.5])]))
    #expect(fit.notes == ["the table has a single row"])
    try check(fit, "mu", mean: 0.75, sd: 0.5.squareRoot())
  }

  /// `a[g]` has sd 1 and the row has sd 1: the level with one row shrinks half of the way to 0.
  @Test func groupWithOneRow() async throws {
    let fit = try await Model("a[g] ~ Normal(0, 1)\ny ~ Normal(a[g], 1)").fit(
      to: Table(["y": .numbers([3, 1, 2]), "g": .text(["one", "two", "two"])]))
    #expect(fit.notes == [])
    try check(fit, "a[one]", mean: 1.5, sd: 0.5.squareRoot())
    try check(fit, "a[two]", mean: 1, sd: (1 / 3.0).squareRoot())
  }

  @Test func factorWithOneLevel() async throws {
    let fit = try await Model("a[g] ~ Normal(0, 1)\ny ~ Normal(a[g], 1)").fit(
      to: Table(["y": .numbers([3, 1, 2]), "g": .text(["k", "k", "k"])]))
    #expect(
      fit.notes == ["`g` has a single level, k: the data say nothing about how levels differ"])
    try check(fit, "a[k]", mean: 1.5, sd: 0.5)
  }

  /// With x = 2 throughout, a and b are told apart by their priors alone: Σ = (I + n v vᵀ)⁻¹, v = (1, 2).
  @Test func constantColumn() async throws {
    let fit = try await Model("a ~ Normal(0, 1)\nb ~ Normal(0, 1)\ny ~ Normal(a + b * x, 1)").fit(
      to: Table(["y": .numbers([3, 1, 2]), "x": .numbers([2, 2, 2])]))
    #expect(fit.notes.contains { $0.hasPrefix("the column `x` is 2 in every row") })
    try check(fit, "a", mean: 6.0 / 16, sd: (1 - 3.0 / 16).squareRoot())
    try check(fit, "b", mean: 12.0 / 16, sd: (1 - 12.0 / 16).squareRoot())
  }

  @Test(arguments: [1e12, 1e-12], ["direct", "compressed"])
  func hugeAndTinyOutcomes(_ size: Double, _ plan: String) async throws {
    var options = FitOptions()
    options.plan = try #require(Plan.Mode(rawValue: plan))
    let table = try Table(["y": .numbers(Self.y.map { $0 * size })])
    let fit = try await Model("mu ~ Normal(0, \(size))\ny ~ Normal(mu, \(size))").fit(
      to: table, options: options)
    try check(fit, "mu", mean: size * 10.0 / 11, sd: size * (1 / 11.0).squareRoot())
  }

  @Test(arguments: [1e12, 1e-12], ["direct", "compressed"])
  func hugeAndTinyPredictors(_ size: Double, _ plan: String) async throws {
    var options = FitOptions()
    options.plan = try #require(Plan.Mode(rawValue: plan))
    let x = (0..<10).map { Double($0) - 4.5 }
    let table = try Table(["y": .numbers(Self.y), "x": .numbers(x.map { $0 * size })])
    let fit = try await Model("b ~ Normal(0, \(1 / size))\ny ~ Normal(b * x, 1)").fit(
      to: table, options: options)
    #expect(fit.notes.contains { $0.contains("priors must be of a matching size") })
    let information: Double = 1 + dot(x, x)
    let mean: Double = dot(x, Self.y) / information
    try check(fit, "b", mean: mean / size, sd: (1 / information).squareRoot() / size)
  }
}
