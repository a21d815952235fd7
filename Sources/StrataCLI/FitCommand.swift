import ArgumentParser
import Strata

/// `strata fit MODEL.strata --data TABLE.csv`: samples the posterior and prints its summary.
struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Sample the posterior of a model and print its summary.",
    discussion: """
      The summary goes to stdout, progress and messages to stderr. Exit code 0: the run finished; \
      1: bad input; 3: it finished, but a diagnostic failed.
      """)

  @Argument(help: ArgumentHelp("The model's text.", valueName: "model.strata"))
  var model: String

  @Option(help: ArgumentHelp("The table, with a header line.", valueName: "table.csv"))
  var data: String

  @Option(help: ArgumentHelp("Also write summary.csv and run.json into this folder.", valueName: "folder"))
  var out: String?

  @Option(help: "The number of chains.")
  var chains = 4

  @Option(help: "Warmup iterations of each chain, or auto.")
  var warmup = AutoInteger.auto

  @Option(help: "Draws kept of each chain.")
  var draws = 1000

  @Option(help: "The seed: the same seed gives the same draws.")
  var seed: UInt64 = 1

  @Option(help: "The sampler: \(FitOptions.Sampler.names).")
  var sampler = FitOptions.Sampler.nuts

  @Option(help: "The acceptance that NUTS' step size is tuned to, between 0 and 1, or auto.")
  var targetAccept = AutoNumber.auto

  @Option(help: "The moves taken before sampling: \(Plan.Mode.names).")
  var plan = Plan.Mode.auto

  @Flag(help: "Leave out rows with a missing cell in a used column, instead of failing.")
  var dropMissing = false

  @Flag(help: "Print one JSON object (run.json and the summary) instead of the table.")
  var json = false

  @Flag(help: "Print no progress and no notes.")
  var quiet = false

  mutating func run() async throws {
    let folder = try out.map { try OutputFolder($0) }
    let model = try Model(contentsOf: model)
    let clock = ContinuousClock()
    let start = clock.now
    let table = try Table(contentsOf: data)
    let reading = (clock.now - start) / .seconds(1)

    let progress = ProgressDisplay(isShown: !quiet && Terminal.hasInteractiveErrors)
    let fit: Fit
    do {
      fit = try await model.fit(to: table, options: options, progress: progress.handler)
    } catch {
      progress.finish()
      throw error
    }
    progress.finish()
    let output = FitOutput(fit, record: RunRecord(fit, table: table, reading: reading))
    if let folder { try output.write(to: folder) }
    if json { print(try output.json()) } else { report(fit) }
    if fit.diagnostics.hasFailed { throw ExitCode(3) }
  }

  private var options: FitOptions {
    var options = FitOptions(chains: chains, warmup: warmup.value, draws: draws, seed: seed)
    options.sampler = sampler
    options.targetAcceptance = targetAccept.value
    options.plan = plan
    options.dropMissing = dropMissing
    return options
  }

  private func report(_ fit: Fit) {
    print(fit)
    if !quiet { Terminal.printError("\n" + Report.settings(of: fit)) }
  }
}

/// The lines under the summary.
enum Report {
  /// What ran, with every value that was chosen, and how long it took.
  static func settings(of fit: Fit) -> String {
    let s = fit.settings
    let target = s.targetAcceptance.map { ", target acceptance \($0)" } ?? ""
    let seconds = fit.seconds.planning + fit.seconds.warmup + fit.seconds.sampling
    return """
      \(s.sampler == .nuts ? "NUTS" : "Metropolis"), \(fit.dimension) parameters sampled, plan \
      \(s.plan.rawValue), \(s.chains) chain\(s.chains == 1 ? "" : "s") of \(s.warmup) warmup + \
      \(s.draws) draws\(target), seed \(s.seed); \(fit.evaluations) evaluations in \
      \(decimals(seconds, 2)) s
      """
  }

  /// `x` rounded to `places` decimals.
  static func decimals(_ x: Double, _ places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
    let whole = Int((x * scale).rounded())
    let fraction = String(whole % Int(scale))
    return "\(whole / Int(scale))."
      + String(repeating: "0", count: places - fraction.count) + fraction
  }
}
