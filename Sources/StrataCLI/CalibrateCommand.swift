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

  @Argument(help: ArgumentHelp("The file with the model's text.", valueName: "model.strata"))
  var model: String

  @Option(help: ArgumentHelp("The table: CSV with a header line.", valueName: "table.csv"))
  var data: String

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many data sets.", valueName: "count"))
  var refits = "200"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draws that a true value is ranked among.", valueName: "count"))
  var ranks = "99"

  @OptionGroup var sampling: SamplingArguments

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  @Flag(help: "Print no progress.")
  var quiet = false

  mutating func run() async throws {
    let count = try OptionReader.integer(refits, "--refits", in: 2...1_000_000)
    let ranks = try OptionReader.integer(ranks, "--ranks", in: 2...1_000_000)
    let options = try sampling.options()
    let isShown = !quiet && Terminal.showsProgress
    let calibration = try await Model(contentsOf: model).calibrate(
      on: try Table(contentsOf: data), refits: count, ranks: ranks,
      options: options
    ) { done in if isShown { Terminal.rewriteLine("\(done) of \(count) data sets") } }
    if isShown { Terminal.rewriteLine("") }
    Terminal.printOutput(json ? try calibration.json() : "\(calibration)")
    if calibration.chance < 1e-4 { throw ExitCode(3) }
  }
}
