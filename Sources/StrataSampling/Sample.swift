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
  let group = try nutsGroup(
    dimension: dimension, makeDensity, configuration: configuration, chains: chains,
    initial: initial, progress: progress)
  return try await group.draw(upTo: configuration.draws, isLast: true)
}

func nutsGroup(
  dimension: Int, _ makeDensity: @escaping @Sendable () throws -> DensityFunctions,
  configuration: NUTSConfiguration, chains: ChainConfiguration, initial: [[Double]]?,
  progress: ProgressHandler?
) throws(SamplingError) -> ChainGroup {
  if case .mode(let mode) = configuration.start, mode.position.count != dimension {
    throw .startDimension(chain: 1, expected: dimension, found: mode.position.count)
  }
  return try ChainGroup(chains, dimension: dimension, initial: initial) { chain, cancelled in
    NUTSChain(
      try makeDensity(), configuration: configuration, chain: chain, seed: chains.seed,
      cancelled: cancelled, progress: progress)
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
  let group = try metropolisGroup(
    dimension: dimension, makeDensity, configuration: configuration, chains: chains,
    initial: initial, progress: progress)
  return try await group.draw(upTo: configuration.draws, isLast: true)
}

func metropolisGroup(
  dimension: Int, _ makeDensity: @escaping @Sendable () throws -> DensityFunctions,
  configuration: MetropolisConfiguration, chains: ChainConfiguration, initial: [[Double]]?,
  progress: ProgressHandler?
) throws(SamplingError) -> ChainGroup {
  try ChainGroup(chains, dimension: dimension, initial: initial) { chain, cancelled in
    try MetropolisChain(
      try makeDensity(), configuration: configuration, chain: chain, seed: chains.seed,
      cancelled: cancelled, progress: progress)
  }
}
