// Special functions on vectors of 8.

STRATA_INLINE double8 v_exp(double8 x) { double8 r; for (int i = 0; i < 8; i++) r[i] = exp(x[i]); return r; }
STRATA_INLINE double8 v_log(double8 x) { double8 r; for (int i = 0; i < 8; i++) r[i] = log(x[i]); return r; }

static void map_exp(size_t n, const double *x, double *out) {
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    v_store_part(out + i, v_exp(v_load_part(x + i, k)), k);
  }
}
STRATA_INLINE double8 v_sqrt(double8 x) { return __builtin_elementwise_sqrt(x); }
STRATA_INLINE double8 v_inverse_logit(double8 x) { return v_splat(1)/(v_splat(1)+v_exp(-x)); }
STRATA_INLINE double8 v_log1p_exp(double8 x) { double8 r; for (int i = 0; i < 8; i++) r[i] = x[i] > 0 ? x[i] + log1p(exp(-x[i])) : log1p(exp(x[i])); return r; }
