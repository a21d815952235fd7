// The distributions as they are written in Swift: `.normal(0, 1)`. Arguments are terms of the model or plain
// numbers, in the order of the model's text; forms by name have the names of the text.

extension DistributionCall {
  fileprivate init(_ name: String, _ values: any ModelValue...) {
    self.init(name, values.map { Argument(nil, $0.expression) })
  }

  fileprivate init(_ name: String, named values: KeyValuePairs<String, (any ModelValue)?>) {
    self.init(
      name,
      values.compactMap { label, value in value.map { Argument(label, $0.expression) } })
  }
}

// MARK: - On the real line

extension DistributionCall {
  /// Normal, by mean and standard deviation.
  public static func normal(_ mean: any ModelValue, _ sd: any ModelValue) -> Self {
    Self("Normal", mean, sd)
  }

  /// Student's t, by degrees of freedom, mean (its centre) and scale.
  public static func studentT(
    _ df: any ModelValue, _ mean: any ModelValue, _ scale: any ModelValue
  ) -> Self {
    Self("StudentT", df, mean, scale)
  }

  /// Cauchy, by location and scale.
  public static func cauchy(_ location: any ModelValue, _ scale: any ModelValue) -> Self {
    Self("Cauchy", location, scale)
  }

  /// Laplace (double exponential), by location and scale.
  public static func laplace(_ location: any ModelValue, _ scale: any ModelValue) -> Self {
    Self("Laplace", location, scale)
  }

  /// Improper: density 1 everywhere, or between the bounds that are given.
  public static func flat(lower: (any ModelValue)? = nil, upper: (any ModelValue)? = nil) -> Self {
    Self("Flat", named: ["lower": lower, "upper": upper])
  }
}

// MARK: - Correlation matrices

extension DistributionCall {
  /// Lewandowski, Kurowicka and Joe's distribution of correlation matrices, whose density is the determinant to the power
  /// of eta - 1: 1 is the same for all matrices, larger numbers expect smaller correlations.
  public static func lkj(_ eta: Double) -> Self { Self("LKJ", eta) }
}

// MARK: - On the positive half-line and between bounds

extension DistributionCall {
  /// The absolute value of a Normal with mean 0 and this standard deviation.
  public static func halfNormal(_ sd: any ModelValue) -> Self { Self("HalfNormal", sd) }

  /// The absolute value of a Cauchy around 0 with this scale.
  public static func halfCauchy(_ scale: any ModelValue) -> Self { Self("HalfCauchy", scale) }

  /// The absolute value of a Student's t around 0, by degrees of freedom and scale.
  public static func halfStudentT(_ df: any ModelValue, _ scale: any ModelValue) -> Self {
    Self("HalfStudentT", df, scale)
  }

  /// Log-normal, by mean and standard deviation of the logarithm.
  public static func logNormal(_ meanLog: any ModelValue, _ sdLog: any ModelValue) -> Self {
    Self("LogNormal", meanLog, sdLog)
  }

  /// Exponential, by its rate; the mean is 1 / rate.
  public static func exponential(_ rate: any ModelValue) -> Self { Self("Exponential", rate) }

  /// Gamma, by shape and rate; the mean is shape / rate.
  public static func gamma(_ shape: any ModelValue, _ rate: any ModelValue) -> Self {
    Self("Gamma", shape, rate)
  }

  /// Gamma, by mean and standard deviation.
  public static func gamma(mean: any ModelValue, sd: any ModelValue) -> Self {
    Self("Gamma", named: ["mean": mean, "sd": sd])
  }

  /// Inverse gamma, by shape and scale.
  public static func inverseGamma(_ shape: any ModelValue, _ scale: any ModelValue) -> Self {
    Self("InverseGamma", shape, scale)
  }

  /// Beta, by its two shapes; the mean is alpha / (alpha + beta).
  public static func beta(_ alpha: any ModelValue, _ beta: any ModelValue) -> Self {
    Self("Beta", alpha, beta)
  }

  /// Beta, by mean and concentration (alpha + beta).
  public static func beta(mean: any ModelValue, concentration: any ModelValue) -> Self {
    Self("Beta", named: ["mean": mean, "concentration": concentration])
  }

  /// Beta, by mean and standard deviation.
  public static func beta(mean: any ModelValue, sd: any ModelValue) -> Self {
    Self("Beta", named: ["mean": mean, "sd": sd])
  }

  /// Uniform between two bounds.
  public static func uniform(_ lower: any ModelValue, _ upper: any ModelValue) -> Self {
    Self("Uniform", lower, upper)
  }
}

// MARK: - Counts

extension DistributionCall {
  /// Negative binomial, by mean and dispersion; the variance is mean + mean² / dispersion.
  public static func negBinomial(_ mean: any ModelValue, _ dispersion: any ModelValue) -> Self {
    Self("NegBinomial", mean, dispersion)
  }

  /// Negative binomial, by mean and dispersion; the variance is mean + mean² / dispersion.
  public static func negBinomial(mean: any ModelValue, dispersion: any ModelValue) -> Self {
    Self("NegBinomial", named: ["mean": mean, "dispersion": dispersion])
  }

  /// Negative binomial, by the logarithm of its mean and its dispersion.
  public static func negBinomial(log: any ModelValue, dispersion: any ModelValue) -> Self {
    Self("NegBinomial", named: ["log": log, "dispersion": dispersion])
  }

  /// Poisson, by its rate (the mean).
  public static func poisson(_ rate: any ModelValue) -> Self { Self("Poisson", rate) }

  /// Poisson, by the logarithm of its rate.
  public static func poisson(log: any ModelValue) -> Self { Self("Poisson", named: ["log": log]) }

  /// 0 or 1, by the probability of 1.
  public static func bernoulli(_ p: any ModelValue) -> Self { Self("Bernoulli", p) }

  /// 0 or 1, by the logit of the probability of 1.
  public static func bernoulli(logit: any ModelValue) -> Self {
    Self("Bernoulli", named: ["logit": logit])
  }

  /// Successes in `n` trials, by the probability of success.
  public static func binomial(_ n: any ModelValue, _ p: any ModelValue) -> Self {
    Self("Binomial", n, p)
  }

  /// Successes in `n` trials, by the logit of the probability of success.
  public static func binomial(_ n: any ModelValue, logit: any ModelValue) -> Self {
    Self(
      "Binomial",
      [Argument(nil, n.expression), Argument("logit", logit.expression)])
  }
}
