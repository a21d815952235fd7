import StrataModels
import StrataSampling
import TestSupport
import Testing

/// Long loops over rows are cut into chunks that threads share.
@Suite struct SharedWorkTests {
  private static let rows = 40_000

  private static let text = """
    m ~ Normal(0, 2)
    t ~ HalfNormal(1)
    e ~ HalfNormal(2)
    beta[columns: x, w] ~ Normal(0, 1)
    a[g] ~ Normal(m, t)
    c[k] ~ Normal(0, 1)
    y ~ StudentT(5, a[g] + c[k] * x + dot(beta), e)
    """

  private static func density() throws -> PosteriorDensity {
    var random = RandomStream(seed: 12)
    let table = try Table([
      "g": .wholeNumbers((0..<rows).map { _ in Int(random.uniform() * 300) }),
      "k": .wholeNumbers((0..<rows).map { $0 % 7 }),
      "x": .numbers((0..<rows).map { _ in random.normal() }),
      "w": .numbers((0..<rows).map { _ in random.normal() }),
      "y": .numbers((0..<rows).map { _ in 2 * random.normal() }),
    ])
    return PosteriorDensity(try Model(text).bound(to: table))
  }

  /// The same bits from any number of threads, evaluation after evaluation.
  @Test(arguments: [2, 3, 5]) func threadsChangeNoBit(_ threads: Int) throws {
    let density = try Self.density()
    let (alone, shared) = (density.makeEvaluation(), density.makeEvaluation(threads: threads))
    var random = RandomStream(seed: 3)
    for _ in 0..<20 {
      let position = (0..<density.dimension).map { _ in 0.3 * random.normal() }
      var (first, second) = (position, position)
      let x = alone.logDensity(at: position, gradient: &first)
      let y = shared.logDensity(at: position, gradient: &second)
      #expect(x.isFinite)
      #expect(x.bitPattern == y.bitPattern)
      #expect(first.map(\.bitPattern) == second.map(\.bitPattern))
      #expect(shared.logDensity(at: position) == x)
    }
  }

  /// A team that waits long enough to fall asleep wakes up again.
  @Test func teamsWakeUp() async throws {
    let density = try Self.density()
    let shared = density.makeEvaluation(threads: 2)
    let position = [Double](repeating: 0.1, count: density.dimension)
    let value = shared.logDensity(at: position)
    for _ in 0..<3 {
      try await Task.sleep(for: .milliseconds(20))
      #expect(shared.logDensity(at: position) == value)
    }
  }
}
