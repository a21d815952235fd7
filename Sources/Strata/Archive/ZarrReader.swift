#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads arrays that a ``ZarrWriter`` wrote, and checks every chunk.
struct ZarrReader {
  /// For messages.
  let name: String
  private let folder: String
  private let checksums: [String: String]

  init(_ folder: String, name: String, checksums: [String: String]) {
    self.folder = folder
    self.name = name
    self.checksums = checksums
  }

  private struct Layout: Decodable {
    var shape: [Int]
    var chunks: [Int]
    var dtype: String
  }

  /// An array's shape and the shape of its chunks.
  func layout(_ path: String, type: String) throws -> (shape: [Int], chunks: [Int]) {
    let layout = try ArchiveFiles.decode(Layout.self, "\(folder)/\(path)/.zarray", in: name)
    guard layout.dtype == type, layout.shape.count == layout.chunks.count,
      layout.shape.allSatisfy({ $0 > 0 }), layout.chunks.allSatisfy({ $0 > 0 })
    else {
      throw ArchiveError.broken(
        folder: name, file: "\(path)/.zarray", reason: "does not describe such an array")
    }
    return (layout.shape, layout.chunks)
  }

  /// The bytes of a chunk that has so many.
  func chunk(_ path: String, _ index: [Int], byteCount: Int) throws -> [UInt8] {
    let file = "\(path)/" + index.map { "\($0)" }.joined(separator: ".")
    let bytes: [UInt8]
    do throws(FolderFiles.Failure) {
      bytes = try FolderFiles.read("\(folder)/\(file)")
    } catch {
      throw ArchiveError.broken(
        folder: name, file: file, reason: "cannot be read (\(error.reason))")
    }
    guard bytes.count == byteCount else {
      throw ArchiveError.broken(
        folder: name, file: file, reason: "has \(bytes.count) bytes where \(byteCount) were written"
      )
    }
    guard checksums[file] == XXH64.text(XXH64.hash(bytes)) else {
      throw ArchiveError.broken(
        folder: name, file: file, reason: "is not as it was written: its checksum differs")
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
      throw ArchiveError.broken(
        folder: name, file: "\(path)/.zarray", reason: "does not describe \(count) numbers")
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

/// Files of JSON.
enum ArchiveFiles {
  static func decode<T: Decodable>(_ type: T.Type, _ path: String, in folder: String) throws -> T {
    let file = path.split(separator: "/").suffix(2).joined(separator: "/")
    do {
      return try JSONDecoder().decode(type, from: Data(try FolderFiles.read(path)))
    } catch let error as FolderFiles.Failure {
      throw ArchiveError.broken(
        folder: folder, file: file, reason: "cannot be read (\(error.reason))")
    } catch {
      throw ArchiveError.broken(folder: folder, file: file, reason: "is not what a fit has there")
    }
  }

  static func decode<T: Decodable>(text: String, in folder: String) throws -> T {
    do {
      return try JSONDecoder().decode(T.self, from: Data(text.utf8))
    } catch {
      throw ArchiveError.broken(
        folder: folder, file: "the run's description", reason: "is not what a fit has there")
    }
  }

  /// JSON on one line, keys in the order of the alphabet.
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
