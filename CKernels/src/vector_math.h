// Special functions on vectors of 8: no branch on a value changes a result, no table, no call.
//
// Every polynomial here was made by
// Tests/StrataKernelsTests/Reference/special_functions_coefficients.py. Error bounds stand in
// strata_math.h and are tested there against arbitrary precision.

#define LN2_HIGH 0x1.62e42fefa39efp-1
#define LN2_LOW 0x1.abc9e3b39803fp-56
#define LOG2_E 0x1.71547652b82fep+0

static const double exp_tail[] = {
    0x1.0000000000000p-1, 0x1.5555555555557p-3, 0x1.5555555555556p-5, 0x1.11111111100dfp-7,
    0x1.6c16c16c162d6p-10, 0x1.a01a01abe62ddp-13, 0x1.a01a01a6d7808p-16, 0x1.71de02375656cp-19,
    0x1.27e4db67b4303p-22, 0x1.af4ddd84882fep-26, 0x1.1f72fc730b4ffp-29
};

static const double log_tail[] = {
    0x1.5555555555558p-1, 0x1.99999999952e2p-2, 0x1.2492492df148dp-2, 0x1.c71c62e5800a1p-3,
    0x1.7462b4ab2ef6bp-3, 0x1.39fe606542ddep-3, 0x1.2b584aae78a57p-3
};

static const double ratio_tail[] = {
    0x1.5555555555555p-1, 0x1.9999999999944p-2, 0x1.2492492499d46p-2, 0x1.c71c71bedea97p-3,
    0x1.745d19937b1fcp-3, 0x1.3b13515f6f9efp-3, 0x1.111abdc8abe16p-3, 0x1.e0a2d581ab68fp-4,
    0x1.bc37f0140c19ep-4, 0x1.32e0d25c9c761p-4, 0x1.401d3e65cdc48p-3
};

static const double lgamma_two[] = {
    0x1.b0ee6072093cep-2, 0x1.4a34cc4a60fa6p-2, -0x1.13e001a557606p-4, 0x1.51322ac7d88e7p-6,
    -0x1.e404fc218fc43p-8, 0x1.7add6ead2484ep-9, -0x1.38ac5c2bc41d9p-10, 0x1.0b36afcbb50e0p-11,
    -0x1.d3fd4c7d0054ep-13, 0x1.a1278cf72f4c1p-14, -0x1.78de649908967p-15, 0x1.58135337e2ed6p-16,
    -0x1.3cb9d1a9ce37cp-17, 0x1.25133701cb027p-18, -0x1.1212ab9928480p-19, 0x1.07e89f5e66381p-20,
    -0x1.d4fb289cce285p-22, 0x1.4bad88a17ae74p-23, -0x1.1384eb4aa866dp-23, 0x1.bbaf0e2fac3a8p-24
};

static const double stirling_tail[] = {
    0x1.5555555555555p-4, -0x1.6c16c16c169ebp-9, 0x1.a01a019d963f7p-11, -0x1.38137cc19a572p-11,
    0x1.b94df87cf7221p-11, -0x1.f5b9c1d4350bbp-10, 0x1.93aaf9bff9057p-8, -0x1.47093e565ff37p-6
};

static const double digamma_root[] = {
    0x1.ef72bc8ee38acp-1, -0x1.c563b54aa1a35p-2, 0x1.08b4294d50355p-2, -0x1.4fc1317257e68p-3,
    0x1.b9a5b63716ca7p-4, -0x1.27baba2616b8fp-4, 0x1.8fce02ae2495cp-5, -0x1.0fa7ec371be39p-5,
    0x1.723d69292499dp-6, -0x1.f97051520041ep-7, 0x1.59559c1cf5f48p-7, -0x1.d827c859dea8dp-8,
    0x1.42e651172a51bp-8, -0x1.b9b8b82225d53p-9, 0x1.2dd82689f2bbbp-9, -0x1.9caaeb515882dp-10,
    0x1.1dc4e258eabcdp-10, -0x1.8bcc0b751e398p-11, 0x1.eeb63ac1d9595p-12, -0x1.2a1fc057e6926p-12,
    0x1.26295f0593efbp-12, -0x1.240948d22d468p-12, 0x1.f255c4568ac4dp-14
};

static const double digamma_tail[] = {
    0x1.5555555555555p-4, -0x1.111111111101ap-7, 0x1.0410410371d1bp-8, -0x1.11110fd63aacdp-8,
    0x1.f07ae3695fa8fp-8, -0x1.5968b1134d286p-6, 0x1.5182e2ace1ceep-4, -0x1.9395c755e6bdap-2,
    0x1.87f7e03edffafp+0
};

/// Sum of c[i] x^i, i < n, as two Horner chains (even and odd powers) that run side by side.
STRATA_INLINE double8 v_polynomial(double8 x, const double *c, int n) {
  const double8 x2 = x * x;
  int top = n - 1;
  double8 even = v_splat(c[top & ~1]), odd = v_splat(top & 1 ? c[top] : c[top - 1]);
#pragma clang loop unroll(full)
  for (int i = (top & ~1) - 2; i >= 0; i -= 2) even = v_fma(even, x2, v_splat(c[i]));
#pragma clang loop unroll(full)
  for (int i = ((top - 1) | 1) - 2; i >= 1; i -= 2) odd = v_fma(odd, x2, v_splat(c[i]));
  return v_fma(odd, x, even);
}

#define V_POLYNOMIAL(x, c) v_polynomial(x, c, (int)(sizeof(c) / sizeof(c[0])))

// MARK: Exponentials

/// x = n log 2 + r with |r| <= log(2)/2: returns r rounded, with n in the low bits of *shifted
/// (plus `bias`) and the rounding error of r in *rest. For |x| < 2^20 or NaN.
STRATA_INLINE double8 v_exp_reduce(double8 x, double bias, double8 *shifted, double8 *rest) {
  const double8 magic = v_splat(0x1.8p52 + bias);
  *shifted = v_fma(x, v_splat(LOG2_E), magic);
  const double8 n = *shifted - magic;
  const double8 high = v_fma(n, v_splat(-LN2_HIGH), x);  // exact
  const double8 r = v_fma(n, v_splat(-LN2_LOW), high);
  *rest = v_fma(n, v_splat(-LN2_LOW), high - r);
  return r;
}

STRATA_INLINE double8 v_exp(double8 x) {
  x = v_select(x < -746.0, v_splat(-746.0), x);  // NaN stays
  x = v_select(x > 710.0, v_splat(710.0), x);
  double8 shifted, rest;
  const double8 r = v_exp_reduce(x, 2046, &shifted, &rest);
  // 1 + r as a rounded sum and what it lost, so that only the next addition rounds.
  const double8 one_r = 1.0 + r, lost = r - (one_r - 1.0);
  const double8 p = one_r + v_fma(r * r, V_POLYNOMIAL(r, exp_tail), rest + lost);
  // 2^n as two factors, so that overflow and gradual underflow round once, in the last product.
  const bits8 b = v_bits(shifted), half = b >> 1;
  return p * v_from_bits(half << 52) * v_from_bits((b - half) << 52);
}

STRATA_INLINE double8 v_expm1(double8 x) {
  const double8 original = x;
  x = v_select(x < -40.0, v_splat(-40.0), x);
  x = v_select(x > 710.0, v_splat(710.0), x);
  double8 shifted, rest;
  const double8 r = v_exp_reduce(x, 1022, &shifted, &rest);
  const double8 s = v_from_bits(v_bits(shifted) << 52);  // 2^(n-1)
  const double8 z = v_fma(r * r, V_POLYNOMIAL(r, exp_tail), rest);
  const double8 y = 2.0 * v_fma(s, z, v_fma(s, r, s - 0.5));
  return v_select(v_abs(original) < 0x1p-54, original, y);
}

// MARK: Logarithms

/// x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), for normal positive finite x.
STRATA_INLINE double8 v_log_reduce(double8 x, double8 *k) {
  const uint64_t root_half = 0x3fe6a09e667f3bcd;
  const bits8 b = v_bits(x) + (0x3ff0000000000000 - root_half);
  *k = v_from_bits((b >> 52) | 0x4330000000000000) - (0x1p52 + 1023);
  return v_from_bits((b & 0x000fffffffffffff) + root_half) - 1.0;
}

/// The same for subnormal x too.
STRATA_INLINE double8 v_log_reduce_any(double8 x, double8 *k) {
  const mask8 subnormal = x < 0x1p-1022;
  const double8 f = v_log_reduce(v_select(subnormal, x * 0x1p54, x), k);
  *k = v_select(subnormal, *k - 54.0, *k);
  return f;
}

/// f - log(1 + f) - k LN2_LOW - rest.
STRATA_INLINE double8 v_log_defect(double8 k, double8 f, double8 rest) {
  const double8 s = f / (2.0 + f);
  const double8 z = s * s;
  const double8 half_square = 0.5 * f * f;
  return half_square - v_fma(s, v_fma(z, V_POLYNOMIAL(z, log_tail), half_square),
                             v_fma(k, v_splat(LN2_LOW), rest));
}

/// k log 2 + log(1 + f) + rest, |rest| far below an ulp of 1.
STRATA_INLINE double8 v_log_assemble(double8 k, double8 f, double8 rest) {
  return v_fma(k, v_splat(LN2_HIGH), f - v_log_defect(k, f, rest));
}

/// r, but the logarithm's special values where x is 0 (-inf), negative or NaN (NaN) or inf (inf).
STRATA_INLINE double8 v_log_edges(double8 x, double8 r) {
  r = v_select(x < INFINITY, r, x);
  return v_select(x > 0.0, r, v_select(x == 0.0, v_splat(-INFINITY), v_splat(NAN)));
}

STRATA_INLINE double8 v_log(double8 x) {
  double8 k;
  const double8 f = v_log_reduce_any(x, &k);
  return v_log_edges(x, v_log_assemble(k, f, v_splat(0)));
}

/// log(1 + x) = k log 2 + log(1 + f) + (a small correction), for x > -1 and finite: returns the
/// defect of it all.
STRATA_INLINE double8 v_log1p_reduce(double8 x, double8 *k, double8 *f) {
  const double8 u = 1.0 + x;
  const double8 lost = v_select(x < 1.0, x - (u - 1.0), 1.0 - (u - x)) / u;
  *f = v_log_reduce(u, k);
  const mask8 near = *k == 0.0;
  *f = v_select(near, x, *f);
  return v_log_defect(*k, *f, v_select(near, v_splat(0), lost));
}

STRATA_INLINE double8 v_log1p(double8 x) {
  double8 k, f;
  const double8 defect = v_log1p_reduce(x, &k, &f);
  const double8 r = v_log_edges(1.0 + x, v_fma(k, v_splat(LN2_HIGH), f - defect));
  return v_select(v_abs(x) < 0x1p-54, x, r);
}

// MARK: The logistic function and its integral

/// log(1 + exp(x)).
STRATA_INLINE double8 v_log1p_exp(double8 x) {
  const double8 e = v_exp(-v_abs(x));
  // log(1 + e) = k log 2 + log(1 + f): k = 0, f = e, or k = 1, f = (e - 1) / 2.
  const mask8 near = e < 0.41421356;
  const double8 d = e - 1.0;
  const double8 lost = (e - (d + 1.0)) * 0.7;  // not zero only for e < 1/2: 1 / (1 + e) = 0.7
  const double8 l = v_log_assemble(v_select(near, v_splat(0), v_splat(1)),
                                   v_select(near, e, 0.5 * d), v_select(near, v_splat(0), lost));
  const double8 r = v_select(e < 0x1p-54, e, l);
  return v_select(x > 0.0, x + r, r);
}

/// 1 / (1 + exp(-x)).
STRATA_INLINE double8 v_inverse_logit(double8 x) {
  const double8 e = v_exp(-v_abs(x));
  const double8 up = v_select(x < 0.0, e, v_splat(1)), down = 1.0 + e;
  const double8 lost = e - (down - 1.0), inverse = 1.0 / down;
  const double8 q = up * inverse;
  return v_fma(v_fma(-q, lost, v_fma(-q, down, up)), inverse, q);
}

// MARK: Gamma function

/// lgamma(x), x > 0. Below 7.5: by the recurrence to lgamma(2 + d), -0.59 < d < 1/2, which is d
/// times a polynomial, so that the zeros at 1 and 2 keep full relative accuracy.
STRATA_INLINE double8 v_lgamma(double8 x) {
  const mask8 large = x >= 7.5;
  // x = 2 + d + steps; the product of the recurrence goes into one logarithm.
  const mask8 below = x < 1.4142135623730951;
  const mask8 middle = x >= 0.5;
  double8 d = v_select(middle, x - 1.0, x);
  // lgamma(x) = lgamma(x + 1) - log(x), or for x < 1/2 lgamma(x + 2) - log(x (x + 1)).
  double8 product = v_select(middle, x, v_fma(x, x, x));
  d = v_select(below, d, x - 2.0);
  product = v_select(below, product, v_splat(1));
#pragma clang loop unroll(full)
  for (int i = 1; i <= 5; i++) {
    const mask8 step = x >= i + 1.5;
    d = v_select(step, x - (i + 2.0), d);
    product = v_select(step, product * (x - (double)i), product);
  }
  double8 k;
  const double8 f = v_log_reduce_any(v_select(large, x, product), &k);
  const double8 defect = v_log_defect(k, f, v_splat(0));
  // The logarithm's parts are subtracted one by one: near x = 1, d and f cancel in the first step.
  const double8 sf = v_select(below, -f, f), sk = v_select(below, -k, k);
  const double8 partial = v_fma(d, V_POLYNOMIAL(d, lgamma_two), sf);
  const double8 small = v_fma(sk, v_splat(LN2_HIGH), partial - v_select(below, -defect, defect));
  const double8 l = v_fma(k, v_splat(LN2_HIGH), f - defect);
  const double8 a = 1.0 / x;
  const double8 rest = v_fma(a, V_POLYNOMIAL(a * a, stirling_tail), v_splat(0x1.acfe390c97d69p-2));
  const double8 r = v_select(large, v_fma(x - 0.5, l - 1.0, rest), small);
  const double8 edge = v_select(x >= 0.0, v_splat(INFINITY), v_splat(NAN));
  return v_select((x > 0.0) & (x < INFINITY), r, edge);
}

/// The derivative of v_lgamma, x > 0. Below 7: by the recurrence to [1, 2), there (x - root) times
/// a polynomial, so that the zero at 1.46 keeps full relative accuracy.
STRATA_INLINE double8 v_digamma(double8 x) {
  const mask8 large = x >= 7.0;
  // v = x - (steps + 1) in [0, 1); the sum of reciprocals of the recurrence is up / down.
  const mask8 below = x < 1.0;
  double8 v = v_select(below, x, x - 1.0);
  double8 up = v_select(below, v_splat(-1), v_splat(0)), down = v_select(below, x, v_splat(1));
#pragma clang loop unroll(full)
  for (int i = 1; i <= 5; i++) {
    const mask8 step = x >= i + 1.0;
    const double8 factor = x - (double)i;
    v = v_select(step, x - (i + 1.0), v);
    up = v_select(step, v_fma(up, factor, down), up);
    down = v_select(step, down * factor, down);
  }
  const double8 d = (v - 0x1.d8b618d5af8fep-2) + 0x1.1e563779a1f5bp-56;
  const double8 q = v_select(large, v_splat(1), up) / v_select(large, x, down);  // 1 / x if large
  const double8 small = v_fma(d, V_POLYNOMIAL(d, digamma_root), q);
  const double8 z = q * q;
  const double8 rest = v_fma(z, V_POLYNOMIAL(z, digamma_tail), 0.5 * q);
  double8 r = v_select(large, v_log(x) - rest, small);
  r = v_select(x == 0.0, v_splat(-INFINITY), r);
  return v_select(x >= 0.0, r, v_splat(NAN));
}

// MARK: Differences of gamma functions

/// *ratio = lgamma(alpha + y) - lgamma(alpha) - y log(alpha) and
/// *difference = digamma(alpha + y) - digamma(alpha), for alpha > 0 and y >= 0. Whoever needs both
/// gets them here for little more than the price of one.
///
/// With b = alpha (or alpha + 8 where alpha < 8) and t = y / b,
///   ratio = b ((1 + t) log1p(t) - t) - log1p(t) / 2 + stirling(b + y) - stirling(b),
///   difference = log1p(t) + tail(b) - tail(b + y),
/// where every difference of near values is taken in a form that has the factor y.
STRATA_INLINE void v_gamma_ratio(double8 alpha, double8 y, double8 *ratio, double8 *difference) {
  const mask8 tiny = alpha < 0x1p-400;  // the products below would leave the range of double
  const double8 a = v_select(tiny, v_splat(0x1p-400), alpha);
  const mask8 shifted = a < 8.0;
  const double8 b = v_select(shifted, a + 8.0, a);
  const double8 t = y / b, sum = b + y;

  // log1p(t) = 2 s + s^3 tail(s^2) with s = t / (2 + t) for t <= 1, else after the usual reduction.
  const mask8 near = t <= 1.0;
  const double8 u = 1.0 + t;
  const double8 lost = 1.0 - (u - t);  // what u lacks, where t > 1
  double8 k;
  const double8 f = v_log_reduce(u, &k);
  const double8 s = v_select(near, y, f) / v_select(near, b + sum, 2.0 + f);
  const double8 ss = s * s, tail = ss * V_POLYNOMIAL(ss, ratio_tail), cube = s * tail;
  const double8 near_log = v_fma(v_splat(2), s, cube);
  const double8 far_log =
      v_fma(k, v_splat(LN2_HIGH),
            v_fma(v_splat(2), s, cube + v_fma(k, v_splat(LN2_LOW), lost / u)));
  const double8 l = v_select(near, near_log, far_log);

  // b ((1 + t) log1p(t) - t): only positive terms for t <= 1.
  const double8 near_h =
      (b * s) * v_fma(v_splat(2), s, (1.0 + s) * tail) * v_fma(v_splat(0.5), t, v_splat(1));
  const double8 far_h = b * v_fma(lost, l, v_fma(u, l, -t));
  const double8 h = v_select(near, near_h, far_h);

  // p = 1 / b, q = 1 / (b + y); q - p = -y p q. The polynomials in p^2 and q^2 and their divided
  // differences run through one Horner scheme.
  const double8 inverse = 1.0 / (b * sum);
  const double8 p = inverse * sum, q = inverse * b;
  const double8 pp = p * p, qq = q * q;
  const double8 step = y * p * q;
  double8 w = v_splat(stirling_tail[7]), dw = v_splat(0);
#pragma clang loop unroll(full)
  for (int i = 6; i >= 0; i--) {
    dw = v_fma(dw, qq, w);
    w = v_fma(w, pp, v_splat(stirling_tail[i]));
  }
  double8 v = v_splat(digamma_tail[8]), dv = v_splat(0);
#pragma clang loop unroll(full)
  for (int i = 7; i >= 0; i--) {
    dv = v_fma(dv, qq, v);
    v = v_fma(v, pp, v_splat(digamma_tail[i]));
  }
  const double8 stirling = -step * v_fma(q * (p + q), dw, w);
  double8 r = h + v_fma(v_splat(-0.5), l, stirling);
  double8 d = l + step * v_fma(p + q, v_fma(qq, dv, v), v_splat(0.5));

  if (v_any(shifted)) {
    // Back from a + 8 by the recurrence. Beyond 2^57 the products would overflow, and their
    // logarithm is under an ulp of the rest.
    const double8 z = v_min(y, v_splat(0x1p57));
    // The factors a + i and a + 7 - i pair to m + c, m = a (a + 7), c = 0, 6, 10, 12, and with y
    // to m + c + g. Then product of (a + i + z) / (a + i), i < 8, = 1 + ratio_up / down, and
    // sum of 1 / (a + i) - 1 / (a + i + z) = z sum_up / sum_down; only positive terms.
    const double8 middle = v_fma(v_splat(2), a, v_splat(7));
    const double8 m = a * (a + 7.0), g = z * (middle + z);
    const double8 twice = v_fma(v_splat(2), m, v_fma(z, middle, v_splat(49)));
    double8 down = m, ratio_up = g, sum_up = twice, sum_down = m * (m + g);
    const double offsets[] = {6, 10, 12};
#pragma clang loop unroll(full)
    for (int i = 0; i < 3; i++) {
      const double8 c = m + offsets[i], cg = c + g, e = c * cg;
      ratio_up = v_fma(ratio_up, cg, down * g);
      down = down * c;
      sum_up = v_fma(sum_up, e, (twice - 2 * offsets[i]) * sum_down);
      sum_down = sum_down * e;
    }
    // y log(b / a) - log(product): near 8 most of it cancels, so part by part, and with what the
    // division 8 / a lost.
    double8 kb, fb, kp, fp;
    const double8 eight = 8.0 / a;
    const double8 gb = v_log1p_reduce(eight, &kb, &fb) - v_fma(-eight, a, v_splat(8)) * p;
    const double8 gp = v_log1p_reduce(ratio_up / down, &kp, &fp);
    const double8 back = v_fma(v_fma(y, kb, -kp), v_splat(LN2_HIGH),
                               v_fma(y, fb, -fp) - v_fma(y, gb, -gp));
    r = v_select(shifted, r + back, r);
    d = v_select(shifted, d + z * (sum_up / sum_down), d);
    if (v_any(tiny)) {
      // Only the pole of the gamma function at 0 tells alpha from a.
      r = v_select(tiny, v_fma(1.0 - y, v_log(alpha * 0x1p400), r), r);
      d = v_select(tiny, d + (1.0 / alpha - 0x1p400), d);
    }
  }

  const mask8 outside = ~((alpha > 0.0) & (y >= 0.0)), limit = alpha == INFINITY;
  r = v_select((y == 0.0) | (y == 1.0) | limit, v_splat(0), r);
  d = v_select((y == 0.0) | limit, v_splat(0), d);
  r = v_select(y == INFINITY, y, r);
  d = v_select(y == INFINITY, y, d);
  *ratio = v_select(outside, v_splat(NAN), r);
  *difference = v_select(outside, v_splat(NAN), d);
}

STRATA_INLINE double8 v_lgamma_ratio(double8 alpha, double8 y) {
  double8 ratio, difference;
  v_gamma_ratio(alpha, y, &ratio, &difference);
  return ratio;
}

STRATA_INLINE double8 v_digamma_difference(double8 alpha, double8 y) {
  double8 ratio, difference;
  v_gamma_ratio(alpha, y, &ratio, &difference);
  return difference;
}

// MARK: Kernels

#define STRATA_MAP(name)                                                      \
  static void map_##name(size_t n, const double *x, double *out) {           \
    size_t i = 0;                                                            \
    for (; n - i >= STRATA_LANES; i += STRATA_LANES)                         \
      v_store(out + i, v_##name(v_load(x + i)));                             \
    if (i < n)                                                               \
      v_store_part(out + i, v_##name(v_load_part(x + i, n - i)), n - i);     \
  }

#define STRATA_MAP2(name)                                                                   \
  static void map_##name(size_t n, const double *x, const double *y, double *out) {        \
    size_t i = 0;                                                                          \
    for (; n - i >= STRATA_LANES; i += STRATA_LANES)                                       \
      v_store(out + i, v_##name(v_load(x + i), v_load(y + i)));                            \
    if (i < n)                                                                             \
      v_store_part(out + i,                                                                \
                   v_##name(v_load_part(x + i, n - i), v_load_part(y + i, n - i)), n - i); \
  }

STRATA_MAP(exp)
STRATA_MAP(log)
STRATA_MAP(log1p)
STRATA_MAP(expm1)
STRATA_MAP(log1p_exp)
STRATA_MAP(inverse_logit)
STRATA_MAP(lgamma)
STRATA_MAP(digamma)
STRATA_MAP2(lgamma_ratio)
STRATA_MAP2(digamma_difference)
