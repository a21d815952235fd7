import StrataKernels
import StrataModels
import StrataSampling
import Testing

/// The same bits with parameters integrated out: density, gradient, draws. Serialized: it forces the backend.
@Suite(.serialized) struct IntegratedBitsTests {
  private static func densities() throws -> [(text: String, density: PosteriorDensity)] {
    let gaussian = try (UInt64(1)...60).map { seed in
      let text = GaussianPlanTests.model(seed: seed)
      return (text, try Model(text).bound(to: GaussianPlanTests.table()))
    }
    let conjugate = try ConjugatePlanTests.cases.map { text, _ in
      (text, try Model(text).bound(to: ConjugatePlanTests.table()))
    }
    return (gaussian + conjugate).map { ($0, PosteriorDensity($1, plan: .auto)) }
  }

  private static func bits(_ density: PosteriorDensity, _ evaluation: PosteriorEvaluation)
    -> [UInt64]
  {
    var stream = RandomStream(seed: 2, stream: 8)
    var numbers: [Double] = []
    var reported = [Double](repeating: .nan, count: evaluation.reportedCount)
    for _ in 0..<2 {
      let position = (0..<density.dimension).map { _ in 2 * stream.uniform() - 1 }
      var gradient = position
      numbers.append(evaluation.logDensity(at: position, gradient: &gradient))
      evaluation.report(at: position, into: &reported, random: &stream)
      numbers += gradient + reported
    }
    return numbers.map(\.bitPattern)
  }

  @Test func everyBackendGivesTheSameBits() throws {
    let current = Backend.current
    defer { _ = Backend.force(current) }
    for (text, density) in try Self.densities() {
      #expect(!density.planned.integrated.isEmpty)
      var expected: [UInt64]?
      for backend in Backend.allCases where Backend.force(backend) {
        let found = Self.bits(density, density.makeEvaluation())
        #expect(found == expected ?? found, "\(text), \(backend)")
        expected = found
      }
    }
  }

  /// Long loops over rows, which threads share, beside Gaussian and conjugate blocks.
  @Test(arguments: [2, 3]) func threadsChangeNoBit(_ threads: Int) throws {
    let rows = 40_000
    var random = RandomStream(seed: 12)
    let table = try Table([
      "g": .wholeNumbers((0..<rows).map { _ in Int(random.uniform() * 300) }),
      "h": .wholeNumbers((0..<rows).map { $0 % 7 }),
      "x": .numbers((0..<rows).map { _ in random.normal() }),
      "y": .numbers((0..<rows).map { _ in 2 * random.normal() }),
      "v": .numbers((0..<rows).map { _ in 2 * random.normal() }),
      "b": .wholeNumbers((0..<rows).map { _ in random.uniform() < 0.3 ? 1 : 0 }),
    ])
    let text = """
      m ~ Normal(0, 2)
      t ~ HalfNormal(1)
      s ~ HalfNormal(1)
      e ~ HalfNormal(2)
      q[h] ~ HalfNormal(2)
      k ~ Exponential(1)
      a[g] ~ Normal(m, t)
      c[g] ~ Normal(0, s)
      p[g] ~ Beta(k, 2)
      d[h] ~ Normal(0, 1)
      f ~ Cauchy(0, 1)
      y ~ Normal(a[g] + c[g] * x, q[h])
      v ~ StudentT(5, d[h] + f * x, e)
      b ~ Bernoulli(p[g])
      """
    let density = PosteriorDensity(try Model(text).bound(to: table), plan: .auto)
    #expect(density.planned.integrated.count == 4, "\(density.plan)")
    let alone = Self.bits(density, density.makeEvaluation())
    #expect(alone == Self.bits(density, density.makeEvaluation(threads: threads)))
  }
}
