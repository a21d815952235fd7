// Special functions on vectors of 8.

STRATA_INLINE double8 v_exp(double8 x) { double8 r; for (int i = 0; i < 8; i++) r[i] = exp(x[i]); return r; }
STRATA_INLINE double8 v_log(double8 x) { double8 r; for (int i = 0; i < 8; i++) r[i] = log(x[i]); return r; }

static void map_exp(size_t n, const double *x, double *out) {
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    v_store_part(out + i, v_exp(v_load_part(x + i, k)), k);
  }
}
