#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

import Synchronization

/// What goes to the terminal.
enum Terminal {
  /// Whether stderr is a terminal that can clear a line: progress is shown only there.
  static var showsProgress: Bool {
    guard isatty(STDERR_FILENO) == 1 else { return false }
    guard let kind = getenv("TERM") else { return false }
    return String(cString: kind) != "dumb"
  }

  /// The columns of the terminal behind stderr, or 80.
  static var width: Int { columns(STDERR_FILENO) ?? 80 }

  /// The rows of the terminal behind stderr, or 24.
  static var height: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
    return Int(size.ws_row)
  }

  /// The columns of the terminal that output goes to; nil if it goes elsewhere.
  static var outputWidth: Int? { isatty(STDOUT_FILENO) == 1 ? columns(STDOUT_FILENO) : nil }

  /// The width of lines of text on stdout: no more than 80 columns, and no fewer than 40.
  static var textWidth: Int { max(40, min(outputWidth ?? 80, 80)) }

  private static func columns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Puts lines below one another, in place of the `count` that were written so before; the cursor stands below them.
  static func rewriteLines(_ lines: [String], replacing count: Int) {
    let up = count > 0 ? "\r\u{1B}[\(count)A" : ""
    let width = width - 1
    let text = lines.map { "\u{1B}[K" + $0.prefix(width) + "\n" }.joined()
    writeError(up + text + (lines.count < count ? "\u{1B}[J" : ""))
  }

  /// Replaces the line that the cursor is in, cut so that it never wraps.
  static func rewriteLine(_ line: String) {
    writeError("\r\u{1B}[K" + line.prefix(width - 1))
  }

  /// Why stdout could not be written, once it could not: a full disk, say.
  private static let outputError = Mutex<Int32?>(nil)

  /// A line on stdout, there before anything that is printed on stderr later. What goes wrong is said at the end:
  /// results that also go into a folder must not be lost for it.
  static func printOutput(_ text: String) {
    let code = write(text + "\n", to: STDOUT_FILENO)
    outputError.withLock { $0 = $0 ?? code }
  }

  /// The reason why not all output was written; nil if it was, or if nobody wanted more of it.
  static var outputFailure: String? {
    outputError.withLock { $0 }.flatMap { $0 == EPIPE ? nil : String(cString: strerror($0)) }
  }

  /// A reader of stdout that goes away, as head does, does not end the process: a folder is still to be written.
  static func survivesClosedOutput() { signal(SIGPIPE, SIG_IGN) }

  /// A line on stderr.
  static func printError(_ message: String) { writeError(message + "\n") }

  // If nobody reads stderr, there is nothing better to do.
  private static func writeError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// The system's number for what went wrong; nil if nothing did.
  private static func write(_ text: String, to file: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = systemWrite(file, bytes.baseAddress! + written, bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return errno }
        written += count
      }
      return nil
    }
  }

  /// Ends the process.
  static func exit(_ code: Int32) -> Never {
    #if canImport(Glibc)
      Glibc.exit(code)
    #elseif canImport(Musl)
      Musl.exit(code)
    #else
      Darwin.exit(code)
    #endif
  }
}

// Inside the enum the name would mean its own function.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(file, bytes, count)
}
