public import StrataDiagnostics
import StrataKernels
import StrataModels
import StrataSampling

/// The posterior in one table: a row per parameter.
public struct Summary: Sendable {
  /// One parameter's line.
  public struct Row: Sendable {
    /// The name as in the model, with its level: `a[AITKIN]`.
    public let name: String
    /// Mean, sd, quantiles, Monte Carlo error, ESS, R-hat; nil where undefined.
    public let statistics: QuantitySummary
  }

  /// The rows, in the order of the fit's parameter names.
  public let rows: [Row]

  init(rows: [Row]) { self.rows = rows }

  /// The row of one parameter.
  public subscript(name: String) -> QuantitySummary? {
    rows.first { $0.name == name }?.statistics
  }

  /// Quantities are shared out among the cores; where there are many, up to sixteen at a time, as they lie side by
  /// side in memory.
  init(_ report: DrawLayout, _ chains: [ChainResult]) {
    self.init(
      names: report.names, places: report.places, keptCount: report.keptCount, chains)
  }

  /// - Parameter places: where in a draw's numbers each name's stands; those past `keptCount` have moments alone.
  init(names: [String], places: [Int], keptCount width: Int, _ chains: [ChainResult]) {
    let draws = chains.map(\.drawCount).min() ?? 0
    let summarizer = QuantitySummarizer(chains: chains.count, draws: draws)
    let size = min(16, 1 + width / 32)
    let statistics = [QuantitySummary](unsafeUninitializedCapacity: width) { buffer, count in
      // Each block writes its own part, and all have ended when the call returns.
      nonisolated(unsafe) let results = buffer
      let threads = WorkerThread.cores
      let memories = SummaryMemories(threads: threads)
      WorkerThread.share((width + size - 1) / size, threads: threads) { block, thread in
        let columns = block * size..<min((block + 1) * size, width)
        let memory = memories.of(thread) { SummaryMemory(summarizer, columns: size) }
        memory.copy(columns, of: chains, width: width)
        for (place, column) in columns.enumerated() {
          (results.baseAddress! + column).initialize(to: memory.summary(place))
        }
      }
      count = width
    }
    let moments = chains.map(\.moments)
    rows = zip(names, places).map { name, place in
      Row(
        name: name,
        statistics: place < width ? statistics[place] : QuantitySummary(moments, of: place - width))
    }
  }
}

/// One thread's memory, for block after block.
private final class SummaryMemory {
  private let summarizer: QuantitySummarizer
  private var memory: QuantitySummarizer.Memory
  /// The draws of some quantities, each chain after chain: the chains keep all quantities of a draw together.
  private var values: [Double]

  init(_ summarizer: QuantitySummarizer, columns: Int) {
    self.summarizer = summarizer
    memory = summarizer.makeMemory()
    values = Array(repeating: 0, count: columns * summarizer.chains * summarizer.draws)
  }

  func copy(_ columns: Range<Int>, of chains: [ChainResult], width: Int) {
    let draws = summarizer.draws
    let length = chains.count * draws
    values.withUnsafeMutableBufferPointer { values in
      for (c, chain) in chains.enumerated() {
        chain.reported.withUnsafeBufferPointer { reported in
          for draw in 0..<draws {
            for place in 0..<columns.count {
              values[place * length + c * draws + draw] =
                reported[draw * width + columns.lowerBound + place]
            }
          }
        }
      }
    }
  }

  func summary(_ place: Int) -> QuantitySummary {
    let draws = summarizer.draws
    return values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return QuantitySummary(undefined: .noDraws) }
      return summarizer.summarize(
        base + place * summarizer.chains * draws, chainStride: draws, in: &memory)
    }
  }
}

/// The memory of each thread, made when it asks for it first.
///
/// Unchecked, because each thread touches a place of its own.
private final class SummaryMemories: @unchecked Sendable {
  private let places: UnsafeMutableBufferPointer<SummaryMemory?>

  init(threads: Int) {
    places = .allocate(capacity: threads)
    places.initialize(repeating: nil)
  }

  deinit {
    places.deinitialize()
    places.deallocate()
  }

  func of(_ thread: Int, make: () -> SummaryMemory) -> SummaryMemory {
    if let memory = places[thread] { return memory }
    let memory = make()
    places[thread] = memory
    return memory
  }
}

extension QuantitySummary {
  /// Of one of the numbers whose draws were not kept: mean and sd over all chains.
  init(_ chains: [RunningMoments], of index: Int) {
    self.init(undefined: .notKept)
    let count = chains.reduce(0) { $0 + $1.drawCount }
    let total = chains.reduce(0) { $0 + Double($1.drawCount) * $1.means[index] }
    let pooled = total / Double(count)
    guard pooled.isFinite else { return }
    let squares = chains.reduce(0) { sum, chain in
      let distance = chain.means[index] - pooled
      return sum + chain.squares[index] + Double(chain.drawCount) * distance * distance
    }
    mean = pooled
    sd = count > 1 ? (squares / Double(count - 1)).squareRoot() : nil
  }
}
