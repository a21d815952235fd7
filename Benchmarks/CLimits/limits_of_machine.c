#include "limits_of_machine.h"

#include <string.h>

void limits_triad(size_t n, double s, const double *restrict b, const double *restrict c,
                  double *restrict a) {
  for (size_t i = 0; i < n; i++) a[i] = b[i] + s * c[i];
}

typedef double double2 __attribute__((ext_vector_type(2)));
typedef double double4 __attribute__((ext_vector_type(4)));
typedef double double8 __attribute__((ext_vector_type(8)));

// x -> x / 2 + 1/2 tends to 1 from anywhere: no overflow, no subnormals, however long it runs.
#define CHAIN(name, vector, lanes, step)                                                   \
  double name(size_t rounds, double *sink) {                                               \
    vector x[LIMITS_ACCUMULATORS];                                                         \
    const vector half = (vector)(0.5 + 0 * *sink);                                         \
    for (int j = 0; j < LIMITS_ACCUMULATORS; j++) x[j] = (vector)(*sink + j);              \
    for (size_t i = 0; i < rounds; i++) {                                                  \
      _Pragma("clang loop unroll(full)")                                                   \
      for (int j = 0; j < LIMITS_ACCUMULATORS; j++) x[j] = step(x[j], half);               \
    }                                                                                      \
    double sum = 0;                                                                        \
    for (int j = 0; j < LIMITS_ACCUMULATORS; j++) sum += x[j][0];                          \
    *sink += sum;                                                                          \
    return 2.0 * lanes * LIMITS_ACCUMULATORS * (double)rounds;                             \
  }

#define FUSED(x, half) __builtin_elementwise_fma(x, half, half)
#define APART(x, half) ((x) * (half) + (half))

#pragma STDC FP_CONTRACT ON
CHAIN(limits_chain_portable, double2, 2, APART)

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
CHAIN(limits_chain_avx2, double4, 4, FUSED)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
CHAIN(limits_chain_avx512, double8, 8, FUSED)
#pragma clang attribute pop
#else
double limits_chain_avx2(size_t rounds, double *sink) { return (void)rounds, (void)sink, 0; }
double limits_chain_avx512(size_t rounds, double *sink) { return (void)rounds, (void)sink, 0; }
#endif
