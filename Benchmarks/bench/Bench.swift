import ArgumentParser
import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `swift run -c release bench`: kernels (ns per row, each backend), gradients of named models (ns), steps of
/// NUTS beyond the gradient (ns), growth, whole fits (seconds, min bulk-ESS per second and per gradient).
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Times kernels, gradients of named models, steps of NUTS, and whole fits.")

  @Option(help: ArgumentHelp("Run only benchmarks whose name holds this text.", valueName: "name"))
  var filter: String?

  @Option(help: ArgumentHelp("Also write the results as JSON.", valueName: "file"))
  var json: String?

  @OptionGroup(title: "One fit")
  var fitting: FitCommandLine

  mutating func run() async throws {
    if let model = fitting.fit { return try await fitting.run(model: model) }
    let machine = Machine.current
    print(machine)
    var results = Results(machine: machine)
    func wants(_ name: String) -> Bool { filter.map { name.contains($0) } ?? true }
    results.kernels = KernelBenchmark.run(wants)
    results.gradients = try GradientBenchmark.run(wants)
    results.leapfrogs = try await SamplerBenchmark.run(wants)
    results.growth = try GrowthBenchmark.run(wants)
    results.fits = try await FitBenchmark.run(wants)
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(results).write(to: URL(fileURLWithPath: json))
    }
  }
}

/// All results of a run, for `--json`.
struct Results: Encodable {
  var machine: Machine
  var kernels: [KernelBenchmark.Result] = []
  var gradients: [GradientBenchmark.Result] = []
  var leapfrogs: [SamplerBenchmark.Result] = []
  var growth: [GrowthBenchmark.Result] = []
  var fits: [FitBenchmark.Result] = []
}

/// A heading, then aligned lines.
func printTable(_ title: String, _ header: [String], _ rows: [[String]]) {
  guard !rows.isEmpty else { return }
  let all = [header] + rows
  let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
  print("\n\(title)")
  for row in all {
    let cells = zip(row, widths).enumerated().map { index, item in
      let gap = String(repeating: " ", count: item.1 - item.0.count)
      return index == 0 ? item.0 + gap : gap + item.0
    }
    print("  " + cells.joined(separator: "  "))
  }
}

/// `x` with about three significant digits.
func short(_ x: Double) -> String {
  guard x > 0, x.isFinite else { return "-" }
  let decimals = x >= 100 ? 0 : x >= 10 ? 1 : x >= 1 ? 2 : 3
  let scale = [1.0, 10, 100, 1000][decimals]
  let whole = Int((x * scale).rounded())
  if decimals == 0 { return "\(whole)" }
  let fraction = String(whole % Int(scale))
  return "\(whole / Int(scale))." + String(repeating: "0", count: decimals - fraction.count)
    + fraction
}
