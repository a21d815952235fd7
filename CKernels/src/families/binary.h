// Bernoulli by probability (by logit: bernoulli_rows.h), Binomial by probability and by logit. y and n are data: the
// logarithm of the binomial coefficient is left to binomial_constant.

/// 0 <= p <= 1: f = log p, g = log1p(-p); NaN outside.
STRATA_INLINE prepared probability(double8 p) {
  const mask8 inside = (p >= 0) & (p <= 1);
  prepared r = {.x = nan_unless(inside, p)};
  r.f = nan_unless(inside, v_select(p > 0, lean_log(p), v_splat(-INFINITY)));
  r.g = nan_unless(inside, v_select(p < 1, lean_log1p(-p), v_splat(-INFINITY)));
  return r;
}

// Bernoulli(p): log p at y = 1, log1p(-p) at y = 0.

STRATA_INLINE prepared bernoulli_prepare(int which, double8 x, unsigned want) {
  (void)which, (void)want;
  return probability(x);
}

STRATA_INLINE density_terms bernoulli_terms(double8 y, prepared p, prepared none2, prepared none3,
                                            unsigned want) {
  (void)none2, (void)none3, (void)want;
  const mask8 yes = y == 1;
  return (density_terms){
      .value = v_select(yes, p.f, nan_unless(y == 0, p.g)),
      .d1 = 1 / v_select(yes, p.x, p.x - 1),
  };
}

// Binomial(n, p): y log p + (n - y) log1p(-p), 0 <= y <= n; a product whose count is 0 is 0.

STRATA_INLINE prepared binomial_prepare(int which, double8 x, unsigned want) {
  (void)want;
  return which == 1 ? plain(x) : probability(x);
}

STRATA_INLINE density_terms binomial_terms(double8 y, prepared n, prepared p, prepared none,
                                           unsigned want) {
  (void)none, (void)want;
  y = count(y);
  const double8 rest = count(n.x - y);
  const double8 value = times_unless_zero(y, p.f) + times_unless_zero(rest, p.g);
  return (density_terms){
      .value = nan_unless(p.x == p.x, value),
      .d2 = times_unless_zero(y, 1 / p.x) - times_unless_zero(rest, 1 / (1 - p.x)),
  };
}

// Binomial with eta = logit p. y eta - n log1p(exp(eta)) cancels for large eta; by outcome,
// -y log1p(exp(-eta)) - (n - y) log1p(exp(eta)), it does not.

/// Of eta: f = exp(-|eta|).
STRATA_INLINE prepared binomial_logit_prepare(int which, double8 x, unsigned want) {
  (void)want;
  prepared p = plain(x);
  if (which == 2) p.f = lean_exp_negative(v_abs(x));
  return p;
}

STRATA_INLINE density_terms binomial_logit_terms(double8 y, prepared n, prepared eta,
                                                 prepared none, unsigned want) {
  (void)none, (void)want;
  y = count(y);
  const double8 rest = count(n.x - y);
  const double8 size = v_abs(eta.x);
  const logistic l = logistic_from(eta.f);
  const mask8 up = eta.x > 0;
  const double8 unlikely = v_select(up, rest, y), likely = v_select(up, y, rest);
  const double8 slope = v_fma(likely, l.small, -unlikely * l.large);  // towards the likely outcome
  return (density_terms){
      .value = -v_fma(nan_unless(y <= n.x, n.x), l.log_sum, unlikely * size),
      .d2 = v_select(up, slope, -slope),
  };
}
