import ArgumentParser
import Strata

/// `strata compare A.strata B.strata --data TABLE.csv`: which model predicts rows best that it has not seen.
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Fit models of the same outcome and rank them by how well they predict it.",
    discussion: """
      By default by leave-one-out cross-validation without refits (PSIS-LOO), conditional on the group effects. \
      --folds and --leave-out refit instead: exact, and for new groups if whole groups are left out.
      """)

  @Argument(
    help: ArgumentHelp(
      "The files with the models' texts, or folders that strata fit --out wrote, one or more.",
      valueName: "model.strata"))
  var models: [String]

  @Option(
    help: ArgumentHelp(
      "The table: CSV with a header line. Not needed with folders.", valueName: "table.csv"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Which outcome, as the model writes it, if there are several.", valueName: "name"))
  var outcome: String?

  @Flag(help: "Compare by WAIC instead.")
  var waic = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Compare by k-fold cross-validation instead.", valueName: "count"))
  var folds: String?

  @Option(
    help: ArgumentHelp(
      "Compare by leaving out one group after the other instead.", valueName: "column"))
  var leaveOut: String?

  @Option(
    help: ArgumentHelp(
      "Integrate the effects of this column's groups out: whole groups are left out, without refits.",
      valueName: "column"))
  var marginal: String?

  @OptionGroup var sampling: SamplingArguments

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  @Flag(help: "Print no progress.")
  var quiet = false

  func validate() throws { try FittedModel.requireData(data, for: models) }

  mutating func run() async throws {
    let chosen = (waic ? 1 : 0) + (folds == nil ? 0 : 1) + (leaveOut == nil ? 0 : 1)
    if chosen > 1 {
      throw OptionError(
        option: "--waic, --folds, --leave-out", expected: "one of them at most",
        found: "\(chosen)")
    }
    if let marginal, folds != nil || leaveOut != nil {
      throw OptionError(
        option: "--marginal", expected: "neither --folds nor --leave-out beside it", found: marginal
      )
    }
    let count = try folds.map { try OptionReader.integer($0, "--folds", in: 2...1_000_000) }
    // What cannot be read is found before anything is fitted.
    for path in models where !Fit.isThere(in: path) { _ = try Model(contentsOf: path) }
    _ = try sampling.options()
    let table = try data.map { try Table(contentsOf: $0) }
    var fits: [Fit] = []
    var accuracies: [(name: String, accuracy: PredictiveAccuracy)] = []
    for (path, short) in zip(models, FittedModel.names(of: models)) {
      let fit = try await FittedModel.fit(path, to: table, sampling, quiet: quiet, name: path)
      fits.append(fit)
      accuracies.append((short, try await accuracy(of: fit, folds: count)))
    }
    if let only = accuracies.first, accuracies.count == 1 {
      Terminal.printOutput(json ? try only.accuracy.json(name: only.name) : "\(only.accuracy)")
    } else {
      let comparison = try FitComparison(accuracies)
      Terminal.printOutput(json ? try comparison.json() : "\(comparison)")
    }
    try FittedModel.finish(fits)
  }

  private func accuracy(of fit: Fit, folds: Int?) async throws -> PredictiveAccuracy {
    if let folds { return try await fit.kFold(folds, outcome: outcome) }
    if let leaveOut { return try await fit.leaveOneGroupOut(leaveOut, outcome: outcome) }
    let scope: LikelihoodScope = marginal.map { .marginal([$0]) } ?? .conditional
    return waic
      ? try fit.waic(scope, outcome: outcome) : try fit.leaveOneOut(scope, outcome: outcome)
  }
}
