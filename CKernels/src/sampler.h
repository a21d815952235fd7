// Vector operations of the samplers.

static void leapfrog_drift(size_t n, double half, const double *scale, const double *q,
                           const double *r, const double *g, double *q_out, double *r_out) {
  const double8 h = v_splat(half);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    const double8 t = h * v_load_part(scale + i, k);
    const double8 moved = v_fma(t, v_load_part(g + i, k), v_load_part(r + i, k));
    v_store_part(r_out + i, moved, k);
    v_store_part(q_out + i, v_fma(t + t, moved, v_load_part(q + i, k)), k);
  }
}

static double leapfrog_kick(size_t n, double half, const double *scale, const double *g,
                            double *r) {
  const double8 h = v_splat(half);
  double8 sum = v_splat(0);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    const double8 t = h * v_load_part(scale + i, k);
    const double8 kicked = v_fma(t, v_load_part(g + i, k), v_load_part(r + i, k));
    v_store_part(r + i, kicked, k);
    const double8 counted = v_first(kicked, k);
    sum = v_fma(counted, counted, sum);
  }
  return v_sum(sum);
}

static void axpy(size_t n, double a, const double *y, const double *x, double *out) {
  const double8 factor = v_splat(a);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    v_store_part(out + i, v_fma(factor, v_load_part(y + i, k), v_load_part(x + i, k)), k);
  }
}

STRATA_INLINE double dot_inline(size_t n, const double *x, const double *y) {
  double8 sum = v_splat(0);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    sum = v_fma(v_first(v_load_part(x + i, k), k), v_load_part(y + i, k), sum);
  }
  return v_sum(sum);
}

static double dot(size_t n, const double *x, const double *y) { return dot_inline(n, x, y); }

static int turning_pair(size_t n, const double *a, const double *b, double *sum) {
  double8 along_a = v_splat(0), along_b = v_splat(0);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    const double8 ra = v_load_part(a + i, k), rb = v_load_part(b + i, k);
    const double8 both = ra + rb;
    v_store_part(sum + i, both, k);
    const double8 counted = v_first(both, k);
    along_a = v_fma(ra, counted, along_a);
    along_b = v_fma(rb, counted, along_b);
  }
  return !(v_sum(along_a) > 0 && v_sum(along_b) > 0);
}

static int turning_join(size_t n, const double *a_outer, const double *a_inner,
                        const double *b_inner, const double *b_outer, const double *sum_a,
                        const double *sum_b, double *sum) {
  const double8 zero = v_splat(0);
  double8 whole_a = zero, whole_b = zero, left_a = zero, left_b = zero, right_a = zero,
          right_b = zero;
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    const double8 sa = v_load_part(sum_a + i, k), sb = v_load_part(sum_b + i, k);
    const double8 ao = v_load_part(a_outer + i, k), ai = v_load_part(a_inner + i, k);
    const double8 bi = v_load_part(b_inner + i, k), bo = v_load_part(b_outer + i, k);
    const double8 both = sa + sb;
    v_store_part(sum + i, both, k);
    const double8 whole = v_first(both, k), left = v_first(sa + bi, k), right = v_first(sb + ai, k);
    whole_a = v_fma(ao, whole, whole_a);
    whole_b = v_fma(bo, whole, whole_b);
    left_a = v_fma(ao, left, left_a);
    left_b = v_fma(bi, left, left_b);
    right_a = v_fma(ai, right, right_a);
    right_b = v_fma(bo, right, right_b);
  }
  return !(v_sum(whole_a) > 0 && v_sum(whole_b) > 0 && v_sum(left_a) > 0 && v_sum(left_b) > 0 &&
           v_sum(right_a) > 0 && v_sum(right_b) > 0);
}

static void welford(size_t n, double share, const double *x, double *mean, double *squares) {
  const double8 part = v_splat(share);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    const double8 value = v_load_part(x + i, k), old = v_load_part(mean + i, k);
    const double8 before = value - old;
    const double8 now = v_fma(before, part, old);
    v_store_part(mean + i, now, k);
    v_store_part(squares + i, v_fma(before, value - now, v_load_part(squares + i, k)), k);
  }
}

static void fisher_scale(size_t n, const double *draws, const double *gradients, double *scale) {
  const double8 least = v_splat(1e-10), most = v_splat(1e10);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    const double8 ratio = v_load_part(draws + i, k) / v_load_part(gradients + i, k);
    const double8 root = v_sqrt(v_sqrt(ratio));
    // NaN (0 / 0) is neither above nor below.
    const mask8 good = (root > least) & (root < most);
    v_store_part(scale + i, v_select(good, root, v_load_part(scale + i, k)), k);
  }
}

static void lower_times(size_t n, const double *l, const double *x, double *y) {
  for (size_t row = 0; row < n; row++) y[row] = dot_inline(row + 1, l + row * n, x);
}

static void lower_transposed_times(size_t n, const double *l, const double *x, double *y) {
  for (size_t i = 0; i < n; i++) y[i] = 0;
  for (size_t row = 0; row < n; row++) {
    const double8 factor = v_splat(x[row]);
    const double *values = l + row * n;
    for (size_t i = 0; i <= row; i += STRATA_LANES) {
      const size_t left = row + 1 - i;
      const size_t k = left < STRATA_LANES ? left : STRATA_LANES;
      const double8 old = v_load_part(y + i, k);
      v_store_part(y + i, v_fma(factor, v_load_part(values + i, k), old), k);
    }
  }
}
