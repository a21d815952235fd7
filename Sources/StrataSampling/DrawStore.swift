/// What a chain keeps of its draws: the reported numbers, or their moments, and what each transition did.
struct DrawStore {
  private(set) var reported: [Double] = []
  private(set) var moments: RunningMoments
  private(set) var statistics: [DrawStatistics] = []
  /// The draws that were asked for so far.
  private(set) var requested = 0
  private let density: DensityFunctions
  /// The same object; it lives as long as `density`.
  private let unmanaged: Unmanaged<DensityFunctions>
  private let seed: UInt64
  private let chain: Int
  /// The numbers of one draw: those that are kept, then those of which only moments are.
  private var row: [Double]

  init(_ density: DensityFunctions, seed: UInt64, chain: Int) {
    self.density = density
    unmanaged = .passUnretained(density)
    self.seed = seed
    self.chain = chain
    moments = RunningMoments(count: density.reportedCount - density.keptCount)
    row = Array(repeating: 0, count: density.reportedCount)
  }

  /// How many draws there are.
  var count: Int { statistics.count }

  /// Whether all that were asked for are there.
  var isComplete: Bool { count == requested }

  /// Asks for so many more.
  mutating func request(_ more: Int) {
    requested += more
    statistics.reserveCapacity(requested)
    reported.reserveCapacity(requested * density.keptCount)
  }

  /// The draws from a number on, as a record.
  func record(chain: Int, from first: Int, state: [UInt8]) -> ChainRecord {
    let width = density.keptCount
    return ChainRecord(
      chain: chain, first: first, width: width, reported: Array(reported[(first * width)...]),
      statistics: Array(statistics[first...]), state: state)
  }

  func writeState(to writer: inout ByteWriter) { moments.write(to: &writer) }

  /// Takes in all draws of a record.
  mutating func restore(_ record: ChainRecord, _ state: inout ByteReader) throws {
    (reported, statistics) = (record.reported, record.statistics)
    requested = count
    moments = try RunningMoments(&state)
  }

  /// Takes in the draw at a position: what it reports comes from a random stream of its own.
  mutating func append(_ draw: DrawStatistics, at position: UnsafePointer<Double>) throws {
    statistics.append(draw)
    if row.isEmpty { return }
    var random = RandomStream(seed: seed, chain: chain, draw: count - 1)
    let kept = density.keptCount
    try row.withUnsafeMutableBufferPointer { row in
      try unmanaged._withUnsafeGuaranteedRef {
        try $0.report(position, row.baseAddress!, &random)
      }
      reported.append(contentsOf: UnsafeBufferPointer(rebasing: row[..<kept]))
    }
    if kept < row.count { moments.add(row.dropFirst(kept)) }
  }
}
