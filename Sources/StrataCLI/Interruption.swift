#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What Ctrl-C does.
enum Interruption {
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
    }
  }
}
