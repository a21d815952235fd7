import Strata

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Large tables made from fixed seeds.
enum Synthetic {
  /// 1,000 groups, 10 dense covariates, non-centred.
  static let logisticText = """
    alpha ~ Normal(0, 1.5)
    beta[columns: x0, x1, x2, x3, x4, x5, x6, x7, x8, x9] ~ Normal(0, 1)
    tau ~ HalfNormal(1)
    z[g] ~ Normal(0, 1)
    a[g] = tau * z[g]
    y ~ Bernoulli(logit = alpha + a[g] + dot(beta))
    """

  /// 100,000 rows.
  static func logistic(rows: Int = 100_000, groups: Int = 1_000) throws -> Table {
    var random = RandomStream(seed: 7)
    let covariates = (0..<10).map { _ in (0..<rows).map { _ in random.normal() } }
    let coefficients = (0..<10).map { _ in 0.5 * random.normal() }
    let effects = (0..<groups).map { _ in 0.7 * random.normal() }
    let group = (0..<rows).map { $0 % groups }
    let y = (0..<rows).map { i in
      let eta = (0..<10).reduce(effects[group[i]] - 0.3) {
        $0 + coefficients[$1] * covariates[$1][i]
      }
      return random.uniform() < 1 / (1 + exp(-eta)) ? 1 : 0
    }
    var columns: [(name: String, column: Table.Column)] = [
      ("y", .wholeNumbers(y)), ("g", .wholeNumbers(group)),
    ]
    for (i, x) in covariates.enumerated() { columns.append(("x\(i)", .numbers(x))) }
    return try Table(columns)
  }

  /// 5,000 groups, intercept and slope, centred: each group has 200 rows.
  static let normalText = """
    mu_a ~ Normal(0, 1)
    mu_b ~ Normal(0, 1)
    tau_a ~ HalfNormal(1)
    tau_b ~ HalfNormal(1)
    eps ~ HalfNormal(1)
    a[g] ~ Normal(mu_a, tau_a)
    b[g] ~ Normal(mu_b, tau_b)
    y ~ Normal(a[g] + b[g] * x, eps)
    """

  /// 1,000,000 rows.
  static func normal(rows: Int = 1_000_000, groups: Int = 5_000) throws -> Table {
    var random = RandomStream(seed: 8)
    let a = (0..<groups).map { _ in 0.5 + 0.6 * random.normal() }
    let b = (0..<groups).map { _ in -0.4 + 0.3 * random.normal() }
    let group = (0..<rows).map { $0 / (rows / groups) }
    let x = (0..<rows).map { _ in random.normal() }
    let y = (0..<rows).map { a[group[$0]] + b[group[$0]] * x[$0] + 0.8 * random.normal() }
    return try Table(["y": .numbers(y), "x": .numbers(x), "g": .wholeNumbers(group)])
  }
}
