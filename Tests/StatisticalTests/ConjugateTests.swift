import Strata
import TestSupport
import Testing

extension Statistical {
  /// Posteriors known in closed form, by both samplers: 4 chains × 10,000 draws.
  @Suite(.serialized) struct StatisticalConjugate {
    /// Every parameter's mean, sd and three quantiles, by two samplers.
    static let levels = AgreementLevels(
      comparisons: ConjugateCase.all.reduce(0) { $0 + $1.posterior.count }
        * Fit.statistics.count * FitOptions.Sampler.allCases.count)

    @Test(arguments: ConjugateCase.all, FitOptions.Sampler.allCases)
    func agrees(_ example: ConjugateCase, _ sampler: FitOptions.Sampler) async throws {
      var options = FitOptions(draws: 10_000, seed: 20_251)
      options.sampler = sampler
      let fit = try await Model(example.text).fit(to: example.table(), options: options)
      let agreement = Agreement(
        name: "\(example.name), \(sampler.rawValue)",
        comparisons: try await fit.comparisons(
          with: example.posterior.map { ($0.parameter, $0.distribution.reference) }),
        levels: Self.levels)
      agreement.report(note: fit.note)
      #expect(agreement.failures.isEmpty)
    }

    /// The closed moments and the tabulated density say the same distribution.
    @Test(arguments: ConjugateCase.all)
    func closedFormsAreConsistent(_ example: ConjugateCase) {
      for (parameter, distribution) in example.posterior {
        let (mean, sd) = distribution.tabulated().moments
        #expect(abs(mean - distribution.mean) < 1e-6 * distribution.sd, "mean of \(parameter)")
        #expect(abs(sd - distribution.sd) < 1e-6 * distribution.sd, "sd of \(parameter)")
      }
    }

    /// The comparison has power: a prior sd of 2 instead of 3 moves the mean by 0.03 sd, which
    /// 40,000 draws tell apart.
    @Test func aSlightlyWrongPriorFails() async throws {
      let example = ConjugateCase.normalMean
      let text = "mu ~ Normal(2, 2)\ny ~ Normal(mu, 1.5)"
      let fit = try await Model(text).fit(
        to: example.table(), options: FitOptions(draws: 10_000, seed: 20_251))
      let comparisons = try await fit.comparisons(
        with: example.posterior.map { ($0.parameter, $0.distribution.reference) })
      let agreement = Agreement(name: "", comparisons: comparisons, levels: Self.levels)
      #expect(!agreement.failures.isEmpty)
    }
  }
}
