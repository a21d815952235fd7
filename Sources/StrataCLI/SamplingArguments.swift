import ArgumentParser
import Strata

/// How a model is fitted: the options that all commands share which fit one.
struct SamplingArguments: ParsableArguments {
  // Numbers are read by OptionReader; unconditional, so that --seed -1 is a wrong number and not a missing one.
  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many chains to run.", valueName: "count"))
  var chains = "4"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Warmup iterations of each chain, or auto.", valueName: "count"))
  var warmup = "auto"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draws kept of each chain. (default: 1000)", valueName: "count"))
  var draws: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Draw until every bulk- and tail-ESS is at least this, and R-hat is good.",
      valueName: "count"))
  var ess: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --ess: draws of each chain at most. (default: 100000, less if memory is short)",
      valueName: "count"))
  var maxDraws: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --ess: go on no longer than this; warmup and a first round are always finished.",
      valueName: "seconds"))
  var maxSeconds: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The same seed gives the same draws.", valueName: "number"))
  var seed = "1"

  @Option(
    help: ArgumentHelp(
      "The sampler: \(OptionReader.names(FitOptions.Sampler.self)).", valueName: "name"),
    completion: .list(FitOptions.Sampler.allCases.map(\.rawValue)))
  var sampler = FitOptions.Sampler.auto.rawValue

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The acceptance that NUTS tunes its step size to, above 0 and below 1, or auto.",
      valueName: "number"))
  var targetAccept = "auto"

  @OptionGroup var planning: PlanArguments

  /// The options as a fit wants them.
  func options() throws -> FitOptions {
    // The upper bounds only keep slips of the finger from using up the memory.
    var options = FitOptions(
      chains: try OptionReader.integer(chains, "--chains", in: 1...1000),
      warmup: try OptionReader.integerOrAuto(warmup, "--warmup", in: 0...100_000_000),
      draws: try OptionReader.integer(draws ?? "1000", "--draws", in: 1...100_000_000),
      seed: try OptionReader.integer(seed, "--seed", in: 0...UInt64.max))
    options.target = try readTarget()
    options.sampler = try OptionReader.choice(sampler, "--sampler")
    options.targetAcceptance = try OptionReader.fractionOrAuto(targetAccept, "--target-accept")
    options.plan = try planning.mode()
    options.sampled = try planning.sampled()
    options.integrated = try planning.integrated()
    options.dropMissing = planning.dropMissing
    return options
  }

  /// Refuses options that a fit which is read back cannot follow.
  func requireDefaults(besides folder: String) throws {
    let isDefault =
      [draws, ess, maxDraws, maxSeconds].allSatisfy { $0 == nil }
      && [chains, warmup, seed, sampler, targetAccept] == ["4", "auto", "1", "auto", "auto"]
      && planning.isDefault
    guard isDefault else {
      throw FixedSettings(folder: folder)
    }
  }

  private func readTarget() throws -> PrecisionTarget? {
    guard let ess else {
      for (option, value) in [("--max-draws", maxDraws), ("--max-seconds", maxSeconds)] {
        guard let value else { continue }
        throw OptionError(option: option, expected: "--ess beside it", found: value)
      }
      return nil
    }
    if let draws {
      throw OptionError(
        option: "--draws",
        expected: "--max-draws in its place, as --ess finds out how many draws to make",
        found: draws)
    }
    return .until(
      bulkESS: Double(try OptionReader.integer(ess, "--ess", in: 1...100_000_000)),
      maximumDraws: try maxDraws.map {
        try OptionReader.integer($0, "--max-draws", in: 1...100_000_000)
      },
      maximumSeconds: try maxSeconds.map { try OptionReader.seconds($0, "--max-seconds") })
  }
}

/// Options of sampling beside a fit that is read back.
struct FixedSettings: Error, CustomStringConvertible {
  var folder: String

  var description: String {
    """
    "\(folder)" is a fit that is there already, and options of sampling like --draws or --seed do not change it: leave \
    them out, or name a model and --data in its place
    """
  }
}
