#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

import Dispatch
import Synchronization

/// What Ctrl-C does.
enum Interruption {
  // Written once, before anything is sampled.
  nonisolated(unsafe) private static var source: (any DispatchSourceSignal)?
  private static let isIgnored = Mutex(false)

  /// From now on Ctrl-C calls `stop`; a second one ends the process at once.
  static func calls(_ stop: @escaping @Sendable () -> Void) {
    if isIgnored.withLock({ $0 }) { return }
    signal(SIGINT, SIG_IGN)
    let new = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    let hasStopped = Mutex(false)
    new.setEventHandler {
      let isSecond = hasStopped.withLock { hasStopped in
        defer { hasStopped = true }
        return hasStopped
      }
      if isSecond { _exit(130) }
      stop()
    }
    new.resume()
    source = new
  }

  /// Ctrl-C ends the process at once with exit code 130 and a line that says so. Nothing is kept, so there
  /// is nothing to wait for. A process that was started to ignore Ctrl-C goes on ignoring it.
  static func endsProcess() {
    let before = signal(SIGINT) { _ in
      // Only calls that are allowed in a signal handler.
      let line: StaticString = "Interrupted: no draws were kept.\n"
      if isatty(STDERR_FILENO) == 1 {
        let clear: StaticString = "\r\u{1B}[K"
        _ = write(STDERR_FILENO, clear.utf8Start, clear.utf8CodeUnitCount)
      }
      _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
      _exit(130)
    }
    if let before, unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
      signal(SIGINT, SIG_IGN)
      isIgnored.withLock { $0 = true }
    }
  }
}
