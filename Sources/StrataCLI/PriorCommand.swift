import ArgumentParser
import Strata

/// `strata prior MODEL.strata [--data TABLE.csv]`: what the priors say before any outcome is seen.
struct PriorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prior",
    abstract: "Draw parameters from their priors, and outcomes from them.",
    discussion: """
      Prints the parameters, then statistics of simulated outcomes: what data the model holds for possible. The \
      table gives groups and predictors; its outcomes are not looked at. A model without columns needs no table.
      """)

  @Argument(help: ArgumentHelp("The file with the model's text.", valueName: "model.strata"))
  var model: String

  @Option(help: ArgumentHelp("The table: CSV with a header line.", valueName: "table.csv"))
  var data: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("How many draws.", valueName: "count"))
  var draws = "1000"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The same seed gives the same draws.", valueName: "number"))
  var seed = "1"

  @Flag(help: "Leave out rows with a missing cell in a used column, instead of failing.")
  var dropMissing = false

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  @Flag(help: "As with other commands; there is no progress and no note to leave out.")
  var quiet = false

  mutating func run() throws {
    let prior = try Model(contentsOf: model).priorPredictive(
      for: try data.map { try Table(contentsOf: $0) },
      draws: try OptionReader.integer(draws, "--draws", in: 1...10_000_000),
      seed: try OptionReader.integer(seed, "--seed", in: 0...UInt64.max), dropMissing: dropMissing)
    let report = try PriorReport(prior)
    Terminal.printOutput(json ? try report.json() : "\(report)")
  }
}
