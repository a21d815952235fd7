import ArgumentParser
import Strata

/// `strata resume DIR`: goes on with a run that was interrupted.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on with a run of 'strata fit --out' that was interrupted.",
    discussion: """
      The draws are those that the run would have had, bit for bit, whatever stopped it (with --max-seconds, how many \
      there are depends on the clock). Model, data and settings are in the folder. Exit codes are those of fit.
      """)

  @Argument(help: ArgumentHelp("The folder that the run was to write into.", valueName: "folder"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The table, where it was too large to be kept and is no longer where it was.",
      valueName: "table.csv"))
  var data: String?

  @Flag(help: "Write no report and no pictures.")
  var noReport = false

  @Flag(help: "Print one JSON object (run.json and the summary) instead of the table.")
  var json = false

  @Flag(help: "Print no progress, no notes and no settings: the summary, and what failed.")
  var quiet = false

  mutating func run() async throws {
    let run = try InterruptedRun(contentsOf: folder)
    let table = try data.map { try Table(contentsOf: $0) }
    let output = try OutputFolder(folder)
    Terminal.survivesClosedOutput()
    let reporting = FitReporting(json: json, quiet: quiet, writesReport: !noReport)
    let fit = try await reporting.run(run.options, output) {
      try await run.resume(table: table, progress: $0)
    }
    try reporting.finish(
      fit, run.record(of: fit), output, run.extras, stanCSV: run.writesStanCSV)
  }
}
