// What all families share: prepared arguments, terms, domains.
//
// Domains without branches: an argument outside its domain becomes NaN where it is prepared, the
// NaN runs through to the value of that lane, and the summing loop turns it into -infinity with
// zero derivatives. Preparing a shared argument happens once, so its check costs nothing per row.

/// Which derivatives are wanted: bit k for argument k, bit 0 for the variate.
enum { WANT_Y = 1, WANT_1 = 2, WANT_2 = 4, WANT_3 = 8 };

/// An argument with what its family computes from it alone (f, g, h: see each family).
typedef struct {
  double8 x, f, g, h;
  // Of a dispersion, once it is asked for:
  count_gamma gamma;
  int has_gamma;
} prepared;

/// log f(y | ...) of 8 observations and its derivatives; those not wanted may be anything. Of a FACTORED family (sum.h),
/// the value is without the logarithm of `factor`.
typedef struct {
  double8 value, dy, d1, d2, d3, factor;
} density_terms;

#define LOG_2 0.69314718055994530942
#define LOG_PI 1.1447298858494001741
#define HALF_LOG_2PI 0.91893853320467274178

STRATA_INLINE double8 nan_unless(mask8 m, double8 x) { return v_select(m, x, v_splat(NAN)); }

// Compared with the largest double: of a comparison with infinity, clang makes integer arithmetic.
#define LARGEST 0x1.fffffffffffffp+1023

STRATA_INLINE mask8 is_positive(double8 x) { return (x > 0) & (x <= LARGEST); }

STRATA_INLINE mask8 is_finite(double8 x) { return v_abs(x) <= LARGEST; }

/// x, no more.
STRATA_INLINE prepared plain(double8 x) {
  prepared p;  // what nobody reads need not be stored
  p.x = x;
  return p;
}

/// x > 0: f = log x, g = 1 / x.
STRATA_INLINE prepared positive(double8 x) {
  return (prepared){.x = x, .f = nan_unless(is_positive(x), lean_log(x)), .g = 1 / x};
}

/// log x for x > 0, else NaN.
STRATA_INLINE double8 log_positive(double8 x) { return nan_unless(is_positive(x), lean_log(x)); }

/// x > 0, a shape: f = lgamma x, g = digamma x if wanted.
STRATA_INLINE prepared shape(double8 x, unsigned wanted) {
  prepared p = {.x = x, .f = nan_unless(is_positive(x), v_lgamma(x)), .g = v_splat(0)};
  if (wanted) p.g = v_digamma(x);
  return p;
}

/// a * b, but 0 where a is 0 (b may be infinite there).
STRATA_INLINE double8 times_unless_zero(double8 a, double8 b) {
  return v_select(a == 0, v_splat(0), a * b);
}

/// A count: y >= 0, else NaN.
STRATA_INLINE double8 count(double8 y) { return nan_unless(y >= 0, y); }

/// d where the lane is alive and d is finite, else 0.
STRATA_INLINE double8 finite_where(mask8 alive, double8 d) {
  return v_select(alive & is_finite(d), d, v_splat(0));
}

STRATA_INLINE void add_finite(double *adjoint, double sum) {
  if (fabs(sum) < INFINITY) *adjoint += sum;
}

/// Whole, finite and not negative.
STRATA_INLINE mask8 is_count(double8 y) {
  return (y >= 0) & (y < INFINITY) & (__builtin_elementwise_floor(y) == y);
}
