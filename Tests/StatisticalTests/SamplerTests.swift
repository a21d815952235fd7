import Strata
import TestSupport
import Testing

extension Statistical {
  /// Metropolis uses no gradient and none of NUTS: where both agree, a fault they share lies in the
  /// density.
  @Suite(.serialized) struct StatisticalSamplers {
    private static let examples = ["eight_schools", "sites", "water_quality_18_3_3"]

    /// Three examples of 18, 5 and 5 reported quantities, five statistics each.
    static let levels = AgreementLevels(comparisons: (18 + 5 + 5) * Fit.statistics.count)

    @Test(arguments: examples)
    func metropolisAgreesWithNUTS(_ name: String) async throws {
      let example = try #require(ExampleCase.all.first { $0.table == name })
      var options = FitOptions(warmup: 5000, draws: 40_000, seed: 20_253)
      options.sampler = .metropolis
      let metropolis = try await example.fit(options)
      let nuts = try await example.fit(FitOptions(draws: 10_000, seed: 20_254))
      let agreement = Agreement(
        name: "\(name), metropolis and nuts",
        comparisons: try metropolis.comparisons(with: nuts), levels: Self.levels)
      agreement.report(note: "metropolis \(metropolis.note)")
      #expect(agreement.failures.isEmpty)
    }
  }

  /// Draws depend on the seed and the chain, on nothing else.
  @Suite(.serialized) struct StatisticalReproducibility {
    private static func draws(
      _ sampler: FitOptions.Sampler, seed: UInt64, threads: Int
    ) async throws -> [[UInt64]] {
      let table = sampler == .grid ? "eight_schools" : "radon"
      let example = try #require(ExampleCase.all.first { $0.table == table })
      var options = FitOptions(warmup: 150, draws: 50, seed: seed)
      options.sampler = sampler
      options.threads = threads
      return try await example.fit(options).chains.map { $0.reported.map(\.bitPattern) }
    }

    @Test(arguments: FitOptions.Sampler.allCases)
    func threadsChangeNoBit(_ sampler: FitOptions.Sampler) async throws {
      let one = try await Self.draws(sampler, seed: 7, threads: 1)
      #expect(one.count == 4)
      for threads in [2, 4] {
        let other = try await Self.draws(sampler, seed: 7, threads: threads)
        #expect(one == other, "\(threads) threads")
      }
    }

    @Test(arguments: FitOptions.Sampler.allCases)
    func seedsAndChainsDiffer(_ sampler: FitOptions.Sampler) async throws {
      let one = try await Self.draws(sampler, seed: 7, threads: 2)
      let other = try await Self.draws(sampler, seed: 8, threads: 2)
      let chains = one + other
      for i in chains.indices {
        for j in chains.indices.dropFirst(i + 1) {
          #expect(chains[i] != chains[j], "chain \(i) and chain \(j)")
        }
      }
    }
  }
}
