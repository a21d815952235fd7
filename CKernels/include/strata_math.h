/// Element-wise special functions: out[i] = f(x[i]). `out` may be an argument itself, else no overlap.
///
/// Error bounds are the largest error anywhere in the domain in ulps of the exact value rounded to
/// double, subnormal results included. They are held by tests against arbitrary precision
/// (Tests/StrataKernelsTests/Reference/special_functions.py); in brackets the largest error seen
/// there and in dense random searches. NaN gives NaN everywhere.
#ifndef STRATA_MATH_H
#define STRATA_MATH_H

#include <stddef.h>

/// exp(x). Error under 1 ulp (0.79). +inf from 709.782712893384 on; underflow is gradual, 0 below
/// -745.14.
void strata_exp(size_t n, const double *x, double *out);

/// log(x). Error under 1 ulp (0.85). -inf at +-0, NaN for x < 0, +inf at +inf.
void strata_log(size_t n, const double *x, double *out);

/// log(1 + x). Error under 1 ulp (0.82). -inf at -1, NaN for x < -1, +inf at +inf, -0 at -0.
void strata_log1p(size_t n, const double *x, double *out);

/// exp(x) - 1. Error under 2 ulp (1.35). -1 at -inf, +inf from 709.782712893384 on, -0 at -0.
void strata_expm1(size_t n, const double *x, double *out);

/// log(1 + exp(x)), also called softplus. Error under 2 ulp (1.6). 0 at -inf, +inf at +inf.
void strata_log1p_exp(size_t n, const double *x, double *out);

/// 1 / (1 + exp(-x)), the inverse of logit(p) = log(p / (1 - p)). Error under 2 ulp (1.45); towards
/// 0 it underflows gradually as exp(x) does. 0 at -inf, 1 at +inf.
void strata_inverse_logit(size_t n, const double *x, double *out);

/// log(gamma(x)) for x > 0. Error under 5 ulp (4.1, between 1.27 and 1.42; 3 elsewhere), also next
/// to the zeros at 1 and 2, which are exact. +inf at +-0, +inf and from 2.5563e305 on; NaN for
/// x < 0.
void strata_lgamma(size_t n, const double *x, double *out);

/// digamma(x) = d/dx log(gamma(x)) for x > 0. Error under 5 ulp (3.8, next above 2), also next to
/// the zero at 1.4616. -inf at +-0 and where -1/x overflows, +inf at +inf, NaN for x < 0.
void strata_digamma(size_t n, const double *x, double *out);

/// lgamma(alpha + y) - lgamma(alpha) - y log(alpha) for alpha > 0 and real y >= 0, each at most
/// 1e300. Tends to y (y - 1) / (2 alpha) for large alpha (the step from negative binomial to
/// Poisson) and is exactly 0 at y = 0, y = 1 and alpha = +inf.
///
/// Error for counts (whole y): under 8 ulp for alpha >= 8 (6.6), 32 ulp below (20, near 8, where
/// the value is a tenth of its terms). For any y: under 4 ulp (2.1) for alpha >= 8 and 80 ulp (54)
/// below, times the condition number in y, 1 + |y (d value / d y) / value|, which is large only
/// next to the zero at y = 1. For alpha < 1e-120, y must be 0 or above 1e-100. +inf at y = +inf;
/// NaN if alpha <= 0 or y < 0.
void strata_lgamma_ratio(size_t n, const double *alpha, const double *y, double *out);

/// digamma(alpha + y) - digamma(alpha) for alpha > 0 and real y >= 0, each at most 1e300. Exactly 0
/// at y = 0 and alpha = +inf; tends to y / alpha for large alpha and to 1 / alpha for small.
///
/// Error under 8 ulp (7.3). For alpha < 1e-120, y must be 0 or above 1e-100. +inf at y = +inf; NaN if
/// alpha <= 0 or y < 0.
void strata_digamma_difference(size_t n, const double *alpha, const double *y, double *out);

#endif
