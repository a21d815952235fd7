// NegBinomial(mean, alpha), variance mean + mean^2 / alpha. y is data: -lgamma(y + 1) is left to log_density_constant.
// The textbook form
//
//   lgamma(y + alpha) - lgamma(alpha) + alpha log(alpha / (alpha + mean)) + y log(mean / (alpha + mean))
//
// cancels for large alpha, where the distribution tends to Poisson(mean). Taking y log(alpha) out of
// the gamma functions leaves three terms each of which tends to its Poisson counterpart:
//
//   ratio = lgamma(alpha + y) - lgamma(alpha) - y log(alpha)  ->  0
//   y log(mean)
//   -(alpha + y) log1p(mean / alpha)  ->  -mean.

/// alpha > 0 (else NaN), g = 1 / alpha.
STRATA_INLINE prepared dispersion(double8 x) {
  prepared p = plain(nan_unless(is_positive(x), x));
  p.g = 1 / p.x;
  p.has_gamma = 0;
  return p;
}

/// What both parametrisations have in common: the ratio is `ratio` + log `factor`.
typedef struct {
  double8 ratio, factor;
  double8 difference;  ///< the derivative of the ratio, + y / alpha
  double8 log_tail;    ///< log1p(mean / alpha)
  double8 rest;        ///< alpha / (alpha + mean)
  double8 slope;       ///< the derivative in log mean, (y - mean) rest
} neg_binomial_parts;

/// Whether products are shorter than gamma functions in all lanes, and stay in the range of double: small counts, usual
/// means and dispersions. (Chosen lane by lane, both would have to be computed around the limit; this way an element's
/// last bits depend on its neighbours.)
STRATA_INLINE int all_small(double8 y, double8 mean, double8 alpha) {
  const double half = 0.5 * MOST_FACTORS;
  return !v_any(~((v_abs(y - half) <= half) & (mean <= 0x1p500) & (alpha >= LEAST_FACTORED) &
                  (alpha <= 0x1p60)));
}

STRATA_INLINE neg_binomial_parts parts_of_small(double8 y, double8 mean, const prepared *alpha) {
  neg_binomial_parts p = {.ratio = v_splat(0)};
  rising_factors(y, alpha->g, &p.factor, &p.difference);
  const double8 r = mean * alpha->g, u = 1 + r;
  p.log_tail = log1p_of_sum(r, u);
  p.rest = 1 / u;
  p.slope = (y - mean) * p.rest;
  return p;
}

/// Of any counts: the gamma functions' part. What depends on alpha alone is kept with it.
STRATA_INLINE neg_binomial_parts parts_of_any(double8 y, prepared *alpha, double8 log_alpha) {
  if (!alpha->has_gamma) {
    alpha->gamma = count_gamma_prepare(alpha->x, alpha->g, log_alpha);
    alpha->has_gamma = 1;
  }
  neg_binomial_parts p = {.factor = v_splat(1)};
  count_gamma_terms(&alpha->gamma, alpha->x, y, &p.ratio, &p.difference);
  return p;
}

STRATA_INLINE prepared neg_binomial_prepare(int which, double8 x, unsigned want) {
  (void)want;
  return which == 1 ? non_negative(x) : dispersion(x);
}

STRATA_INLINE neg_binomial_parts neg_binomial_parts_of(double8 y, double8 mean, prepared *alpha) {
  if (all_small(y, mean, alpha->x)) return parts_of_small(y, mean, alpha);
  neg_binomial_parts p = parts_of_any(count(y), alpha, lean_log(alpha->x));
  p.log_tail = lean_log1p(mean * alpha->g);
  p.rest = alpha->x / (alpha->x + mean);
  p.slope = (y - mean) * p.rest;
  return p;
}

STRATA_INLINE density_terms neg_binomial_terms(double8 y, prepared mean, prepared *alpha,
                                               prepared none, unsigned want) {
  (void)none, (void)want;
  const neg_binomial_parts p = neg_binomial_parts_of(y, mean.x, alpha);
  return (density_terms){
      .value = times_unless_zero(y, mean.f) + p.ratio - (alpha->x + y) * p.log_tail,
      .factor = p.factor,
      .d1 = v_select(y == 0, -p.rest, p.slope * mean.g),
      .d2 = p.difference - p.log_tail - p.slope * alpha->g,
  };
}

// The same in eta = log mean. Where exp(eta) might overflow, or alpha be far from it: with t = eta - log alpha,
// log1p(mean / alpha) = log1p(exp(t)) and mean / (alpha + mean) = 1 / (1 + exp(-t)); one exponential, of -|t|, serves both
// and cannot overflow.

STRATA_INLINE prepared neg_binomial_log_prepare(int which, double8 x, unsigned want) {
  (void)want;
  return which == 1 ? poisson_log_prepare(which, x, want) : dispersion(x);
}

STRATA_INLINE neg_binomial_parts neg_binomial_log_parts(double8 y, prepared eta, prepared *alpha) {
  if (all_small(y, eta.f, alpha->x) && !v_any(~(eta.f >= 0x1p-500))) {
    return parts_of_small(y, eta.f, alpha);
  }
  y = count(y);
  const double8 log_alpha = lean_log(alpha->x), t = eta.x - log_alpha;
  neg_binomial_parts p = parts_of_any(y, alpha, log_alpha);
  const logistic l = logistic_of(v_abs(t));
  p.log_tail = v_max(t, v_splat(0)) + l.log_sum;
  p.rest = v_select(t > 0, l.small, l.large);
  p.slope = v_fma(y, p.rest, -alpha->x * v_select(t > 0, l.large, l.small));
  return p;
}

STRATA_INLINE density_terms neg_binomial_log_terms(double8 y, prepared eta, prepared *alpha,
                                                   prepared none, unsigned want) {
  (void)none, (void)want;
  const neg_binomial_parts p = neg_binomial_log_parts(y, eta, alpha);
  return (density_terms){
      .value = v_fma(y, eta.x, p.ratio) - (alpha->x + y) * p.log_tail,
      .factor = p.factor,
      .d1 = p.slope,
      .d2 = p.difference - p.log_tail - p.slope * alpha->g,
  };
}
