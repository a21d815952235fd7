#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Synchronization

/// Keeps other processes from writing into a folder of results while this one does. The system gives it back when the
/// process ends, however it ends. Within a process it can be taken any number of times.
package final class FolderLock: Sendable {
  /// A folder, whatever path leads to it.
  private struct Key: Hashable {
    var device: UInt64
    var number: UInt64
  }

  private struct Hold {
    var file: Int32
    var count: Int
  }

  private static let held = Mutex<[Key: Hold]>([:])
  private let key: Key?

  /// A folder that is not there, or on a file system without locks, is not kept.
  /// - Throws: ``ArchiveError/inUse(folder:)`` if another process has it.
  package init(_ path: String) throws(ArchiveError) {
    let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    var information = stat()
    guard file >= 0, fstat(file, &information) == 0 else {
      if file >= 0 { close(file) }
      key = nil
      return
    }
    let key = Key(
      device: UInt64(truncatingIfNeeded: information.st_dev),
      number: UInt64(truncatingIfNeeded: information.st_ino))
    self.key = key
    // A process that was killed keeps it until its memory is given back.
    for _ in 0..<50 {
      if Self.take(file, key) { return }
      usleep(20_000)
    }
    close(file)
    throw .inUse(folder: path)
  }

  private static func take(_ file: Int32, _ key: Key) -> Bool {
    held.withLock { held in
      if held[key] != nil {
        held[key]!.count += 1
        close(file)
        return true
      }
      if flock(file, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return false }
      held[key] = Hold(file: file, count: 1)
      return true
    }
  }

  deinit {
    guard let key else { return }
    Self.held.withLock { held in
      guard let hold = held[key] else { return }
      if hold.count > 1 {
        held[key]!.count -= 1
      } else {
        close(hold.file)
        held[key] = nil
      }
    }
  }
}
