import StrataKernels

/// A stream of random numbers that is a pure function of (seed, stream, counter): Philox4x64 with
/// 10 rounds. Streams with different keys are independent for all practical purposes, so chain k
/// uses stream k and gives the same draws whatever else runs.
///
/// Copying the value copies the stream's place in it. `state` can be saved and restored.
/// Source: Salmon2011.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// A stream's place, to be saved.
  public struct State: Sendable, Equatable, Codable {
    /// The first half of the key.
    public var seed: UInt64
    /// The second half of the key.
    public var stream: UInt64
    /// How many words have been used.
    public var used: UInt64

    /// A stream's place, put together again.
    public init(seed: UInt64, stream: UInt64, used: UInt64) {
      self.seed = seed
      self.stream = stream
      self.used = used
    }
  }

  private let key: (UInt64, UInt64)
  /// The number of the next block of four words.
  private var block: UInt64 = 0
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  /// How many words of the current block are left.
  private var left = 0

  /// The stream with this key, at its beginning.
  public init(seed: UInt64, stream: UInt64 = 0) {
    key = (seed, stream)
  }

  /// The stream of one draw of a chain, for what is drawn given the sampled position.
  init(seed: UInt64, chain: Int, draw: Int) {
    // Chains have the streams below 2^32.
    self.init(seed: seed, stream: UInt64(draw + 1) << 32 | UInt64(chain))
  }

  /// The stream that continues at `state`.
  public init(_ state: State) {
    self.init(seed: state.seed, stream: state.stream)
    block = state.used / 4
    for _ in 0..<state.used % 4 { _ = next() }
  }

  /// The place in the stream: what comes next depends on nothing else.
  public var state: State {
    State(seed: key.0, stream: key.1, used: 4 &* block &- UInt64(left))
  }

  @inline(never)
  private mutating func refill() {
    words = Self.philox(counter: (block, 0, 0, 0), key: key)
    block &+= 1
    left = 4
  }

  /// Writes `count` random words over the doubles of a buffer, bit by bit, 16 for each block of the
  /// stream: another cipher of the same family with the same key and counter (Philox4x32), which
  /// runs in 8 lanes. The words that are left of the last block, before and after, are dropped.
  mutating func takeWords(into output: UnsafeMutablePointer<Double>, count: Int) {
    left = 0
    VectorOperations.randomWords(
      count: count, seed: key.0, stream: key.1, block: block, into: output)
    block &+= UInt64(count + 15) / 16
  }

  /// The next 64 random bits.
  @inline(__always)
  public mutating func next() -> UInt64 {
    if left == 0 { refill() }
    left &-= 1
    switch left {
    case 3: return words.0
    case 2: return words.1
    case 1: return words.2
    default: return words.3
    }
  }

  /// Philox4x64-10: a bijection of the 256-bit counter for each 128-bit key.
  @inline(__always)
  package static func philox(
    counter: (UInt64, UInt64, UInt64, UInt64), key: (UInt64, UInt64)
  ) -> (UInt64, UInt64, UInt64, UInt64) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for round in 0..<10 {
      if round > 0 {
        k0 &+= 0x9E37_79B9_7F4A_7C15
        k1 &+= 0xBB67_AE85_84CA_A73B
      }
      let a = (0xD2E7_470E_E14C_6C93 as UInt64).multipliedFullWidth(by: c0)
      let b = (0xCA5A_8263_9512_1157 as UInt64).multipliedFullWidth(by: c2)
      (c0, c1, c2, c3) = (b.high ^ c1 ^ k0, b.low, a.high ^ c3 ^ k1, a.low)
    }
    return (c0, c1, c2, c3)
  }
}
