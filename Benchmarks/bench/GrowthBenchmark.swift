import Strata
import StrataModels
import StrataSampling

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Time of one gradient against the number of rows and of groups.
enum GrowthBenchmark {
  struct Result: Encodable {
    var name: String
    var plan: String
    var rows: Int
    var groups: Int
    var microseconds: Double
  }

  private struct Case {
    var name: String
    var text: String
    var plans: [Plan.Mode]
  }

  private static let cases = [
    Case(
      name: "normal",
      text: Synthetic.normalText, plans: [.direct, .compressed]),
    Case(
      name: "logistic",
      text: """
        alpha ~ Normal(0, 1)
        beta ~ Normal(0, 1)
        tau ~ HalfNormal(1)
        a[g] ~ Normal(0, tau)
        success ~ Bernoulli(logit = alpha + a[g] + beta * x)
        """, plans: [.direct]),
    Case(
      name: "negative binomial",
      text: """
        m ~ Normal(2, 1)
        tau ~ HalfNormal(1)
        phi ~ Exponential(1)
        a[g] ~ Normal(m, tau)
        k ~ NegBinomial(exp(a[g]), phi)
        """, plans: [.direct, .compressed]),
  ]

  private static let rowCounts = [1_000, 10_000, 100_000, 1_000_000, 10_000_000]
  private static let groupCounts = [10, 100, 1_000, 10_000, 100_000, 1_000_000]

  static func run(_ wants: (String) -> Bool) throws -> [Result] {
    let wanted = cases.filter { wants("growth " + $0.name) }
    if wanted.isEmpty { return [] }
    var results: [Result] = []
    let sizes =
      rowCounts.map { (rows: $0, groups: 100) }
      + groupCounts.filter { $0 != 100 }.map { (rows: 1_000_000, groups: $0) }
    for (rows, groups) in sizes {
      let table = try table(rows: rows, groups: groups)
      for growing in wanted {
        let bound = try Model(growing.text).bound(to: table)
        for plan in growing.plans {
          let time = GradientBenchmark.time(PosteriorDensity(bound, plan: plan))
          results.append(
            Result(
              name: growing.name, plan: plan.rawValue, rows: rows, groups: groups,
              microseconds: time * 1e6))
        }
      }
    }
    print("Rows against 100 groups", \.rows, results.filter { $0.groups == 100 })
    print("Groups against 1,000,000 rows", \.groups, results.filter { $0.rows == 1_000_000 })
    return results
  }

  /// One line per size, one column per model and plan.
  private static func print(_ title: String, _ size: (Result) -> Int, _ results: [Result]) {
    let sizes = Set(results.map(size)).sorted()
    let columns = cases.flatMap { growing in growing.plans.map { (growing.name, $0.rawValue) } }
      .filter { column in results.contains { ($0.name, $0.plan) == column } }
    printTable(
      "Growth of one gradient, µs, one thread. " + title,
      ["size"] + columns.map { "\($0.0) \($0.1)" },
      sizes.map { size_ in
        ["\(size_)"]
          + columns.map { column in
            results.first { size($0) == size_ && ($0.name, $0.plan) == column }
              .map { short($0.microseconds) } ?? "-"
          }
      })
  }

  /// Rows in groups of the same size, in no order, as a table from the field is.
  private static func table(rows: Int, groups: Int) throws -> Table {
    var random = RandomStream(seed: 9)
    let effects = (0..<groups).map { _ in 0.6 * random.normal() }
    var group = (0..<rows).map { $0 % groups }
    for i in group.indices.dropLast() {
      group.swapAt(i, i + Int(random.uniform() * Double(rows - i)))
    }
    let x = (0..<rows).map { _ in random.normal() }
    let eta = (0..<rows).map { effects[group[$0]] + 0.5 * x[$0] }
    let y = eta.map { $0 + 0.8 * random.normal() }
    let success = eta.map { random.uniform() < 1 / (1 + exp(-$0)) ? 1 : 0 }
    let k = (0..<rows).map {
      Int(random.poisson(mean: random.gamma(shape: 2) * exp(effects[group[$0]] + 1)))
    }
    return try Table([
      "g": .wholeNumbers(group), "x": .numbers(x), "y": .numbers(y),
      "success": .wholeNumbers(success),
      "k": .wholeNumbers(k),
    ])
  }
}
