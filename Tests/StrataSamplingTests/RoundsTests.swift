import Foundation
import StrataSampling
import Testing

/// Chains that draw in rounds.
@Suite struct RoundsTests {
  private let density = CorrelatedNormal(lower: [[1, 0, 0], [0.6, 0.8, 0], [3, 1, 2]])

  private func same(_ a: [ChainResult], _ b: [ChainResult]) {
    #expect(a.count == b.count)
    for (a, b) in zip(a, b) {
      #expect(a.reported == b.reported)
      // Compared as text: the energy of Metropolis is NaN.
      #expect("\(a.statistics)" == "\(b.statistics)")
      #expect(a.inverseMetric == b.inverseMetric && a.lastPosition == b.lastPosition)
      #expect(a.warmupEvaluations == b.warmupEvaluations)
      #expect(a.samplingEvaluations == b.samplingEvaluations)
      #expect(a.divergences == b.divergences && a.isComplete && b.isComplete)
    }
  }

  /// Rounds of 7, 14, 28, … up to 100 draws, on one thread and on two, give what one run of 100 gives.
  @Test func roundsAreOneRun() async throws {
    let whole = try await sample(
      density, configuration: .nuts(NUTSConfiguration(warmup: 150, draws: 100)),
      chains: ChainConfiguration(chains: 3, seed: 5))
    for threads in [1, 2] {
      let rounds = try await sample(
        density, configuration: .nuts(NUTSConfiguration(warmup: 150, draws: 100)),
        chains: ChainConfiguration(chains: 3, seed: 5, threads: threads),
        rounds: RoundPolicy(first: 7, maximumGrowth: 2)
      ) { _ in .draw(1_000_000) }
      #expect(rounds.end == .draws && rounds.rounds == 5)
      same(rounds.chains, whole)
    }
  }

  /// A half-normal without a transform: divergences keep their places.
  @Test func divergencesAreCountedThroughRounds() async throws {
    let half = FunctionDensity(dimension: 1) { x, gradient in
      guard x[0] > 0 else { return -.infinity }
      gradient[0] = -x[0]
      return -0.5 * x[0] * x[0]
    }
    let configuration = try NUTSConfiguration(warmup: 100, draws: 200, recordedDivergences: 9)
    let whole = try await sample(half, configuration: .nuts(configuration))
    let rounds = try await sample(
      half, configuration: .nuts(configuration), rounds: RoundPolicy(first: 30)
    ) { _ in .draw(1) }
    #expect(rounds.rounds == 171)
    same(rounds.chains, whole)
    #expect(whole.contains { $0.divergences.count == 9 })
  }

  @Test func metropolisRoundsAreOneRun() async throws {
    let configuration = try MetropolisConfiguration(warmup: 100, draws: 60, thinning: 2)
    let whole = try await sample(density, configuration: .metropolis(configuration))
    let rounds = try await sample(
      density, configuration: .metropolis(configuration), rounds: RoundPolicy(first: 13)
    ) { _ in .draw(20) }
    #expect(rounds.rounds == 4 && rounds.end == .draws)
    same(rounds.chains, whole)
  }

  @Test func aCriterionStops() async throws {
    let rounds = try await sample(
      density, configuration: .nuts(NUTSConfiguration(warmup: 50, draws: 1000)),
      rounds: RoundPolicy(first: 10)
    ) { chains in
      #expect(chains.map(\.chain) == [0, 1, 2, 3])
      #expect(chains.allSatisfy { $0.reported.count == 3 * $0.drawCount && $0.isComplete })
      return chains[0].drawCount >= 55 ? .stop : .draw(15)
    }
    #expect(rounds.end == .criterion && rounds.rounds == 4)
    #expect(rounds.chains.allSatisfy { $0.drawCount == 55 })
  }

  @Test func theFirstRoundCanBeTheLimit() async throws {
    let rounds = try await sample(
      density, configuration: .nuts(NUTSConfiguration(warmup: 10, draws: 5)),
      rounds: RoundPolicy(first: 250)
    ) { _ in .draw(1) }
    #expect(rounds.end == .draws && rounds.rounds == 1 && rounds.chains[0].drawCount == 5)
  }

  /// Without the limit 100 million draws would take minutes.
  @Test func theLimitOnSecondsStops() async throws {
    let clock = ContinuousClock()
    let begin = clock.now
    let rounds = try await sample(
      NormalDensity(dimension: 2),
      configuration: .nuts(NUTSConfiguration(warmup: 100, draws: 100_000_000)),
      rounds: RoundPolicy(first: 10, maximumSeconds: 0.5)
    ) { _ in .draw(.max) }
    #expect(rounds.end == .seconds)
    // Tests beside it may keep both cores busy for long; 100 million draws would take hours.
    #expect(clock.now - begin < .seconds(600))
    #expect(Set(rounds.chains.map(\.drawCount)).count == 1)
    #expect(rounds.chains.allSatisfy { $0.isComplete && $0.drawCount >= 10 })
  }

  @Test func aFirstRoundIsFinishedWhateverTheLimit() async throws {
    let rounds = try await sample(
      density, configuration: .nuts(NUTSConfiguration(warmup: 100, draws: 1000)),
      rounds: RoundPolicy(first: 20, maximumSeconds: 1e-9)
    ) { _ in .draw(1) }
    #expect(rounds.end == .seconds && rounds.rounds == 1 && rounds.chains[0].drawCount == 20)
  }

  // MARK: Cancellation

  private func cancelled(keepsPartialResults: Bool) -> Task<RoundsResult, any Error> {
    Task {
      try await sample(
        NormalDensity(dimension: 2),
        configuration: .nuts(NUTSConfiguration(warmup: 100, draws: 50_000_000)),
        chains: ChainConfiguration(chains: 2, keepsPartialResults: keepsPartialResults),
        rounds: RoundPolicy(first: 20, maximumGrowth: 1000)
      ) { _ in .draw(10_000) }
    }
  }

  @Test func cancellationKeepsWhatThereIs() async throws {
    let task = cancelled(keepsPartialResults: true)
    try await Task.sleep(for: .milliseconds(200))
    task.cancel()
    let result = try await task.value
    #expect(result.end == .cancelled && result.chains.count == 2)
    for chain in result.chains {
      #expect(chain.drawCount < 50_000_000 && chain.reported.count == 2 * chain.drawCount)
    }
  }

  @Test func cancellationThrows() async throws {
    let task = cancelled(keepsPartialResults: false)
    try await Task.sleep(for: .milliseconds(100))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  // MARK: Errors

  @Test func errorsOfTheCriterionReachTheCaller() async throws {
    struct Enough: Error {}
    await #expect(throws: Enough.self) {
      try await sample(
        density, configuration: .nuts(NUTSConfiguration(warmup: 10)), rounds: RoundPolicy()
      ) { _ in throw Enough() }
    }
  }

  @Test func settingsOutsideTheirRangeAreErrors() {
    func message(_ body: () throws -> Void) -> String? {
      #expect(throws: SamplingError.self) { try body() }?.description
    }
    #expect(
      message { _ = try RoundPolicy(first: 0) }
        == "the size of the first round is 0, but it has to be at least 1")
    #expect(
      message { _ = try RoundPolicy(maximumGrowth: 1) }
        == "the growth of the rounds is 1.0, but it has to be above 1 and finite")
    #expect(
      message { _ = try RoundPolicy(maximumSeconds: 0) }
        == "the maximum number of seconds is 0.0, but it has to be above 0")
  }
}
