import StrataKernels
import StrataSampling

/// Nanoseconds per row of each likelihood kernel, value and gradient, on each backend, beside what the
/// machine allows.
enum KernelBenchmark {
  struct Result: Encodable {
    var name: String
    var backend: String
    var rows: Int
    var nanosecondsPerRow: Double
    var leastNanosecondsPerRow: Double
    var work: KernelWork
    var limit: LimitShare?
  }

  /// Rows per call: small enough for the second-level cache, where blocks of a real model live.
  private static let rows = 4096

  private struct Case {
    var name: String
    var family: DensityFamily
    var arguments: [DensityArgument]
    /// Derivatives wanted: never of the data.
    var wanted: [Bool]
    /// Floating-point operations per row, an fma as two. Counted by single-stepping the AVX-512
    /// backend, whose vector instructions are the arithmetic as written, over 192 and 320 rows and
    /// taking the difference; in brackets fma + (add, subtract, multiply) + divide.
    var operations: Double

    var work: KernelWork {
      let moved = zip(arguments, wanted).map { argument, isWanted -> Double in
        argument.isShared ? 0 : isWanted ? 24 : 8
      }
      return KernelWork(bytes: moved.reduce(0, +), operations: operations)
    }
  }

  static func run(_ wants: (String) -> Bool) -> [Result] {
    let wantsSmall = names.contains { wants("kernel " + $0) }
    let wantsLarge = wants("kernel " + nameInMemory)
    guard wantsSmall || wantsLarge else { return [] }
    let limits = MachineLimits.measure()
    print("\n\(limits)")
    var results: [Result] = []
    for benchmark in cases() where wants("kernel " + benchmark.name) {
      results += time(benchmark, rows: rows, inMemory: false, limits)
    }
    if wantsLarge {
      let rows = MachineLimits.rowsInMemory
      results += time(normal(nameInMemory, rows: rows), rows: rows, inMemory: true, limits)
    }
    printResults(results)
    return results
  }

  private static func time(_ benchmark: Case, rows: Int, inMemory: Bool, _ limits: MachineLimits)
    -> [Result]
  {
    let best = Backend.current
    defer { _ = Backend.force(best) }
    let density = PreparedDensity(
      benchmark.family, count: rows, benchmark.arguments, wanted: benchmark.wanted)
    return Backend.allCases.filter { Backend.force($0) }.map { backend in
      _ = Backend.force(backend)
      let timing = Timing { _ = density.evaluate() }
      let least = timing.least / Double(rows)
      return Result(
        name: benchmark.name, backend: backend.rawValue, rows: rows,
        nanosecondsPerRow: timing.median / Double(rows) * 1e9,
        leastNanosecondsPerRow: least * 1e9, work: benchmark.work,
        limit: LimitShare(
          limits, backend: backend, work: benchmark.work, inMemory: inMemory,
          secondsPerRow: least))
    }
  }

  private static func printResults(_ results: [Result]) {
    func cell(_ result: Result?) -> String {
      guard let result else { return "-" }
      let share = result.limit.map { " (\(Int(($0.share * 100).rounded())) %)" } ?? ""
      return short(result.nanosecondsPerRow) + share
    }
    printTable(
      "Kernels, value and gradient, ns per row (share of what the limit allows)",
      ["kernel", "rows", "bytes", "flop", "limit"] + Backend.allCases.map(\.rawValue),
      Dictionary(grouping: results, by: \.name).sorted { $0.key < $1.key }.map { name, group in
        [
          name, "\(group[0].rows)", "\(Int(group[0].work.bytes))",
          "\(Int(group[0].work.operations))", group.last?.limit?.limit ?? "-",
        ]
          + Backend.allCases.map { backend in
            cell(group.first { $0.backend == backend.rawValue })
          }
      })
  }

  private static let nameInMemory = "normal, common sd, from memory"

  private static let names = [
    "normal, common sd", "normal, sd per row", "student_t, common df and scale", "bernoulli_logit",
    "binomial_logit", "poisson_log", "neg_binomial_log, common dispersion",
    "neg_binomial_log, dispersion per row",
  ]

  private static func normal(_ name: String, rows: Int) -> Case {
    var random = RandomStream(seed: 3)
    let real = DensityArgument.each((0..<rows).map { _ in random.normal() })
    let mean = DensityArgument.each((0..<rows).map { _ in random.normal() })
    return Case(
      name: name, family: .normal, arguments: [real, mean, .shared(1.5)],
      wanted: [false, true, true], operations: 12)  // 2 + 8 + 0
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
      normal(names[0], rows: rows),
      Case(
        name: names[1], family: .normal, arguments: [real, mean, positive],
        wanted: [false, true, true], operations: 38),  // 9 + 18 + 2
      Case(
        name: names[2], family: .studentT, arguments: [real, .shared(4), mean, .shared(1.5)],
        wanted: [false, true, true, true], operations: 56),  // 10 + 35 + 1
      Case(
        name: names[3], family: .bernoulliLogit, arguments: [binary, mean],
        wanted: [false, true], operations: 37),  // 13 + 10 + 1
      Case(
        name: names[4], family: .binomialLogit, arguments: [counts, trials, mean],
        wanted: [false, false, true], operations: 62),  // 22 + 16 + 2
      Case(
        name: names[5], family: .poissonLog, arguments: [counts, mean], wanted: [false, true],
        operations: 32),  // 12 + 8 + 0
      Case(
        name: names[6], family: .negBinomialLog, arguments: [counts, mean, .shared(2.5)],
        wanted: [false, true, true], operations: 149),  // 47 + 52 + 3
      Case(
        name: names[7], family: .negBinomialLog, arguments: [counts, mean, positive],
        wanted: [false, true, true], operations: 150),  // 47 + 52 + 4
    ]
  }
}
