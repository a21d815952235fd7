import ArgumentParser
import Strata

/// A model's file and a table's, as arguments, and the fit of one to the other.
struct FittedModel: ParsableArguments {
  @Argument(help: ArgumentHelp("The file with the model's text.", valueName: "model.strata"))
  var model: String

  @Option(help: ArgumentHelp("The table: CSV with a header line.", valueName: "table.csv"))
  var data: String

  @OptionGroup var sampling: SamplingArguments

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  @Flag(help: "Print no progress and no notes.")
  var quiet = false

  /// Fits the model; progress and failed diagnostics go to stderr.
  func fit() async throws -> Fit {
    try await FittedModel.fit(
      try Model(contentsOf: model), to: try Table(contentsOf: data), try sampling.options(),
      quiet: quiet)
  }

  static func fit(
    _ model: Model, to table: Table, _ options: FitOptions, quiet: Bool, name: String? = nil
  ) async throws -> Fit {
    let progress = ProgressDisplay(isShown: !quiet && Terminal.showsProgress, options: options)
    defer { progress.finish() }
    let fit = try await model.fit(to: table, options: options, progress: progress.handler)
    progress.finish()
    if fit.diagnostics.hasFailed {
      let place = name.map { "\($0):\n" } ?? ""
      Terminal.printError(place + fit.findings(withNotes: false) + "\n")
    }
    return fit
  }

  /// The exit code of a command whose fits all ran.
  static func finish(_ fits: [Fit]) throws {
    if fits.contains(where: \.diagnostics.hasFailed) { throw ExitCode(3) }
  }
}
