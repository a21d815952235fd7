/// Log densities with their gradients, summed over n observations.
#ifndef STRATA_DENSITY_H
#define STRATA_DENSITY_H

#include <stddef.h>

/// One argument of a density: n values, or one value shared by all n.
typedef struct {
  const double *values;  ///< n values, or 1 if `shared`
  double *adjoint;       ///< derivatives are ADDED here (n, or their sum in 1 if `shared`); NULL: not wanted
  int shared;            ///< 1: one value for all observations
} strata_argument;

/// Families, with the order of their arguments after the variate.
typedef enum {
  STRATA_NORMAL = 0,            ///< mean, sd
} strata_family;

/// Sum over i of log f(y[i] | arguments[i]).
double strata_log_density(strata_family family, size_t n, strata_argument y,
                          const strata_argument arguments[3]);

#endif
