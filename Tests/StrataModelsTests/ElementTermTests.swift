import StrataModels
import StrataSampling
import Testing

/// Terms of single elements, which Metropolis asks for instead of whole densities.
@Suite struct ElementTermTests {
  private static func table(levels: Int) throws -> Table {
    let rows = 6 * levels
    return try Table([
      "g": .wholeNumbers((0..<rows).map { ($0 + $0 / levels) % levels }),
      "h": .wholeNumbers((0..<rows).map { $0 % 3 }),
      "y": .wholeNumbers((0..<rows).map { ($0 * $0) % 19 }),
      "x": .numbers((0..<rows).map { Double($0 % 11) - 5 }),
    ])
  }

  private static let counts = """
    m  ~ Uniform(0, 60)
    s  ~ Uniform(0, 50)
    mu[g]    ~ Gamma(mean = m, sd = s)
    alpha[g] ~ Uniform(0, 30)
    y  ~ NegBinomial(mu[g], alpha[g])
    """

  /// A step of one element changes its term as it changes the density. 26 levels do not fill their vectors, 24 do, and
  /// 300 are more than a block.
  @Test(arguments: [2, 24, 26, 300]) func termsChangeAsTheDensity(_ levels: Int) throws {
    let bound = try Model(Self.counts).bound(to: Self.table(levels: levels))
    let density = PosteriorDensity(bound, plan: .auto)
    let (evaluation, whole) = (density.makeEvaluation(), density.makeEvaluation())
    let owners = evaluation.elementOfCoordinates
    #expect(owners.count == density.dimension)
    #expect(owners.count { $0 < 0 } == 2 && Set(owners).count == levels + 1)
    var random = RandomStream(seed: 5)
    var position = (0..<density.dimension).map { _ in random.normal() }
    var value = evaluation.logDensity(at: position)
    #expect(value.isFinite)
    for coordinate in [0, 1, density.dimension - 1] + owners.indices.shuffled(using: &random) {
      let step = 0.5 * random.normal()
      let element = owners[coordinate]
      guard element >= 0 else {
        position[coordinate] += step
        value = evaluation.logDensity(at: position)
        continue
      }
      let before = evaluation.logDensity(ofElement: element, at: position)
      position[coordinate] += step
      let after = evaluation.logDensity(ofElement: element, at: position)
      let expected = whole.logDensity(at: position)
      // Sums over hundreds of rows, each rounded.
      #expect(abs((after - before) - (expected - value)) < 1e-10 * (1 + abs(value)))
      value = expected
    }
  }

  /// Where elements look at each other there are no terms.
  @Test(arguments: [
    counts.replacing("Uniform(0, 30)", with: "Gamma(mean = mu[\"1\"], sd = 2)"),
    counts.replacing("mu[g]    ~ Gamma", with: "z[h] ~ Normal(0, 1)\nmu[g]    ~ Gamma")
      .replacing("NegBinomial(mu[g]", with: "NegBinomial(mu[g] * exp(z[h])"),
    counts.replacing("NegBinomial(mu[g],", with: "NegBinomial(exp(0.1 * x) * mu[g],"),
    "q ~ Normal(0, 1)\nb ~ HalfNormal(3)\ny ~ NegBinomial(exp(q * x), b)",
  ]) func elementsThatLookAtEachOther(_ text: String) throws {
    let bound = try Model(text).bound(to: Self.table(levels: 12))
    let evaluation = PosteriorDensity(bound, plan: .auto).makeEvaluation()
    #expect(evaluation.elementOfCoordinates.isEmpty)
  }
}
