import ArgumentParser
import Strata

/// `strata fit MODEL.strata --data TABLE.csv`: samples the posterior and prints its summary.
struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Sample the posterior of a model and print its summary.",
    discussion: """
      The summary goes to stdout; progress and messages go to stderr. Exit code 0: the run \
      finished; 1: bad input; 3: it finished, but a diagnostic failed.
      """)

  @Argument(help: ArgumentHelp("The file with the model's text.", valueName: "model.strata"))
  var model: String

  @Option(help: ArgumentHelp("The table: CSV with a header line.", valueName: "table.csv"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "Also write summary.csv, run.json, report.html and its pictures into this folder.",
      valueName: "folder"))
  var out: String?

  @Flag(help: "With --out: write no report and no pictures.")
  var noReport = false

  @OptionGroup var sampling: SamplingArguments

  @Option(
    help: ArgumentHelp(
      "What to keep of group effects that are integrated out: \(OptionReader.names(Plan.Effects.self)).",
      valueName: "name"),
    completion: .list(Plan.Effects.allCases.map(\.rawValue)))
  var effects = Plan.Effects.draws.rawValue

  @Flag(help: "Print a small histogram beside each parameter.")
  var sparks = false

  @Flag(help: "Print one JSON object (run.json and the summary) instead of the table.")
  var json = false

  @Flag(help: "Print no progress, no notes and no settings: the summary, and what failed.")
  var quiet = false

  mutating func run() async throws {
    let options = try readOptions()
    let model = try Model(contentsOf: model)
    let clock = ContinuousClock()
    let start = clock.now
    let table = try Table(contentsOf: data)
    let reading = (clock.now - start) / .seconds(1)
    let folder = try out.map { try OutputFolder($0) }

    let progress = ProgressDisplay(isShown: !quiet && Terminal.showsProgress, options: options)
    let fit: Fit
    do {
      fit = try await model.fit(to: table, options: options, progress: progress.handler)
    } catch {
      progress.finish()
      throw error
    }
    progress.finish()

    // Made only where it is wanted: the record holds the hash of the whole file.
    let output =
      folder != nil || json
      ? FitOutput(fit, record: RunRecord(fit, table: table, reading: reading)) : nil
    // Printed before a failure to write is reported: a full disk must not cost the run.
    let written = Result { try folder.map { try output?.write(to: $0) } }
    if json, let output { try report(fit, json: output.json()) } else { report(fit) }
    _ = try written.get()
    if let folder, !noReport { try FitReport(fit).write(to: folder) }
    if fit.diagnostics.hasFailed { throw ExitCode(3) }
  }

  private func readOptions() throws -> FitOptions {
    var options = try sampling.options()
    options.effects = try OptionReader.choice(effects, "--effects")
    return options
  }

  private func report(_ fit: Fit) {
    let table = fit.summary.text(
      width: Terminal.outputWidth, sparks: sparks ? fit.sparklines() : nil)
    // Text needs no more than 80 columns, and no fewer than 40.
    let width = max(40, min(Terminal.outputWidth ?? 80, 80))
    Terminal.printOutput("\(table)\n\n\(fit.findings(withNotes: !quiet, width: width))")
    if !quiet { Terminal.printError("\n" + fit.settingsLine(width: width)) }
  }

  /// Stdout has the JSON alone; what failed is said on stderr too, since it explains the exit code.
  private func report(_ fit: Fit, json: String) {
    Terminal.printOutput(json)
    if !quiet {
      Terminal.printError(fit.findings(withNotes: true) + "\n\n" + fit.settingsLine)
    } else if fit.diagnostics.hasFailed {
      Terminal.printError(fit.findings(withNotes: false))
    }
  }
}
