import ArgumentParser
import Strata

/// `strata fit MODEL.strata --data TABLE.csv`: samples the posterior and prints its summary.
struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Sample the posterior of a model and print its summary.",
    discussion: """
      The summary goes to stdout; progress and messages go to stderr. Exit code 0: the run \
      finished; 1: bad input, or results that cannot be written; 3: it finished, but a diagnostic failed; 130: it \
      was interrupted (143 by SIGTERM). Ctrl-C stops with the summary of the draws there are; with --out, 'strata \
      resume' goes on, also after a crash.
      """)

  @Argument(help: ArgumentHelp("The file with the model's text.", valueName: "model.strata"))
  var model: String

  @Option(help: ArgumentHelp("The table: CSV with a header line.", valueName: "table.csv"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "Also write summary.csv, run.json, the archive fit.zarr, report.html and its pictures into this folder.",
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

  @Option(
    help: ArgumentHelp(
      "With --out: what the archive shall also hold, of \(OptionReader.names(ArchiveExtra.self)).",
      valueName: "a,b"))
  var with = ""

  @Flag(help: "With --out: also write the draws as Stan does, chain-1.csv and so on.")
  var stanCSV = false

  @Flag(help: "Print a small histogram beside each parameter.")
  var sparks = false

  @Flag(help: "Print one JSON object (run.json and the summary) instead of the table.")
  var json = false

  @Flag(help: "Print no progress, no notes and no settings: the summary, and what failed.")
  var quiet = false

  mutating func run() async throws {
    let options = try readOptions()
    let extras = try readExtras()
    let model = try Model(contentsOf: model)
    let clock = ContinuousClock()
    let start = clock.now
    let table = try Table(contentsOf: data)
    let reading = (clock.now - start) / .seconds(1)
    let folder = try out.map { try OutputFolder($0) }
    let lock = try folder.map { try FolderLock($0.path) }
    defer { withExtendedLifetime(lock) {} }
    if folder != nil { Terminal.survivesClosedOutput() }
    if extras.contains(.prior) {
      // An improper prior is found before sampling.
      _ = try model.priorPredictive(
        for: table, draws: 1, dropMissing: options.dropMissing || table.dropMissing)
    }
    let reporting = FitReporting(
      json: json, quiet: quiet, sparks: sparks, writesReport: !noReport)
    let fit = try await reporting.run(options, folder) { [stanCSV] progress in
      if let folder {
        return try await model.fit(
          to: table, options: options, keepingIn: folder, with: extras, stanCSV: stanCSV,
          progress: progress)
      }
      return try await model.fit(
        to: table, options: options, keepingPartialResults: true, progress: progress)
    }
    // Made only where it is wanted: the record holds the hash of the whole file.
    let record = folder != nil || json ? RunRecord(fit, table: table, reading: reading) : nil
    try reporting.finish(fit, record, folder, extras, stanCSV: stanCSV)
  }

  private func readExtras() throws -> Set<ArchiveExtra> {
    for (option, isGiven) in [("--with", !with.isEmpty), ("--stan-csv", stanCSV)]
    where isGiven && out == nil {
      throw OptionError(option: option, expected: "--out beside it", found: with)
    }
    return Set(
      try OptionReader.names(with, "--with").map { try OptionReader.choice($0, "--with") })
  }

  private func readOptions() throws -> FitOptions {
    var options = try sampling.options()
    options.effects = try OptionReader.choice(effects, "--effects")
    return options
  }
}
