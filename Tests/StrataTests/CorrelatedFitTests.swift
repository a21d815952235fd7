import Foundation
import Strata
import Testing

/// Correlated effects from one end to the other: draws from priors, new levels, what is written.
@Suite struct CorrelatedFitTests {
  private static let text = """
    m ~ Normal(0, 1)
    s ~ HalfNormal(1)
    e ~ HalfNormal(1)
    a[g] ~ Normal(m, s)
    b[g] ~ Normal(1, 2)
    c[g] ~ Normal(0, 0.5)
    correlation(a, b, c) ~ LKJ(1.5)
    eta = a[g] - b[g] * x + c[g] * x^2
    y ~ Normal(eta, e)
    """

  private static func table() throws -> Table {
    try Table([
      "g": .wholeNumbers((0..<60).map { $0 % 6 }),
      "x": .numbers((0..<60).map { sin(Double($0)) }),
      "y": .numbers((0..<60).map { cos(Double($0 * $0)) + Double($0 % 6) / 3 }),
    ])
  }

  /// Five standard errors: about 30 of them, a false alarm in 50,000.
  private func checkMean(_ x: [Double], is mean: Double, _ what: String) {
    let n = Double(x.count)
    let found = x.reduce(0, +) / n
    let variance = x.reduce(0) { $0 + ($1 - found) * ($1 - found) } / n
    #expect(abs(found - mean) < 5 * (variance / n).squareRoot(), "\(what): \(found), not \(mean)")
  }

  /// Each correlation of k effects is 2 Beta(eta + k / 2 - 1) - 1 [Lewandowski2009], with variance 1 / (2 eta + k - 1), and
  /// no two of them are correlated.
  @Test func priorDraws() throws {
    let prior = try Model(Self.text).priorPredictive(for: Self.table(), draws: 20_000, seed: 3)
    let names = ["correlation(a, b)", "correlation(a, c)", "correlation(b, c)"]
    #expect(prior.parameterNames.filter { $0.hasPrefix("corr") } == names)
    let r = try names.map { try prior.draws(of: $0) }
    for (index, name) in names.enumerated() {
      checkMean(r[index], is: 0, name)
      checkMean(r[index].map { $0 * $0 }, is: 0.2, "variance of \(name)")
      checkMean(zip(r[index], r[(index + 1) % 3]).map { $0 * $1 }, is: 0, "product with \(name)")
    }
    let determinants = zip(r[0], zip(r[1], r[2])).map {
      1 - $0 * $0 - $1.0 * $1.0 - $1.1 * $1.1 + 2 * $0 * $1.0 * $1.1
    }
    #expect(determinants.allSatisfy { $0 > 0 })
    let (m, s) = (try prior.draws(of: "m"), try prior.draws(of: "s"))
    let a = zip(try prior.draws(of: "a[3]"), zip(m, s)).map { ($0 - $1.0) / $1.1 }
    let b = try prior.draws(of: "b[3]").map { ($0 - 1) / 2 }
    let c = try prior.draws(of: "c[3]").map { $0 / 0.5 }
    for (first, second, r) in [(a, b, r[0]), (a, c, r[1]), (b, c, r[2])] {
      checkMean(second.map { $0 * $0 }, is: 1, "variance")
      checkMean(zip(zip(first, second), r).map { $0.0 * $0.1 - $1 }, is: 0, "covariance")
    }
  }

  @Test func newLevelsHaveTheCorrelationsOfTheDraw() async throws {
    let fit = try await Model(Self.text).fit(
      to: Self.table(), options: FitOptions(draws: 2000, seed: 5))
    let x = [0.0, 1, -1]
    let new = try Table(["g": .text(["new", "new", "new"]), "x": .numbers(x)])
    let eta = try fit.predict(new, for: .newLevels, of: .quantity("eta")).draws()
    func numbers(_ name: String) throws -> [Double] { try fit.draws(of: name).flatMap { $0 } }
    let (m, s) = (try numbers("m"), try numbers("s"))
    // eta is a, a - b + c, a + b + c.
    let draws = m.indices
    let a: [Double] = draws.map { (eta[0][$0] - m[$0]) / s[$0] }
    let b: [Double] = draws.map { (eta[2][$0] - eta[1][$0]) / 4 - 0.5 }
    let c: [Double] = draws.map { eta[1][$0] + eta[2][$0] - 2 * eta[0][$0] }
    for (first, second, name) in [
      (a, b, "correlation(a, b)"), (a, c, "correlation(a, c)"), (b, c, "correlation(b, c)"),
    ] {
      let r = try numbers(name)
      checkMean(second, is: 0, "mean")
      checkMean(second.map { $0 * $0 }, is: 1, "variance")
      checkMean(zip(zip(first, second), r).map { $0.0 * $0.1 - $1 }, is: 0, name)
    }
    // A typical group has the mean of each.
    let typical = try fit.predict(new, for: .population, of: .quantity("eta")).draws()
    for (found, m) in zip(typical[2], m) { #expect(abs(found - (m + 1)) < 1e-12) }
    // Known levels are what they were.
    let known = try Table(["g": .wholeNumbers([4]), "x": .numbers([1])])
    let expected = try fit.quantity("eta") { $0["a[4]"] - $0["b[4]"] + $0["c[4]"] }
    let found = try fit.predict(known, of: .quantity("eta")).draws()[0]
    for (x, y) in zip(found, expected.chains.joined()) { #expect(abs(x - y) < 1e-12) }
  }

  /// Effects that a wanted one is correlated with are needed, and so is the column that their means look up.
  @Test func newLevelsWithoutAColumnOfTheOtherEffect() async throws {
    let text = """
      e ~ HalfNormal(1)
      m[h] ~ Normal(0, 1)
      a[g] ~ Normal(m[h], 1)
      b[g] ~ Normal(0, 1)
      correlation(a, b) ~ LKJ(1)
      y ~ Normal(b[g], e)
      """
    let table = try Table([
      "g": .wholeNumbers((0..<24).map { $0 % 6 }), "h": .wholeNumbers((0..<24).map { $0 % 6 / 2 }),
      "y": .numbers((0..<24).map { sin(Double($0)) }),
    ])
    let fit = try await Model(text).fit(to: table, options: FitOptions(draws: 50, seed: 2))
    #expect(throws: PredictionError.self) {
      try fit.predict(Table(["g": .wholeNumbers([9])]), for: .newLevels)
    }
    let known = try fit.predict(Table(["g": .wholeNumbers([3])]), of: .mean()).draws()[0]
    #expect(known == (try fit.draws(of: "b[3]").flatMap { $0 }))
  }

  /// Two chains are the same numbers after they were written and read; what a comma would break is written otherwise.
  @Test func foldersHoldThem() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let fit = try await Model(Self.text).fit(
      to: Self.table(), options: FitOptions(chains: 2, draws: 50, seed: 5))
    try fit.save(to: OutputFolder(folder), stanCSV: true)
    let read = try Fit(contentsOf: folder)
    #expect(try read.draws(of: "correlation(b, c)") == fit.draws(of: "correlation(b, c)"))
    #expect(fit.summary.csv.contains("\n\"correlation(a, b)\","))
    let stan = try String(contentsOfFile: folder + "/chain-1.csv", encoding: .utf8)
    #expect(stan.contains("\n# correlation_a_b = correlation(a, b)\n"))
    let lines = stan.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(Set(lines.map { $0.split(separator: ",").count }).count == 1)
    #expect(lines[0].contains(",correlation_a_b,correlation_a_c,correlation_b_c,a.1"))
  }
}
