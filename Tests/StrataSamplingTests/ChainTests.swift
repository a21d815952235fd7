import Foundation
import StrataSampling
import Testing

private struct Broken: Error, Equatable { let call: Int }

/// A counter that chains on several threads can share. Unchecked, because `count` is touched under
/// the lock only.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  var value: Int { lock.withLock { count } }
  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}

@Suite struct ChainTests {
  private let density = CorrelatedNormal(lower: [[1, 0, 0], [0.6, 0.8, 0], [3, 1, 2]])

  @Test func drawsDoNotDependOnTheNumberOfThreads() async throws {
    var reference: [ChainResult] = []
    for threads in [1, 2, 4] {
      let results = try await sample(
        density, configuration: .nuts(NUTSConfiguration(warmup: 200, draws: 100)),
        chains: ChainConfiguration(chains: 5, seed: 9, threads: threads))
      #expect(results.map(\.chain) == [0, 1, 2, 3, 4])
      if reference.isEmpty { reference = results }
      for (a, b) in zip(results, reference) {
        #expect(a.reported == b.reported && a.statistics == b.statistics)
        #expect(a.inverseMetric == b.inverseMetric && a.stepSize == b.stepSize)
      }
    }
    #expect(reference[0].reported != reference[1].reported)
    let fewer = try await sample(
      density, configuration: .nuts(NUTSConfiguration(warmup: 200, draws: 100)),
      chains: ChainConfiguration(chains: 2, seed: 9))
    #expect(fewer[1].reported == reference[1].reported)
  }

  @Test func metropolisDrawsDoNotDependOnTheNumberOfThreads() async throws {
    let configuration = try MetropolisConfiguration(
      warmup: 200, draws: 100, blocks: [0..<2, 2..<3])
    let one = try await sample(
      density, configuration: .metropolis(configuration),
      chains: ChainConfiguration(seed: 3, threads: 1))
    let four = try await sample(
      density, configuration: .metropolis(configuration),
      chains: ChainConfiguration(seed: 3, threads: 4))
    #expect(one.map(\.reported) == four.map(\.reported))
    #expect(one[0].drawCount == 100 && one[0].reported.count == 300)
    #expect(one[0].samplingEvaluations == 200)
  }

  @Test func resultsAreComplete() async throws {
    let results = try await sample(
      density, configuration: .nuts(NUTSConfiguration(warmup: 150, draws: 70)),
      chains: ChainConfiguration(chains: 2))
    for result in results {
      #expect(result.isComplete && result.drawCount == 70 && result.reportedCount == 3)
      #expect(result.reported.count == 210 && result.reported.allSatisfy(\.isFinite))
      #expect(Array(result.reported.suffix(3)) == result.lastPosition)
      let leapfrogs = result.statistics.reduce(0) { $0 + $1.leapfrogCount }
      #expect(result.samplingEvaluations == leapfrogs)
      #expect(result.warmupEvaluations > 150)
      for statistics in result.statistics {
        #expect(statistics.leapfrogCount < 1 << (statistics.treeDepth + 1))
        #expect(statistics.leapfrogCount >= 1 << statistics.treeDepth - 1)
        #expect(statistics.energy >= -statistics.logDensity)
        #expect(statistics.acceptance > 0 && statistics.acceptance <= 1)
      }
    }
  }

  @Test func startsWhereItIsTold() async throws {
    let starts = [[1.0, 2, 3], [4, 5, 6]]
    let results = try await sample(
      FunctionDensity(dimension: 3) { _, gradient in
        for i in 0..<3 { gradient[i] = -1e-9 }
        return 0
      }, configuration: .metropolis(MetropolisConfiguration(warmup: 0, draws: 1)),
      chains: ChainConfiguration(chains: 2), initial: starts)
    for (result, start) in zip(results, starts) {
      #expect(zip(result.lastPosition, start).allSatisfy { abs($0 - $1) < 20 })
    }
    await #expect(throws: SamplingError.startCount(expected: 4, found: 2)) {
      try await sample(density, initial: starts)
    }
    await #expect(throws: SamplingError.startDimension(chain: 2, expected: 3, found: 1)) {
      try await sample(
        density, chains: ChainConfiguration(chains: 2), initial: [[1, 2, 3], [1]])
    }
  }

  @Test func anErrorOfTheDensityReachesTheCaller() async throws {
    let counter = Counter()
    let failing = FunctionDensity(dimension: 2) { x, gradient in
      if counter.next() == 500 { throw Broken(call: 500) }
      for i in 0..<2 { gradient[i] = -x[i] }
      return -0.5 * (x[0] * x[0] + x[1] * x[1])
    }
    await #expect(throws: Broken(call: 500)) { try await sample(failing) }
    await #expect(throws: Broken(call: 1)) {
      try await sample(
        FunctionDensity(dimension: 1) { _, _ in throw Broken(call: 1) },
        configuration: .metropolis(MetropolisConfiguration()))
    }
  }

  @Test func aDensityThatIsNaNAtTheStartIsAnError() async throws {
    let nan = FunctionDensity(dimension: 2) { _, _ in .nan }
    let error = await #expect(throws: SamplingError.self) {
      try await sample(nan, chains: ChainConfiguration(chains: 1))
    }
    let text = try #require(error).description
    #expect(
      text.hasPrefix("chain 1 cannot start: at the last of 100 start points, the log density"))
    #expect(text.contains("is nan"))
    let given = await #expect(throws: SamplingError.self) {
      try await sample(
        FunctionDensity(dimension: 2) { x, gradient in
          gradient[0] = 0
          gradient[1] = .infinity
          return 0
        }, chains: ChainConfiguration(chains: 1), initial: [[0, 0.5]])
    }
    #expect(
      try #require(given).description
        == "chain 1 cannot start: at the start point given, component 1 of the gradient is inf, at "
        + "the position [0.0, 0.5]; give start points inside the support, or check the priors and "
        + "the data")
  }

  @Test func pointsOutsideTheSupportAreNeverDrawn() async throws {
    // A half-normal on x > 0 without a transform: every boundary crossing is a divergence.
    let half = FunctionDensity(dimension: 1) { x, gradient in
      guard x[0] > 0 else { return x[0] < -1 ? .nan : -.infinity }
      gradient[0] = -x[0]
      return -0.5 * x[0] * x[0]
    }
    let nuts = try await sample(
      half, configuration: .nuts(NUTSConfiguration(warmup: 300, draws: 500)))
    let metropolis = try await sample(
      half, configuration: .metropolis(MetropolisConfiguration(warmup: 300, draws: 500)))
    for result in nuts + metropolis {
      #expect(result.isComplete && result.reported.allSatisfy { $0 > 0 })
    }
    #expect(nuts.contains { $0.divergenceCount > 0 })
    for result in nuts {
      #expect(result.divergences.count == min(25, result.divergenceCount))
      for divergence in result.divergences {
        #expect(divergence.end[0] <= 0 && divergence.start[0] > 0)
        #expect(divergence.energyError == .infinity)
        #expect(result.statistics[divergence.draw].isDivergent)
      }
    }
  }

  @Test func aFlatDensityIsReported() async throws {
    let flat = FunctionDensity(dimension: 1) { _, gradient in
      gradient[0] = 0
      return 0
    }
    let error = await #expect(throws: SamplingError.self) { try await sample(flat) }
    #expect(try #require(error).description.contains("flat or improper"))
  }

  // MARK: Cancellation and progress

  /// A density of about 20 microseconds, so that 10 million draws take minutes.
  private let slow = FunctionDensity(dimension: 1) { x, gradient in
    var sum = 0.0
    for i in 1..<10_000 { sum += 1 / Double(i) }
    gradient[0] = -x[0] * (sum / sum)
    return -0.5 * x[0] * x[0]
  }

  @Test func cancellationThrowsPromptly() async throws {
    let slow = slow
    let task = Task {
      try await sample(slow, configuration: .nuts(NUTSConfiguration(draws: 10_000_000)))
    }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    // Without a prompt end the test would take minutes and return draws.
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func cancellationCanKeepWhatThereIs() async throws {
    let slow = slow
    let task = Task {
      try await sample(
        slow,
        configuration: .nuts(NUTSConfiguration(warmup: 100, draws: 5_000_000)),
        chains: ChainConfiguration(chains: 2, keepsPartialResults: true))
    }
    try await Task.sleep(for: .milliseconds(200))
    task.cancel()
    let results = try await task.value
    #expect(results.count == 2)
    for result in results {
      #expect(!result.isComplete && result.drawCount < 5_000_000)
      #expect(result.reported.count == result.drawCount)
    }
  }

  @Test func progressArrivesAndIsBounded() async throws {
    let calls = Counter()
    let last = Counter()
    let results = try await sample(
      density, configuration: .nuts(NUTSConfiguration(warmup: 300, draws: 300)),
      chains: ChainConfiguration(chains: 3)
    ) { progress in
      _ = calls.next()
      #expect(progress.iteration <= progress.iterationCount && progress.iterationCount == 300)
      #expect(progress.evaluations > 0)
      if progress.phase == .sampling && progress.iteration == 300 { _ = last.next() }
    }
    #expect(last.value == 3)
    let seconds = results.reduce(0) { $0 + $1.warmupSeconds + $1.samplingSeconds }
    #expect(calls.value <= 12 + Int(10 * seconds))
  }

  // MARK: Settings

  @Test func settingsOutsideTheirRangeAreErrors() {
    func message(_ body: () throws -> Void) -> String? {
      let error = #expect(throws: SamplingError.self) { try body() }
      return error?.description
    }
    #expect(
      message { _ = try ChainConfiguration(chains: 0) }
        == "the number of chains is 0, but it has to be at least 1")
    #expect(
      message { _ = try ChainConfiguration(threads: 0) }
        == "the number of threads is 0, but it has to be at least 1")
    #expect(
      message { _ = try NUTSConfiguration(draws: -5) }
        == "the number of draws is -5, but it has to be at least 1")
    #expect(
      message { _ = try NUTSConfiguration(warmup: -1) }
        == "the number of warmup iterations is -1, but it has to be at least 0")
    #expect(
      message { _ = try NUTSConfiguration(targetAcceptance: 1) }
        == "the target acceptance is 1.0, but it has to be strictly between 0.0 and 1.0")
    #expect(
      message { _ = try NUTSConfiguration(targetAcceptance: .nan) }?.hasPrefix(
        "the target acceptance is nan") == true)
    #expect(
      message { _ = try NUTSConfiguration(maximumTreeDepth: 0) }
        == "the maximum tree depth is 0, but it has to be at least 1")
    #expect(
      message { _ = try MetropolisConfiguration(blocks: [0..<2, 1..<3]) }?.contains(
        "overlaps no other block") == true)
    #expect(
      message { _ = try MetropolisConfiguration(draws: 0) }
        == "the number of draws is 0, but it has to be at least 1")
  }

  @Test func blocksHaveToCoverTheCoordinates() async throws {
    let configuration = try MetropolisConfiguration(blocks: [0..<2])
    let error = await #expect(throws: SamplingError.self) {
      try await sample(density, configuration: .metropolis(configuration))
    }
    #expect(try #require(error).description.contains("together cover the 3 coordinates"))
  }

  @Test func noParametersAtAll() async throws {
    let results = try await sample(
      FunctionDensity(dimension: 0) { _, _ in -1 },
      configuration: .nuts(NUTSConfiguration(warmup: 100, draws: 10)))
    #expect(results.allSatisfy { $0.drawCount == 10 && $0.reported.isEmpty })
  }
}
