import ArgumentParser
import Strata

/// `strata explain MODEL.strata --data TABLE.csv`: prints how the model would be solved, without sampling.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Print how a model would be solved: what is compressed, and what is sampled.")

  @Argument(help: ArgumentHelp("The model's text.", valueName: "model.strata"))
  var model: String

  @Option(help: ArgumentHelp("The table, with a header line.", valueName: "table.csv"))
  var data: String

  @Option(help: "The moves that may be taken: \(Plan.Mode.names).")
  var plan = Plan.Mode.auto

  @Flag(help: "Leave out rows with a missing cell in a used column, instead of failing.")
  var dropMissing = false

  mutating func run() throws {
    let table = try Table(contentsOf: data, dropMissing: dropMissing)
    print(try Model(contentsOf: model).plan(for: table, mode: plan))
  }
}
