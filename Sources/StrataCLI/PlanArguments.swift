import ArgumentParser
import Strata

/// Which exact moves may be taken before sampling: the options of all commands that plan.
struct PlanArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The moves taken before sampling: \(OptionReader.names(Plan.Mode.self)).",
      valueName: "name"),
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

  var isDefault: Bool { [plan, sample, integrate] == ["auto", "", ""] && !dropMissing }

  func mode() throws -> Plan.Mode { try OptionReader.choice(plan, "--plan") }

  func sampled() throws -> Set<String> { try OptionReader.names(sample, "--sample") }

  func integrated() throws -> Set<String> { try OptionReader.names(integrate, "--integrate") }
}
