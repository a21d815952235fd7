// Chooses the backend once and forwards every public kernel to it.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"

static const char *const names[STRATA_BACKEND_COUNT] = {"portable", "avx2", "avx512"};

_Atomic(const strata_kernel_table *) strata_kernels_current;
static pthread_once_t resolved = PTHREAD_ONCE_INIT;

static const strata_kernel_table *table_of(strata_backend backend) {
#if defined(__x86_64__)
  switch (backend) {
    case STRATA_BACKEND_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &strata_kernels_avx2
                                                                             : NULL;
    case STRATA_BACKEND_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512vl")
                 ? &strata_kernels_avx512
                 : NULL;
    default:
      break;
  }
#endif
  return backend == STRATA_BACKEND_PORTABLE ? &strata_kernels_portable : NULL;
}

static void resolve(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  const strata_kernel_table *best = &strata_kernels_portable;
  for (int b = 0; b < STRATA_BACKEND_COUNT; b++) {
    const strata_kernel_table *table = table_of((strata_backend)b);
    if (table) best = table;
  }
  const char *wanted = getenv("STRATA_BACKEND");
  for (int b = 0; wanted && b < STRATA_BACKEND_COUNT; b++) {
    const strata_kernel_table *table = table_of((strata_backend)b);
    if (table && strcmp(wanted, names[b]) == 0) best = table;
  }
  atomic_store_explicit(&strata_kernels_current, best, memory_order_release);
}

const strata_kernel_table *strata_kernels_resolved(void) {
  pthread_once(&resolved, resolve);
  return atomic_load_explicit(&strata_kernels_current, memory_order_acquire);
}

strata_backend strata_backend_current(void) {
  const strata_kernel_table *table = strata_kernels();
  for (int b = 0; b < STRATA_BACKEND_COUNT; b++)
    if (table_of((strata_backend)b) == table) return (strata_backend)b;
  return STRATA_BACKEND_PORTABLE;
}

int strata_backend_available(strata_backend backend) {
  strata_kernels();
  return table_of(backend) != NULL;
}

int strata_backend_force(strata_backend backend) {
  strata_kernels();
  const strata_kernel_table *table = table_of(backend);
  if (table) atomic_store_explicit(&strata_kernels_current, table, memory_order_release);
  return table != NULL;
}

const char *strata_backend_name(strata_backend backend) {
  return (unsigned)backend < STRATA_BACKEND_COUNT ? names[backend] : "unknown";
}

void strata_exp(size_t n, const double *x, double *out) { strata_kernels()->exp(n, x, out); }

void strata_log(size_t n, const double *x, double *out) { strata_kernels()->log(n, x, out); }

void strata_log1p(size_t n, const double *x, double *out) { strata_kernels()->log1p(n, x, out); }

void strata_expm1(size_t n, const double *x, double *out) { strata_kernels()->expm1(n, x, out); }

void strata_log1p_exp(size_t n, const double *x, double *out) { strata_kernels()->log1p_exp(n, x, out); }

void strata_inverse_logit(size_t n, const double *x, double *out) { strata_kernels()->inverse_logit(n, x, out); }

void strata_lgamma(size_t n, const double *x, double *out) { strata_kernels()->lgamma(n, x, out); }

void strata_digamma(size_t n, const double *x, double *out) { strata_kernels()->digamma(n, x, out); }

void strata_lgamma_ratio(size_t n, const double *alpha, const double *y, double *out) {
  strata_kernels()->lgamma_ratio(n, alpha, y, out);
}

void strata_digamma_difference(size_t n, const double *alpha, const double *y, double *out) {
  strata_kernels()->digamma_difference(n, alpha, y, out);
}

double strata_log_density(strata_family family, size_t n, strata_argument y,
                          const strata_argument arguments[3]) {
  return strata_kernels()->log_density(family, n, y, arguments);
}

void strata_log_density_each(strata_family family, size_t n, strata_argument y,
                             const strata_argument arguments[3], double *values) {
  strata_kernels()->log_density_each(family, n, y, arguments, values);
}

double strata_log_density_constant(strata_family family, size_t n, strata_argument y,
                                   const strata_argument arguments[3]) {
  return strata_kernels()->log_density_constant(family, n, y, arguments);
}
void strata_leapfrog_drift(size_t n, double half, const double *scale, const double *q,
                           const double *r, const double *g, double *q_out, double *r_out) {
  strata_kernels()->leapfrog_drift(n, half, scale, q, r, g, q_out, r_out);
}

double strata_leapfrog_kick(size_t n, double half, const double *scale, const double *g,
                            double *r) {
  return strata_kernels()->leapfrog_kick(n, half, scale, g, r);
}

void strata_axpy(size_t n, double a, const double *y, const double *x, double *out) {
  strata_kernels()->axpy(n, a, y, x, out);
}

double strata_dot(size_t n, const double *x, const double *y) {
  return strata_kernels()->dot(n, x, y);
}

int strata_turning_pair(size_t n, const double *a, const double *b, double *sum) {
  return strata_kernels()->turning_pair(n, a, b, sum);
}

int strata_turning_join(size_t n, const double *a_outer, const double *a_inner,
                        const double *b_inner, const double *b_outer, const double *sum_a,
                        const double *sum_b, double *sum) {
  return strata_kernels()->turning_join(n, a_outer, a_inner, b_inner, b_outer, sum_a, sum_b, sum);
}

strata_trajectory_kernels strata_trajectory(void) {
  const strata_kernel_table *table = strata_kernels();
  return (strata_trajectory_kernels){table->leapfrog_drift, table->leapfrog_kick,
                                     table->turning_pair, table->turning_join};
}

void strata_random_words(size_t n, uint64_t seed, uint64_t stream, uint64_t block, double *words) {
  strata_kernels()->random_words(n, seed, stream, block, words);
}

uint64_t strata_ziggurat(size_t n, const double *layers, double *words) {
  return strata_kernels()->ziggurat(n, layers, words);
}

void strata_welford(size_t n, double share, const double *x, double *mean, double *squares) {
  strata_kernels()->welford(n, share, x, mean, squares);
}

void strata_fisher_scale(size_t n, const double *draws, const double *gradients, double *scale) {
  strata_kernels()->fisher_scale(n, draws, gradients, scale);
}

void strata_lower_times(size_t n, const double *l, const double *x, double *y) {
  strata_kernels()->lower_times(n, l, x, y);
}

void strata_lower_transposed_times(size_t n, const double *l, const double *x, double *y) {
  strata_kernels()->lower_transposed_times(n, l, x, y);
}

size_t strata_cholesky(size_t n, double *matrix) { return strata_kernels()->cholesky(n, matrix); }
