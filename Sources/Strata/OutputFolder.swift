#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder for results that is known to be writable.
public struct OutputFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// Makes the folder if it is not there and checks that files can be written into it: before sampling,
  /// so that no run is lost to a folder that cannot be written.
  /// - Throws: ``OutputError``.
  public init(_ path: String) throws(OutputError) {
    self.path = path
    guard !path.isEmpty else { throw OutputError(folder: path, reason: "it has no name") }
    var partial = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      partial += component
      if mkdir(partial, 0o777) != 0, errno != EEXIST, errno != EISDIR { throw failure() }
      partial += "/"
    }
    let probe = path + "/.strata-\(UInt64.random(in: 0...UInt64.max))"
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    guard descriptor >= 0 else { throw failure() }
    close(descriptor)
    unlink(probe)
  }

  /// Writes a file whole: under another name first, so that no reader ever sees half of it.
  package func write(_ text: String, to name: String) throws(OutputError) {
    let partial = "\(path)/.\(name).partial"
    guard let file = fopen(partial, "w") else { throw failure() }
    var text = text
    let count = text.utf8.count
    let written = text.withUTF8 { fwrite($0.baseAddress, 1, count, file) }
    guard fclose(file) == 0, written == count, rename(partial, "\(path)/\(name)") == 0 else {
      let reason = failure()
      unlink(partial)
      throw reason
    }
  }

  /// The first bytes of a file; empty if it can't be read.
  func start(of name: String, count: Int) -> String {
    guard let file = fopen("\(path)/\(name)", "r") else { return "" }
    defer { fclose(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
      read = fread(buffer.baseAddress, 1, count, file)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Removes a file, if it is there.
  func remove(_ name: String) { unlink("\(path)/\(name)") }

  private func failure() -> OutputError {
    OutputError(folder: path, reason: String(cString: strerror(errno)))
  }
}

/// A folder that results cannot be written into.
public struct OutputError: Error, Equatable, CustomStringConvertible {
  /// The folder asked for.
  public var folder: String
  /// What the system says: `Permission denied`.
  public var reason: String

  /// `cannot write into the folder "results": Permission denied; name another folder.`
  public var description: String {
    "cannot write into the folder \"\(folder)\": \(reason); name another folder."
  }
}
