import Foundation
import Strata
import StrataDiagnostics
import StrataModels
import StrataSampling
import Testing

extension Statistical {
  /// Not a check but a measurement, run when STRATA_MEASURE is set: what starts at the mode and short warmups
  /// cost and give, in gradients. STRATA_SEEDS is the number of seeds (3),
  /// STRATA_WARMUP the warmups (200 1000).
  @Suite(
    .serialized, .enabled(if: ProcessInfo.processInfo.environment["STRATA_MEASURE"] != nil))
  struct StartMeasurement {
    struct Way: Sendable {
      var name: String
      var warmup: Int
      var metric: MetricShape
      var isMode: Bool
    }

    static let ways =
      (ProcessInfo.processInfo.environment["STRATA_WARMUP"] ?? "200 1000").split(separator: " ")
      .compactMap { Int($0) }.flatMap { warmup in
        [
          Way(name: "mode, dense", warmup: warmup, metric: .dense, isMode: true),
          Way(name: "mode, diagonal", warmup: warmup, metric: .diagonal, isMode: true),
          Way(name: "jittered, dense", warmup: warmup, metric: .dense, isMode: false),
          Way(name: "jittered, diagonal", warmup: warmup, metric: .diagonal, isMode: false),
        ]
      }

    @Test func gradientsAndEffectiveDraws() async throws {
      for sd in [0, 0.1, 1, 10] {
        try await measure(
          "4 × 5, sd \(sd)", OneWayDensity(groups: 4, rows: 5, sd: sd, seed: 5))
        try await measureText(
          "4 × 5, sd \(sd), integrated by the plan", Self.groups, table: Self.rows(sd: sd))
      }
      try await measure("30 × 10, sd 1", OneWayDensity(groups: 30, rows: 10, sd: 1, seed: 5))
      try await measureText(
        "eight schools, marginal",
        "mu ~ Normal(0, 5)\ntau ~ HalfCauchy(5)\ny ~ Normal(mu, sqrt(sigma^2 + tau^2))",
        table: try Table(contentsOf: "\(ExampleCase.folder)/eight_schools.csv"))
      try await measureText(
        "regression, columns far from 0", Self.regression, table: Self.columns())
      for example in ExampleCase.all {
        try await measureText(
          example.table,
          try String(
            contentsOfFile: "\(ExampleCase.folder)/\(example.model).strata", encoding: .utf8),
          table: try Table(contentsOf: "\(ExampleCase.folder)/\(example.table).csv"))
      }
    }

    static let groups = """
      mu ~ Normal(0, 10)
      tau ~ HalfCauchy(2)
      s ~ HalfCauchy(2)
      a[g] ~ Normal(mu, tau)
      y ~ Normal(a[g], s)
      """

    static func rows(sd: Double) throws -> Table {
      var random = RandomStream(seed: 5, stream: 77)
      let effects = (0..<4).map { _ in sd * random.normal() }
      let groups = (0..<20).map { $0 / 5 }
      let y = groups.map { effects[$0] + random.normal() }
      return try Table(["g": .numbers(groups.map(Double.init)), "y": .numbers(y)])
    }

    static let regression = """
      a ~ Normal(0, 100)
      b ~ Normal(0, 10)
      c ~ Normal(0, 10)
      d ~ Normal(0, 10)
      s ~ HalfCauchy(5)
      y ~ Normal(a + b * u + c * v + d * w, s)
      """

    static func columns() throws -> Table {
      var random = RandomStream(seed: 8)
      let u = (0..<200).map { _ in 100 + 15 * random.normal() }
      let v = u.map { 0.8 * $0 + 8 * random.normal() }
      let w = v.map { 50 - 0.5 * $0 + 5 * random.normal() }
      let y = u.indices.map { 20 + 0.5 * u[$0] + 0.2 * v[$0] - w[$0] + 10 * random.normal() }
      return try Table(["u": .numbers(u), "v": .numbers(v), "w": .numbers(w), "y": .numbers(y)])
    }

    private func measureText(_ name: String, _ text: String, table: Table) async throws {
      let density = PosteriorDensity(try Model(text).bound(to: table), plan: .auto)
      try await measure(name, density)
    }

    private func measure<D: LogDensity>(_ name: String, _ density: D) async throws {
      let environment = ProcessInfo.processInfo.environment
      let seeds = environment["STRATA_SEEDS"].flatMap(UInt64.init) ?? 3
      let search = try findStart(of: density)
      print(
        "\(name): \(density.dimension) dimensions, \(search.obstacle ?? "mode"),",
        "\(search.evaluations) evaluations")
      for way in Self.ways {
        guard !way.isMode || search.start != nil else { continue }
        var sums = [Double](repeating: 0, count: 7)
        for seed in 1...seeds {
          let configuration = try NUTSConfiguration(
            warmup: way.warmup, targetAcceptance: 0.85, metric: way.metric,
            start: way.isMode ? .mode(search.start!) : .jittered)
          let chains = try await sample(
            density, configuration: .nuts(configuration),
            chains: ChainConfiguration(seed: 100 + seed))
          let values = Self.numbers(
            chains, start: way.isMode ? Double(search.evaluations) : 0)
          for (i, value) in values.enumerated() { sums[i] += value / Double(seeds) }
        }
        let cells = zip(sums, [0, 0, 0, 0, 1, 1, 2]).map { String(format: "%.\($1)f", $0) }
        print("| \(way.name), \(way.warmup) |", cells.joined(separator: " | "), "|")
      }
    }

    /// Gradients of warmup and draws, least bulk- and tail-ESS, bulk-ESS per 1000 gradients, divergences, and
    /// whether the diagnostics fail.
    private static func numbers(_ chains: [ChainResult], start: Double) -> [Double] {
      let warmup = start + Double(chains.reduce(0) { $0 + $1.warmupEvaluations })
      let draws = Double(chains.reduce(0) { $0 + $1.samplingEvaluations })
      let summarizer = QuantitySummarizer(chains: chains.count, draws: chains[0].drawCount)
      let summaries = (0..<chains[0].reportedCount).map { index in
        (name: "\(index)", summary: summarizer.summarize(chains.map { $0.draws(of: index) }))
      }
      let bulk = summaries.compactMap(\.summary.bulkESS).min() ?? 0
      let tail = summaries.compactMap(\.summary.tailESS).min() ?? 0
      let report = DiagnosticReport(
        parameters: summaries,
        sampler: SamplerStatistics(
          drawsPerChain: chains[0].drawCount, divergences: chains.map(\.divergenceCount),
          saturatedTrees: chains.map { _ in 0 }, maximumTreeDepth: 10,
          energies: chains.map { $0.statistics.map(\.energy) }))
      let divergences = Double(chains.reduce(0) { $0 + $1.divergenceCount })
      return [
        warmup, draws, bulk, tail, 1000 * bulk / (warmup + draws), divergences,
        report.hasFailed ? 1 : 0,
      ]
    }
  }
}
