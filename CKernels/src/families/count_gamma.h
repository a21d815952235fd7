// Differences of gamma functions for counts, what NegBinomial needs of its dispersion alpha:
//
//   ratio = lgamma(alpha + y) - lgamma(alpha) - y log(alpha),
//   difference = digamma(alpha + y) - digamma(alpha),      y = 0, 1, 2, ...
//
// as in v_gamma_ratio (vector_math.h), but what depends on alpha alone is apart, and as y is not
// between 0 and 1, most of the care for differences of near values can go: what is lost is under
// 1e-15 of |y log mean| + (alpha + y) log1p(mean / alpha), which stand beside the ratio in the density.

static const double count_stirling[] = {
    0x1.5555555555477p-4, -0x1.6c16c15665122p-9, 0x1.a0195329980f1p-11, -0x1.3797f4ede8393p-11,
    0x1.9517858f1a5aap-11
};

static const double count_digamma[] = {
    0x1.5555555554c01p-4, -0x1.111110d6afc2dp-7, 0x1.040f560d6d7c5p-8, -0x1.106a54cf67b24p-8,
    0x1.bf5de4e8a18d4p-8
};

/// What depends on alpha alone, with b = alpha, or alpha + 8 below 8 (by the recurrence):
typedef struct {
  double8 b, per_b;  ///< b, 1 / b
  double8 climb;     ///< log b - log alpha; 0 says that b = alpha
  double8 lift;      ///< log alpha where b is not alpha, else 0
  double8 per_rest;  ///< 1 / ((alpha + 1) ... (alpha + 7)), or 1
  double8 stirling;  ///< lgamma(b) - (b - 1/2) log b + b - log(2 pi)/2
  double8 digamma;   ///< log b - digamma(alpha)
} count_gamma;

/// The product x (x + 1) ... (x + 7) = *first (x + 7) *rest: its factors pair to m + c with
/// m = x (x + 7), c = 0, 6, 10, 12. Returns its derivative.
STRATA_INLINE double8 rising_product(double8 x, double8 *first, double8 *rest) {
  const double8 m = x * (x + 7.0), outer = m * (m + 12.0), inner = v_fma(m, m + 16.0, v_splat(60));
  *first = outer;
  *rest = inner;
  const double8 slope = v_fma(v_fma(v_splat(2), m, v_splat(12)), inner,
                              outer * v_fma(v_splat(2), m, v_splat(16)));
  return v_fma(v_splat(2), x, v_splat(7)) * slope;
}

/// For alpha > 0 or NaN.
STRATA_INLINE count_gamma count_gamma_prepare(double8 alpha, double8 per_alpha, double8 log_alpha) {
  const mask8 shifted = alpha < 8.0;
  const double8 b = v_select(shifted, alpha + 8.0, alpha);
  double8 outer, inner;
  const double8 slope = rising_product(alpha, &outer, &inner);
  const double8 m = alpha * (alpha + 7.0);
  const double8 rest = v_select(shifted, (alpha + 7.0) * (m + 12.0) * inner, v_splat(1));

  const double8 inverse = 1.0 / (b * rest);
  count_gamma r = {.b = b, .per_b = inverse * rest};
  r.climb = v_select(shifted, lean_log(b) - log_alpha, v_splat(0));
  r.lift = v_select(shifted, log_alpha, v_splat(0));
  r.per_rest = v_select(shifted, inverse * b, v_splat(1));
  const double8 z = r.per_b * r.per_b;
  r.stirling = r.per_b * V_POLYNOMIAL(z, count_stirling);
  const double8 tail = r.per_b * v_fma(r.per_b, V_POLYNOMIAL(z, count_digamma), v_splat(0.5));
  r.digamma = tail + v_select(shifted, slope * per_alpha * r.per_rest, v_splat(0));
  return r;
}

/// *ratio and *difference for y >= 0.
///
/// With t = y / b, l = log1p(t), and W(x) = x (x + 1) ... (x + 7):
///   ratio = b ((1 + t) l - t) - l / 2 + stirling(b + y) - stirling(b)
///           + y (log b - log alpha) - log(W(alpha + y) / W(alpha)),
///   difference = l - digamma tail(b + y) - W'/W(alpha + y) + ..., the rest being prepared.
STRATA_INLINE void count_gamma_terms(const count_gamma *a, double8 alpha, double8 y,
                                     double8 *ratio, double8 *difference) {
  const double8 t = y * a->per_b, u = 1.0 + t;
  double8 k;
  double8 f = v_log_reduce(u, &k);
  const mask8 near = k == 0.0;
  f = v_select(near, t, f);
  const double8 low = 2.0 + f;

  // Where alpha < 8, the product W(alpha + y), bounded so that it stays in the range of double;
  // beyond, it has no part in the result that could be seen.
  const mask8 shifted = a->climb > 0.0;
  double8 sum = alpha + y, product = v_splat(1), slope = v_splat(0);
  double8 k_w = v_splat(0), f_w = v_splat(0);
  const int any = v_any(shifted);
  if (any) {
    const double8 x = v_min(v_max(sum, v_splat(0x1p-100)), v_splat(0x1p57));
    double8 outer, inner;
    slope = v_select(shifted, rising_product(x, &outer, &inner), v_splat(0));
    product = v_select(shifted, outer * inner, v_splat(1));
    sum = v_select(shifted, x + 8.0, sum);
    f_w = v_log_reduce(product * a->per_rest, &k_w);
  }

  // One division for four.
  const double8 low_w = 2.0 + f_w;
  const double8 logs = low * low_w, others = sum * product;
  const double8 inverse = 1.0 / (logs * others);
  const double8 per_logs = inverse * others, per_others = inverse * logs;
  const double8 q = per_others * product;  // 1 / (b + y)

  double8 tail;
  const double8 s = f * (low_w * per_logs);
  const double8 l = lean_log_join(k, s, &tail);
  // b ((1 + t) l - t): only positive terms where t is small.
  const double8 near_h =
      (a->b * s) * v_fma(v_splat(2), s, v_fma(s, tail, tail)) * v_fma(v_splat(0.5), t, v_splat(1));
  const double8 far_h = a->b * v_fma(u, l, -t);
  const double8 z = q * q;
  const double8 rest = v_fma(v_splat(-0.5), l, q * V_POLYNOMIAL(z, count_stirling) - a->stirling);
  double8 r = v_select(near, near_h, far_h) + rest;
  double8 d = l + (a->digamma - q * v_fma(q, V_POLYNOMIAL(z, count_digamma), v_splat(0.5)));
  if (any) {
    const double8 log_w = lean_log_join(k_w, f_w * (low * per_logs), NULL);
    r += v_fma(y, a->climb, v_select(shifted, a->lift - log_w, v_splat(0)));
    d -= slope * (per_others * sum);
  }
  *ratio = v_select(y == 0.0, v_splat(0), r);
  *difference = v_select(y == 0.0, v_splat(0), d);
}

/// Counts up to this, and alpha from this on, for which a product takes less time than gamma functions: it stays below
/// 2^210.
#define MOST_FACTORS 32
#define LEAST_FACTORED 0x1p-3

/// For small counts: *product of 1 + k / alpha over 0 < k < y, whose logarithm is the ratio, and *difference, the sum
/// of 1 / (alpha + k) over k < y.
STRATA_INLINE void rising_factors(double8 y, double8 per_alpha, double8 *product,
                                  double8 *difference) {
  const double8 one = v_splat(1);
  // sum / p = sum of 1 / (1 + k / alpha)
  double8 p = one, sum = v_select(y >= 1, one, v_splat(0));
  double8 factor = one + per_alpha;
  for (double8 left = y - 1.0; v_any(left > 0); left -= 4.0) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      const mask8 counts = left > i;
      const double8 u = v_fma(v_splat(i), per_alpha, factor);
      sum = v_select(counts, v_fma(sum, u, p), sum);
      p = v_select(counts, p * u, p);
    }
    factor = v_fma(v_splat(4), per_alpha, factor);
  }
  *product = p;
  *difference = per_alpha * (sum / p);
}
