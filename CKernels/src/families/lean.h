// Exponentials and logarithms for densities. Their bound is 1e-13 (strata_density.h), so a relative
// error of a few 1e-16 will do where vector_math.h promises an ulp: no rounding error is carried
// along, and no edge is handled that a caller does not meet.

static const double exp_short[] = {
    0x1.0000000000000p-1, 0x1.5555555553b7dp-3, 0x1.5555555554cb8p-5, 0x1.1111111c45d5bp-7,
    0x1.6c16c1738ecf7p-10, 0x1.a019adabfb6abp-13, 0x1.a019c9ab213aap-16, 0x1.72c720b2e07bfp-19,
    0x1.28803926c8ea8p-22
};

static const double log_short[] = {
    0x1.55555555553b8p-1, 0x1.9999999b8677ap-2, 0x1.2492462af84abp-2, 0x1.c71fccd953895p-3,
    0x1.7382dbfa1ce75p-3, 0x1.546a3155bacbfp-3
};

static const double logistic_tail[] = {
    0x1.5555555555571p-1, 0x1.9999999986411p-2, 0x1.24924936a674ep-2, 0x1.c71c64ce7c491p-3,
    0x1.745f69c23d592p-3, 0x1.3ad83c421c2e9p-3, 0x1.1487294ad8da8p-3, 0x1.a6d10853dff56p-4,
    0x1.59830f20005eep-3
};

/// exp(x) = *p 2^n, 0.7 < *p < 1.42, with n in the low bits of the result (plus `bias`).
STRATA_INLINE double8 lean_exp_parts(double8 x, double bias, double8 *p) {
  const double8 magic = v_splat(0x1.8p52 + bias);
  const double8 shifted = v_fma(x, v_splat(LOG2_E), magic);
  const double8 n = shifted - magic;
  const double8 r = v_fma(n, v_splat(-LN2_HIGH), x);
  *p = v_fma(r * r, V_POLYNOMIAL(r, exp_short), 1.0 + r);
  return shifted;
}

/// exp(-size), size >= 0; 0 from 708 on, where it would be subnormal soon. NaN gives NaN.
STRATA_INLINE double8 lean_exp_negative(double8 size) {
  double8 p;
  const double8 shifted = lean_exp_parts(-size, 1023, &p);
  const double8 e = p * v_from_bits(v_bits(shifted) << 52);
  return v_select(size > 708.0, v_splat(0), e);
}

/// exp(x); +inf from 709.8 on, 0 below -707. NaN gives NaN.
STRATA_INLINE double8 lean_exp(double8 x) {
  double8 p;
  const double8 shifted = lean_exp_parts(v_min(v_splat(710), x), 1022, &p);
  const double8 e = (p + p) * v_from_bits(v_bits(shifted) << 52);
  return v_select(x < -707.0, v_splat(0), e);
}

/// k log 2 + log(1 + f), where s = f / (2 + f) (see v_log_reduce): callers divide, so that several
/// divisions can be one. *tail (if not NULL) becomes log(1 + f) / s - 2.
STRATA_INLINE double8 lean_log_join(double8 k, double8 s, double8 *tail) {
  const double8 ss = s * s, t = ss * V_POLYNOMIAL(ss, log_short);
  if (tail) *tail = t;
  return v_fma(k, v_splat(LN2_HIGH), v_fma(v_splat(2), s, s * t));
}

/// log x for positive finite x; anything else gives anything.
STRATA_INLINE double8 lean_log(double8 x) {
  double8 k;
  const double8 f = v_log_reduce_any(x, &k);
  return lean_log_join(k, f / (2.0 + f), NULL);
}

/// log(1 + x) for finite x > -1, u being 1 + x as rounded; anything else gives anything. What u lost is lost, but not
/// next to 0, where log u takes x itself.
STRATA_INLINE double8 log1p_of_sum(double8 x, double8 u) {
  double8 k;
  double8 f = v_log_reduce(u, &k);
  f = v_select(k == 0.0, x, f);
  return lean_log_join(k, f / (2.0 + f), NULL);
}

/// The same; +inf and NaN give themselves.
STRATA_INLINE double8 lean_log1p(double8 x) {
  return v_select(x < INFINITY, log1p_of_sum(x, 1.0 + x), x);
}

/// What the logistic function and its integral need at size >= 0, from e = exp(-size) with one
/// division: large = 1 / (1 + e), small = 1 - large without cancellation, log_sum = log1p(e).
typedef struct {
  double8 large, small, log_sum;
} logistic;

/// log1p(e) = 2 s + s^3 tail(s^2), s = e / (2 + e).
STRATA_INLINE logistic logistic_from(double8 e) {
  const double8 large = 1.0 / (1.0 + e), s = e / (2.0 + e), ss = s * s;
  return (logistic){
      .large = large,
      .small = e * large,
      .log_sum = v_fma(v_splat(2), s, s * (ss * V_POLYNOMIAL(ss, logistic_tail))),
  };
}

STRATA_INLINE logistic logistic_of(double8 size) {
  return logistic_from(lean_exp_negative(size));
}
