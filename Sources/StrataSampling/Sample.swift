import StrataKernels

/// Draws from a density with NUTS, chains in parallel.
///
/// Chain k draws from the stream (seed, k), so the draws depend on the seed and the configuration
/// only, not on the number of threads.
///
/// - Parameters:
///   - initial: a start point for each chain; nil for jittered ones.
///   - progress: hears how far the chains are; see `ProgressHandler`.
/// - Returns: one result for each chain, in their order.
/// - Throws: `SamplingError`; `CancellationError` if the task is cancelled (unless the configuration
///   keeps partial results); whatever the density throws, unchanged. An error in one chain stops
///   the others.
@inlinable
public func sample<D: LogDensity>(
  _ density: D, configuration: NUTSConfiguration = .standard,
  chains: ChainConfiguration = .standard, initial: [[Double]]? = nil,
  progress: ProgressHandler? = nil
) async throws -> [ChainResult] {
  try await runNUTS(
    dimension: density.dimension,
    { try DensityFunctions(density, threads: chains.threadsPerChain) },
    configuration: configuration,
    chains: chains, initial: initial, progress: progress)
}

@usableFromInline
func runNUTS(
  dimension: Int, _ makeDensity: @escaping @Sendable () throws -> DensityFunctions,
  configuration: NUTSConfiguration, chains: ChainConfiguration, initial: [[Double]]?,
  progress: ProgressHandler?
) async throws -> [ChainResult] {
  if case .mode(let mode) = configuration.start, mode.position.count != dimension {
    throw SamplingError.startDimension(
      chain: 1, expected: dimension, found: mode.position.count)
  }
  return try await runChains(chains, dimension: dimension, initial: initial) {
    chain, start, cancelled in
    var runner = NUTSChain(
      try makeDensity(), configuration: configuration, chain: chain, seed: chains.seed,
      cancelled: cancelled, progress: progress)
    return try runner.run(initial: start)
  }
}

/// Runs the chains as child tasks, at most `threads` at once, each on a thread of its own.
///
/// Cancellation of a child task sets its flag, which the chain looks at.
func runChains(
  _ configuration: ChainConfiguration, dimension: Int, initial: [[Double]]?,
  _ body:
    @escaping @Sendable (_ chain: Int, _ start: [Double]?, _ cancelled: AtomicFlag) throws ->
    ChainResult
) async throws -> [ChainResult] {
  try checkStarts(initial, chains: configuration.chains, dimension: dimension)
  LinearAlgebra.useOneThread()
  return try await withThrowingTaskGroup(of: ChainResult.self) { group in
    var results: [ChainResult] = []
    var next = 0
    func addOne() {
      let chain = next
      let start = initial?[chain]
      next += 1
      group.addTask { try await onThread { try body(chain, start, $0) } }
    }
    while next < min(configuration.threads, configuration.chains) { addOne() }
    while let result = try await group.next() {
      if !result.isComplete && !configuration.keepsPartialResults { throw CancellationError() }
      results.append(result)
      if next < configuration.chains { addOne() }
    }
    return results.sorted { $0.chain < $1.chain }
  }
}

private func onThread(
  _ body: @escaping @Sendable (_ cancelled: AtomicFlag) throws -> ChainResult
) async throws -> ChainResult {
  let cancelled = AtomicFlag()
  let outcome = Handover<Result<ChainResult, any Error>>()
  await withTaskCancellationHandler {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      WorkerThread.start {
        outcome.put(Result { try body(cancelled) })
        continuation.resume()
      }
    }
  } onCancel: {
    cancelled.set()
  }
  return try outcome.take().get()
}

private func checkStarts(
  _ initial: [[Double]]?, chains: Int, dimension: Int
) throws(SamplingError) {
  guard let initial else { return }
  guard initial.count == chains else {
    throw .startCount(expected: chains, found: initial.count)
  }
  for (chain, start) in initial.enumerated() where start.count != dimension {
    throw .startDimension(chain: chain + 1, expected: dimension, found: start.count)
  }
}

/// Draws from a density with adaptive Metropolis, chains in parallel: for densities whose gradient
/// is missing or wrong. Everything else is as in NUTS.
@inlinable
public func sample<D: LogDensity>(
  _ density: D, configuration: MetropolisConfiguration,
  chains: ChainConfiguration = .standard, initial: [[Double]]? = nil,
  progress: ProgressHandler? = nil
) async throws -> [ChainResult] {
  try await runMetropolis(
    dimension: density.dimension,
    { try DensityFunctions(density, threads: chains.threadsPerChain) },
    configuration: configuration,
    chains: chains, initial: initial, progress: progress)
}

@usableFromInline
func runMetropolis(
  dimension: Int, _ makeDensity: @escaping @Sendable () throws -> DensityFunctions,
  configuration: MetropolisConfiguration, chains: ChainConfiguration, initial: [[Double]]?,
  progress: ProgressHandler?
) async throws -> [ChainResult] {
  try await runChains(chains, dimension: dimension, initial: initial) { chain, start, cancelled in
    var runner = try MetropolisChain(
      try makeDensity(), configuration: configuration, chain: chain, seed: chains.seed,
      cancelled: cancelled, progress: progress)
    return try runner.run(initial: start)
  }
}
