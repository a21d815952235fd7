#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The bytes of a file or of a text, kept in one block of memory with a line feed after the last.
///
/// The file is read, not mapped: it may change or shrink on disk while a fit runs, and pipes work.
final class ByteFile: @unchecked Sendable {
  // Safe to share: the memory is written before the initialiser returns and never after.
  let start: UnsafePointer<UInt8>
  let count: Int

  deinit { free(UnsafeMutableRawPointer(mutating: start)) }

  init(copying bytes: some Collection<UInt8>) {
    count = bytes.count
    let memory = malloc(count + 1)!.bindMemory(to: UInt8.self, capacity: count + 1)
    _ = UnsafeMutableBufferPointer(start: memory, count: count).initialize(from: bytes)
    memory[count] = UInt8(ascii: "\n")
    start = UnsafePointer(memory)
  }

  /// Reads the whole file at `path`, which is taken from the current folder unless absolute.
  init(path: String) throws(TableError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.error(path, errno) }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw Self.error(path, errno) }
    guard information.st_mode & S_IFMT != S_IFDIR else { throw Self.error(path, EISDIR) }

    var capacity = max(Int(information.st_size), 0) + 1
    guard var memory = malloc(capacity + 1) else { throw Self.error(path, ENOMEM) }
    var count = 0
    while true {
      let got = read(descriptor, memory + count, capacity - count)
      if got < 0 && errno == EINTR { continue }
      if got < 0 {
        let code = errno
        free(memory)
        throw Self.error(path, code)
      }
      if got == 0 { break }
      count += got
      if count == capacity {
        capacity *= 2
        guard let larger = realloc(memory, capacity + 1) else {
          free(memory)
          throw Self.error(path, ENOMEM)
        }
        memory = larger
      }
    }
    let bytes = memory.bindMemory(to: UInt8.self, capacity: capacity + 1)
    bytes[count] = UInt8(ascii: "\n")
    self.count = count
    start = UnsafePointer(bytes)
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  private static func error(_ path: String, _ code: Int32) -> TableError {
    switch code {
    case ENOENT: .noSuchFile(file: path)
    case EISDIR: .isFolder(file: path)
    default: .unreadable(file: path, reason: String(cString: strerror(code)))
    }
  }
}
