#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a path leads to.
package enum FileKind {
  case missing, folder, file

  package init(_ path: String) {
    self = FolderFiles.isFolder(path) ? .folder : FolderFiles.exists(path) ? .file : .missing
  }
}

/// Files and folders of an archive, by the system's own calls.
enum FolderFiles {
  /// A call that failed.
  struct Failure: Error {
    var path: String
    /// What the system says.
    var reason: String

    init(_ path: String) {
      self.path = path
      reason = String(cString: strerror(errno))
    }

    init(_ path: String, reason: String) {
      self.path = path
      self.reason = reason
    }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isFolder(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  static func makeFolder(_ path: String) throws(Failure) {
    if mkdir(path, 0o777) != 0, errno != EEXIST { throw Failure(path) }
  }

  static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    try with(bytes) { bytes throws(Failure) in try write(bytes, to: path) }
  }

  static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(Failure) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Failure(path) }
    do throws(Failure) {
      try append(bytes, to: file, path: path)
    } catch {
      close(file)
      throw error
    }
    if close(file) != 0 { throw Failure(path) }
  }

  /// Writes the bytes where the file stands.
  static func append(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, path: String
  ) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let count = systemWrite(file, bytes.baseAddress! + written, bytes.count - written)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Failure(path) }
      written += count
    }
  }

  private static func with(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    bytes.withUnsafeBytes { bytes in
      do throws(Failure) { try body(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  static func append(_ bytes: [UInt8], to file: Int32, path: String) throws(Failure) {
    try with(bytes) { bytes throws(Failure) in try append(bytes, to: file, path: path) }
  }

  /// Under another name first, so that no reader ever sees half of it.
  static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
    try write(bytes, to: path + ".partial")
    try move(path + ".partial", to: path)
  }

  static func read(_ path: String) throws(Failure) -> [UInt8] {
    // A pipe in a file's place must not be waited for.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw Failure(path) }
    defer { close(file) }
    var information = stat()
    guard fstat(file, &information) == 0 else { throw Failure(path) }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw Failure(path, reason: "it is not a file")
    }
    let size = Int(information.st_size)
    var failure: Failure?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size {
        let count = systemRead(file, buffer.baseAddress! + filled, size - filled)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { failure = Failure(path) }
        if count <= 0 { break }
        filled += count
      }
    }
    if let failure { throw failure }
    return bytes
  }

  static func move(_ path: String, to other: String) throws(Failure) {
    if rename(path, other) != 0 { throw Failure(other) }
  }

  /// The names in a folder; none if it is not there.
  static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes a folder and all in it, if it is there.
  static func remove(_ path: String) throws(Failure) {
    var information = stat()
    guard lstat(path, &information) == 0 else { return }
    guard information.st_mode & S_IFMT == S_IFDIR else {
      if unlink(path) != 0 { throw Failure(path) }
      return
    }
    for name in names(in: path) { try remove("\(path)/\(name)") }
    if rmdir(path) != 0 { throw Failure(path) }
  }
}

// Inside the enum the names would mean its own functions.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(file, bytes, count)
}

private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(file, bytes, count)
}
