import ArgumentParser
import Strata

/// What commands that draw do before and after: progress and Ctrl-C, then results on stdout and in the folder.
struct FitReporting {
  var json: Bool
  var quiet: Bool
  var sparks = false
  /// Whether a folder gets the report with its pictures.
  var writesReport = true

  /// Runs a fit with progress on stderr. Ctrl-C stops it with the draws there are.
  func run(
    _ options: FitOptions, _ folder: OutputFolder?,
    _ fit: @escaping @Sendable (ProgressHandler?) async throws -> Fit
  ) async throws -> Fit {
    let progress = ProgressDisplay(isShown: !quiet && Terminal.showsProgress, options: options)
    defer { progress.finish() }
    let task = Task { try await fit(progress.handler) }
    let toGoOn = folder.map { " To go on: strata resume \(ShellWord($0.path))" }
    let farewell = "Stopped at once.\(toGoOn ?? "")"
    Interruption.calls(farewell: farewell) { task.cancel() }
    do {
      let fit = try await task.value
      if fit.isComplete {
        Interruption.calls(farewell: farewell) {
          Terminal.printError("All draws are made and being written: once more to stop at once.")
        }
      }
      return fit
    } catch is CancellationError {
      progress.finish()
      Terminal.printError(
        toGoOn.map { "Interrupted: there were no draws yet.\($0)" }
          ?? "Interrupted: there were no draws yet.")
      throw ExitCode(Interruption.exitCode)
    }
  }

  /// Prints and writes what a fit came to.
  /// - Parameter record: nil if it is not wanted.
  func finish(
    _ fit: Fit, _ record: RunRecord?, _ folder: OutputFolder?, _ extras: Set<ArchiveExtra>,
    stanCSV: Bool
  ) throws {
    let output = record.map { FitOutput(fit, record: $0) }
    // Printed before a failure to write is reported: a full disk must not cost the run.
    let written = Result {
      guard let folder else { return }
      try output?.write(to: folder)
      try fit.save(to: folder, with: extras, stanCSV: stanCSV)
    }
    if json, let output { try report(fit, json: output.json()) } else { report(fit) }
    do {
      try written.get()
    } catch let error as OutputError {
      throw UnwrittenResults(
        error: error,
        remedy: folder.map { "Once it can be written: strata resume \(ShellWord($0.path))" } ?? "")
    }
    // Said before the report, which takes a while.
    if !fit.isComplete {
      Terminal.printError(
        folder.map { "\nInterrupted. To go on: strata resume \(ShellWord($0.path))" }
          ?? "\nInterrupted: the draws were not kept. With --out they are, and the run can go on.")
    }
    if let folder, writesReport {
      do {
        try FitReport(fit, folder: folder.path).write(to: folder)
      } catch let error as OutputError {
        throw UnwrittenResults(error: error, remedy: "The fit is kept there, without its report.")
      }
    }
    if !fit.isComplete { throw ExitCode(Interruption.exitCode) }
    if fit.diagnostics.hasFailed { throw ExitCode(3) }
  }

  /// The summary, what the diagnostics say, and the settings.
  private func report(_ fit: Fit) {
    printSummary(of: fit)
    if !quiet { Terminal.printError("\n" + fit.settingsLine(width: Terminal.textWidth)) }
  }

  /// The summary, and what the diagnostics say.
  func printSummary(of fit: Fit) {
    let table = fit.summary.text(
      width: Terminal.outputWidth, sparks: sparks ? fit.sparklines() : nil)
    let findings = fit.findings(withNotes: !quiet, width: Terminal.textWidth)
    Terminal.printOutput("\(table)\n\n\(findings)")
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

/// Results that could not be written, and what there is of them all the same.
struct UnwrittenResults: Error, CustomStringConvertible {
  var error: OutputError
  var remedy: String

  var description: String { "\(error)\n\(remedy)" }
}
