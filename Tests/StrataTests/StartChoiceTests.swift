import Foundation
import Strata
import Testing

/// What a fit chooses of start, metric and warmup, and that it keeps to what it is told.
@Suite struct StartChoiceTests {
  private static let text = "mu ~ Normal(0, 1)\ns ~ HalfNormal(1)\ny ~ Normal(mu, s)"

  private func fit(_ options: FitOptions, _ text: String = text) async throws -> Fit {
    try await Model(text).fit(
      to: Table(["y": .numbers(FitTests.y), "g": .numbers([1, 1, 1, 1, 1, 2, 2, 2, 2, 2])]),
      options: options)
  }

  @Test func fewParametersStartFromTheMode() async throws {
    var options = FitOptions(chains: 2, draws: 600)
    options.sampler = .nuts
    let fit = try await fit(options)
    #expect(fit.settings.start == .mode && fit.settings.metric == .dense)
    #expect(fit.settings.warmup == 200)
    #expect(fit.startEvaluations > 4)
    #expect(
      fit.warmupEvaluations
        == fit.chains.reduce(fit.startEvaluations) { $0 + $1.warmupEvaluations })
    #expect(fit.settingsLine.contains("200 warmup"))
  }

  @Test func fewParametersAreDrawnFromAGrid() async throws {
    let fit = try await fit(FitOptions(chains: 2, draws: 600))
    #expect(fit.settings.sampler == .grid && fit.settings.warmup == 0)
    #expect(fit.settings.targetAcceptance == nil && fit.settings.metric == nil)
    #expect(fit.summary.rows.allSatisfy { ($0.statistics.bulkESS ?? 0) > 600 })
    #expect(fit.divergences == 0 && !fit.diagnostics.hasFailed)
    // What only NUTS has asks for NUTS; without a plan nothing is integrated.
    var options = FitOptions(chains: 1, warmup: 100, draws: 10)
    #expect(try await self.fit(options).settings.sampler == .nuts)
    options = FitOptions(chains: 1, draws: 10)
    options.plan = .direct
    #expect(try await self.fit(options).settings.sampler == .nuts)
    options.sampler = .grid
    await #expect(throws: SamplingError.self) {
      try await self.fit(
        options,
        """
        a ~ Normal(0, 1)
        b ~ Normal(0, 1)
        c ~ Normal(0, 1)
        d ~ Normal(0, 1)
        s ~ HalfNormal(1)
        y ~ StudentT(4, a + b * g + c * g^2 + d * g^3, s)
        """)
    }
    let four = try await self.fit(
      FitOptions(chains: 2, draws: 600),
      """
      a ~ Normal(0, 1)
      b ~ Normal(0, 1)
      s ~ HalfNormal(1)
      df ~ Gamma(2, 0.1)
      y ~ StudentT(df, a + b * g, s)
      """)
    #expect(four.settings.sampler == .grid && four.dimension == 4)
    #expect(four.summary.rows.allSatisfy { ($0.statistics.bulkESS ?? 0) > 600 })
  }

  /// Three groups of one row: the data know only the sum of both variances, and NUTS diverges. Means against sums over fine
  /// squares, within 5 standard errors.
  @Test func scalesThatTheDataCannotTellApartAreNoTrap() async throws {
    let fit = try await Model(
      """
      mu ~ Normal(0, 10)
      tau ~ HalfNormal(5)
      s ~ HalfNormal(5)
      a[g] ~ Normal(mu, tau)
      y ~ Normal(a[g], s)
      """
    ).fit(
      to: Table(["g": .text(["a", "b", "c"]), "y": .numbers([1, 2, 3])]),
      options: FitOptions(draws: 20_000))
    #expect(fit.settings.sampler == .grid && !fit.diagnostics.hasFailed)
    #expect(fit.summary.rows.allSatisfy { ($0.statistics.bulkESS ?? 0) > 60_000 })
    let (width, count) = (0.02, 1_500)
    var (total, first) = (0.0, 0.0)
    for i in 0..<count {
      for j in 0..<count {
        let (tau, s) = ((Double(i) + 0.5) * width, (Double(j) + 0.5) * width)
        let v = tau * tau + s * s
        // Of the mean of three rows and the sum of squares about it, with mu integrated out.
        let density =
          -log(v) - 1 / v - 0.5 * log(v + 300) - 6 / (v + 300) - v / 50
        total += exp(density)
        first += exp(density) * tau
      }
    }
    for name in ["tau", "s"] {
      let row = try #require(fit.summary[name])
      let (mean, error) = (try #require(row.mean), try #require(row.meanMCSE))
      #expect(abs(mean - first / total) < 5 * error)
    }
  }

  @Test func whatIsGivenIsTaken() async throws {
    var options = FitOptions(chains: 1, warmup: 137, draws: 10)
    #expect(try await fit(options).settings.warmup == 137)
    options.start = .jittered
    let jittered = try await fit(options)
    #expect(jittered.settings.start == .jittered && jittered.settings.metric == .diagonal)
    #expect(jittered.startEvaluations == 0)
    options.warmup = nil
    #expect(try await fit(options).settings.warmup == 1000)
    options.start = .mode
    options.metric = .diagonal
    let diagonal = try await fit(options)
    #expect(diagonal.settings.start == .mode && diagonal.settings.metric == .diagonal)
    #expect(diagonal.settings.warmup == 1000)
  }

  /// Centred, with two groups: unbounded where tau goes to 0, so the chains start as they used to.
  @Test func anUnboundedModeIsNotUsed() async throws {
    let text = """
      mu ~ Normal(0, 1)
      tau ~ HalfNormal(1)
      a[g] ~ Normal(mu, tau)
      y ~ StudentT(4, a[g], 1)
      """
    let fit = try await fit(FitOptions(chains: 1, draws: 10), text)
    #expect(fit.settings.start == .jittered && fit.settings.metric == .diagonal)
    #expect(fit.settings.warmup == 1000)
  }

  /// Effects integrated out, their scale in a coordinate through zero: two modes that are mirror images.
  @Test func mirroredModesOfAScaleAreOne() async throws {
    let text = """
      mu ~ Normal(0, 2)
      tau ~ HalfNormal(2)
      a[g] ~ Normal(mu, tau)
      y ~ Normal(a[g] + 5 * (g == 2), 0.5)
      """
    var options = FitOptions(chains: 1, draws: 10)
    options.sampler = .nuts
    let fit = try await fit(options, text)
    #expect(fit.dimension == 1)
    #expect(fit.settings.start == .mode && fit.settings.warmup == 200)
  }

  @Test func metropolisHasNeitherStartNorMetric() async throws {
    var options = FitOptions(chains: 1, draws: 10)
    options.sampler = .metropolis
    let settings = try await fit(options).settings
    #expect(settings.start == nil && settings.metric == nil && settings.warmup == 2000)
  }

  @Test func metropolisStartsFromTheModeIfAsked() async throws {
    var options = FitOptions(chains: 2, warmup: 0, draws: 1)
    (options.sampler, options.start) = (.metropolis, .mode)
    let fit = try await fit(options)
    #expect(fit.settings.start == .mode && fit.startEvaluations > 0)
    #expect(fit.settingsLine.contains("from the mode"))
    // Without warmup a single sweep away from it.
    let mode = try findMode(of: PosteriorDensity(fit.bound, plan: .auto))
    #expect(fit.chains.allSatisfy { abs($0.statistics[0].logDensity - mode.logDensity) < 10 })
    // A mean and spread of groups have no mode together: the density grows without bound as the spread goes to 0.
    options.plan = .direct
    let text = "mu ~ Normal(0, 1)\ntau ~ HalfNormal(1)\na[g] ~ Normal(mu, tau)\ny ~ Normal(a[g], 1)"
    #expect(try await self.fit(options, text).settings.start == .jittered)
  }
}
