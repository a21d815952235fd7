import ArgumentParser
import Strata

/// `strata check MODEL.strata --data TABLE.csv [--by COLUMN]`: whether the fitted model makes data like the table's.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Fit a model and check it: against the data it predicts, and for what its priors do.",
    discussion: """
      Statistics of the data beside those of replicated data; the leave-one-out probability transform, which is \
      uniform if the model is right; and how the posterior moves when priors or likelihood count a little more.
      """)

  @OptionGroup var fitted: FittedModel

  @Option(
    help: ArgumentHelp(
      "Also check every group of rows that this column makes.", valueName: "column"))
  var by: String?

  @Option(
    help: ArgumentHelp(
      "Which outcome, as the model writes it, if there are several.", valueName: "name"))
  var outcome: String?

  mutating func run() async throws {
    let fit = try await fitted.fit()
    let report = try CheckReport(fit, by: by.map { [$0] } ?? [], outcome: outcome)
    Terminal.printOutput(fitted.json ? try report.json() : "\(report)")
    try FittedModel.finish([fit])
  }
}
