/// Draws from a density, chains in parallel.
///
/// Chain k draws from the stream (seed, k), so the draws depend on the seed and the configuration
/// only, not on the number of threads.
///
/// - Parameters:
///   - density: what is sampled.
///   - chains: how many, from which seed, on how many threads.
///   - configuration: the sampler; NUTS with its standard settings where none is given.
///   - initial: a start point for each chain; nil for jittered ones.
///   - progress: hears how far the chains are; see `ProgressHandler`.
/// - Returns: one result for each chain, in their order.
/// - Throws: `SamplingError`; `CancellationError` if the task is cancelled (unless the configuration
///   keeps partial results); whatever the density throws, unchanged. An error in one chain stops
///   the others.
@inlinable
public func sample<D: LogDensity>(
  _ density: D, configuration: SamplerConfiguration = .nuts(.standard),
  chains: ChainConfiguration = .standard, initial: [[Double]]? = nil,
  progress: ProgressHandler? = nil
) async throws -> [ChainResult] {
  try await run(
    configuration, dimension: density.dimension,
    { try DensityFunctions(density, threads: chains.threadsPerChain) },
    chains: chains, initial: initial, progress: progress)
}

@usableFromInline
func run(
  _ configuration: SamplerConfiguration, dimension: Int,
  _ makeDensity: @escaping @Sendable () throws -> DensityFunctions,
  chains: ChainConfiguration, initial: [[Double]]?, progress: ProgressHandler?
) async throws -> [ChainResult] {
  let group = try configuration.makeChains(
    dimension: dimension, makeDensity, chains, initial: initial, progress: progress)
  return try await group.draw(upTo: configuration.draws, isLast: true)
}
