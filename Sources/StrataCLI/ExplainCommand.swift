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

  @Option(
    help: ArgumentHelp(
      "The moves that may be taken: \(OptionReader.names(Plan.Mode.self)).", valueName: "name"),
    completion: .list(Plan.Mode.allCases.map(\.rawValue)))
  var plan = Plan.Mode.auto.rawValue

  @Option(
    help: ArgumentHelp(
      "Parameters to sample even if they could be integrated out.", valueName: "a,b"))
  var sample = ""

  @Option(
    help: ArgumentHelp(
      "Parameters that must be integrated out; an error if they can't be.", valueName: "a,b"))
  var integrate = ""

  @Flag(help: "Leave out rows with a missing cell in a used column, instead of failing.")
  var dropMissing = false

  mutating func run() throws {
    let mode: Plan.Mode = try OptionReader.choice(plan, "--plan")
    let model = try Model(contentsOf: model)
    let table = try Table(contentsOf: data, dropMissing: dropMissing)
    print(
      try model.plan(
        for: table, mode: mode, sampled: try OptionReader.names(sample, "--sample"),
        integrated: try OptionReader.names(integrate, "--integrate")))
  }
}
