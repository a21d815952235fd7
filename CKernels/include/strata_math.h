/// Element-wise special functions: out[i] = f(x[i]). `out` may be an argument itself, else no overlap.
#ifndef STRATA_MATH_H
#define STRATA_MATH_H

#include <stddef.h>

/// exp(x).
void strata_exp(size_t n, const double *x, double *out);

/// log(x).
void strata_log(size_t n, const double *x, double *out);

/// log(1 + x).
void strata_log1p(size_t n, const double *x, double *out);

/// exp(x) - 1.
void strata_expm1(size_t n, const double *x, double *out);

/// log(1 + exp(x)).
void strata_log1p_exp(size_t n, const double *x, double *out);

/// 1 / (1 + exp(-x)).
void strata_inverse_logit(size_t n, const double *x, double *out);

/// log(gamma(x)), x >= 0.
void strata_lgamma(size_t n, const double *x, double *out);

/// d/dx log(gamma(x)), x >= 0.
void strata_digamma(size_t n, const double *x, double *out);

/// lgamma(alpha + y) - lgamma(alpha) - y log(alpha).
void strata_lgamma_ratio(size_t n, const double *alpha, const double *y, double *out);

/// digamma(alpha + y) - digamma(alpha).
void strata_digamma_difference(size_t n, const double *alpha, const double *y, double *out);

#endif
