import StrataDiagnostics
import StrataKernels
import StrataModels
import StrataSampling

/// Goes through numbers of rows × draws, in slices of rows that fit into memory.
struct RowDraws: Sendable {
  /// Which numbers.
  enum Kind: Sendable {
    /// Outcomes drawn anew.
    case outcomes
    /// The log density of the outcomes that the table has.
    case logDensities
    /// The first of the simulator's values: means, quantities.
    case values
  }

  /// The draws that parameters are taken from.
  let chains: [ChainResult]
  let drawCount: Int
  let seed: UInt64
  let kind: Kind
  /// The rows, and what makes a simulator of some of them.
  let rowCount: Int
  let makeSimulator: @Sendable (Range<Int>) throws -> Simulator

  /// Draws of all chains together.
  var draws: Int { chains.count * drawCount }

  /// Rows of a slice are drawn from streams of their own, in blocks of so many.
  static let blockSize = 4096

  /// At most 64 million numbers at a time, in whole blocks.
  private var sliceSize: Int {
    max(1, 64_000_000 / max(1, draws) / RowDraws.blockSize) * RowDraws.blockSize
  }

  /// Calls `body` with one slice of rows after another, with the numbers of its rows: `numbers[row][chain][draw]`.
  func forEachSlice(_ body: (Range<Int>, DrawMatrix) throws -> Void) throws {
    var start = 0
    while start < rowCount {
      let rows = start..<min(start + sliceSize, rowCount)
      try body(rows, try matrix(rows))
      start = rows.upperBound
    }
  }

  /// Calls `body` with the numbers of all rows of one draw after another.
  /// - Parameter interval: only every so many-th draw of each chain.
  func forEachDraw(every interval: Int = 1, _ body: (Int, Int, [Double]) throws -> Void) throws {
    let simulators = try stride(from: 0, to: rowCount, by: RowDraws.blockSize).map { start in
      (start, try makeSimulator(start..<min(start + RowDraws.blockSize, rowCount)))
    }
    let memories = simulators.map { $0.1.makeMemory() }
    var numbers = [Double](repeating: 0, count: rowCount)
    for (index, chain) in chains.enumerated() {
      for draw in stride(from: 0, to: drawCount, by: interval) {
        numbers.withUnsafeMutableBufferPointer { numbers in
          for ((start, simulator), memory) in zip(simulators, memories) {
            evaluate(
              simulator, chain, index, draw, firstRow: start, memory,
              into: numbers.baseAddress! + start)
          }
        }
        try body(index, draw, numbers)
      }
    }
  }

  /// The numbers of some rows, chains side by side on all cores.
  /// - Parameter interval: only every so many-th draw of each chain.
  func matrix(_ rows: Range<Int>, every interval: Int = 1) throws -> DrawMatrix {
    let blocks = try stride(from: rows.lowerBound, to: rows.upperBound, by: RowDraws.blockSize)
      .map { start in
        (start, try makeSimulator(start..<min(start + RowDraws.blockSize, rows.upperBound)))
      }
    let kept = (drawCount + interval - 1) / interval
    let matrix = DrawMatrix(rows: rows.count, chains: chains.count, draws: kept)
    WorkerThread.share(chains.count) { chain, _ in
      for (start, simulator) in blocks {
        let count = simulator.bound.layout.table.rowCount
        let memory = simulator.makeMemory()
        withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { numbers in
          guard let base = numbers.baseAddress else { return }
          numbers.initialize(repeating: 0)
          for place in 0..<kept {
            evaluate(
              simulator, chains[chain], chain, place * interval, firstRow: start, memory, into: base
            )
            for row in 0..<count {
              matrix.numbers[
                ((start - rows.lowerBound + row) * chains.count + chain) * kept + place] = base[row]
            }
          }
        }
      }
    }
    return matrix
  }

  /// Writes the parameters of a draw into the simulator's memory.
  @discardableResult
  func complete(
    _ simulator: Simulator, _ chain: ChainResult, _ number: Int, _ draw: Int,
    _ memory: Simulator.Memory
  ) -> PredictionKey {
    let key = PredictionKey(seed: seed, chain: number, draw: draw)
    chain.reported.withUnsafeBufferPointer { reported in
      simulator.complete(
        reported.baseAddress.map { $0 + draw * chain.reportedCount }, key: key, memory)
    }
    return key
  }

  private func evaluate(
    _ simulator: Simulator, _ chain: ChainResult, _ number: Int, _ draw: Int, firstRow: Int,
    _ memory: Simulator.Memory, into output: UnsafeMutablePointer<Double>
  ) {
    let key = complete(simulator, chain, number, draw, memory)
    switch kind {
    case .outcomes:
      var random = key.stream(
        .outcomes, mixing: UInt64(firstRow / RowDraws.blockSize) &* 0x9E37_79B9_7F4A_7C15)
      simulator.draw(memory, from: &random, into: output)
    case .logDensities: simulator.logDensities(memory, into: output)
    case .values:
      let values = simulator.values(memory)[0]
      for row in 0..<simulator.bound.layout.table.rowCount { output[row] = values[row] }
    }
  }
}

/// Numbers of rows × draws: those of a row side by side, chain after chain.
final class DrawMatrix: @unchecked Sendable {
  // Sendable: while it is filled each thread writes elements of its own, and afterwards it is only read.
  let numbers: UnsafeMutablePointer<Double>
  let rows: Int
  let chains: Int
  let draws: Int

  init(rows: Int, chains: Int, draws: Int) {
    (self.rows, self.chains, self.draws) = (rows, chains, draws)
    numbers = .allocate(capacity: max(1, rows * chains * draws))
    numbers.initialize(repeating: 0, count: max(1, rows * chains * draws))
  }

  deinit { numbers.deallocate() }

  /// All draws of a row, chain after chain.
  func row(_ row: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: numbers + row * chains * draws, count: chains * draws)
  }
}
