// Poisson and NegBinomial. y is data: -lgamma(y + 1) is left to count_constant.

// Poisson(rate): y log rate - rate. A rate of 0 is allowed: log f = 0 at y = 0, -infinity above.

/// x >= 0: x (else NaN), f = log x (-infinity at 0), g = 1 / x.
STRATA_INLINE prepared non_negative(double8 x) {
  const double8 log_x = v_select(x > 0, lean_log(x), v_splat(-INFINITY));
  return (prepared){.x = nan_unless((x >= 0) & (x < INFINITY), x), .f = log_x, .g = 1 / x};
}

STRATA_INLINE prepared poisson_prepare(int which, double8 x, unsigned want) {
  (void)which, (void)want;
  return non_negative(x);
}

STRATA_INLINE density_terms poisson_terms(double8 y, prepared rate, prepared none2,
                                          prepared none3, unsigned want) {
  (void)none2, (void)none3, (void)want;
  y = count(y);
  return (density_terms){
      .value = times_unless_zero(y, rate.f) - rate.x,
      .d1 = times_unless_zero(y, rate.g) - 1,
  };
}

// The same in eta = log rate: y eta - exp(eta).

STRATA_INLINE prepared poisson_log_prepare(int which, double8 x, unsigned want) {
  (void)which, (void)want;
  return (prepared){.x = x, .f = lean_exp(x)};
}

STRATA_INLINE density_terms poisson_log_terms(double8 y, prepared eta, prepared none2,
                                              prepared none3, unsigned want) {
  (void)none2, (void)none3, (void)want;
  y = count(y);
  return (density_terms){.value = v_fma(y, eta.x, -eta.f), .d1 = y - eta.f};
}

// NegBinomial(mean, alpha), variance mean + mean^2 / alpha. The textbook form
//
//   lgamma(y + alpha) - lgamma(alpha) + alpha log(alpha / (alpha + mean)) + y log(mean / (alpha + mean))
//
// cancels for large alpha, where the distribution tends to Poisson(mean). Taking y log(alpha) out of
// the gamma functions leaves three terms each of which tends to its Poisson counterpart:
//
//   lgamma_ratio(alpha, y)  ->  0
//   y log(mean)
//   -(alpha + y) log1p(mean / alpha)  ->  -mean.

/// alpha > 0 (else NaN), f = log alpha, g = 1 / alpha.
STRATA_INLINE prepared dispersion(double8 x) {
  prepared p = plain(nan_unless(is_positive(x), x));
  p.f = lean_log(p.x);
  p.g = 1 / p.x;
  return p;
}

/// The same with what the gamma functions need.
STRATA_INLINE prepared dispersion_of_counts(double8 x) {
  prepared p = plain(nan_unless(is_positive(x), x));
  p.g = 1 / p.x;
  p.gamma = count_gamma_prepare(p.x, p.g, &p.f);
  return p;
}

STRATA_INLINE prepared neg_binomial_prepare(int which, double8 x, unsigned want) {
  (void)want;
  return which == 1 ? non_negative(x) : dispersion_of_counts(x);
}

/// f = ratio, g = difference of the gamma functions.
STRATA_INLINE prepared neg_binomial_stage(double8 y, const prepared *mean, const prepared *alpha,
                                          unsigned want) {
  (void)mean, (void)want;
  prepared p;
  count_gamma_terms(&alpha->gamma, alpha->x, y, &p.f, &p.g);
  return p;
}

STRATA_INLINE density_terms neg_binomial_terms(double8 y, prepared mean, prepared alpha,
                                               prepared gamma, unsigned want) {
  (void)want;
  y = count(y);
  const double8 log_tail = lean_log1p(mean.x * alpha.g);
  const double8 per = 1 / (alpha.x + mean.x);
  const double8 excess = (y - mean.x) * per;
  return (density_terms){
      .value = times_unless_zero(y, mean.f) + gamma.f - (alpha.x + y) * log_tail,
      .d1 = v_select(y == 0, -alpha.x * per, alpha.x * excess * mean.g),
      .d2 = gamma.g - log_tail - excess,
  };
}

// The same in eta = log mean. With t = eta - log alpha, log1p(mean / alpha) = log1p(exp(t)) and
// mean / (alpha + mean) = 1 / (1 + exp(-t)): one exponential, of -|t|, serves both and cannot
// overflow.

STRATA_INLINE prepared neg_binomial_log_prepare(int which, double8 x, unsigned want) {
  (void)want;
  return which == 1 ? plain(x) : dispersion_of_counts(x);
}

/// f = ratio, g = difference of the gamma functions, x = t, h = exp(-|t|).
STRATA_INLINE prepared neg_binomial_log_stage(double8 y, const prepared *eta,
                                              const prepared *alpha, unsigned want) {
  prepared p = neg_binomial_stage(y, eta, alpha, want);
  p.x = eta->x - alpha->f;
  p.h = lean_exp_negative(v_abs(p.x));
  return p;
}

STRATA_INLINE density_terms neg_binomial_log_terms(double8 y, prepared eta, prepared alpha,
                                                   prepared stage, unsigned want) {
  (void)want;
  y = count(y);
  const double8 t = stage.x;
  const logistic l = logistic_from(stage.h);
  const double8 log_tail = v_max(t, v_splat(0)) + l.log_sum;
  const double8 p = v_select(t > 0, l.large, l.small);  // mean / (alpha + mean)
  const double8 q = v_select(t > 0, l.small, l.large);  // alpha / (alpha + mean)
  return (density_terms){
      .value = v_fma(y, eta.x, stage.f) - (alpha.x + y) * log_tail,
      .d1 = v_fma(y, q, -alpha.x * p),
      .d2 = stage.g - log_tail + v_fma(-y, q * alpha.g, p),
  };
}
