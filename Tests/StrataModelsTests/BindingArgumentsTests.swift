import Testing

/// Distributions and their arguments: each rule by the exact message of a model that breaks it.
@Suite struct BindingArgumentsTests {
  @Test(arguments: [
    BindingCase(
      "unknown distribution",
      """
      m ~ Norml(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:1:5: there is no distribution Norml: did you mean Normal?
        m ~ Norml(0, 1)
            ^^^^^
      """),
    BindingCase(
      "unknown distribution, nothing near",
      """
      m ~ Weibull(1, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:1:5: there is no distribution Weibull: the distributions are Normal, StudentT, Cauchy, Laplace, HalfNormal, HalfStudentT, HalfCauchy, LogNormal, Exponential, Gamma, InverseGamma, Beta, Uniform, Flat, NegBinomial, Poisson, Bernoulli, Binomial, LKJ
        m ~ Weibull(1, 1)
            ^^^^^^^
      """),
    BindingCase(
      "too few arguments",
      """
      m ~ Normal(0)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:1:5: Normal was given 1 argument: expected Normal(mean, sd)
        m ~ Normal(0)
            ^^^^^^
      """),
    BindingCase(
      "too many arguments",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(0, 1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:2:5: HalfNormal was given 2 arguments: expected HalfNormal(sd)
        s ~ HalfNormal(0, 1)
            ^^^^^^^^^^
      """),
    BindingCase(
      "unknown label",
      """
      m ~ Normal(mean = 0, sigma = 1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:1:5: Normal has no argument `sigma`: expected Normal(mean, sd)
        m ~ Normal(mean = 0, sigma = 1)
            ^^^^^^
      """),
    BindingCase(
      "labels that do not go together",
      """
      m ~ Normal(0, 1)
      s ~ Gamma(shape = 1, sd = 2)
      y ~ Normal(m, s)
      """,
      """
      m.strata:2:5: Gamma was given (shape = …, sd = …): expected Gamma(shape, rate) or Gamma(mean = , sd = )
        s ~ Gamma(shape = 1, sd = 2)
            ^^^^^
      """),
    BindingCase(
      "argument given twice",
      """
      m ~ Normal(0, 1)
      s ~ Gamma(2, shape = 1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:2:5: Gamma was given (…, shape = …): expected Gamma(shape, rate) or Gamma(mean = , sd = )
        s ~ Gamma(2, shape = 1)
            ^^^^^
      """),
    BindingCase(
      "discrete prior",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      k ~ Poisson(3)
      y ~ Normal(m, s)
      """,
      """
      m.strata:3:5: `k` is not a column, so a parameter, and Poisson is a distribution of whole numbers, which cannot be sampled here: give it a continuous prior
        k ~ Poisson(3)
            ^^^^^^^
      """),
    BindingCase(
      "flat outcome",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Flat()
      """,
      """
      m.strata:3:5: Flat() has no density: it cannot be the distribution of data
        y ~ Flat()
            ^^^^
      """),
    BindingCase(
      "negative sd",
      """
      m ~ Normal(0, -1)
      s ~ HalfNormal(1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:1:15: the sd of Normal must be positive, and is -1
        m ~ Normal(0, -1)
                      ^^
      """),
    BindingCase(
      "zero sd in a row",
      """
      m ~ Normal(0, 1)
      y ~ Normal(m, u - 2)
      """,
      """
      m.strata:2:15: the sd of Normal must be positive, and is 0 in t.csv, line 2 (row 1)
        y ~ Normal(m, u - 2)
                      ^^^^^
      """),
    BindingCase(
      "zero sd in a level",
      """
      a[county] ~ Normal(0, u + 1)
      s ~ HalfNormal(1)
      y ~ Normal(a[county], s)
      """,
      """
      m.strata:1:23: the sd of Normal must be positive, and is 0 for the level C
        a[county] ~ Normal(0, u + 1)
                              ^^^^^
      """),
    BindingCase(
      "probability above 1",
      """
      m ~ Normal(0, 1)
      bin ~ Bernoulli(1.5)
      """,
      """
      m.strata:2:17: the p of Bernoulli must be between 0 and 1, and is 1.5
        bin ~ Bernoulli(1.5)
                        ^^^
      """),
    BindingCase(
      "fraction outside",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      q ~ Beta(mean = 1, concentration = 2)
      y ~ Normal(m, s)
      """,
      """
      m.strata:3:17: the mean of Beta must be strictly between 0 and 1, and is 1
        q ~ Beta(mean = 1, concentration = 2)
                        ^
      """),
    BindingCase(
      "sd too large for a Beta",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      q ~ Beta(mean = 0.5, sd = 0.5)
      y ~ Normal(m, s)
      """,
      """
      m.strata:3:5: the sd of Beta must be less than sqrt(mean (1 - mean)), here 0.5, and is 0.5
        q ~ Beta(mean = 0.5, sd = 0.5)
            ^^^^
      """),
    BindingCase(
      "bounds in the wrong order",
      """
      m ~ Normal(0, 1)
      s ~ Uniform(3, 1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:2:5: the lower bound of Uniform must be less than the upper, and they are 3 and 1
        s ~ Uniform(3, 1)
            ^^^^^^^
      """),
    BindingCase(
      "flat bounds in the wrong order",
      """
      m ~ Normal(0, 1)
      s ~ Flat(lower = 1, upper = 1)
      y ~ Normal(m, s)
      """,
      """
      m.strata:2:5: the lower bound of Flat must be less than the upper, and they are 1 and 1
        s ~ Flat(lower = 1, upper = 1)
            ^^^^
      """),
    BindingCase(
      "infinite constant",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(1 / 0, s)
      """,
      """
      m.strata:3:12: the mean of Normal must be a finite number, and is inf
        y ~ Normal(1 / 0, s)
                   ^^^^^
      """),
    BindingCase(
      "data that are not finite",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m + log(count), s)
      """,
      """
      m.strata:3:16: expected a finite number, found -inf in t.csv, line 3 (row 2)
        y ~ Normal(m + log(count), s)
                       ^^^^^^^^^^
      """),
    BindingCase(
      "division of a parameter by data that are 0",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m / (u - 2), s)
      """,
      """
      m.strata:3:16: division by 0 in t.csv, line 2 (row 1)
        y ~ Normal(m / (u - 2), s)
                       ^^^^^^^
      """),
    BindingCase(
      "quantity that is not finite",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      root = sqrt(x)
      y ~ Normal(m * root, s)
      """,
      """
      m.strata:4:16: expected a finite number, found NaN in t.csv, line 3 (row 2)
        y ~ Normal(m * root, s)
                       ^^^^
      """),
    BindingCase(
      "predictor that is not finite in a level",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      a[county] ~ Normal(m - 1 / (u - 2), 1)
      y ~ Normal(a[county], s)
      """,
      """
      m.strata:3:24: expected a finite number, found inf for the level A
        a[county] ~ Normal(m - 1 / (u - 2), 1)
                               ^^^^^^^^^^^
      """),
    BindingCase(
      "trials from a parameter",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      hits ~ Binomial(m, 0.5)
      """,
      """
      m.strata:3:17: the n of Binomial must be a number or a column, not a parameter
        hits ~ Binomial(m, 0.5)
                        ^
      """),
    BindingCase(
      "trials not whole",
      """
      m ~ Normal(0, 1)
      hits ~ Binomial(size + 0.5, logit = m)
      """,
      """
      m.strata:2:17: the n of Binomial must be a whole number, 0 or more, and is 5.5 in t.csv, line 2 (row 1)
        hits ~ Binomial(size + 0.5, logit = m)
                        ^^^^^^^^^^
      """),
    BindingCase(
      "text argument",
      """
      m ~ Normal(0, 1)
      y ~ Normal(m, "A")
      """,
      """
      m.strata:2:15: a text stands only beside `==` or `!=`, as in `(use == "Y")`
        y ~ Normal(m, "A")
                      ^^^
      """),
    BindingCase(
      "text column as a predictor",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m * county, s)
      """,
      """
      m.strata:3:16: t.csv, line 2 (row 1), column "county": expected a number, found "A"; use it as a factor, `name[county]`, or compare it with one of its values, `county == "…"`
        y ~ Normal(m * county, s)
                       ^^^^^^
      """),
    BindingCase(
      "text compared with a parameter",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m == "A", s)
      """,
      """
      m.strata:3:12: only a column can be compared with a text
        y ~ Normal(m == "A", s)
                   ^
      """),
    BindingCase(
      "texts ordered",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m * (county < "B"), s)
      """,
      """
      m.strata:3:26: a text stands only beside `==` or `!=`, as in `(use == "Y")`
        y ~ Normal(m * (county < "B"), s)
                                 ^^^
      """),
    BindingCase(
      "text that no row has",
      """
      m ~ Normal(0, 1)
      s ~ HalfNormal(1)
      y ~ Normal(m * (dose == "hgih"), s)
      """,
      """
      m.strata:3:17: no row has "hgih" in the column `dose`: did you mean "high"?
        y ~ Normal(m * (dose == "hgih"), s)
                        ^^^^
      """),
  ])
  func message(_ bad: BindingCase) { bad.check() }
}
