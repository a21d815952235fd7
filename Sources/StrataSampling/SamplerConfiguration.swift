import StrataKernels

/// A sampler with its settings.
public enum SamplerConfiguration: Sendable {
  /// The no-U-turn sampler.
  case nuts(NUTSConfiguration)
  /// Adaptive Metropolis: for densities whose gradient is missing or wrong.
  case metropolis(MetropolisConfiguration)
  /// An independence sampler for at most four coordinates, with proposals from a grid. It needs no start points.
  case grid(GridProposal, draws: Int)

  /// Draws of each chain; in rounds, the most that there can be.
  public var draws: Int {
    switch self {
    case .nuts(let configuration): configuration.draws
    case .metropolis(let configuration): configuration.draws
    case .grid(_, let draws): draws
    }
  }

  /// The chains of a run, none of which has begun.
  /// - Parameter makeDensity: called for each chain, on its thread.
  func makeChains(
    dimension: Int, _ makeDensity: @escaping @Sendable () throws -> DensityFunctions,
    _ chains: ChainConfiguration, initial: [[Double]]?, progress: ProgressHandler?
  ) throws(SamplingError) -> ChainGroup {
    if case .nuts(let configuration) = self, case .mode(let mode) = configuration.start,
      mode.position.count != dimension
    {
      throw .startDimension(chain: 1, expected: dimension, found: mode.position.count)
    }
    if case .grid(let proposal, _) = self, proposal.dimension != dimension {
      throw .invalidSetting(
        name: "the grid", value: "one of \(proposal.dimension) coordinates",
        expected: "one of the density's \(dimension)")
    }
    return try ChainGroup(chains, dimension: dimension, initial: initial) { chain, cancelled in
      switch self {
      case .nuts(let configuration):
        NUTSChain(
          try makeDensity(), configuration: configuration, chain: chain, seed: chains.seed,
          cancelled: cancelled, progress: progress)
      case .metropolis(let configuration):
        try MetropolisChain(
          try makeDensity(), configuration: configuration, chain: chain, seed: chains.seed,
          cancelled: cancelled, progress: progress)
      case .grid(let proposal, _):
        GridChain(
          try makeDensity(), proposal: proposal, chain: chain, seed: chains.seed,
          cancelled: cancelled, progress: progress)
      }
    }
  }
}
