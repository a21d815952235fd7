import ArgumentParser
import Strata

/// The command `strata`: arguments in, exit code out. 0: finished; 1: bad input; 3: finished, but a
/// diagnostic failed; 130: interrupted, 143 by SIGTERM.
@main
struct StrataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strata",
    abstract: "Hierarchical Bayesian models: write them as on paper, get the posterior.",
    version: strataVersion,
    subcommands: [
      FitCommand.self, ExplainCommand.self, PriorCommand.self, PredictCommand.self,
      PlotCommand.self, CheckCommand.self, CompareCommand.self, CalibrateCommand.self,
      SummaryCommand.self, ResumeCommand.self,
    ])

  static func main() async {
    Interruption.endsProcess()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let unknown = unknownCommand(in: arguments) { fail(unknown) }
    var command: any ParsableCommand
    do {
      command = try parseAsRoot(arguments)
    } catch {
      printIfHelp(error)
      let name = arguments.first.flatMap { commandNames.contains($0) ? " \($0)" : nil } ?? ""
      fail("\(message(for: error))\nSee 'strata\(name) --help'.")
    }
    do {
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      checkOutput()
    } catch let code as ExitCode {
      checkOutput()
      Terminal.exit(code.rawValue)
    } catch {
      printIfHelp(error)
      fail("\(error)")
    }
  }

  /// Help and version arrive as errors, but are a success.
  private static func printIfHelp(_ error: any Error) {
    guard exitCode(for: error) == .success else { return }
    print(fullMessage(for: error))
    Terminal.exit(0)
  }

  private static var commandNames: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  private static func checkOutput() {
    if let reason = Terminal.outputFailure { fail("cannot write to stdout: \(reason)") }
  }

  private static func fail(_ message: String) -> Never {
    Terminal.printError("Error: " + message)
    Terminal.exit(1)
  }

  /// What to say if the first word is no command: the parser would call every word unexpected.
  private static func unknownCommand(in arguments: [String]) -> String? {
    guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
    if first == "help" || commandNames.contains(first) { return nil }
    let remedy =
      first.hasSuffix(".strata")
      ? "to fit a model: strata fit \(first) --data TABLE.csv"
      : "the commands are \(commandNames.joined(separator: ", ")); see 'strata --help'"
    return "there is no command \"\(first)\"; \(remedy)."
  }
}
