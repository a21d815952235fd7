/// What a posterior summary says of one quantity. Nil means undefined; ``undefined`` says why.
public struct QuantitySummary: Sendable, Hashable {
  /// Mean of all draws; nil where their tails are too heavy to tell it (``TailShape``).
  public var mean: Double?
  /// Standard deviation of all draws (denominator S − 1); 0 for constant draws, nil for one draw, and where their
  /// tails are too heavy to tell it.
  public var sd: Double?
  /// 5 % quantile (type 7).
  public var q5: Double?
  /// Median.
  public var q50: Double?
  /// 95 % quantile (type 7).
  public var q95: Double?
  /// Monte Carlo standard error of the mean; nil where there is no sd.
  public var meanMCSE: Double?
  /// Bulk-ESS.
  public var bulkESS: Double?
  /// Tail-ESS. Also nil where more than 5 % of the draws are tied at the largest value, as for a
  /// yes-or-no quantity: the indicator of the tail is constant.
  public var tailESS: Double?
  /// Rank-normalised split R-hat; infinite if each half chain is stuck at a value of its own.
  public var rHat: Double?
  /// Probability that converged chains of this ESS give an R-hat as large as this by chance.
  /// Twice the smaller of the probabilities of the two R-hats (of ranks and of folded ranks).
  public var rHatChance: Double?
  /// Pareto k of the heavier tail; nil for fewer than 320 draws, and where a tail's draws are equal.
  public var tailShape: Double?
  /// Why R-hat or ESS are undefined; nil if they are defined.
  public var undefined: UndefinedReason?

  /// A summary of nothing: all undefined.
  public init(undefined: UndefinedReason?) { self.undefined = undefined }

  /// Summarises draws of one quantity, one array per chain, all of the same length.
  ///
  /// For many quantities of one run, ``QuantitySummarizer`` is faster.
  public init(_ chains: [[Double]]) {
    let summarizer = QuantitySummarizer(chains: chains.count, draws: chains.first?.count ?? 0)
    self = summarizer.summarize(chains)
  }
}

/// Summarises one quantity after another, all with the same number of chains and draws.
///
/// Each quantity is copied and sorted once; normal scores are tabulated once for all. Immutable,
/// so one value serves any number of threads.
public struct QuantitySummarizer: Sendable {
  /// Number of chains.
  public let chains: Int
  /// Draws per chain, warmup left out.
  public let draws: Int
  private let scores: NormalScores

  /// A summariser for `chains` chains of `draws` draws; either may be 0, then all is undefined.
  public init(chains: Int, draws: Int) {
    precondition(chains >= 0 && draws >= 0, "\(chains) chains of \(draws) draws")
    self.chains = chains
    self.draws = draws
    let kept = draws > 1 ? draws / 2 * 2 : draws
    scores = NormalScores(count: chains * kept)
  }

  /// Memory in which one quantity is summarised at a time: who summarises many keeps it for all of them.
  package struct Memory: Sendable {
    fileprivate var analysis: DrawAnalysis
  }

  /// Memory for one thread.
  package func makeMemory() -> Memory {
    let shape = ChainMatrix(
      values: [Double](repeating: 0, count: chains * draws), iterations: draws, chains: chains)
    return Memory(analysis: DrawAnalysis(shape: shape, scores: scores))
  }

  /// Summarises draws in a flat buffer: draw `i` of chain `c` is
  /// `base[c * chainStride + i * drawStride]`.
  ///
  /// - Parameters:
  ///   - base: draw 0 of chain 0; not kept.
  ///   - chainStride: distance between chains, in numbers.
  ///   - drawStride: distance between draws of a chain, in numbers.
  public func summarize(
    _ base: UnsafePointer<Double>, chainStride: Int, drawStride: Int = 1
  ) -> QuantitySummary {
    var memory = makeMemory()
    return summarize(base, chainStride: chainStride, drawStride: drawStride, in: &memory)
  }

  /// The same in memory that was made before.
  package func summarize(
    _ base: UnsafePointer<Double>, chainStride: Int, drawStride: Int = 1, in memory: inout Memory
  ) -> QuantitySummary {
    summarize(in: &memory) {
      $0.copy(base, chainStride: chainStride, drawStride: drawStride)
    }
  }

  /// Summarises one array of draws per chain. Undefined if the shape is not ``chains`` × ``draws``.
  public func summarize(_ chains: [[Double]]) -> QuantitySummary {
    guard let matrix = ChainMatrix(chains), matrix.chains == self.chains, matrix.iterations == draws
    else { return QuantitySummary(undefined: .noDraws) }
    var memory = makeMemory()
    return summarize(in: &memory) { $0 = matrix }
  }

  private func summarize(
    in memory: inout Memory, _ fill: (inout ChainMatrix) -> Void
  ) -> QuantitySummary {
    if let reason = memory.analysis.load(fill) {
      return QuantitySummary(memory.analysis.draws.values, undefined: reason)
    }
    return QuantitySummary(&memory.analysis)
  }
}

extension QuantitySummary {
  /// Draws with a variance.
  init(_ analysis: inout DrawAnalysis) {
    mean = analysis.mean
    sd = analysis.sd
    (q5, q50, q95) = Self.quantiles(analysis.sorted)
    meanMCSE = analysis.meanMCSE()
    tailESS = analysis.tailESS
    tailShape = TailShape.paretoK(
      ofSorted: analysis.sorted.values,
      relativeEfficiency: (tailESS ?? .nan) / Double(analysis.sorted.values.count))
    if let tailShape, tailShape > TailShape.sdLimit {
      (sd, meanMCSE) = (nil, nil)
      if tailShape > TailShape.meanLimit { mean = nil }
    }

    let bulk = analysis.ofRanks()
    let folded = analysis.ofFoldedRanks()
    bulkESS = bulk.ess
    rHat = Diagnostics.maximum(bulk.rHat, folded.rHat)
    rHatChance = Self.chance(bulk, folded, tailESS: tailESS)
    undefined = analysis.draws.splitIterations < 3 ? .tooFewDraws : nil
  }

  /// Draws without a variance, or without finite moments: what remains of them.
  init(_ values: [Double], undefined reason: UndefinedReason) {
    undefined = reason
    guard let first = values.first else { return }
    if reason != .notFinite {
      (mean, sd) = (first, values.count > 1 ? 0 : nil)
      (q5, q50, q95) = (first, first, first)
    } else if !values.contains(where: \.isNaN) {
      (q5, q50, q95) = Self.quantiles(SortedDraws(values))
    }
  }

  private static func quantiles(_ sorted: SortedDraws) -> (Double?, Double?, Double?) {
    (sorted.quantile(0.05), sorted.quantile(0.5), sorted.quantile(0.95))
  }
}

extension QuantitySummary {
  /// The probability behind ``rHatChance``.
  ///
  /// Chains that differ in scale lower the ESS of the folded draws, and a low ESS would excuse
  /// their R-hat. For bulk-ESS that does no harm, since under 400 it is a failure itself; the
  /// folded ESS is shown nowhere, so it excuses only down to that limit (or down to the bulk- and
  /// tail-ESS, if these are smaller still).
  private static func chance(
    _ bulk: RankStatistics, _ folded: RankStatistics, tailESS: Double?
  ) -> Double? {
    let shown = min(bulk.ess ?? 0, tailESS ?? .infinity)
    guard let ofRanks = bulk.chance(),
      let ofFolded = folded.chance(
        leastESS: min(shown, DiagnosticLimits.effectiveSampleSize))
    else { return nil }
    return min(1, 2 * min(ofRanks, ofFolded))
  }
}
