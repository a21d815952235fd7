/// What the sampler noted about the draws that were kept; warmup is not counted.
public struct SamplerStatistics: Sendable, Hashable {
  /// Draws kept per chain.
  public var drawsPerChain: Int
  /// Divergent draws, one count per chain; its length is the number of chains.
  public var divergences: [Int]
  /// Draws whose tree reached the maximum depth, one count per chain; empty for a sampler
  /// without trees.
  public var saturatedTrees: [Int]
  /// The maximum depth of a tree.
  public var maximumTreeDepth: Int
  /// Energy (Hamiltonian) of each draw, one array per chain; empty for a sampler without energy.
  public var energies: [[Double]]

  /// Statistics of a run. A sampler without gradients gives zeros as divergences and leaves the
  /// rest out.
  public init(
    drawsPerChain: Int, divergences: [Int], saturatedTrees: [Int] = [],
    maximumTreeDepth: Int = 10, energies: [[Double]] = []
  ) {
    self.drawsPerChain = drawsPerChain
    self.divergences = divergences
    self.saturatedTrees = saturatedTrees
    self.maximumTreeDepth = maximumTreeDepth
    self.energies = energies
  }

  /// Draws of all chains.
  public var totalDraws: Int { drawsPerChain * divergences.count }
}
