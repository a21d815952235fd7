/// Log densities with their gradients, summed over n observations.
///
/// For every family:
///
///  - **Result.** strata_log_density gives the sum over i of log f(y[i] | arguments[i]) with all
///    normalising constants, except the terms of counts alone (marked "constant" below), which
///    strata_log_density_constant gives: call that once at set-up and add it.
///  - **Derivatives** with respect to the variate and every argument are added to `adjoint` where
///    that is not NULL: element-wise, or their sum if the argument is shared. Counts are data: the
///    variate of NegBinomial, Poisson, Bernoulli and Binomial, and the n of Binomial, have no
///    derivative, and their `adjoint` is left alone.
///  - **Outside the domain**, or at NaN or an infinite argument: the value is -infinity, so the sum
///    is; that observation adds 0 to every derivative. So does an observation whose value overflows
///    to -infinity (a Normal 1e154 sd from its mean), and a derivative too large for a double.
///    The result is never NaN and never +infinity, and no NaN is ever added to an adjoint.
///  - **Error.** Value and derivatives of one observation are within 1e-13 of the exact ones,
///    relative to the sum of the absolute values of the terms of the formula beside the family;
///    for a sum of n, add the rounding of n additions in 8 lanes.
///  - **Same bits** from every backend. The value also has the same bits whether an argument is shared
///    or repeated n times, and value and derivatives whichever other adjoints are NULL. (What stands beside
///    an observation may change its last bits.)
///  - No aliasing of an adjoint with values; two adjoints may be the same buffer.
///
/// Sources: the densities as in the Stan Functions Reference [StanFunctions]; NegBinomial for large
/// dispersion as in families/neg_binomial.h, StudentT for large df through lgamma_ratio.
#ifndef STRATA_DENSITY_H
#define STRATA_DENSITY_H

#include <stddef.h>

/// One argument of a density: n values, or one value shared by all n.
typedef struct {
  const double *values;  ///< n values, or 1 if `shared`
  double *adjoint;       ///< derivatives are ADDED here (n, or their sum in 1 if `shared`); NULL: not wanted
  int shared;            ///< 1: one value for all observations
} strata_argument;

/// Families, with the order of their arguments after the variate. The half-families are these with
/// location 0; their caller adds n log 2.
typedef enum {
  /// mean, sd > 0; y real. With z = (y - mean) / sd: -log sd - log(2 pi)/2 - z^2/2.
  STRATA_NORMAL = 0,
  /// df > 0, location, scale > 0; y real. With z = (y - location) / scale: lgamma((df+1)/2)
  /// - lgamma(df/2) - log(df pi)/2 - log scale - (df+1)/2 log1p(z^2/df).
  STRATA_STUDENT_T = 1,
  /// location, scale > 0; y real. -log pi - log scale - log1p(z^2).
  STRATA_CAUCHY = 2,
  /// meanlog, sdlog > 0; y > 0. -log y + the Normal's terms at log y. z = (log y - meanlog) / sdlog
  /// carries the rounding of log y: where log y and meanlog cancel, count z as
  /// (|log y| + |meanlog|) / sdlog in the error bound.
  STRATA_LOGNORMAL = 3,
  /// location, scale > 0; y real. -log 2 - log scale - |y - location|/scale. At the kink the
  /// derivatives in y and location are 0.
  STRATA_LAPLACE = 4,
  /// lower < upper; lower <= y <= upper. -log(upper - lower). The derivative in y is 0.
  STRATA_UNIFORM = 5,
  /// rate > 0; y >= 0. log rate - rate y.
  STRATA_EXPONENTIAL = 6,
  /// shape > 0, rate > 0; y > 0 (y = 0 is outside, whatever the shape).
  /// shape log rate - lgamma(shape) + (shape - 1) log y - rate y.
  STRATA_GAMMA = 7,
  /// shape > 0, scale > 0; y > 0. shape log scale - lgamma(shape) - (shape + 1) log y - scale / y.
  STRATA_INVERSE_GAMMA = 8,
  /// alpha > 0, beta > 0; 0 < y < 1. lgamma(alpha + beta) - lgamma(alpha) - lgamma(beta)
  /// + (alpha - 1) log y + (beta - 1) log1p(-y).
  STRATA_BETA = 9,
  /// mean >= 0, dispersion alpha > 0, variance mean + mean^2 / alpha; y = 0, 1, 2, ...
  /// D(alpha, y) + y log mean - (alpha + y) log1p(mean / alpha), where D(alpha, y) =
  /// lgamma(alpha + y) - lgamma(alpha) - y log alpha; constant -lgamma(y + 1). With mean 0 the value
  /// is 0 at y = 0, -infinity above. 0 log 0 = 0 here and below.
  STRATA_NEG_BINOMIAL = 10,
  /// The same with its mean given as eta = log mean, any finite eta. mean / alpha = exp(t) carries the
  /// rounding of t = eta - log alpha: where |t| is above 400, count |t| 3e-16 in the error bound.
  STRATA_NEG_BINOMIAL_LOG = 11,
  /// rate >= 0; y = 0, 1, 2, ... y log rate - rate; constant -lgamma(y + 1).
  STRATA_POISSON = 12,
  /// eta = log rate; y = 0, 1, 2, ... y eta - exp(eta) (-infinity where that overflows, eta > 709);
  /// constant -lgamma(y + 1).
  STRATA_POISSON_LOG = 13,
  /// 0 <= p <= 1; y = 0 or 1. y log p + (1 - y) log1p(-p); constant 0.
  STRATA_BERNOULLI = 14,
  /// eta = logit p, any finite eta; y = 0 or 1. -log1p(exp(-eta)) at 1, -log1p(exp(eta)) at 0;
  /// constant 0.
  STRATA_BERNOULLI_LOGIT = 15,
  /// n (data), 0 <= p <= 1; y = 0, 1, ..., n. y log p + (n - y) log1p(-p);
  /// constant log(n choose y).
  STRATA_BINOMIAL = 16,
  /// n (data), eta = logit p, any finite eta. -y log1p(exp(-eta)) - (n - y) log1p(exp(eta));
  /// constant log(n choose y).
  STRATA_BINOMIAL_LOGIT = 17,
  STRATA_FAMILY_COUNT = 18
} strata_family;

/// Sum over i of log f(y[i] | arguments[i]) without the terms of counts alone, derivatives added to
/// the adjoints; see the top of this file for what holds for every family. Entries of `arguments`
/// past the family's own are not read. That y and n are whole is not checked here (NaN and counts
/// outside 0...n are). n = 0 gives 0 and touches nothing. An unknown family gives -infinity.
double strata_log_density(strata_family family, size_t n, strata_argument y,
                          const strata_argument arguments[3]);

/// The summands of strata_log_density, each within its error: values[i] is log f(y[i] | arguments[i]) without the terms
/// of counts alone, -infinity outside the domain. Adjoints are ignored; `values` overlaps nothing.
void strata_log_density_each(strata_family family, size_t n, strata_argument y,
                             const strata_argument arguments[3], double *values);

/// Sum over i of the terms of y[i] (and, for Binomial, n[i]) alone: -lgamma(y + 1) for NegBinomial
/// and Poisson, log(n choose y) for Binomial, 0 for all others. Reads y and the n of Binomial; the
/// other arguments' values may be NULL; adjoints are ignored. -infinity if some y or n is not a
/// whole number in the support. Error within 1e-13 relative (log choose: to the larger of
/// y log n and the result).
double strata_log_density_constant(strata_family family, size_t n, strata_argument y,
                                   const strata_argument arguments[3]);

#endif
