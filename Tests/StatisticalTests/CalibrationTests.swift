import Foundation
import Strata
import Testing

/// Simulation-based calibration of every family under every plan: true values rank uniformly among the draws.
///
/// 200 data sets each, or as many as STRATA_SBC_REFITS says. All priors are proper and light-tailed, so that data are
/// never impossible; effects are written non-centred where nothing integrates them out. A case fails at a family-wise
/// chance of 1e-4 over all of them, and is printed from 1e-2 on: one in a hundred runs prints something by chance.
@Suite struct StatisticalCalibrationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// The likelihood, and the priors that only it has.
    var lines: String
    var plan: Plan.Mode

    var testDescription: String { "\(name), plan \(plan)" }

    var text: String {
      guard lines.contains("a[g]") else { return lines }
      let effects =
        plan == .auto
        ? "a[g] ~ Normal(m, t)" : "z[g] ~ Normal(0, 1)\na[g] = m + t * z[g]"
      return "m ~ Normal(0, 0.5)\nt ~ HalfNormal(0.5)\n\(effects)\n\(lines)"
    }
  }

  private static let families = [
    ("Normal", "s ~ LogNormal(0, 0.3)\ny ~ Normal(a[g], s)"),
    ("Normal, a slope and known sds", "b ~ Normal(0, 1)\ny ~ Normal(a[g] + b * x, sd)"),
    ("StudentT", "s ~ LogNormal(0, 0.3)\ny ~ StudentT(5, a[g], s)"),
    ("Cauchy", "s ~ LogNormal(0, 0.3)\ny ~ Cauchy(a[g], s)"),
    ("Laplace", "s ~ LogNormal(0, 0.3)\ny ~ Laplace(a[g], s)"),
    ("LogNormal", "s ~ LogNormal(0, 0.3)\ny ~ LogNormal(a[g], s)"),
    ("Exponential", "y ~ Exponential(exp(a[g]))"),
    ("Gamma", "k ~ LogNormal(1, 0.3)\ny ~ Gamma(k, exp(a[g]))"),
    (
      "Gamma of mean and sd",
      "r ~ LogNormal(-1, 0.3)\ny ~ Gamma(mean = exp(a[g]), sd = r * exp(a[g]))"
    ),
    ("InverseGamma", "k ~ LogNormal(1, 0.3)\ny ~ InverseGamma(k, exp(a[g]))"),
    ("Beta", "k ~ LogNormal(2, 0.3)\ny ~ Beta(mean = inverse_logit(a[g]), concentration = k)"),
    ("NegBinomial", "d ~ LogNormal(1, 0.3)\ny ~ NegBinomial(exp(a[g]), d)"),
    ("Poisson", "b ~ Normal(0, 0.3)\ny ~ Poisson(exp(a[g] + b * x))"),
    ("Bernoulli", "y ~ Bernoulli(inverse_logit(a[g]))"),
    ("Binomial", "y ~ Binomial(n, inverse_logit(a[g]))"),
    ("HalfNormal", "y ~ HalfNormal(exp(a[g]))"),
    ("HalfCauchy", "y ~ HalfCauchy(exp(a[g]))"),
    ("HalfStudentT", "y ~ HalfStudentT(5, exp(a[g]))"),
    // Its density ends in a cliff, at which trajectories diverge: right nevertheless, as no such step is taken.
    ("Uniform", "w ~ LogNormal(0, 0.3)\ny ~ Uniform(x - w, x + w)"),
    (
      "Beta-Binomial",
      "q ~ Beta(4, 4)\nk ~ LogNormal(2, 0.3)\ntheta[g] ~ Beta(mean = q, concentration = k)\ny ~ Binomial(n, theta[g])"
    ),
    (
      "Normal, three correlated effects",
      """
      s ~ LogNormal(0, 0.3)
      t ~ HalfNormal(0.5)
      u[g] ~ Normal(0, 1)
      v[g] ~ Normal(0, 1)
      w[g] ~ Normal(0, 1)
      correlation(u, v, w) ~ LKJ(1.5)
      y ~ Normal(t * u[g] + 0.5 * v[g] * x + t * w[g] * sd, s)
      """
    ),
    (
      "Gamma-Poisson",
      "q ~ LogNormal(0, 0.3)\nk ~ LogNormal(1, 0.3)\ntheta[g] ~ Gamma(k, q)\ny ~ Poisson(theta[g])"
    ),
  ]

  static let cases =
    [Plan.Mode.auto, .compressed, .direct].flatMap { plan in
      families.map { Case(name: $0.0, lines: $0.1, plan: plan) }
    }
    + [
      ("Normal", "s ~ LogNormal(0, 0.3)\ny ~ Normal(p[g] + q[g] * x, s)"),
      ("Poisson", "y ~ Poisson(log = p[g] + q[g] * x)"),
    ].map {
      Case(
        name: "correlated, \($0.0)",
        lines:
          "t ~ HalfNormal(0.5)\np[g] ~ Normal(0, t)\nq[g] ~ Normal(0.3, 0.5)\ncorrelation(p, q) ~ LKJ(2)\n\($0.1)",
        plan: .auto)
    }

  static var refits: Int {
    ProcessInfo.processInfo.environment["STRATA_SBC_REFITS"].flatMap(Int.init) ?? 200
  }

  @Test(arguments: cases)
  func ranksAreUniform(_ test: Case) async throws {
    let rows = 24
    let table = try Table([
      "g": .text((0..<rows).map { "g\($0 % 5)" }),
      "x": .numbers((0..<rows).map { sin(Double($0)) }),
      "n": .wholeNumbers((0..<rows).map { 1 + $0 % 4 }),
      "sd": .numbers((0..<rows).map { 0.5 + Double($0 % 3) / 2 }),
    ])
    var options = FitOptions(chains: 1, draws: 400, seed: 20)
    options.plan = test.plan
    options.threads = 1
    let calibration = try await Model(test.text).calibrate(
      on: table, refits: Self.refits, ranks: 49, options: options)
    let chance = min(1, calibration.chance * Double(Self.cases.count))
    if chance < 1e-2 { print("SBC \(test.testDescription): \(calibration)") }
    print(
      "SBC \(test.testDescription): chance \(calibration.chance), failed fits \(calibration.failedFits)"
    )
    #expect(chance > 1e-4, "\(calibration)")
  }
}
