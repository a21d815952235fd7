/// Element-wise special functions: out[i] = f(x[i]). `out` may be `x` itself, else no overlap.
#ifndef STRATA_MATH_H
#define STRATA_MATH_H

#include <stddef.h>

/// exp(x).
void strata_exp(size_t n, const double *x, double *out);

#endif
