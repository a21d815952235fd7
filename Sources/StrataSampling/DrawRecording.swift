/// Takes down the draws of a run while they are made, so that it can go on after it was interrupted.
package final class DrawRecording: Sendable, Equatable {
  /// The time between two records of a chain.
  let interval: Duration
  /// What is there already of each chain, by its number.
  let earlier: [Int: ChainRecord]
  /// Called on the chains' own threads. What goes wrong there must not cost the run.
  let take: @Sendable (ChainRecord) -> Void

  package init(
    interval: Duration, earlier: [Int: ChainRecord] = [:],
    take: @escaping @Sendable (ChainRecord) -> Void
  ) {
    self.interval = interval
    self.earlier = earlier
    self.take = take
  }

  package static func == (a: DrawRecording, b: DrawRecording) -> Bool { a === b }
}

/// Some draws of a chain, and what it needs to go on after the last of them.
package struct ChainRecord: Sendable, Equatable {
  /// The chain's number, from 0.
  package var chain: Int
  /// The number of the first of these draws.
  package var first: Int
  /// How many numbers are kept of each draw.
  package var width: Int
  package var reported: [Double]
  package var statistics: [DrawStatistics]
  /// What the chain's own kind reads.
  package var state: [UInt8]

  package init(
    chain: Int, first: Int, width: Int, reported: [Double], statistics: [DrawStatistics],
    state: [UInt8]
  ) {
    self.chain = chain
    self.first = first
    self.width = width
    self.reported = reported
    self.statistics = statistics
    self.state = state
  }

  /// The number of the draw after the last of these.
  package var end: Int { first + statistics.count }

  /// Adds the draws that follow.
  package mutating func append(_ next: ChainRecord) {
    reported += next.reported
    statistics += next.statistics
    state = next.state
  }
}

/// A chain's part of a recording: knows what has been taken down already.
struct ChainRecorder {
  let recording: DrawRecording
  private var recorded: Int
  private var hasBegun = false
  private var next: ContinuousClock.Instant

  init(_ recording: DrawRecording, recorded: Int) {
    self.recording = recording
    self.recorded = recorded
    next = .now + recording.interval
  }

  /// Whether it is time for a record.
  var isDue: Bool { ContinuousClock.now >= next }

  /// Whether draws are worth a record at the end of a chain. A chain that was faster than the interval is not: it is made
  /// again as fast.
  var isWorthwhile: Bool { hasBegun || isDue }

  mutating func take(_ draws: DrawStore, chain: Int, state: [UInt8]) {
    guard draws.count > recorded else { return }
    recording.take(draws.record(chain: chain, from: recorded, state: state))
    recorded = draws.count
    hasBegun = true
    next = .now + recording.interval
  }
}

extension ResumableChain {
  /// Takes down the draws that have not been, where draws are recorded.
  mutating func record(chain: Int) {
    guard var recorder, drawCount > 0 else { return }
    var state = ByteWriter()
    draws.writeState(to: &state)
    writeState(to: &state)
    recorder.take(draws, chain: chain, state: state.bytes)
    self.recorder = recorder
  }

  /// Goes on after the draws of a record, in place of a warmup.
  mutating func goOn(from record: ChainRecord) throws {
    var state = ByteReader(record.state)
    try draws.restore(record, &state)
    try readState(&state)
    guard state.isAtEnd else { throw ByteReader.Ended() }
  }
}

extension InverseMetric {
  package func write(to writer: inout ByteWriter) {
    switch self {
    case .diagonal(let values):
      writer.put(false)
      writer.put(values)
    case .dense(let values):
      writer.put(true)
      writer.put(values)
    }
  }

  package init(_ reader: inout ByteReader) throws {
    self = try reader.bool() ? .dense(try reader.doubles()) : .diagonal(try reader.doubles())
  }
}

extension Divergence {
  package func write(to writer: inout ByteWriter) {
    writer.put(draw)
    writer.put(start)
    writer.put(end)
    writer.put(energyError)
  }

  package init(_ reader: inout ByteReader) throws {
    self.init(
      draw: try reader.int(), start: try reader.doubles(), end: try reader.doubles(),
      energyError: try reader.double())
  }
}

extension RunningMoments {
  package func write(to writer: inout ByteWriter) {
    writer.put(drawCount)
    writer.put(means)
    writer.put(squares)
  }
}

extension RandomStream {
  func write(to writer: inout ByteWriter) {
    writer.put(state.seed)
    writer.put(state.stream)
    writer.put(state.used)
  }

  init(_ reader: inout ByteReader) throws {
    self.init(
      State(seed: try reader.word(), stream: try reader.word(), used: try reader.word()))
  }
}
