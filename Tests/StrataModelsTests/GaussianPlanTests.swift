import StrataModels
import StrataSampling
import TestSupport
import Testing

/// Random hierarchical models with Normal likelihoods: what the plan integrates out, against the direct density.
@Suite struct GaussianPlanTests {
  /// A model of one of many shapes: effects, priors, noise, in centred and non-centred text.
  static func model(seed: UInt64) -> String {
    var random = RandomStream(seed: seed, stream: 77)
    func one(of choices: [String]) -> String {
      choices[Int(random.uniform() * Double(choices.count))]
    }
    var lines = ["e ~ HalfNormal(2)", "t ~ HalfNormal(1)"]
    lines.append(
      one(of: [
        "m ~ Normal(0.3, 2)", "m ~ Flat()", "m ~ StudentT(4, 0, 2)",
        "m ~ Normal(k, 1)\nk ~ Normal(0, 1)",
      ]))
    var terms: [String] = []
    var effects: [String] = []
    let columns = ["", " * x", " * w"].prefix(Int(random.uniform() * 4))
    for (index, column) in columns.enumerated() {
      let name = ["a", "c", "q"][index]
      let scale = index == 0 ? "t" : "t\(index)"
      if index > 0 { lines.append("t\(index) ~ HalfCauchy(1)") }
      switch one(of: [
        "centred", "centred", "non-centred", "predictor", "constant", "levels", "nested",
      ]) {
      case "centred": lines.append("\(name)[g] ~ Normal(\(index == 0 ? "m" : "0.5"), \(scale))")
      case "non-centred":
        lines.append("z\(name)[g] ~ Normal(0, 1)")
        lines.append("\(name)[g] = \(index == 0 ? "m" : "0.5") + \(scale) * z\(name)[g]")
        effects.append("z\(name)")
      case "predictor": lines.append("\(name)[g] ~ Normal(m + \(index + 1) * u - 1, \(scale))")
      case "constant": lines.append("\(name)[g] ~ Normal(m, 0.7)")
      case "levels":
        lines.append("v\(name)[h] ~ HalfNormal(1)")
        lines.append("\(name)[g] ~ Normal(m, v\(name)[h])")
      default:
        lines.append("p\(name)[h] ~ Normal(m, 1.5)")
        lines.append("\(name)[g] ~ Normal(p\(name)[h], \(scale))")
      }
      if effects.count == index { effects.append(name) }
      terms.append("\(name)[g]\(column)")
    }
    if random.uniform() < 0.4 || terms.isEmpty {
      lines.append("beta[columns: x, w] ~ Normal(0, 1)")
      terms.append("dot(beta)")
    }
    if random.uniform() < 0.3 {
      lines.append("o[other] ~ Normal(0, \(one(of: ["1", "t"])))")
      terms.append("o[other]")
    }
    if random.uniform() < 0.3 { terms.append("m * w / 2") }
    let noise = one(of: ["e", "e", "s", "r[g]", "r[other]", "e * s"])
    if noise.hasPrefix("r") { lines.append("\(noise) ~ HalfNormal(1)") }
    lines.append("y ~ Normal(\(terms.joined(separator: " + ")), \(noise))")
    if effects.count > 1, random.uniform() < 0.6 {
      let from = effects.count == 3 && random.uniform() < 0.5 ? 1 : 0
      lines.append("correlation(\(effects[from...].reversed().joined(separator: ", "))) ~ LKJ(1.5)")
    }
    return lines.joined(separator: "\n")
  }

  static func table() throws -> Table {
    var random = RandomStream(seed: 3)
    let group = (0..<70).map { $0 < 2 ? $0 : 2 + Int(random.uniform() * 9) }
    let other = (0..<70).map { _ in Int(random.uniform() * 3) }
    return try Table([
      "g": .wholeNumbers(group), "h": .wholeNumbers(group.map { $0 / 4 }),
      "other": .wholeNumbers(other),
      "u": .numbers(group.map { Double($0 * $0 % 7) / 3 }),
      "x": .numbers(group.map { $0 % 5 == 0 ? 1.0 : random.normal() }),
      "w": .numbers((0..<70).map { _ in random.normal() }),
      "s": .numbers((0..<70).map { _ in 0.5 + random.uniform() }),
      "y": .numbers(group.map { 0.2 * Double($0) + random.normal() }),
    ])
  }

  @Test(arguments: UInt64(1)...150) func marginalIsTheIntegralOfTheDirectDensity(seed: UInt64)
    throws
  {
    try Self.checkMarginal(Self.model(seed: seed), Self.table(), seed: seed)
  }

  static func checkMarginal(_ text: String, _ table: Table, seed: UInt64) throws {
    let oracle = GaussianOracle(try Model(text).bound(to: table))
    #expect(!oracle.integrated.isEmpty, "\(text)\n\(oracle.planned.plan)")
    var random = RandomStream(seed: seed, stream: 5)
    for _ in 0..<3 {
      let position = (0..<oracle.planned.dimension).map { _ in 2 * random.uniform() - 1 }
      let (value, gradient) = oracle.planned.evaluate(at: position)
      let expected = oracle.conditional(at: position).logMarginal
      // The oracle's own rounding: sums of squares of up to about 1e4, and a Cholesky factor of as many rows.
      #expect(abs(value - expected) < 1e-9 * max(1, abs(expected)), "\(text)")
      #expect(oracle.planned.value(at: position) == value)
      for (index, found) in gradient.enumerated() {
        let slope = derivative(rounding: 1e-15 * max(1, abs(value))) { step in
          var moved = position
          moved[index] += step
          return oracle.planned.value(at: moved)
        }
        #expect(abs(slope.value - found) < 10 * slope.error + 1e-8 * max(1, abs(found)), "\(text)")
      }
    }
  }

  @Test(arguments: UInt64(1)...30) func drawsHaveTheConditionalDistribution(seed: UInt64) throws {
    try Self.checkDraws(Self.model(seed: seed), Self.table(), seed: seed)
  }

  /// Draws, whitened by the oracle's conditional distribution, are independent standard normal numbers. Each sum below
  /// is one too; with about 700 of them in all, |z| > 6 has probability 2e-6.
  static func checkDraws(_ text: String, _ table: Table, seed: UInt64) throws {
    let oracle = GaussianOracle(try Model(text).bound(to: table))
    let position = (0..<oracle.planned.dimension).map { 0.4 * Double($0 % 3) - 0.5 }
    let (mean, factor, _) = oracle.conditional(at: position)
    let evaluation = oracle.planned.makeEvaluation()
    let (count, d) = (2000, mean.count)
    var sums = [Double](repeating: 0, count: d)
    var squares = sums
    var products = sums
    for draw in 0..<count {
      var random = RandomStream(seed: seed, stream: UInt64(draw))
      let drawn = evaluation.completed(position, random: &random)
      let x = zip(oracle.integrated, mean).map { drawn[$0] - $1 }
      let white = (0..<d).map { j in (j..<d).reduce(0) { $0 + factor[$1][j] * x[$1] } }
      for j in 0..<d {
        sums[j] += white[j]
        squares[j] += white[j] * white[j] - 1
        products[j] += white[j] * white[(j + 1) % d]
      }
    }
    let n = Double(count).squareRoot()
    for j in 0..<d {
      #expect(abs(sums[j]) / n < 6, "\(text)")
      #expect(abs(squares[j]) / (n * 2.0.squareRoot()) < 6, "\(text)")
      if d > 1 { #expect(abs(products[j]) / n < 6, "\(text)") }
    }
  }
}
