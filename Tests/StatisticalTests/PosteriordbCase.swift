import Foundation
import Strata
import Testing

/// A posterior of posteriordb as a model of ours: named as there, DATA-MODEL.
///
/// A coefficient that the reference calls `beta[i]` may be called `b<i>` or `beta[X<i>]` here.
struct PosteriordbCase: Sendable, CustomTestStringConvertible {
  var name: String
  var text: String
  /// Columns made from the data's.
  var derived: @Sendable (PosteriordbData) -> [(name: String, column: Table.Column)] = { _ in [] }

  var testDescription: String { name }
  var dataName: String { String(name.prefix { $0 != "-" }) }

  init(
    _ name: String, _ text: String,
    derived: @escaping @Sendable (PosteriordbData) -> [(name: String, column: Table.Column)] = {
      _ in []
    }
  ) {
    self.name = name
    self.text = text
    self.derived = derived
  }
}

/// The columns of a data file.
struct PosteriordbData: Sendable {
  private(set) var columns: [(name: String, column: Table.Column)] = []
  private var values: [String: [Double]] = [:]

  /// Lists as long as the longest are columns, a list of lists is `X1`, `X2`, …; if there are only
  /// single numbers, they are one row.
  init(contentsOf path: String) throws {
    let top = try JSONValue(contentsOf: path).object ?? [:]
    let rows = top.values.map { $0.list?.count ?? 1 }.max() ?? 0
    for (name, json) in top.sorted(by: { $0.key < $1.key }) {
      if (json.list?.count ?? 1) != rows { continue }
      if json.numbers.count == rows {
        add(name, json.numbers)
      } else if let lists = json.list?.map(\.numbers), let width = lists.first?.count {
        for column in 0..<width { add("\(name)\(column + 1)", lists.map { $0[column] }) }
      }
    }
  }

  private mutating func add(_ name: String, _ numbers: [Double]) {
    columns.append((name, .numbers(numbers)))
    values[name] = numbers
  }

  /// The column minus its mean, divided by `unit`, or by `sds` of its standard deviations.
  func centred(
    _ name: String, as newName: String, unit: Double? = nil, sds: Double = 1
  ) -> (name: String, column: Table.Column) {
    let values = values[name] ?? []
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let sd = (squares / Double(values.count - 1)).squareRoot()
    return (newName, .numbers(values.map { ($0 - mean) / (unit ?? (sds * sd)) }))
  }
}

extension PosteriordbCase {
  static let all = grouped + counts + yesOrNo + normal + nes

  // MARK: Hierarchical

  private static let grouped = [
    PosteriordbCase(
      "eight_schools-eight_schools_noncentered",
      """
      mu         ~ Normal(0, 5)
      tau        ~ HalfCauchy(5)
      theta[row] = mu + tau * z[row]
      z[row]     ~ Normal(0, 1)
      y          ~ Normal(theta[row], sigma)
      """),
    PosteriordbCase(
      "eight_schools-eight_schools_centered",
      """
      mu         ~ Normal(0, 5)
      tau        ~ HalfCauchy(5)
      theta[row] ~ Normal(mu, tau)
      y          ~ Normal(theta[row], sigma)
      """),
    PosteriordbCase(
      "radon_mn-radon_pooled",
      """
      alpha     ~ Normal(0, 10)
      beta      ~ Normal(0, 10)
      sigma_y   ~ HalfNormal(1)
      log_radon ~ Normal(alpha + beta * floor_measure, sigma_y)
      """),
    PosteriordbCase(
      "radon_mn-radon_partially_pooled_noncentered",
      """
      mu_alpha          ~ Normal(0, 10)
      sigma_alpha       ~ HalfNormal(1)
      sigma_y           ~ HalfNormal(1)
      alpha[county_idx] = mu_alpha + sigma_alpha * z[county_idx]
      z[county_idx]     ~ Normal(0, 1)
      log_radon         ~ Normal(alpha[county_idx], sigma_y)
      """),
    PosteriordbCase(
      "radon_mn-radon_variable_intercept_noncentered",
      """
      mu_alpha          ~ Normal(0, 10)
      beta              ~ Normal(0, 10)
      sigma_alpha       ~ HalfNormal(1)
      sigma_y           ~ HalfNormal(1)
      alpha[county_idx] = mu_alpha + sigma_alpha * z[county_idx]
      z[county_idx]     ~ Normal(0, 1)
      log_radon         ~ Normal(alpha[county_idx] + beta * floor_measure, sigma_y)
      """),
    PosteriordbCase(
      "radon_mn-radon_variable_intercept_slope_noncentered",
      """
      mu_alpha          ~ Normal(0, 10)
      mu_beta           ~ Normal(0, 10)
      sigma_alpha       ~ HalfNormal(1)
      sigma_beta        ~ HalfNormal(1)
      sigma_y           ~ HalfNormal(1)
      alpha[county_idx] = mu_alpha + sigma_alpha * za[county_idx]
      beta[county_idx]  = mu_beta + sigma_beta * zb[county_idx]
      za[county_idx]    ~ Normal(0, 1)
      zb[county_idx]    ~ Normal(0, 1)
      log_radon         ~ Normal(alpha[county_idx] + beta[county_idx] * floor_measure, sigma_y)
      """),
    PosteriordbCase(
      "radon_mn-radon_partially_pooled_centered",
      """
      mu_alpha          ~ Normal(0, 10)
      sigma_alpha       ~ HalfNormal(1)
      sigma_y           ~ HalfNormal(1)
      alpha[county_idx] ~ Normal(mu_alpha, sigma_alpha)
      log_radon         ~ Normal(alpha[county_idx], sigma_y)
      """),
    PosteriordbCase(
      "radon_mn-radon_variable_intercept_centered",
      """
      mu_alpha          ~ Normal(0, 10)
      beta              ~ Normal(0, 10)
      sigma_alpha       ~ HalfNormal(1)
      sigma_y           ~ HalfNormal(1)
      alpha[county_idx] ~ Normal(mu_alpha, sigma_alpha)
      log_radon         ~ Normal(alpha[county_idx] + beta * floor_measure, sigma_y)
      """),
    PosteriordbCase(
      "radon_mn-radon_variable_intercept_slope_centered",
      """
      mu_alpha          ~ Normal(0, 10)
      mu_beta           ~ Normal(0, 10)
      sigma_alpha       ~ HalfNormal(1)
      sigma_beta        ~ HalfNormal(1)
      sigma_y           ~ HalfNormal(1)
      alpha[county_idx] ~ Normal(mu_alpha, sigma_alpha)
      beta[county_idx]  ~ Normal(mu_beta, sigma_beta)
      log_radon         ~ Normal(alpha[county_idx] + beta[county_idx] * floor_measure, sigma_y)
      """),
  ]

  // MARK: Counts

  private static let counts = [
    PosteriordbCase(
      "GLM_Poisson_Data-GLM_Poisson_model",
      """
      alpha ~ Uniform(-20, 20)
      beta1 ~ Uniform(-10, 10)
      beta2 ~ Uniform(-10, 10)
      beta3 ~ Uniform(-10, 10)
      C     ~ Poisson(log = alpha + beta1 * year + beta2 * year^2 + beta3 * year^3)
      """),
    PosteriordbCase(
      "GLM_Binomial_data-GLM_Binomial_model",
      """
      alpha ~ Normal(0, 100)
      beta1 ~ Normal(0, 100)
      beta2 ~ Normal(0, 100)
      C     ~ Binomial(N, logit = alpha + beta1 * year + beta2 * year^2)
      """),
    PosteriordbCase(
      "seeds_data-seeds_stanified_model",
      """
      alpha0  ~ Normal(0, 1)
      alpha1  ~ Normal(0, 1)
      alpha2  ~ Normal(0, 1)
      alpha12 ~ Normal(0, 1)
      sigma   ~ HalfCauchy(1)
      b[row]  = sigma * z[row]
      z[row]  ~ Normal(0, 1)
      n       ~ Binomial(N, logit = alpha0 + alpha1 * x1 + alpha2 * x2 + alpha12 * x1 * x2 + b[row])
      """),
    PosteriordbCase(
      "Rate_1_data-Rate_1_model",
      """
      theta ~ Beta(1, 1)
      k     ~ Binomial(n, theta)
      """),
    PosteriordbCase(
      "Rate_2_data-Rate_2_model",
      """
      theta1 ~ Beta(1, 1)
      theta2 ~ Beta(1, 1)
      delta  = theta1 - theta2
      k1     ~ Binomial(n1, theta1)
      k2     ~ Binomial(n2, theta2)
      """),
  ]

  // MARK: Bernoulli

  private static let yesOrNo = [
    PosteriordbCase(
      "wells_data-wells_dist100_model",
      """
      alpha    ~ Flat()
      b1       ~ Flat()
      switched ~ Bernoulli(logit = alpha + b1 * dist / 100)
      """),
    PosteriordbCase(
      "wells_data-wells_dist100ars_model",
      """
      alpha    ~ Flat()
      b1       ~ Flat()
      b2       ~ Flat()
      switched ~ Bernoulli(logit = alpha + b1 * dist / 100 + b2 * arsenic)
      """),
    PosteriordbCase(
      "wells_data-wells_interaction_c_model",
      """
      alpha    ~ Flat()
      b1       ~ Flat()
      b2       ~ Flat()
      b3       ~ Flat()
      switched ~ Bernoulli(logit = alpha + b1 * cd + b2 * ca + b3 * cd * ca)
      """
    ) {
      [$0.centred("dist", as: "cd", unit: 100), $0.centred("arsenic", as: "ca", unit: 1)]
    },
    PosteriordbCase(
      "wells_data-wells_dae_inter_model",
      """
      alpha    ~ Flat()
      b1       ~ Flat()
      b2       ~ Flat()
      b3       ~ Flat()
      b4       ~ Flat()
      b5       ~ Flat()
      b6       ~ Flat()
      switched ~ Bernoulli(
        logit = alpha + b1 * cd + b2 * ca + b3 * ce + b4 * cd * ca + b5 * cd * ce + b6 * ca * ce)
      """
    ) {
      [
        $0.centred("dist", as: "cd", unit: 100), $0.centred("arsenic", as: "ca", unit: 1),
        $0.centred("educ", as: "ce", unit: 4),
      ]
    },
    PosteriordbCase(
      "nes_logit_data-nes_logit_model",
      """
      alpha ~ Flat()
      b1    ~ Flat()
      vote  ~ Bernoulli(logit = alpha + b1 * income)
      """),
  ]
}
