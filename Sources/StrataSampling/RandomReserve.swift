/// The random numbers of a chain's transitions, made ahead: one at a time they would cost several times as much as many
/// at once.
///
/// What has been made and not used is part of the chain's state.
struct RandomReserve {
  /// How many numbers of each kind are made at once.
  static let size = 64
  /// The doubles of memory that a reserve needs.
  static let memory = 2 * size

  /// Where the numbers come from.
  var stream: RandomStream
  private let normals: UnsafeMutablePointer<Double>
  private let words: UnsafeMutablePointer<Double>
  private var normalsLeft = 0
  private var wordsLeft = 0

  /// - Parameter memory: of the caller's, for as long as the reserve is in use.
  init(_ stream: RandomStream, memory: UnsafeMutablePointer<Double>) {
    self.stream = stream
    normals = memory
    words = memory + Self.size
  }

  /// The next 64 random bits.
  @inline(__always)
  mutating func word() -> UInt64 {
    if wordsLeft == 0 { makeWords() }
    wordsLeft &-= 1
    return words[wordsLeft].bitPattern
  }

  /// A number in the open interval (0, 1).
  @inline(__always)
  mutating func uniform() -> Double { RandomStream.uniform(of: word()) }

  @inline(never)
  private mutating func makeWords() {
    stream.takeWords(into: words, count: Self.size)
    wordsLeft = Self.size
  }

  /// Fills a buffer with standard normal numbers.
  mutating func fillNormal(_ output: UnsafeMutablePointer<Double>, count: Int) {
    var done = 0
    while done < count {
      if normalsLeft == 0 {
        // Of many there are as many at once as it needs.
        if count - done >= Self.size {
          stream.fillNormal(output + done, count: count - done)
          return
        }
        stream.fillNormal(normals, count: Self.size)
        normalsLeft = Self.size
      }
      let taken = min(count - done, normalsLeft)
      (output + done).update(from: normals + Self.size - normalsLeft, count: taken)
      normalsLeft -= taken
      done += taken
    }
  }

  // MARK: Going on later

  func write(to writer: inout ByteWriter) {
    stream.write(to: &writer)
    writer.put(UnsafeBufferPointer(start: normals + Self.size - normalsLeft, count: normalsLeft))
    writer.put(UnsafeBufferPointer(start: words, count: wordsLeft))
  }

  mutating func read(_ reader: inout ByteReader) throws {
    stream = try RandomStream(&reader)
    let (normals, words) = (try reader.doubles(), try reader.doubles())
    guard max(normals.count, words.count) <= Self.size else { throw ByteReader.Ended() }
    (normalsLeft, wordsLeft) = (normals.count, words.count)
    for (i, value) in normals.enumerated() {
      self.normals[Self.size - normalsLeft + i] = value
    }
    for (i, value) in words.enumerated() { self.words[i] = value }
  }
}
