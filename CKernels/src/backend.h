/// The table of kernels that one backend fills and dispatch.c chooses from.
#ifndef STRATA_BACKEND_H
#define STRATA_BACKEND_H

#include "strata_kernels.h"

typedef struct {
  void (*exp)(size_t, const double *, double *);
  void (*log)(size_t, const double *, double *);
  void (*log1p)(size_t, const double *, double *);
  void (*expm1)(size_t, const double *, double *);
  void (*log1p_exp)(size_t, const double *, double *);
  void (*inverse_logit)(size_t, const double *, double *);
  void (*lgamma)(size_t, const double *, double *);
  void (*digamma)(size_t, const double *, double *);
  void (*lgamma_ratio)(size_t, const double *, const double *, double *);
  void (*digamma_difference)(size_t, const double *, const double *, double *);
  double (*log_density)(strata_family, size_t, strata_argument, const strata_argument[3]);
  double (*log_density_constant)(strata_family, size_t, strata_argument, const strata_argument[3]);
} strata_kernel_table;

extern const strata_kernel_table strata_kernels_portable;
#if defined(__x86_64__)
extern const strata_kernel_table strata_kernels_avx2;
extern const strata_kernel_table strata_kernels_avx512;
#endif

/// The table in use.
const strata_kernel_table *strata_kernels(void);

#endif
