#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads arrays that a ``ZarrWriter`` wrote, and checks every chunk.
struct ZarrReader {
  private let place: ArchivePlace
  private let checksums: [String: String]

  init(_ place: ArchivePlace, checksums: [String: String]) {
    self.place = place
    self.checksums = checksums
  }

  private struct Layout: Decodable {
    var shape: [Int]
    var chunks: [Int]
    var dtype: String
  }

  /// An array's shape and the shape of its chunks.
  func layout(_ path: String, type: String) throws -> (shape: [Int], chunks: [Int]) {
    let file = "\(path)/.zarray"
    let bytes = try checked(file)
    guard let layout = try? JSONDecoder().decode(Layout.self, from: Data(bytes)),
      layout.dtype == type, layout.shape.count == layout.chunks.count,
      layout.shape.allSatisfy({ $0 > 0 }), layout.chunks.allSatisfy({ $0 > 0 })
    else { throw place.broken(file, "does not describe such an array") }
    return (layout.shape, layout.chunks)
  }

  /// The bytes of a chunk that has so many.
  func chunk(_ path: String, _ index: [Int], byteCount: Int) throws -> [UInt8] {
    let file = "\(path)/" + index.map { "\($0)" }.joined(separator: ".")
    return try checked(file, byteCount: byteCount)
  }

  private func checked(_ file: String, byteCount: Int? = nil) throws -> [UInt8] {
    let bytes = try place.read(file)
    if let byteCount, bytes.count != byteCount {
      throw place.broken(file, "has \(bytes.count) bytes where \(byteCount) were written")
    }
    guard checksums[file] == XXH64.text(XXH64.hash(bytes)) else {
      throw place.broken(file, "is not as it was written: its checksum differs")
    }
    return bytes
  }

  /// All of an array of one chunk and one dimension.
  func bytes(_ path: String) throws -> [UInt8] {
    let shape = try layout(path, type: "|u1").shape
    return try chunk(path, shape.map { _ in 0 }, byteCount: shape.reduce(1, *))
  }

  /// The numbers of an array of one chunk, of 8 bytes each.
  func words<T>(_ path: String, type: String, as _: T.Type, count: Int) throws -> [T] {
    let shape = try layout(path, type: type).shape
    guard shape.reduce(1, *) == count else {
      throw place.broken("\(path)/.zarray", "does not describe \(count) numbers")
    }
    let bytes = try chunk(
      path, shape.map { _ in 0 }, byteCount: count * MemoryLayout<T>.stride)
    return bytes.withUnsafeBytes { bytes in
      (0..<count).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.stride, as: T.self)
      }
    }
  }
}

/// A folder that is read, and what its files are called in messages.
struct ArchivePlace {
  /// Where the folder is.
  var path: String
  /// The fit that it belongs to, as it was named.
  var fit: String
  /// What stands before a file's path in a message.
  var prefix: String

  func broken(_ file: String, _ reason: String) -> ArchiveError {
    .broken(folder: fit, file: prefix + file, reason: reason)
  }

  func read(_ file: String) throws -> [UInt8] {
    do throws(FolderFiles.Failure) {
      return try FolderFiles.read("\(path)/\(file)")
    } catch {
      throw broken(file, "cannot be read (\(error.reason))")
    }
  }

  func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8], of file: String) throws -> T {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw broken(file, "is not what a fit has there")
    }
  }
}

/// Files of JSON.
enum ArchiveFiles {
  static func decoded<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) -> T? {
    try? JSONDecoder().decode(type, from: Data(bytes))
  }

  /// JSON on one line, keys in the order of the alphabet.
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
