// Poisson. y is data: -lgamma(y + 1) is left to log_density_constant.

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
