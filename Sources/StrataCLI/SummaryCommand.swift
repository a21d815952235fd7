import ArgumentParser
import Strata

/// `strata summary DIR`: prints a fit again.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Print the summary of a fit from its folder, without fitting.",
    discussion: """
      Of a run that was interrupted, it is that of the draws there are. Exit code 3: a diagnostic failed.
      """)

  @Argument(help: ArgumentHelp("The folder that strata fit --out wrote.", valueName: "folder"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The table, where it was too large to be kept and is no longer where it was.",
      valueName: "table.csv"))
  var data: String?

  @Flag(help: "Print one JSON object (run.json and the summary) instead of the table.")
  var json = false

  @Flag(help: "Print no notes: the summary, and what failed.")
  var quiet = false

  @Flag(help: "Print a small histogram beside each parameter.")
  var sparks = false

  mutating func run() throws {
    let fit = try Fit(contentsOf: folder, table: try data.map { try Table(contentsOf: $0) })
    if !quiet { FittedModel.warnOfUnfinishedRun(fit, in: folder) }
    if json {
      Terminal.printOutput(try FitOutput(fit, record: RunRecord(fit, in: folder)).json())
    } else {
      FitReporting(json: json, quiet: quiet, sparks: sparks).printSummary(of: fit)
    }
    if fit.diagnostics.hasFailed { throw ExitCode(3) }
  }
}
