import ArgumentParser
import Strata

/// The command `strata`: arguments in, exit code out. 0: finished; 1: bad input; 3: finished, but a
/// diagnostic failed.
@main
struct StrataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strata",
    abstract: "Hierarchical Bayesian models: write them as on paper, get the posterior.",
    version: strataVersion,
    subcommands: [FitCommand.self, ExplainCommand.self])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let code as ExitCode {
      Terminal.exit(code.rawValue)
    } catch {
      finish(with: error)
    }
  }

  /// Help and version go to stdout and are a success; everything else is bad input.
  private static func finish(with error: any Error) -> Never {
    if exitCode(for: error) == .success {
      print(fullMessage(for: error))
      Terminal.exit(0)
    }
    let message = fullMessage(for: error)
    Terminal.printError(message.hasPrefix("Error: ") ? message : "Error: \(error)")
    Terminal.exit(1)
  }
}
