/// The table of kernels that one backend fills and dispatch.c chooses from.
#ifndef STRATA_BACKEND_H
#define STRATA_BACKEND_H

#include <stdatomic.h>

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
  void (*log_density_each)(strata_family, size_t, strata_argument, const strata_argument[3], double *);
  double (*program_log_density)(const strata_program *, const double *, double *, double *, unsigned,
                                strata_team *);
  double (*program_element)(const strata_program *, const double *, size_t, double *, unsigned);
  void (*program_values)(const strata_program *, const double *, double *);
  void (*program_draw)(const strata_program *, double *, double *, double *);
  double (*log_density_constant)(strata_family, size_t, strata_argument, const strata_argument[3]);
  void (*leapfrog_drift)(size_t, double, const double *, const double *, const double *,
                         const double *, double *, double *);
  double (*leapfrog_kick)(size_t, double, const double *, const double *, double *);
  void (*axpy)(size_t, double, const double *, const double *, double *);
  double (*dot)(size_t, const double *, const double *);
  int (*turning_pair)(size_t, const double *, const double *, double *);
  int (*turning_join)(size_t, const double *, const double *, const double *, const double *,
                      const double *, const double *, double *);
  void (*random_words)(size_t, uint64_t, uint64_t, uint64_t, double *);
  uint64_t (*ziggurat)(size_t, const double *, double *);
  void (*welford)(size_t, double, const double *, double *, double *);
  void (*fisher_scale)(size_t, const double *, const double *, double *);
  void (*lower_times)(size_t, const double *, const double *, double *);
  void (*lower_transposed_times)(size_t, const double *, const double *, double *);
  size_t (*cholesky)(size_t, double *);
} strata_kernel_table;

extern const strata_kernel_table strata_kernels_portable;
#if defined(__x86_64__)
extern const strata_kernel_table strata_kernels_avx2;
extern const strata_kernel_table strata_kernels_avx512;
#endif

/// The table in use, NULL before the first kernel.
extern _Atomic(const strata_kernel_table *) strata_kernels_current
    __attribute__((visibility("hidden")));

/// The table in use, after it has been chosen.
const strata_kernel_table *strata_kernels_resolved(void);

static inline const strata_kernel_table *strata_kernels(void) {
  const strata_kernel_table *table =
      atomic_load_explicit(&strata_kernels_current, memory_order_acquire);
  return __builtin_expect(table != NULL, 1) ? table : strata_kernels_resolved();
}

#endif
