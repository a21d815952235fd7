import Foundation
import Strata
import StrataKernels
import Testing

/// Fits of models whose effects and probabilities are integrated out. Serialized: it forces the backend.
@Suite(.serialized) struct IntegratedFitTests {
  private static let text = """
    m ~ Normal(0, 2)
    t ~ HalfNormal(1)
    e ~ HalfNormal(1)
    k ~ Exponential(0.1)
    a[g] ~ Normal(m, t)
    p[g] ~ Beta(mean = 0.4, concentration = k)
    y ~ Normal(a[g], e)
    b ~ Bernoulli(p[g])
    """

  private static func draws(threads: Int, chains: Int = 3) async throws -> [[UInt64]] {
    let table = try Table([
      "g": .wholeNumbers((0..<40).map { $0 % 9 }),
      "y": .numbers((0..<40).map { sin(Double($0 * $0)) + Double($0 % 9) / 3 }),
      "b": .wholeNumbers((0..<40).map { $0 % 3 == 0 || $0 % 9 == 4 ? 1 : 0 }),
    ])
    var options = FitOptions(chains: chains, draws: 200, seed: 11)
    options.threads = threads
    let fit = try await Model(text).fit(to: table, options: options)
    #expect(fit["a[3]"]?.count == chains && fit["p[8]"]?.count == chains)
    return fit.chains.map { $0.reported.map(\.bitPattern) }
  }

  @Test func draws() async throws {
    let current = Backend.current
    defer { _ = Backend.force(current) }
    let expected = try await Self.draws(threads: 1)
    #expect(try await Self.draws(threads: 2) == expected)
    for backend in Backend.allCases where Backend.force(backend) {
      #expect(try await Self.draws(threads: 2) == expected, "\(backend)")
    }
    // More threads than chains share the work of each.
    #expect(try await Self.draws(threads: 4, chains: 1) == [expected[0]])
  }
}
