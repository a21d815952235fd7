#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What goes to the terminal.
enum Terminal {
  /// Whether stderr is a terminal: progress is shown only there.
  static var hasInteractiveErrors: Bool { isatty(STDERR_FILENO) == 1 }

  /// A line on stderr.
  static func printError(_ message: String) { writeError(message + "\n") }

  /// Text on stderr as it is.
  static func writeError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = write(STDERR_FILENO, bytes.baseAddress! + written, bytes.count - written)
        if count <= 0 { return }  // nobody reads: there is nothing better to do
        written += count
      }
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
