import Foundation
import Strata
import Testing

/// Predictions against what follows from the draws of a fit, number by number, and against closed forms.
@Suite struct PredictionTests {
  private static let text = """
    mu ~ Normal(0, 2)
    tau ~ HalfNormal(1)
    g ~ Normal(0, 1)
    e ~ HalfNormal(1)
    beta[columns: x1, x2] ~ Normal(0, 1)
    a[site] ~ Normal(mu + g * height, tau)
    c[site, kind] ~ Normal(0, 0.5)
    eta = a[site] + c[site, kind] + dot(beta)
    y ~ Normal(eta, e)
    """

  private static func table(rows: Int = 60, sites: Int = 6) throws -> Table {
    let site = (0..<rows).map { $0 % sites }
    return try Table([
      "site": .text(site.map { "s\($0)" }),
      "kind": .text((0..<rows).map { $0 / 7 % 2 == 0 ? "A" : "B" }),
      "height": .numbers(site.map { Double($0) / 3 - 1 }),
      "x1": .numbers((0..<rows).map { sin(Double($0)) }),
      "x2": .numbers((0..<rows).map { cos(Double(3 * $0)) }),
      "y": .numbers((0..<rows).map { sin(Double($0 * $0)) + Double($0 % sites) / 3 }),
    ])
  }

  private static func fit() async throws -> Fit {
    try await Model(text).fit(to: table(), options: FitOptions(chains: 2, draws: 150, seed: 3))
  }

  @Test func fittedRowsAreWhatTheDrawsSay() async throws {
    let fit = try await Self.fit()
    let table = try Self.table()
    let means = try fit.predict(of: .mean()).draws()
    #expect(try fit.predict(of: .quantity("eta")).draws() == means)
    let (x1, x2) = (try table.numbers("x1"), try table.numbers("x2"))
    let (site, kind) = (try table.text("site"), try table.text("kind"))
    for row in [0, 7, 33, 59] {
      let expected = try fit.quantity("eta") {
        $0["a[\(site[row])]"] + $0["c[\(site[row]),\(kind[row])]"] + $0["beta[x1]"] * x1[row]
          + $0["beta[x2]"] * x2[row]
      }
      for (x, y) in zip(means[row], expected.chains.joined()) { #expect(abs(x - y) < 1e-12) }
    }
  }

  /// Predicting the same rows as another table gives the same means, in any order and number.
  @Test func anotherTableWithKnownLevels() async throws {
    let fit = try await Self.fit()
    let means = try fit.predict(of: .mean()).draws()
    // No outcome, no group-level predictor: neither is needed for known levels.
    let new = try Table([
      "kind": .text(["B", "A"]), "site": .text(["s1", "s0"]),
      "x2": .numbers([cos(Double(21)), 1]), "x1": .numbers([sin(Double(7)), 0]),
    ])
    let other = try fit.predict(new, of: .mean()).draws()
    #expect(other[0] == means[7])
    #expect(other[1] == means[0])
  }

  @Test func outcomesHaveTheNoiseOfARow() async throws {
    let fit = try await Self.fit()
    let outcomes = try fit.predict().draws()
    let means = try fit.predict(of: .mean()).draws()
    let e = try fit.draws(of: "e").flatMap { $0 }
    var z: [Double] = []
    for (y, m) in zip(outcomes, means) {
      for draw in y.indices { z.append((y[draw] - m[draw]) / e[draw]) }
    }
    // 18,000 standard normal numbers: five standard errors, a false alarm in a million.
    let mean = z.reduce(0, +) / Double(z.count)
    let square = z.reduce(0) { $0 + $1 * $1 } / Double(z.count)
    #expect(abs(mean) < 5 / Double(z.count).squareRoot())
    #expect(abs(square - 1) < 5 * (2 / Double(z.count)).squareRoot())
    #expect(try fit.predict().draws() == outcomes)
    #expect(try fit.predict(seed: 4).draws() != outcomes)
    // Draw by draw, the numbers are the same.
    var byDraw: [[Double]] = []
    try fit.predict().forEachDraw { _, _, rows in byDraw.append(rows) }
    #expect(byDraw.count == 300)
    #expect(byDraw[211] == outcomes.map { $0[211] })
  }

  @Test func newLevelsComeFromThePopulation() async throws {
    let fit = try await Self.fit()
    // Two rows of one new site, one known site with a new combination.
    let new = try Table([
      "site": .text(["new", "new", "s2"]), "kind": .text(["A", "B", "C"]),
      "height": .numbers([0.5, 0.5, -1]), "x1": .numbers([0, 0, 0]), "x2": .numbers([0, 0, 0]),
    ])
    let predictions = try fit.predict(new, for: .newLevels, of: .mean())
    #expect(predictions.newLevels == ["a[new]", "c[new,A]", "c[new,B]", "c[s2,C]"])
    let means = try predictions.draws()
    let (mu, g) = (try fit.draws(of: "mu").flatMap { $0 }, try fit.draws(of: "g").flatMap { $0 })
    let tau = try fit.draws(of: "tau").flatMap { $0 }
    let known = try fit.draws(of: "a[s2]").flatMap { $0 }
    let z = mu.indices.map { draw in
      (means[0][draw] - mu[draw] - 0.5 * g[draw]) / (tau[draw] * tau[draw] + 0.25).squareRoot()
    }
    let within = mu.indices.map { (means[0][$0] - means[1][$0]) / 0.5.squareRoot() }
    let combination = mu.indices.map { (means[2][$0] - known[$0]) / 0.5 }
    for numbers in [z, within, combination] {
      let count = Double(numbers.count)
      #expect(abs(numbers.reduce(0, +) / count) < 5 / count.squareRoot())
      #expect(abs(numbers.reduce(0) { $0 + $1 * $1 } / count - 1) < 5 * (2 / count).squareRoot())
    }
    // A new group has the same effect whichever rows stand beside it.
    let alone = try Table([
      "site": .text(["new"]), "kind": .text(["B"]), "height": .numbers([0.5]),
      "x1": .numbers([0]), "x2": .numbers([0]),
    ])
    #expect(try fit.predict(alone, for: .newLevels, of: .mean()).draws() == [means[1]])
  }

  @Test func thePopulationHasGroupEffectsAtTheirMean() async throws {
    let fit = try await Self.fit()
    let new = try Table([
      "height": .numbers([0.5, -2]), "x1": .numbers([1, 0]), "x2": .numbers([0, 0]),
    ])
    let means = try fit.predict(new, for: .population, of: .mean()).draws()
    let expected = try fit.quantity("m") { $0["mu"] + 0.5 * $0["g"] + $0["beta[x1]"] }
    for (x, y) in zip(means[0], expected.chains.joined()) { #expect(abs(x - y) < 1e-12) }
    let second = try fit.quantity("m") { $0["mu"] - 2 * $0["g"] }
    for (x, y) in zip(means[1], second.chains.joined()) { #expect(abs(x - y) < 1e-12) }
  }

  /// Tables longer than a block, and levels named in the text.
  @Test func longTablesAndNamedLevels() async throws {
    let text = """
      r[arm] ~ Normal(0, 1)
      d[row] ~ Normal(0, 0.1)
      y ~ Normal(r[arm] - r["B"] + d[row], 0.5)
      """
    let rows = 9000
    let arms = (0..<rows).map { $0 % 5 == 0 ? "B" : "A" }
    let table = try Table([
      "arm": .text(arms), "y": .numbers((0..<rows).map { sin(Double($0)) }),
    ])
    let options = FitOptions(chains: 1, warmup: 50, draws: 3)
    let fit = try await Model(text).fit(to: table, options: options)
    let means = try fit.predict(of: .mean()).draws()
    for row in [0, 1, 4095, 4096, 4097, 8999] {
      let expected = try fit.quantity("m") {
        $0["r[\(arms[row])]"] - $0["r[B]"] + $0["d[\(row + 1)]"]
      }
      for (x, y) in zip(means[row], expected.chains[0]) { #expect(abs(x - y) < 1e-12) }
    }
    var last: [Double] = []
    try fit.predict(of: .mean()).forEachDraw { _, _, rows in last = rows }
    #expect(last == means.map { $0[2] })
    // Rows of another table are new ones, whatever their numbers.
    let one = try Table(["arm": .text(["A"])])
    #expect(throws: PredictionError.self) { try fit.predict(one) }
    let population = try fit.predict(one, for: .population, of: .mean()).draws()[0]
    let expected = try fit.quantity("m") { $0["r[B]"] }.chains[0]
    // The mean of r is 0, and r["B"] is the fit's.
    #expect(zip(population, expected).allSatisfy { abs($0 + $1) < 1e-12 })
  }

  @Test func badTablesAreErrors() async throws {
    let fit = try await Self.fit()
    func message(
      _ columns: KeyValuePairs<String, Table.Column>, _ groups: PredictedGroups = .knownLevels
    )
      throws -> String
    {
      let table = try Table(columns, name: "new.csv")
      do {
        _ = try fit.predict(table, for: groups)
        return "no error"
      } catch { return "\(error)" }
    }
    let x: Table.Column = .numbers([0])
    let spelt = try message(["site": .text(["s_1"]), "kind": .text(["A"]), "x1": x, "x2": x])
    #expect(
      spelt.hasPrefix(
        "new.csv, row 1: the fit has not seen the level \"s_1\" of `site`: did you mean \"s1\"?"))
    let group = try message(["kind": .text(["A"]), "x1": x, "x2": x])
    #expect(group.contains("new.csv has no column `site`, which `a[site]` needs"))
    let column = try message(["site": .text(["s1"]), "kind": .text(["A"]), "x1": x])
    #expect(column.contains("new.csv has no column \"x2\""))
    // The prior of a new site needs the group-level predictor.
    let predictor = try message(
      ["site": .text(["new"]), "kind": .text(["A"]), "x1": x, "x2": x], .newLevels)
    #expect(predictor.contains("new.csv has no column \"height\""))
    let missing = try message(["site": .text([""]), "kind": .text(["A"]), "x1": x, "x2": x])
    #expect(missing.contains("site") && missing.contains("row 1"))
    #expect(throws: PredictionError.self) { try fit.predict(of: .outcome("z")) }
    #expect(throws: UnknownParameter.self) { try fit.predict(of: .quantity("zeta")) }
  }

  @Test func effectsThatWereNotDrawnAreAnError() async throws {
    var options = FitOptions(chains: 2, draws: 50)
    options.effects = .mean
    let fit = try await Model(Self.text).fit(to: Self.table(), options: options)
    #expect(throws: DrawsNotKept.self) { try fit.predict() }
    // Nothing but scalars is needed here.
    let new = try Table(["height": .numbers([0]), "x1": .numbers([0]), "x2": .numbers([0])])
    #expect(try fit.predict(new, for: .population).draws()[0].count == 100)
  }

  /// y | theta ~ Normal(theta, 1), theta ~ Normal(0, 2): what comes next is Normal with known mean and variance.
  @Test func closedForms() async throws {
    let table = try Table([
      "y": .numbers([1.2, 0.3, 2.1]), "k": .wholeNumbers([2, 3, 1]), "n": .wholeNumbers([5, 5, 4]),
    ])
    let options = FitOptions(chains: 4, draws: 5000)
    let normal = try await Model("t ~ Normal(0, 2)\ny ~ Normal(t, 1)").fit(
      to: table, options: options)
    let draws = try normal.predict().draws()[0]
    let (precision, count) = (3 + 0.25, Double(draws.count))
    let (mean, variance) = (3.6 / precision, 1 / precision + 1)
    let sample = draws.reduce(0, +) / count
    // Draws of the posterior are close to independent here; half of them counted, at five standard errors.
    #expect(abs(sample - mean) < 5 * (2 * variance / count).squareRoot())
    let squares = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    #expect(abs(squares / variance - 1) < 5 * (4 / count).squareRoot())

    // A Beta posterior's next counts are Beta-Binomial.
    let binomial = try await Model("p ~ Beta(2, 3)\nk ~ Binomial(n, p)").fit(
      to: table, options: options)
    let (a, b, n) = (2.0 + 6, 3.0 + 8, 5.0)
    let predictions = try binomial.predict()
    for k in 0...5 {
      let k = Double(k)
      let choose = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
      let above = lgamma(k + a) + lgamma(n - k + b) - lgamma(n + a + b)
      let logP: Double = choose + above + lgamma(a + b) - lgamma(a) - lgamma(b)
      let p = exp(logP)
      let share = try predictions.probability { $0 == k }[0]
      #expect(abs(share - p) < 5 * (2 * p * (1 - p) / count).squareRoot(), "k = \(k)")
    }
    #expect(try predictions.summary(probability: 0.5)[0].median == 2)
  }

  @Test func quantitiesAndProbabilities() async throws {
    let fit = try await Self.fit()
    let odds = try fit.quantity("ratio") { $0["tau"] / $0["e"] }
    #expect(odds.chains.count == 2 && odds.chains[0].count == 150)
    #expect(odds.summary.mean != nil && odds.summary.bulkESS != nil)
    #expect("\(odds)".contains("ratio"))
    let larger = try fit.probability { $0["tau"] > $0["e"] }
    #expect(larger == odds.probability { $0 > 1 })
    #expect(try fit.probability { $0["e"] > 0 }.description == "1 (all 300 draws)")
    #expect(try fit.probability { $0["e"] < 0 }.description == "0 (none of 300 draws)")
    #expect(throws: UnknownParameter.self) { try fit.quantity("x") { $0["tua"] } }
  }
}
