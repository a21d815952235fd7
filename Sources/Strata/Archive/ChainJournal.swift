#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import StrataSampling
import Synchronization

/// The file that a chain's draws are appended to while they are made: records with a checksum each, so that a torn
/// one is known as such.
final class ChainJournal: Sendable {
  private struct State {
    var file: Int32 = -1
    var hasFailed = false
  }

  private let path: String
  /// What a record of this run begins with, so that none of another run is taken for one.
  private let run: UInt64
  /// The bytes of whole records that are there already.
  private let length: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - run: the checksum of the run's description.
  ///   - length: of the whole records that are there already.
  init(_ path: String, of run: UInt64, length: Int) {
    self.path = path
    self.run = run
    self.length = length
  }

  deinit { state.withLock { if $0.file >= 0 { close($0.file) } } }

  /// After a record that could not be written none is any more, and the run goes on without.
  func append(_ record: ChainRecord) {
    state.withLock { state in
      guard !state.hasFailed else { return }
      do throws(FolderFiles.Failure) {
        if state.file < 0 {
          // A pipe in the file's place must not be waited for.
          state.file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
          guard state.file >= 0 else { throw FolderFiles.Failure(path) }
          // What follows the whole records is torn.
          guard ftruncate(state.file, off_t(length)) == 0, lseek(state.file, 0, SEEK_END) >= 0
          else { throw FolderFiles.Failure(path) }
        }
        try FolderFiles.append(bytes(of: record), to: state.file, path: path)
      } catch {
        state.hasFailed = true
      }
    }
  }

  /// The records of a file as one, and how many bytes of it they are; nil if there is none. What follows the last whole
  /// record is left out.
  static func read(
    _ path: String, of run: UInt64, chain: Int
  ) -> (record: ChainRecord, length: Int)? {
    guard let bytes = try? FolderFiles.read(path) else { return nil }
    var all: ChainRecord?
    var length = 0
    while let (record, size) = next(bytes, of: run, from: length), record.chain == chain {
      guard record.first == all?.end ?? 0, record.width == all?.width ?? record.width else { break }
      if all == nil { all = record } else { all?.append(record) }
      length += size
    }
    return all.map { ($0, length) }
  }

  // MARK: Records

  /// The run, length and checksum of the content, then the content.
  private func bytes(of record: ChainRecord) -> [UInt8] {
    var content = ByteWriter()
    for number in [record.chain, record.first, record.width] { content.put(number) }
    content.put(record.reported)
    content.put(record.statistics.count)
    for draw in record.statistics {
      for value in [draw.logDensity, draw.energy, draw.acceptance] { content.put(value) }
      for count in [draw.treeDepth, draw.leapfrogCount] { content.put(count) }
      content.put(draw.isDivergent)
    }
    content.put(record.state.count)
    var writer = ByteWriter()
    let bytes = content.bytes + record.state
    writer.put(run)
    writer.put(bytes.count)
    writer.put(XXH64.hash(bytes))
    return writer.bytes + bytes
  }

  private static func next(
    _ bytes: [UInt8], of run: UInt64, from start: Int
  ) -> (ChainRecord, size: Int)? {
    guard bytes.count - start >= 24 else { return nil }
    var header = ByteReader(Array(bytes[start..<start + 24]))
    guard let found = try? header.word(), found == run, let count = try? header.int(), count >= 0,
      count <= bytes.count - start - 24, let hash = try? header.word()
    else { return nil }
    let content = Array(bytes[start + 24..<start + 24 + count])
    guard XXH64.hash(content) == hash, let record = try? record(content) else { return nil }
    return (record, 24 + count)
  }

  private static func record(_ content: [UInt8]) throws -> ChainRecord {
    var reader = ByteReader(content)
    let (chain, first, width) = (try reader.int(), try reader.int(), try reader.int())
    let reported = try reader.doubles()
    let count = try reader.int()
    var statistics: [DrawStatistics] = []
    for _ in 0..<max(0, count) {
      statistics.append(
        DrawStatistics(
          logDensity: try reader.double(), energy: try reader.double(),
          acceptance: try reader.double(), treeDepth: try reader.int(),
          leapfrogCount: try reader.int(), isDivergent: try reader.bool()))
    }
    let stateCount = try reader.int()
    guard width >= 0, reported.count == width * count, stateCount >= 0,
      stateCount <= content.count
    else { throw ByteReader.Ended() }
    return ChainRecord(
      chain: chain, first: first, width: width, reported: reported, statistics: statistics,
      state: Array(content.suffix(stateCount)))
  }
}
