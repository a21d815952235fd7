import StrataSampling
import Testing

@Suite struct ChainTests {
  @Test func aStandardNormalHasUnitVariance() async throws {
    let results = try await sample(NormalDensity(dimension: 10))
    #expect(results.count == 4)
    let all = results.flatMap { $0.draws(of: 3) }
    let mean = all.reduce(0, +) / Double(all.count)
    let variance = all.reduce(0) { $0 + $1 * $1 } / Double(all.count)
    #expect(abs(mean) < 0.1)
    #expect(abs(variance - 1) < 0.15)
  }
}
