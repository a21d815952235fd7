import Strata

extension PosteriordbCase {
  /// A regression with `count` flat coefficients `b1`, `b2`, … and a flat sigma above zero.
  private static func flat(
    _ name: String, _ observed: String, coefficients count: Int,
    sigma: String = "Flat(lower = 0)",
    derived: @escaping @Sendable (PosteriordbData) -> [(name: String, column: Table.Column)] = {
      _ in []
    }
  ) -> PosteriordbCase {
    let priors = (1...count).map { "b\($0) ~ Flat()" } + ["sigma ~ \(sigma)"]
    return PosteriordbCase(name, (priors + [observed]).joined(separator: "\n"), derived: derived)
  }

  static let normal = [
    flat(
      "earnings-earn_height", "earn ~ Normal(b1 + b2 * height, sigma)", coefficients: 2),
    flat(
      "earnings-log10earn_height", "log10(earn) ~ Normal(b1 + b2 * height, sigma)",
      coefficients: 2),
    flat(
      "earnings-logearn_height_male", "log(earn) ~ Normal(b1 + b2 * height + b3 * male, sigma)",
      coefficients: 3),
    flat(
      "earnings-logearn_interaction_z",
      "log(earn) ~ Normal(b1 + b2 * zh + b3 * male + b4 * zh * male, sigma)", coefficients: 4
    ) { [$0.centred("height", as: "zh")] },
    flat(
      "kidiq-kidscore_momhs", "kid_score ~ Normal(b1 + b2 * mom_hs, sigma)", coefficients: 2,
      sigma: "HalfCauchy(2.5)"),
    flat(
      "kidiq-kidscore_momiq", "kid_score ~ Normal(b1 + b2 * mom_iq, sigma)", coefficients: 2,
      sigma: "HalfCauchy(2.5)"),
    flat(
      "kidiq-kidscore_interaction",
      "kid_score ~ Normal(b1 + b2 * mom_hs + b3 * mom_iq + b4 * mom_hs * mom_iq, sigma)",
      coefficients: 4, sigma: "HalfCauchy(2.5)"),
    flat(
      "kidiq_with_mom_work-kidscore_interaction_c2",
      """
      kid_score ~ Normal(b1 + b2 * (mom_hs - 0.5) + b3 * (mom_iq - 100)
        + b4 * (mom_hs - 0.5) * (mom_iq - 100), sigma)
      """, coefficients: 4),
    flat(
      "kidiq_with_mom_work-kidscore_interaction_z",
      "kid_score ~ Normal(b1 + b2 * hs + b3 * iq + b4 * hs * iq, sigma)", coefficients: 4
    ) { [$0.centred("mom_hs", as: "hs", sds: 2), $0.centred("mom_iq", as: "iq", sds: 2)] },
    flat(
      "kidiq_with_mom_work-kidscore_mom_work",
      """
      kid_score ~ Normal(b1 + b2 * (mom_work == 2) + b3 * (mom_work == 3)
        + b4 * (mom_work == 4), sigma)
      """, coefficients: 4),
    flat(
      "mesquite-mesquite",
      """
      weight ~ Normal(b1 + b2 * diam1 + b3 * diam2 + b4 * canopy_height + b5 * total_height
        + b6 * density + b7 * group, sigma)
      """, coefficients: 7),
    flat(
      "mesquite-logmesquite",
      """
      log(weight) ~ Normal(b1 + b2 * log(diam1) + b3 * log(diam2) + b4 * log(canopy_height)
        + b5 * log(total_height) + b6 * log(density) + b7 * group, sigma)
      """, coefficients: 7),
    flat(
      "mesquite-logmesquite_logvolume",
      "log(weight) ~ Normal(b1 + b2 * log(diam1 * diam2 * canopy_height), sigma)",
      coefficients: 2),
    PosteriordbCase(
      "kilpisjarvi_mod-kilpisjarvi",
      """
      alpha ~ Normal(9.31290322580645, 100)
      beta  ~ Normal(0, 0.0333333333333333)
      sigma ~ Flat(lower = 0)
      y     ~ Normal(alpha + beta * x, sigma)
      """),
    PosteriordbCase(
      "sblri-blr",
      """
      beta[columns: X1, X2, X3, X4, X5] ~ Normal(0, 10)
      sigma                             ~ HalfNormal(10)
      y                                 ~ Normal(dot(columns: X1, X2, X3, X4, X5; beta), sigma)
      """),
    flat(
      "sesame_data-sesame_one_pred_a", "watched ~ Normal(b1 + b2 * encouraged, sigma)",
      coefficients: 2),
  ]

  static let nes = [1972, 1980, 1984, 1988, 1996].map { year in
    flat(
      "nes\(year)-nes",
      """
      partyid7 ~ Normal(b1 + b2 * real_ideo + b3 * race_adj + b4 * (age_discrete == 2)
        + b5 * (age_discrete == 3) + b6 * (age_discrete == 4) + b7 * educ1 + b8 * gender
        + b9 * income, sigma)
      """, coefficients: 9)
  }
}
