// Bernoulli with eta = logit p: with s = eta at y = 1 and -eta at y = 0, log f = min(s, 0) - log1p(e), e = exp(-|eta|),
// and its derivative is 1 / (1 + exp(s)), with the sign of s's. Of many rows,
//
//   log1p(e1) + log1p(e2) = log1p(c),   c = e1 + e2 + e1 e2 = e1 (1 + e2) + e2,
//
// so that hundreds of rows need one logarithm, and each a multiplication. c has only positive terms: its relative error
// grows by a rounding or two with each row, as that of the sum would.

/// Vectors to a logarithm: c stays below 2^512.
enum { BERNOULLI_RUN = 512 };

/// Sums in each lane over some rows: of min(s, 0) and of the derivatives, and c as above.
typedef struct {
  double8 lower, slopes, c;
} bernoulli_sums;

STRATA_INLINE bernoulli_sums no_bernoulli(void) {
  return (bernoulli_sums){v_splat(0), v_splat(0), v_splat(0)};
}

/// Adds the first k rows of a vector to `sums`; returns the derivatives in eta.
STRATA_INLINE double8 bernoulli_logit_vector(double8 y, double8 eta, size_t k,
                                             bernoulli_sums *sums) {
  const double8 sign = v_fma(v_splat(2), y, v_splat(-1)), s = sign * eta, size = v_abs(eta);
  const mask8 inside = (v_abs(sign) == 1) & is_finite(size);
  const double8 e = nan_unless(inside, lean_exp_negative(size));
  const double8 u = 1.0 + e, inverse = 1.0 / u;
  sums->lower += v_first(v_min(v_splat(0), s), k);
  sums->c = v_fma(sums->c, u, e);
  return v_select(inside, sign * v_select(s > 0, e * inverse, inverse), v_splat(0));
}

/// The k rows from i on.
STRATA_INLINE void bernoulli_logit_rows(strata_argument y, strata_argument eta, size_t i, size_t k,
                                        bernoulli_sums *sums) {
  const double8 d = bernoulli_logit_vector(
      y.shared ? v_splat(y.values[0]) : v_load_part(y.values + i, k),
      eta.shared ? v_splat(eta.values[0]) : v_load_part(eta.values + i, k), k, sums);
  if (eta.shared) {
    sums->slopes += v_first(d, k);
  } else if (eta.adjoint) {
    v_add_to(eta.adjoint + i, d, k);
  }
}

static double bernoulli_logit_sum(size_t n, strata_argument y, const strata_argument *arguments,
                                  unsigned shared, unsigned want) {
  (void)shared, (void)want;
  const strata_argument eta = arguments[0];
  bernoulli_sums sums = no_bernoulli();
  double8 logs = v_splat(0);
  const size_t whole = n - n % STRATA_LANES;
  for (size_t i = 0; i < whole;) {
    const size_t run = BERNOULLI_RUN * STRATA_LANES, end = whole - i < run ? whole : i + run;
    for (; i < end; i += STRATA_LANES) bernoulli_logit_rows(y, eta, i, STRATA_LANES, &sums);
    logs += lean_log1p(sums.c);
    sums.c = v_splat(0);
  }
  if (whole < n) {
    bernoulli_logit_rows(y, eta, whole, n - whole, &sums);
    logs += v_first(lean_log1p(sums.c), n - whole);
  }
  if (eta.shared && eta.adjoint) add_finite(eta.adjoint, v_sum(sums.slopes));
  const double total = v_sum(sums.lower) - v_sum(logs);
  return total < INFINITY ? total : -INFINITY;
}

STRATA_INLINE prepared bernoulli_logit_prepare(int which, double8 x, unsigned want) {
  (void)which, (void)want;
  return plain(x);
}

/// The values alone, each as if its row were all.
STRATA_INLINE density_terms bernoulli_logit_terms(double8 y, prepared eta, prepared none2,
                                                  prepared none3, unsigned want) {
  (void)none2, (void)none3, (void)want;
  bernoulli_sums one = no_bernoulli();
  bernoulli_logit_vector(y, eta.x, STRATA_LANES, &one);
  return (density_terms){.value = one.lower - lean_log1p(one.c)};
}
