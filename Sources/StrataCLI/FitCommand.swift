import ArgumentParser
import Strata

/// `strata fit MODEL.strata --data TABLE.csv`: samples the posterior and prints its summary.
struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Sample the posterior of a model and print its summary.",
    discussion: """
      The summary goes to stdout; progress and messages go to stderr. Exit code 0: the run \
      finished; 1: bad input; 3: it finished, but a diagnostic failed.
      """)

  @Argument(help: ArgumentHelp("The file with the model's text.", valueName: "model.strata"))
  var model: String

  @Option(help: ArgumentHelp("The table: CSV with a header line.", valueName: "table.csv"))
  var data: String

  @Option(
    help: ArgumentHelp("Also write summary.csv and run.json into this folder.", valueName: "folder")
  )
  var out: String?

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

  @Option(
    help: ArgumentHelp(
      "What to keep of group effects that are integrated out: \(OptionReader.names(Plan.Effects.self)).",
      valueName: "name"),
    completion: .list(Plan.Effects.allCases.map(\.rawValue)))
  var effects = Plan.Effects.draws.rawValue

  @Flag(help: "Leave out rows with a missing cell in a used column, instead of failing.")
  var dropMissing = false

  @Flag(help: "Print one JSON object (run.json and the summary) instead of the table.")
  var json = false

  @Flag(help: "Print no progress, no notes and no settings: the summary, and what failed.")
  var quiet = false

  mutating func run() async throws {
    let options = try readOptions()
    let model = try Model(contentsOf: model)
    let clock = ContinuousClock()
    let start = clock.now
    let table = try Table(contentsOf: data)
    let reading = (clock.now - start) / .seconds(1)
    let folder = try out.map { try OutputFolder($0) }

    let progress = ProgressDisplay(isShown: !quiet && Terminal.showsProgress, options: options)
    let fit: Fit
    do {
      fit = try await model.fit(to: table, options: options, progress: progress.handler)
    } catch {
      progress.finish()
      throw error
    }
    progress.finish()

    // Made only where it is wanted: the record holds the hash of the whole file.
    let output =
      folder != nil || json
      ? FitOutput(fit, record: RunRecord(fit, table: table, reading: reading)) : nil
    // Printed before a failure to write is reported: a full disk must not cost the run.
    let written = Result { try folder.map { try output?.write(to: $0) } }
    if json, let output { try report(fit, json: output.json()) } else { report(fit) }
    _ = try written.get()
    if fit.diagnostics.hasFailed { throw ExitCode(3) }
  }

  private func readOptions() throws -> FitOptions {
    // The upper bounds only keep slips of the finger from using up the memory.
    var options = FitOptions(
      chains: try OptionReader.integer(chains, "--chains", in: 1...1000),
      warmup: try OptionReader.integerOrAuto(warmup, "--warmup", in: 0...100_000_000),
      draws: try OptionReader.integer(draws ?? "1000", "--draws", in: 1...100_000_000),
      seed: try OptionReader.integer(seed, "--seed", in: 0...UInt64.max))
    options.target = try readTarget()
    options.sampler = try OptionReader.choice(sampler, "--sampler")
    options.targetAcceptance = try OptionReader.fractionOrAuto(targetAccept, "--target-accept")
    options.plan = try OptionReader.choice(plan, "--plan")
    options.sampled = try OptionReader.names(sample, "--sample")
    options.integrated = try OptionReader.names(integrate, "--integrate")
    options.effects = try OptionReader.choice(effects, "--effects")
    options.dropMissing = dropMissing
    return options
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

  private func report(_ fit: Fit) {
    Terminal.printOutput("\(fit.summary)\n\n\(fit.findings(withNotes: !quiet))")
    if !quiet { Terminal.printError("\n" + fit.settingsLine) }
  }

  /// Stdout has the JSON alone; what failed is said on stderr too, since it explains the exit code.
  private func report(_ fit: Fit, json: String) {
    Terminal.printOutput(json)
    if !quiet {
      Terminal.printError(fit.findings(withNotes: true) + "\n\n" + fit.settingsLine)
    } else if fit.diagnostics.hasFailed {
      Terminal.printError(fit.findings(withNotes: false))
    }
  }
}
