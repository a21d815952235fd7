#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

import Dispatch
import Synchronization

/// What Ctrl-C does, and what asks a process to end: SIGTERM, and SIGHUP of a terminal that is closed.
enum Interruption {
  private struct State {
    /// What a signal calls.
    var stop: @Sendable () -> Void = {}
    /// What is said when the process is ended by a second signal.
    var farewell = ""
    /// The first signal that came.
    var signal: Int32?
    var isIgnored = false
    var isHeard = false
  }

  private static let state = Mutex(State())
  // Written once, before anything is sampled.
  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

  /// The exit code of what was interrupted: 130 after Ctrl-C, 143 after SIGTERM.
  static var exitCode: Int32 { 128 + (state.withLock { $0.signal } ?? SIGINT) }

  /// From now on a signal calls `stop`; a second one ends the process at once, with a last line on stderr.
  static func calls(farewell: String, _ stop: @escaping @Sendable () -> Void) {
    let isFirst = state.withLock { state in
      (state.stop, state.farewell) = (stop, farewell)
      defer { state.isHeard = true }
      return !state.isHeard
    }
    guard isFirst else { return }
    for number in [SIGINT, SIGTERM, SIGHUP] {
      if number == SIGINT, state.withLock({ $0.isIgnored }) { continue }
      let before = signal(number, SIG_IGN)
      if number != SIGINT, isIgnoring(before) { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { heard(number) }
      source.resume()
      sources.append(source)
    }
  }

  private static func heard(_ number: Int32) {
    let (stop, farewell) = state.withLock { state -> ((@Sendable () -> Void)?, String) in
      if state.signal != nil { return (nil, state.farewell) }
      state.signal = number
      return (state.stop, "")
    }
    if let stop { return stop() }
    if isatty(STDERR_FILENO) == 1 { Terminal.rewriteLine("") }
    Terminal.printError(farewell)
    _exit(exitCode)
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
    if isIgnoring(before) {
      signal(SIGINT, SIG_IGN)
      state.withLock { $0.isIgnored = true }
    }
  }

  private static func isIgnoring(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    guard let handler else { return false }
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
