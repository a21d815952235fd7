import StrataKernels

/// A chain that can be left after any draw and gone on with: draws made in several rounds are those of one
/// run of the same length, bit for bit.
protocol ResumableChain {
  /// Finds the start and warms up.
  mutating func warmUp(initial: [Double]?) throws

  /// Makes this many draws more; fewer if the chain is cancelled.
  mutating func draw(_ count: Int) throws

  /// The draws so far.
  var draws: DrawStore { get set }

  /// Where draws are taken down while they are made; nil if they are not.
  var recorder: ChainRecorder? { get set }

  /// Writes what the next draw depends on, and what is counted, but not the draws.
  func writeState(to writer: inout ByteWriter)

  /// Takes over what ``writeState(to:)`` wrote, in place of a warmup.
  mutating func readState(_ reader: inout ByteReader) throws

  /// All draws so far.
  var result: ChainResult { get }
}

extension ResumableChain {
  /// How many draws there are.
  var drawCount: Int { draws.count }
}

/// The chains of a run, which draw in one round after another.
struct ChainGroup: Sendable {
  private let configuration: ChainConfiguration
  private let boxes: [ChainBox]

  /// - Parameter make: makes a chain, which looks at its flag at each draw; called on the chain's thread.
  init(
    _ configuration: ChainConfiguration, dimension: Int, initial: [[Double]]?,
    make:
      @escaping @Sendable (_ chain: Int, _ cancelled: AtomicFlag) throws ->
      any ResumableChain
  ) throws(SamplingError) {
    try checkStarts(initial, chains: configuration.chains, dimension: dimension)
    self.configuration = configuration
    boxes = (0..<configuration.chains).map { chain in
      ChainBox(chain, initial: initial?[chain], configuration.recording) { try make(chain, $0) }
    }
  }

  /// Goes on until each chain has so many draws, warming up first: at most `threads` at once, on threads of our own.
  /// Cancellation of the task sets the flags of all chains, and so does an error in one; those that wait don't begin then.
  ///
  /// - Parameter isLast: no round follows, so a chain's memory is given back as soon as it is done.
  /// - Returns: one result for each chain, in their order.
  /// - Throws: the error of the first chain that has one; `CancellationError`.
  func draw(upTo count: Int, isLast: Bool = false) async throws -> [ChainResult] {
    let outcomes = boxes.map { _ in Handover<Result<ChainResult, any Error>>() }
    let failed = AtomicFlag()
    await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        WorkerThread.start { [self] in
          WorkerThread.share(boxes.count, threads: configuration.threads) { chain, _ in
            let result = Result {
              // The error is that of an earlier chain: they begin in their order.
              if failed.isSet { throw CancellationError() }
              return try boxes[chain].draw(upTo: count, isLast: isLast)
            }
            if case .failure = result {
              failed.set()
              cancel()
            }
            outcomes[chain].put(result)
          }
          continuation.resume()
        }
      }
    } onCancel: {
      cancel()
    }
    let results = try outcomes.map { try $0.take().get() }
    guard configuration.keepsPartialResults || results.allSatisfy(\.isComplete) else {
      throw CancellationError()
    }
    return results
  }

  private func cancel() {
    for box in boxes { box.cancelled.set() }
  }
}

/// A chain between its rounds, in each of which another thread runs it.
///
/// Unchecked, because one thread at a time touches the chain. In a round each box is given to one thread; the round ends
/// when all have left their results; and the rounds of a group follow each other in one task. What a thread wrote is seen
/// by the next through these waits.
/// `number`, `initial`, `recording` and `make` never change, and the flag is atomic.
private final class ChainBox: @unchecked Sendable {
  let cancelled = AtomicFlag()
  private let number: Int
  private let initial: [Double]?
  private let recording: DrawRecording?
  private let make: @Sendable (_ cancelled: AtomicFlag) throws -> any ResumableChain
  private var chain: (any ResumableChain)?

  init(
    _ number: Int, initial: [Double]?, _ recording: DrawRecording?,
    make: @escaping @Sendable (_ cancelled: AtomicFlag) throws -> any ResumableChain
  ) {
    self.number = number
    self.initial = initial
    self.recording = recording
    self.make = make
  }

  func draw(upTo count: Int, isLast: Bool) throws -> ChainResult {
    defer { if isLast { chain = nil } }
    if chain == nil {
      var new = try make(cancelled)
      let earlier = recording?.earlier[number]
      new.recorder = recording.map { ChainRecorder($0, recorded: earlier?.end ?? 0) }
      if let earlier { try new.goOn(from: earlier) } else { try new.warmUp(initial: initial) }
      chain = new
    }
    // A chain that goes on may be ahead of the first rounds.
    if chain!.drawCount > count { return chain!.result.prefix(count) }
    try chain!.draw(count - chain!.drawCount)
    if let recorder = chain!.recorder, cancelled.isSet || recorder.isWorthwhile {
      chain!.record(chain: number)
    }
    return chain!.result
  }
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
