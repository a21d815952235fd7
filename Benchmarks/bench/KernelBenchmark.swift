import StrataKernels
import StrataSampling

/// Nanoseconds per row of each likelihood kernel, value and gradient, on each backend.
enum KernelBenchmark {
  struct Result: Encodable {
    var name: String
    var backend: String
    var rows: Int
    var nanosecondsPerRow: Double
  }

  /// Rows per call: small enough for the second-level cache, where blocks of a real model live.
  private static let rows = 4096

  private struct Case {
    var name: String
    var family: DensityFamily
    var arguments: [DensityArgument]
    /// Derivatives wanted: never of the data.
    var wanted: [Bool]
  }

  static func run(_ wants: (String) -> Bool) -> [Result] {
    let best = Backend.current
    defer { _ = Backend.force(best) }
    var results: [Result] = []
    for benchmark in cases() where wants("kernel " + benchmark.name) {
      let density = PreparedDensity(
        benchmark.family, count: rows, benchmark.arguments, wanted: benchmark.wanted)
      for backend in Backend.allCases where Backend.force(backend) {
        let timing = Timing { _ = density.evaluate() }
        results.append(
          Result(
            name: benchmark.name, backend: backend.rawValue, rows: rows,
            nanosecondsPerRow: timing.median / Double(rows) * 1e9))
      }
    }
    printTable(
      "Kernels, value and gradient, ns per row", ["kernel"] + Backend.allCases.map(\.rawValue),
      Dictionary(grouping: results, by: \.name).sorted { $0.key < $1.key }.map { name, group in
        [name]
          + Backend.allCases.map { backend in
            group.first { $0.backend == backend.rawValue }.map { short($0.nanosecondsPerRow) }
              ?? "-"
          }
      })
    return results
  }

  private static func cases() -> [Case] {
    var random = RandomStream(seed: 1)
    func draws(_ make: (inout RandomStream) -> Double) -> DensityArgument {
      .each((0..<rows).map { _ in make(&random) })
    }
    let real = draws { $0.normal() }
    let counts = draws { $0.poisson(mean: 8) }
    let binary = draws { $0.bernoulli(0.4) ? 1 : 0 }
    let positive = draws { $0.gamma(shape: 3) }
    let trials = DensityArgument.each(Array(repeating: 12, count: rows))
    let mean = draws { $0.normal() }
    return [
      Case(
        name: "normal, common sd", family: .normal, arguments: [real, mean, .shared(1.5)],
        wanted: [false, true, true]),
      Case(
        name: "normal, sd per row", family: .normal, arguments: [real, mean, positive],
        wanted: [false, true, true]),
      Case(
        name: "student_t, common df and scale", family: .studentT,
        arguments: [real, .shared(4), mean, .shared(1.5)], wanted: [false, true, true, true]),
      Case(
        name: "bernoulli_logit", family: .bernoulliLogit, arguments: [binary, mean],
        wanted: [false, true]),
      Case(
        name: "binomial_logit", family: .binomialLogit, arguments: [counts, trials, mean],
        wanted: [false, false, true]),
      Case(
        name: "poisson_log", family: .poissonLog, arguments: [counts, mean], wanted: [false, true]),
      Case(
        name: "neg_binomial_log, common dispersion", family: .negBinomialLog,
        arguments: [counts, mean, .shared(2.5)], wanted: [false, true, true]),
      Case(
        name: "neg_binomial_log, dispersion per row", family: .negBinomialLog,
        arguments: [counts, mean, positive], wanted: [false, true, true]),
    ]
  }
}
