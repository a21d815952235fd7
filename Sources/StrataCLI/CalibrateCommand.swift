import ArgumentParser
import Strata

/// `strata calibrate MODEL.strata --data TABLE.csv`: simulation-based calibration.
struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fit a model to data simulated from its priors, and check that it finds the truth.",
    discussion: """
      The table gives groups and predictors; its outcomes are not looked at. If everything is right, the rank of \
      a true value among its draws is uniform. Exit code 3: it is not, beyond a chance of one in ten thousand.
      """)

  @OptionGroup var fitted: FittedModel

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many data sets.", valueName: "count"))
  var refits = "200"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draws that a true value is ranked among.", valueName: "count"))
  var ranks = "99"

  mutating func run() async throws {
    let count = try OptionReader.integer(refits, "--refits", in: 2...1_000_000)
    let ranks = try OptionReader.integer(ranks, "--ranks", in: 2...1_000_000)
    let options = try fitted.sampling.options()
    let isShown = !fitted.quiet && Terminal.showsProgress
    let calibration = try await Model(contentsOf: fitted.model).calibrate(
      on: try Table(contentsOf: fitted.requiredData()), refits: count, ranks: ranks,
      options: options
    ) { done in if isShown { Terminal.rewriteLine("\(done) of \(count) data sets") } }
    if isShown { Terminal.rewriteLine("") }
    Terminal.printOutput(fitted.json ? try calibration.json() : "\(calibration)")
    if calibration.chance < 1e-4 { throw ExitCode(3) }
  }
}
