// Exponential, Gamma, InverseGamma, and on an interval Uniform and Beta.

// Exponential(rate): log rate - rate y, y >= 0.

STRATA_INLINE prepared exponential_prepare(int which, double8 x, unsigned want) {
  (void)which, (void)want;
  return positive(x);
}

STRATA_INLINE density_terms exponential_terms(double8 y, prepared rate, prepared none2,
                                              prepared none3, unsigned want) {
  (void)none2, (void)none3, (void)want;
  const double8 value = v_fma(-rate.x, y, rate.f);
  return (density_terms){.value = nan_unless(y >= 0, value), .dy = -rate.x, .d1 = rate.g - y};
}

// Gamma(shape, rate): shape log rate - lgamma(shape) + (shape - 1) log y - rate y, y > 0.

STRATA_INLINE prepared gamma_prepare(int which, double8 x, unsigned want) {
  return which == 1 ? shape(x, want & WANT_1) : positive(x);
}

STRATA_INLINE density_terms gamma_terms(double8 y, prepared shape, prepared rate, prepared none,
                                        unsigned want) {
  (void)none;
  const double8 log_y = log_positive(y);
  density_terms t = {
      .value = v_fma(shape.x, rate.f, -shape.f) + v_fma(shape.x - 1, log_y, -rate.x * y),
      .d1 = rate.f + log_y - shape.g,
      .d2 = v_fma(shape.x, rate.g, -y),
  };
  if (want & WANT_Y) t.dy = (shape.x - 1) / y - rate.x;
  return t;
}

// InverseGamma(shape, scale): shape log scale - lgamma(shape) - (shape + 1) log y - scale / y, y > 0.

STRATA_INLINE prepared inverse_gamma_prepare(int which, double8 x, unsigned want) {
  return which == 1 ? shape(x, want & WANT_1) : positive(x);
}

STRATA_INLINE density_terms inverse_gamma_terms(double8 y, prepared shape, prepared scale,
                                                prepared none, unsigned want) {
  (void)none, (void)want;
  const double8 log_y = log_positive(y);
  const double8 per_y = 1 / y;
  return (density_terms){
      .value = v_fma(shape.x, scale.f, -shape.f) - v_fma(shape.x + 1, log_y, scale.x * per_y),
      .dy = v_fma(scale.x, per_y, -(shape.x + 1)) * per_y,
      .d1 = scale.f - log_y - shape.g,
      .d2 = v_fma(shape.x, scale.g, -per_y),
  };
}

// Uniform(lower, upper): -log(upper - lower) for lower <= y <= upper.

STRATA_INLINE prepared uniform_prepare(int which, double8 x, unsigned want) {
  (void)which, (void)want;
  return plain(x);
}

STRATA_INLINE prepared uniform_joint(prepared lower, prepared upper, int same) {
  (void)same;
  return positive(upper.x - lower.x);
}

STRATA_INLINE density_terms uniform_terms(double8 y, prepared lower, prepared upper,
                                          prepared width, unsigned want) {
  (void)want;
  return (density_terms){
      .value = nan_unless((y >= lower.x) & (y <= upper.x), -width.f),
      .dy = v_splat(0),
      .d1 = width.g,
      .d2 = -width.g,
  };
}

// Beta(alpha, beta): -log B(alpha, beta) + (alpha - 1) log y + (beta - 1) log1p(-y), 0 < y < 1.
//
// lgamma(a + b) - lgamma(a) - lgamma(b) cancels when one is much larger than the other. With
// l >= s the two in order of size: -log B = lgamma_ratio(l, s) + s log l - lgamma(s).

STRATA_INLINE prepared beta_prepare(int which, double8 x, unsigned want) {
  (void)which, (void)want;
  return plain(nan_unless(is_positive(x), x));
}

/// x = digamma(a + b) - digamma(a), g = digamma(a + b) - digamma(b), f = -log B(a, b). Where all lanes are the
/// same, the two sides of (a, b) share a vector.
STRATA_INLINE prepared beta_joint(prepared a, prepared b, int same) {
  const mask8 falls = a.x > b.x;
  const double8 l = v_select(falls, a.x, b.x), s = v_select(falls, b.x, a.x);
  double8 ratio, of_l, of_s;
  if (same) {
    v_gamma_ratio(__builtin_shufflevector(l, s, 0, 1, 2, 3, 8, 9, 10, 11),
                  __builtin_shufflevector(s, l, 0, 1, 2, 3, 8, 9, 10, 11), &ratio, &of_l);
    ratio = v_splat(ratio[0]);
    of_s = v_splat(of_l[4]);
    of_l = v_splat(of_l[0]);
  } else {
    double8 unused;
    v_gamma_ratio(l, s, &ratio, &of_l);
    v_gamma_ratio(s, l, &unused, &of_s);
  }
  return (prepared){
      .x = v_select(falls, of_l, of_s),
      .f = ratio + v_fma(s, v_log(l), -v_lgamma(s)),
      .g = v_select(falls, of_s, of_l),
  };
}

STRATA_INLINE density_terms beta_terms(double8 y, prepared a, prepared b, prepared joint,
                                       unsigned want) {
  const double8 log_y = log_positive(y);
  const double8 log_rest = nan_unless(y < 1, lean_log1p(-y));
  density_terms t = {
      .value = v_fma(a.x - 1, log_y, v_fma(b.x - 1, log_rest, joint.f)),
      .d1 = joint.x + log_y,
      .d2 = joint.g + log_rest,
  };
  if (want & WANT_Y) t.dy = (a.x - 1) / y - (b.x - 1) / (1 - y);
  return t;
}
