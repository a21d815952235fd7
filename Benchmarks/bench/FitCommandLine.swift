import ArgumentParser
import Strata
import StrataModels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `bench --fit MODEL.strata --data TABLE.csv`: one fit of any model as one JSON object, and its draws as
/// numbers that other programs can read. The comparison with other engines (Benchmarks/Peers) calls it.
struct FitCommandLine: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Instead of the benchmarks, fit this model once and print one JSON object.",
      valueName: "model.strata"))
  var fit: String?

  @Option(help: ArgumentHelp("The table of --fit.", valueName: "table.csv"))
  var data: String?

  @Flag(help: "With --fit: time the gradient instead of fitting.")
  var gradientOnly = false

  @Option(help: ArgumentHelp("With --fit: the seed.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("With --fit: warmup iterations of each chain.", valueName: "count"))
  var warmup: Int?

  @Option(help: ArgumentHelp("With --fit: draws of each chain.", valueName: "count"))
  var draws = 1000

  @Option(help: ArgumentHelp("With --fit: chains.", valueName: "count"))
  var chains = 4

  @Option(
    help: ArgumentHelp(
      "With --fit: threads for the chains; one chain shares long loops over rows among them.",
      valueName: "count"))
  var threads: Int?

  @Option(help: ArgumentHelp("With --fit: the target acceptance of NUTS.", valueName: "number"))
  var targetAccept: Double?

  @Option(help: ArgumentHelp("With --fit: auto, compressed or direct.", valueName: "name"))
  var plan = Plan.Mode.auto

  @Option(
    help: ArgumentHelp(
      "With --fit: write draws.f64 (little-endian float64: chain, draw, parameter) and names.txt here.",
      valueName: "folder"))
  var drawsTo: String?

  func validate() throws {
    if fit != nil, data == nil { throw ValidationError("--fit needs --data TABLE.csv") }
    if fit == nil, data != nil || gradientOnly || drawsTo != nil {
      throw ValidationError("--data, --gradient-only and --draws-to go with --fit MODEL.strata")
    }
  }

  /// Fits, or times the gradient, and prints the result.
  func run(model path: String) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    let model = try Model(contentsOf: path)
    let table = try Table(contentsOf: data ?? "")
    let reading = (clock.now - start) / .seconds(1)
    if gradientOnly {
      printJSON(
        try GradientBenchmark.measure(model, table, name: path, plan: plan, threads: threads ?? 1))
      return
    }
    var options = FitOptions(chains: chains, warmup: warmup, draws: draws, seed: seed)
    options.plan = plan
    options.threads = threads
    options.targetAcceptance = targetAccept
    let folder = try drawsTo.map { try OutputFolder($0) }
    let beforeFit = clock.now
    let fit = try await model.fit(to: table, options: options)
    let seconds = (clock.now - beforeFit) / .seconds(1)
    if let folder { try DrawsFile.write(fit, to: folder) }
    printJSON(FitResult(fit, reading: reading, whole: seconds))
  }

  private func printJSON(_ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(value) else { return }
    print(String(decoding: data, as: UTF8.self))
  }
}

extension Plan.Mode: ExpressibleByArgument {}

/// What `--fit` prints.
private struct FitResult: Encodable {
  struct Seconds: Encodable {
    var reading: Double
    var planning: Double
    /// Wall time of warmup and draws.
    var sampling: Double
    /// Diagnostics and quantiles of every quantity.
    var summary: Double
  }

  var version = strataVersion
  var plan: String
  var rows: Int
  var dimension: Int
  var chains: Int
  var warmup: Int
  var draws: Int
  var seed: UInt64
  var seconds: Seconds
  var warmupGradients: Int
  var drawGradients: Int
  var divergences: Int
  var minBulkESS: Double?
  var minTailESS: Double?
  var maxRHat: Double?

  init(_ fit: Fit, reading: Double, whole: Double) {
    plan = fit.settings.plan.rawValue
    rows = fit.rowCount
    dimension = fit.dimension
    chains = fit.settings.chains
    warmup = fit.settings.warmup
    draws = fit.settings.draws
    seed = fit.settings.seed
    let sampling = fit.seconds.warmup + fit.seconds.sampling
    seconds = Seconds(
      reading: reading, planning: fit.seconds.planning, sampling: sampling,
      summary: whole - fit.seconds.planning - sampling)
    warmupGradients = fit.warmupEvaluations
    drawGradients = fit.samplingEvaluations
    divergences = fit.divergences
    let statistics = fit.summary.rows.map(\.statistics)
    minBulkESS = statistics.compactMap(\.bulkESS).min()
    minTailESS = statistics.compactMap(\.tailESS).min()
    maxRHat = statistics.compactMap(\.rHat).max()
  }
}

/// Draws as raw numbers with the names beside them.
private enum DrawsFile {
  static func write(_ fit: Fit, to folder: OutputFolder) throws {
    let names = fit.parameterNames.joined(separator: "\n") + "\n"
    try names.write(toFile: folder.path + "/names.txt", atomically: true, encoding: .utf8)
    let path = folder.path + "/draws.f64"
    guard let file = fopen(path, "wb") else { throw NotWritten(path: path) }
    var isWhole = true
    for chain in fit.chains {
      let written = chain.reported.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
      isWhole = isWhole && written == chain.reported.count * MemoryLayout<Double>.stride
    }
    guard fclose(file) == 0, isWhole else { throw NotWritten(path: path) }
  }
}

/// A file of draws that could not be written whole.
private struct NotWritten: Error, CustomStringConvertible {
  let path: String
  let reason = String(cString: strerror(errno))

  var description: String { "cannot write \(path): \(reason)" }
}
