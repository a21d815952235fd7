import Foundation
import Strata
import Testing

extension Statistical {
  /// Not a check but a measurement, run when STRATA_MEASURE_CENTRING is set to a part of the names of the cases
  /// (or to "all"): divergences and effective draws under each plan. STRATA_SEEDS is the number of seeds (10),
  /// STRATA_TARGET the target acceptance (default).
  @Suite(
    .serialized, .enabled(if: ProcessInfo.processInfo.environment["STRATA_MEASURE_CENTRING"] != nil)
  )
  struct CentringMeasurement {
    @Test(arguments: CentringCase.all)
    func divergencesAndEffectiveDraws(_ example: CentringCase) async throws {
      let environment = ProcessInfo.processInfo.environment
      let part = environment["STRATA_MEASURE_CENTRING"] ?? ""
      guard part == "all" || example.name.contains(part) else { return }
      let seeds = environment["STRATA_SEEDS"].flatMap(UInt64.init) ?? 10
      let plans = environment["STRATA_PLANS"].map { $0.split(separator: ",").map(String.init) }
      for plan in (plans ?? ["auto", "compressed"]).compactMap(Plan.Mode.init) {
        var (divergences, bulk, tail, gradients) = ([Int](), [Double](), [Double](), 0.0)
        var (steps, worst) = ("", "")
        for seed in 1...seeds {
          var options = FitOptions(seed: seed)
          options.plan = plan
          options.targetAcceptance = environment["STRATA_TARGET"].flatMap(Double.init)
          let fit = try await example.fit(options)
          divergences.append(fit.divergences)
          let rows = fit.summary.rows.compactMap { row in
            row.statistics.bulkESS.map { (row.name, min($0, row.statistics.tailESS ?? 0)) }
          }
          let least = rows.min { $0.1 < $1.1 }
          worst = least?.0 ?? ""
          bulk.append(fit.summary.rows.compactMap(\.statistics.bulkESS).min() ?? 0)
          tail.append(fit.summary.rows.compactMap(\.statistics.tailESS).min() ?? 0)
          gradients += Double(fit.evaluations) / Double(seeds)
          steps = fit.plan.steps.filter { $0.action.contains("centred") }.map {
            "\($0.subject): \($0.action)"
          }.joined(separator: "; ")
        }
        print(
          example.name, plan, "| divergences", divergences, "| ESS bulk \(bulk.map { Int($0) })",
          "tail \(tail.map { Int($0) }) (\(worst)) | gradients \(Int(gradients)) | \(steps)")
      }
    }
  }
}

/// A model with group effects that stay sampled.
struct CentringCase: Sendable, CustomTestStringConvertible {
  var name: String
  var fit: @Sendable (FitOptions) async throws -> Fit

  var testDescription: String { name }

  static let all: [CentringCase] =
    ExampleCase.all.map { example in CentringCase(name: example.table) { try await example.fit($0) }
    }
    + [seeds] + simulated

  /// posteriordb's seeds_data.
  private static let seeds = CentringCase(name: "seeds") { options in
    guard let folder = ProcessInfo.processInfo.environment["STRATA_POSTERIORDB"] else {
      throw CancellationError()
    }
    let example = PosteriordbCase.all.first { $0.name.hasPrefix("seeds_data") }!
    let data = try PosteriordbData(contentsOf: "\(folder)/data/seeds_data.json")
    return try await Model(example.text).fit(to: try Table(data.columns), options: options)
  }

  private static func few(_ spread: Double) -> CentringCase {
    CentringCase(name: "four groups, sd \(spread)") { options in
      var random = RandomStream(seed: 31)
      let effects = (0..<4).map { _ in spread * random.normal() }
      let group = (0..<20).map { $0 / 5 }
      let y = group.map { g in Int(random.poisson(mean: exp(1 + effects[g]))) }
      return try await Model(
        """
        mu ~ Normal(0, 5)
        tau ~ HalfNormal(5)
        a[g] ~ Normal(mu, tau)
        y ~ Poisson(log = a[g])
        """
      ).fit(to: try Table(["y": .wholeNumbers(y), "g": .wholeNumbers(group)]), options: options)
    }
  }

  private static let simulated =
    [0, 0.1, 1, 3].map(few) + [
      // Levels of 1 to 400 rows in one factor.
      CentringCase(name: "rich and poor levels") { options in
        var random = RandomStream(seed: 32)
        let sizes = (0..<30).map { [1, 2, 5, 20, 100, 400][$0 % 6] }
        let effects = sizes.map { _ in 0.8 * random.normal() }
        let group = sizes.indices.flatMap { g in Array(repeating: g, count: sizes[g]) }
        let y = group.map { g in random.uniform() < 1 / (1 + exp(-0.5 - effects[g])) ? 1 : 0 }
        return try await Model(
          """
          mu ~ Normal(0, 2)
          tau ~ HalfNormal(1)
          a[g] ~ Normal(mu, tau)
          y ~ Bernoulli(logit = a[g])
          """
        ).fit(to: try Table(["y": .wholeNumbers(y), "g": .wholeNumbers(group)]), options: options)
      },
      // Crossed factors with a common intercept, robust noise, a slope.
      CentringCase(name: "crossed") { options in
        var random = RandomStream(seed: 33)
        let people = (0..<40).map { _ in random.normal() }
        let items = (0..<12).map { _ in 0.5 * random.normal() }
        let slopes = (0..<40).map { _ in 0.3 * random.normal() }
        let x = (0..<480).map { _ in random.normal() }
        let y = (0..<480).map { i in
          2 + people[i % 40] + items[i / 40] + (0.7 + slopes[i % 40]) * x[i]
            + 0.6 * random.studentT(degreesOfFreedom: 4)
        }
        return try await Model(
          """
          alpha ~ Normal(0, 5)
          beta ~ Normal(0, 5)
          t_p ~ HalfNormal(2)
          t_i ~ HalfNormal(2)
          t_s ~ HalfNormal(2)
          s ~ HalfNormal(2)
          p[person] ~ Normal(0, t_p)
          i[item] ~ Normal(0, t_i)
          b[person] ~ Normal(0, t_s)
          y ~ StudentT(4, alpha + p[person] + i[item] + (beta + b[person]) * x, s)
          """
        ).fit(
          to: try Table([
            "y": .numbers(y), "x": .numbers(x), "person": .wholeNumbers((0..<480).map { $0 % 40 }),
            "item": .wholeNumbers((0..<480).map { $0 / 40 }),
          ]), options: options)
      },
      CentringCase(name: "correlated") { options in
        try await Model(CorrelatedCase.effects(1) + "y ~ Bernoulli(logit = a[g] + b[g] * x)").fit(
          to: CorrelatedCase.logistic(), options: options)
      },
      CentringCase(name: "correlated, Normal") { options in
        try await Model(
          CorrelatedCase.effects(1) + "e ~ HalfNormal(1)\ny ~ Normal(a[g] + b[g] * x, e)"
        ).fit(to: CorrelatedCase.normal(spread: 0.7, groups: 12, rows: 8), options: options)
      },
      // Nested factors, effects apart.
      CentringCase(name: "nested") { options in
        var random = RandomStream(seed: 35)
        let states = (0..<8).map { _ in 0.7 * random.normal() }
        let counties = (0..<80).map { _ in 0.5 * random.normal() }
        let county = (0..<1600).map { $0 % 80 }
        let y = county.map { c in Int(random.poisson(mean: exp(1 + states[c / 10] + counties[c]))) }
        return try await Model(
          """
          alpha ~ Normal(0, 2)
          t_s ~ HalfNormal(1)
          t_c ~ HalfNormal(1)
          s[state] ~ Normal(0, t_s)
          c[county] ~ Normal(0, t_c)
          y ~ Poisson(log = alpha + s[state] + c[county])
          """
        ).fit(
          to: try Table([
            "y": .wholeNumbers(y), "county": .wholeNumbers(county),
            "state": .wholeNumbers(county.map { $0 / 10 }),
          ]), options: options)
      },
      // The benchmarks' large logistic model, written plainly.
      CentringCase(name: "100,000 rows") { options in
        var random = RandomStream(seed: 7)
        let covariates = (0..<10).map { _ in (0..<100_000).map { _ in random.normal() } }
        let coefficients = (0..<10).map { _ in 0.5 * random.normal() }
        let effects = (0..<1000).map { _ in 0.7 * random.normal() }
        let y = (0..<100_000).map { i in
          let eta = (0..<10).reduce(effects[i % 1000] - 0.3) {
            $0 + coefficients[$1] * covariates[$1][i]
          }
          return random.uniform() < 1 / (1 + exp(-eta)) ? 1 : 0
        }
        var columns: [(name: String, column: Table.Column)] = [
          ("y", .wholeNumbers(y)), ("g", .wholeNumbers((0..<100_000).map { $0 % 1000 })),
        ]
        for (i, x) in covariates.enumerated() { columns.append(("x\(i)", .numbers(x))) }
        return try await Model(
          """
          alpha ~ Normal(0, 1.5)
          beta[columns: x0, x1, x2, x3, x4, x5, x6, x7, x8, x9] ~ Normal(0, 1)
          tau ~ HalfNormal(1)
          a[g] ~ Normal(0, tau)
          y ~ Bernoulli(logit = alpha + a[g] + dot(beta))
          """
        ).fit(to: try Table(columns), options: options)
      },
      // A smaller one.
      CentringCase(name: "logistic") { options in
        var random = RandomStream(seed: 34)
        let effects = (0..<200).map { _ in 0.7 * random.normal() }
        let x = (0..<20_000).map { _ in random.normal() }
        let y = (0..<20_000).map { i in
          random.uniform() < 1 / (1 + exp(0.3 - effects[i % 200] - 0.5 * x[i])) ? 1 : 0
        }
        return try await Model(
          """
          alpha ~ Normal(0, 1.5)
          beta ~ Normal(0, 1)
          tau ~ HalfNormal(1)
          a[g] ~ Normal(0, tau)
          y ~ Bernoulli(logit = alpha + a[g] + beta * x)
          """
        ).fit(
          to: try Table([
            "y": .wholeNumbers(y), "x": .numbers(x),
            "g": .wholeNumbers((0..<20_000).map { $0 % 200 }),
          ]), options: options)
      },
    ]
}
