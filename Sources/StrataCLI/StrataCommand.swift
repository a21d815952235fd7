import ArgumentParser
import Strata

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The command `strata`: arguments in, exit code out. 0: finished; 1: bad input; 3: finished, but a
/// diagnostic failed.
@main
struct StrataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strata",
    abstract: "Hierarchical Bayesian models: write them as on paper, get the posterior.",
    version: strataVersion,
    subcommands: [FitCommand.self])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch {
      finish(with: error)
    }
  }

  /// Help and version go to stdout and are a success; everything else is bad input.
  private static func finish(with error: any Error) -> Never {
    if exitCode(for: error) == .success {
      print(fullMessage(for: error))
      exit(0)
    }
    let message = error is any ArgumentError ? "\(error)" : parserMessage(error)
    Terminal.printError(message)
    exit(1)
  }

  private static func parserMessage(_ error: any Error) -> String {
    let message = fullMessage(for: error)
    return message.hasPrefix("Error: ") ? message : "Error: \(error)"
  }
}

/// An error of ours that already says all there is to say.
protocol ArgumentError: Error {}

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
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = unsafe_write(rest)
        if written <= 0 { return }
        rest = rest.dropFirst(written)
      }
    }
  }

  private static func unsafe_write(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    UnsafeBufferPointer(rebasing: bytes).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
