import Foundation
import Strata
import Testing

/// A model with a conjugate prior, its data, and its posterior in closed form.
struct ConjugateCase: Sendable, CustomTestStringConvertible {
  var name: String
  var text: String
  var columns: [(name: String, column: Table.Column)]
  var posterior: [(parameter: String, distribution: Distribution)]

  var testDescription: String { name }

  func table() throws -> Table { try Table(columns, name: name) }

  static let all: [ConjugateCase] = [
    normalMean, normalInverseGamma, regression, betaBernoulli, betaBinomial, gammaPoisson,
    gammaExponential, betaNegBinomial, hierarchical(centred: true), hierarchical(centred: false),
  ]
}

// MARK: Normal

private let measurements = [4.1, 2.7, 5.9, 3.3, 4.8, 1.6, 4.4, 3.9, 6.2, 2.2, 5.1, 3.0]

extension ConjugateCase {
  /// The posterior precision of a mean is the sum of the precisions of prior and data.
  static var normalMean: ConjugateCase {
    let (priorMean, priorSD, sd) = (2.0, 3.0, 1.5)
    let precision = 1 / (priorSD * priorSD) + Double(measurements.count) / (sd * sd)
    let weighted =
      priorMean / (priorSD * priorSD) + measurements.reduce(0, +) / (sd * sd)
    return ConjugateCase(
      name: "Normal mean, known sd",
      text: """
        mu ~ Normal(2, 3)
        y  ~ Normal(mu, 1.5)
        """,
      columns: [("y", .numbers(measurements))],
      posterior: [
        ("mu", .normal(mean: weighted / precision, sd: 1 / precision.squareRoot()))
      ])
  }

  /// v ~ InverseGamma(a, b), mu | v ~ Normal(m, √(v / k)): mu is Student-t in the posterior.
  static var normalInverseGamma: ConjugateCase {
    let (m, k, a, b) = (1.0, 0.5, 3.0, 2.0)
    let n = Double(measurements.count)
    let mean = measurements.reduce(0, +) / n
    let squares = measurements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let (kn, an) = (k + n, a + n / 2)
    let mn = (k * m + n * mean) / kn
    let bn = b + squares / 2 + k * n * (mean - m) * (mean - m) / (2 * kn)
    return ConjugateCase(
      name: "Normal mean and variance",
      text: """
        v  ~ InverseGamma(3, 2)
        mu ~ Normal(1, sqrt(v / 0.5))
        y  ~ Normal(mu, sqrt(v))
        sd = sqrt(v)
        """,
      columns: [("y", .numbers(measurements))],
      posterior: [
        ("v", .inverseGamma(shape: an, scale: bn)),
        ("mu", .studentT(df: 2 * an, mean: mn, scale: (bn / (an * kn)).squareRoot())),
        ("sd", .rootInverseGamma(shape: an, scale: bn)),
      ])
  }

  /// Coefficients b ~ Normal(0, S), y ~ Normal(X b, s): precision S⁻² + XᵀX / s², here with
  /// correlated columns and an intercept whose prior differs.
  static var regression: ConjugateCase {
    let rows = (0..<30).map(Double.init)
    let x1 = rows.map { sin($0) }
    let x2 = rows.map { cos(2 * $0) + 0.8 * sin($0) }
    let x3 = rows.map { ($0.truncatingRemainder(dividingBy: 7)) / 3 - 1 }
    let y = rows.indices.map { i in
      1.2 + 0.5 * x1[i] - x2[i] + 0.3 * x3[i] + sin(17 * rows[i] * rows[i])
    }
    let design = [rows.map { _ in 1.0 }, x1, x2, x3]
    let priorSD = [5.0, 2.0, 2.0, 2.0]
    let noise = 0.7
    var precision = design.map { left in
      design.map { right in dotProduct(left, right) / (noise * noise) }
    }
    for i in priorSD.indices { precision[i][i] += 1 / (priorSD[i] * priorSD[i]) }
    let covariance = inverse(precision)
    let weighted = design.map { dotProduct($0, y) / (noise * noise) }
    let names = ["b0", "beta[x1]", "beta[x2]", "beta[x3]"]
    return ConjugateCase(
      name: "regression, known noise",
      text: """
        b0                        ~ Normal(0, 5)
        beta[columns: x1, x2, x3] ~ Normal(0, 2)
        y                         ~ Normal(b0 + dot(columns: x1, x2, x3; beta), 0.7)
        """,
      columns: [
        ("x1", .numbers(x1)), ("x2", .numbers(x2)), ("x3", .numbers(x3)), ("y", .numbers(y)),
      ],
      posterior: names.indices.map { i in
        (
          names[i],
          .normal(mean: dotProduct(covariance[i], weighted), sd: covariance[i][i].squareRoot())
        )
      })
  }
}

// MARK: Counts

extension ConjugateCase {
  static var betaBernoulli: ConjugateCase {
    let groups = ["a", "b", "c"]
    let (successes, trials) = ([7, 1, 12], [10, 9, 12])
    let rows = groups.indices.flatMap { g in (0..<trials[g]).map { (g, $0 < successes[g]) } }
    return ConjugateCase(
      name: "Beta-Bernoulli",
      text: """
        theta[g] ~ Beta(2, 3)
        y        ~ Bernoulli(theta[g])
        """,
      columns: [
        ("g", .text(rows.map { groups[$0.0] })), ("y", .wholeNumbers(rows.map { $0.1 ? 1 : 0 })),
      ],
      posterior: groups.indices.map { g in
        (
          "theta[\(groups[g])]",
          .beta(2 + Double(successes[g]), 3 + Double(trials[g] - successes[g]))
        )
      })
  }

  static var betaBinomial: ConjugateCase {
    let (k, n) = ([3, 0, 11, 5], [20, 4, 25, 9])
    let (successes, trials) = (Double(k.reduce(0, +)), Double(n.reduce(0, +)))
    return ConjugateCase(
      name: "Beta-Binomial",
      text: """
        p ~ Beta(1.5, 4)
        k ~ Binomial(n, p)
        """,
      columns: [("k", .wholeNumbers(k)), ("n", .wholeNumbers(n))],
      posterior: [("p", .beta(1.5 + successes, 4 + trials - successes))])
  }

  static var gammaPoisson: ConjugateCase {
    let counts = ["north": [0, 1, 0, 2], "south": [14, 9, 11, 12, 17], "west": [3]]
    let names = counts.keys.sorted()
    let rows = names.flatMap { name in counts[name]!.map { (name, $0) } }
    return ConjugateCase(
      name: "Gamma-Poisson",
      text: """
        rate[site] ~ Gamma(3, 0.5)
        y          ~ Poisson(rate[site])
        """,
      columns: [("site", .text(rows.map(\.0))), ("y", .wholeNumbers(rows.map(\.1)))],
      posterior: names.map { name in
        let y = counts[name]!
        return (
          "rate[\(name)]",
          .gamma(shape: 3 + Double(y.reduce(0, +)), rate: 0.5 + Double(y.count))
        )
      })
  }

  static var gammaExponential: ConjugateCase {
    let waits = [0.3, 1.9, 0.05, 0.8, 2.6, 0.4, 1.1]
    return ConjugateCase(
      name: "Gamma-Exponential",
      text: """
        rate ~ Gamma(2, 1)
        wait ~ Exponential(rate)
        """,
      columns: [("wait", .numbers(waits))],
      posterior: [
        ("rate", .gamma(shape: 2 + Double(waits.count), rate: 1 + waits.reduce(0, +)))
      ])
  }

  /// Dispersion r known: p^r (1 − p)^y with mean r (1 − p) / p.
  static var betaNegBinomial: ConjugateCase {
    let (r, y) = (3.5, [2, 0, 7, 4, 1, 3, 12, 5])
    return ConjugateCase(
      name: "Beta-NegBinomial",
      text: """
        p ~ Beta(2, 2)
        y ~ NegBinomial(mean = 3.5 * (1 - p) / p, dispersion = 3.5)
        """,
      columns: [("y", .wholeNumbers(y))],
      posterior: [("p", .beta(2 + r * Double(y.count), 2 + Double(y.reduce(0, +))))])
  }
}

// MARK: Hierarchical

extension ConjugateCase {
  /// mu ~ Normal(m, s), theta_g ~ Normal(mu, tau), y ~ Normal(theta_g, sd), scales known. With the
  /// group means ȳ_g ~ Normal(mu, √(tau² + sd²/n_g)) mu is a weighted mean, and theta_g shrinks from
  /// ȳ_g to mu by B = (sd²/n_g) / (tau² + sd²/n_g).
  static func hierarchical(centred: Bool) -> ConjugateCase {
    let (m, s, tau, sd) = (1.0, 4.0, 1.3, 2.0)
    let groups = ["a", "b", "c", "d", "e"]
    let values = [
      [3.1, 5.2, 4.4], [-0.7], [1.9, 2.8, 0.4, 1.1, 3.6, 2.2, 1.7, 2.5], [6.3, 4.9], [0.2, -1.5],
    ]
    let rows = groups.indices.flatMap { g in values[g].map { (groups[g], $0) } }
    let errors = values.map { sd * sd / Double($0.count) }
    let means = values.map { $0.reduce(0, +) / Double($0.count) }
    let precision = 1 / (s * s) + errors.reduce(0) { $0 + 1 / (tau * tau + $1) }
    let weighted =
      m / (s * s) + zip(means, errors).reduce(0) { $0 + $1.0 / (tau * tau + $1.1) }
    let mu = (mean: weighted / precision, variance: 1 / precision)
    let effects = groups.indices.map { g in
      let shrinkage = errors[g] / (tau * tau + errors[g])
      let own = tau * tau * errors[g] / (tau * tau + errors[g])
      return (
        parameter: "theta[\(groups[g])]",
        distribution: Distribution.normal(
          mean: (1 - shrinkage) * means[g] + shrinkage * mu.mean,
          sd: (own + shrinkage * shrinkage * mu.variance).squareRoot())
      )
    }
    let effectText =
      centred
      ? "theta[g] ~ Normal(mu, 1.3)"
      : """
      theta[g] = mu + 1.3 * z[g]
      z[g]     ~ Normal(0, 1)
      """
    return ConjugateCase(
      name: "Normal hierarchy, \(centred ? "centred" : "non-centred")",
      text: """
        mu       ~ Normal(1, 4)
        \(effectText)
        y        ~ Normal(theta[g], 2)
        """,
      columns: [("g", .text(rows.map(\.0))), ("y", .numbers(rows.map(\.1)))],
      posterior: [("mu", .normal(mean: mu.mean, sd: mu.variance.squareRoot()))] + effects)
  }
}

// MARK: Linear algebra

private func dotProduct(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

/// The inverse of a positive definite matrix, by Gauss-Jordan elimination.
private func inverse(_ matrix: [[Double]]) -> [[Double]] {
  let n = matrix.count
  var rows = matrix.indices.map { i in matrix[i] + (0..<n).map { $0 == i ? 1 : 0 } }
  for i in 0..<n {
    let pivot = rows[i][i]
    rows[i] = rows[i].map { $0 / pivot }
    for j in 0..<n where j != i {
      let factor = rows[j][i]
      rows[j] = zip(rows[j], rows[i]).map { $0 - factor * $1 }
    }
  }
  return rows.map { Array($0[n...]) }
}
