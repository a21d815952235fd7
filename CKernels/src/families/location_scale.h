// Normal, StudentT, Cauchy, LogNormal, Laplace: everything is a function of z = (y - location) / scale.

// Normal(mean, sd): -log sd - log(2 pi)/2 - z^2/2.

STRATA_INLINE prepared normal_prepare(int which, double8 x, unsigned want) {
  (void)want;
  return which == 2 ? positive(x) : plain(x);
}

STRATA_INLINE density_terms normal_terms(double8 y, prepared mean, prepared sd, prepared none,
                                         unsigned want) {
  (void)none, (void)want;
  const double8 z = (y - mean.x) * sd.g;
  const double8 slope = z * sd.g;
  return (density_terms){
      .value = v_fma(-0.5 * z, z, -HALF_LOG_2PI - sd.f),
      .dy = -slope,
      .d1 = slope,
      .d2 = v_fma(z, z, v_splat(-1)) * sd.g,
  };
}

// StudentT(df, location, scale), with u = z^2 / df (h = 1 / df):
//
//   lgamma((df+1)/2) - lgamma(df/2) - log(df pi)/2 - log scale - (df+1)/2 log1p(u).
//
// The first three terms are lgamma_ratio(df/2, 1/2) - log(2 pi)/2, which tends to the Normal's
// constant without cancellation; the derivative in df likewise goes through digamma_difference:
//
//   1/2 [ digamma((df+1)/2) - digamma(df/2) - 1/df - log1p(u) + (df+1) u / (df + z^2) ].

STRATA_INLINE prepared student_t_prepare(int which, double8 x, unsigned want) {
  if (which == 2) return plain(x);
  if (which == 3) return positive(x);
  const double8 half = 0.5 * x;
  prepared p = {.x = x, .g = v_splat(0), .h = 1 / x};
  p.f = nan_unless(is_positive(x), v_lgamma_ratio(half, v_splat(0.5)));
  if (want & WANT_1) p.g = v_digamma_difference(half, v_splat(0.5)) - p.h;
  return p;
}

STRATA_INLINE density_terms student_t_terms(double8 y, prepared df, prepared location,
                                            prepared scale, unsigned want) {
  (void)want;
  const double8 z = (y - location.x) * scale.g;
  const double8 u = z * z * df.h, sum = 1 + u;
  // log1p(u) = k log 2 + log(1 + f), f = u next to 0. One division for s = f / (2 + f) and for
  // 1 / (1 + u); with a quarter of 2 + f, so that the product overflows only with u.
  double8 k;
  double8 f = v_log_reduce(sum, &k);
  f = v_select(k == 0, u, f);
  const double8 quarter = v_fma(v_splat(0.25), f, v_splat(0.5));
  const double8 inverse = 1 / (quarter * sum);
  const double8 log_tail = lean_log_join(k, 0.25 * f * (sum * inverse), NULL);
  const double8 weight = quarter * inverse;  // df / (df + z^2)
  const double8 pull = (df.x + 1) * weight;
  const double8 slope = pull * df.h * z * scale.g;
  return (density_terms){
      .value = v_fma(-0.5 * (df.x + 1), log_tail, df.f - HALF_LOG_2PI - scale.f),
      .dy = -slope,
      .d1 = 0.5 * (df.g - log_tail + pull * u * df.h),
      .d2 = slope,
      .d3 = v_fma(z, z, v_splat(-1)) * weight * scale.g,  // (w z^2 - 1) / scale, cancelled by hand
  };
}

// Cauchy(location, scale): -log pi - log scale - log1p(z^2).

STRATA_INLINE prepared cauchy_prepare(int which, double8 x, unsigned want) {
  return normal_prepare(which, x, want);
}

STRATA_INLINE density_terms cauchy_terms(double8 y, prepared location, prepared scale,
                                         prepared none, unsigned want) {
  (void)none, (void)want;
  const double8 z = (y - location.x) * scale.g;
  const double8 per = scale.g / v_fma(z, z, v_splat(1));
  return (density_terms){
      .value = -LOG_PI - scale.f - lean_log1p(z * z),
      .dy = -2 * z * per,
      .d1 = 2 * z * per,
      .d2 = v_fma(z, z, v_splat(-1)) * per,
  };
}

// LogNormal(meanlog, sdlog), with z = (log y - meanlog) / sdlog: the Normal's terms - log y.

STRATA_INLINE prepared lognormal_prepare(int which, double8 x, unsigned want) {
  return normal_prepare(which, x, want);
}

STRATA_INLINE density_terms lognormal_terms(double8 y, prepared meanlog, prepared sdlog,
                                            prepared none, unsigned want) {
  const double8 log_y = log_positive(y);
  density_terms t = normal_terms(log_y, meanlog, sdlog, none, want);
  t.value -= log_y;
  if (want & WANT_Y) t.dy = (t.dy - 1) / y;
  return t;
}

// Laplace(location, scale): -log 2 - log scale - |z|; the derivatives in y and location are 0 at
// the kink.

STRATA_INLINE prepared laplace_prepare(int which, double8 x, unsigned want) {
  return normal_prepare(which, x, want);
}

STRATA_INLINE density_terms laplace_terms(double8 y, prepared location, prepared scale,
                                          prepared none, unsigned want) {
  (void)none, (void)want;
  const double8 d = y - location.x;
  const double8 z = v_abs(d) * scale.g;
  const double8 slope = v_select(d > 0, scale.g, v_select(d < 0, -scale.g, v_splat(0)));
  return (density_terms){
      .value = -LOG_2 - scale.f - z,
      .dy = -slope,
      .d1 = slope,
      .d2 = (z - 1) * scale.g,
  };
}
