import ArgumentParser
import Strata

/// A model's file and a table's, as arguments, and the fit of one to the other.
struct FittedModel: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The file with the model's text, or a folder that strata fit --out wrote: then nothing is fitted.",
      valueName: "model.strata"))
  var model: String

  @Option(
    help: ArgumentHelp(
      "The table: CSV with a header line. Not needed with a folder.", valueName: "table.csv"))
  var data: String?

  @OptionGroup var sampling: SamplingArguments

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  @Flag(help: "Print no progress and no notes.")
  var quiet = false

  func validate() throws { try FittedModel.requireData(data, for: [model]) }

  /// The files' names without folder and ending, of those that this tells apart.
  static func names(of paths: [String]) -> [String] {
    func short(_ path: String) -> String {
      let file = path.split(separator: "/").last.map(String.init) ?? path
      return file.hasSuffix(".strata") ? String(file.dropLast(7)) : file
    }
    return paths.map { path in
      paths.filter { short($0) == short(path) }.count == 1 ? short(path) : path
    }
  }

  /// A model's text needs a table; a folder with a fit has it.
  static func requireData(_ data: String?, for models: [String]) throws {
    guard data == nil, let other = models.first(where: { !Fit.isThere(in: $0) }) else { return }
    if FileKind(other) == .folder { throw ArchiveError.noFit(folder: other) }
    if FileKind(other) == .missing, !other.hasSuffix(".strata") {
      throw ArchiveError.noFolder(path: other)
    }
    throw ValidationError("Missing expected argument '--data <table.csv>'")
  }

  /// Says that a folder holds more than the fit that is read from it.
  static func warnOfUnfinishedRun(_ fit: Fit, in folder: String) {
    guard fit.isComplete, Fit.hasUnfinishedRun(in: folder) else { return }
    Terminal.printError(
      """
      Note: the folder also holds a run that was begun after this fit and has not ended. To go on with it: strata \
      resume \(ShellWord(folder))

      """)
  }

  /// Fits the model, or reads its fit; progress and failed diagnostics go to stderr.
  func fit() async throws -> Fit {
    try await FittedModel.fit(
      model, to: try data.map { try Table(contentsOf: $0) }, sampling, quiet: quiet)
  }

  /// The fit of a model's file, or the one in a folder.
  static func fit(
    _ path: String, to table: Table?, _ sampling: SamplingArguments, quiet: Bool,
    name: String? = nil
  ) async throws -> Fit {
    if Fit.isThere(in: path) {
      try sampling.requireDefaults(besides: path)
      let fit = try Fit(contentsOf: path, table: table)
      if !quiet { warnOfUnfinishedRun(fit, in: path) }
      warn(fit, name)
      return fit
    }
    guard let table else { throw ArchiveError.noFit(folder: path) }
    return try await fit(
      try Model(contentsOf: path), to: table, try sampling.options(), quiet: quiet, name: name)
  }

  static func fit(
    _ model: Model, to table: Table, _ options: FitOptions, quiet: Bool, name: String? = nil
  ) async throws -> Fit {
    let progress = ProgressDisplay(isShown: !quiet && Terminal.showsProgress, options: options)
    defer { progress.finish() }
    let fit = try await model.fit(to: table, options: options, progress: progress.handler)
    progress.finish()
    warn(fit, name)
    return fit
  }

  private static func warn(_ fit: Fit, _ name: String?) {
    guard fit.diagnostics.hasFailed else { return }
    let place = name.map { "\($0):\n" } ?? ""
    Terminal.printError(place + fit.findings(withNotes: false) + "\n")
  }

  /// The exit code of a command whose fits all ran.
  static func finish(_ fits: [Fit]) throws {
    if fits.contains(where: \.diagnostics.hasFailed) { throw ExitCode(3) }
  }
}
