import ArgumentParser
import Strata

/// `strata explain MODEL.strata --data TABLE.csv`: prints how the model would be solved, without sampling.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Print how a model would be solved: what is integrated out, what is sampled, and why."
  )

  @Argument(help: ArgumentHelp("The file with the model's text.", valueName: "model.strata"))
  var model: String

  @Option(help: ArgumentHelp("The table: CSV with a header line.", valueName: "table.csv"))
  var data: String

  @OptionGroup var planning: PlanArguments

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  mutating func run() throws {
    // What is wrong with the options is said before a file is read.
    let (mode, sampled, integrated) = try (
      planning.mode(), planning.sampled(), planning.integrated()
    )
    let model = try Model(contentsOf: model)
    let table = try Table(contentsOf: data, dropMissing: planning.dropMissing)
    let plan = try model.plan(for: table, mode: mode, sampled: sampled, integrated: integrated)
    Terminal.printOutput(json ? try plan.json() : "\(plan)")
  }
}
