/// Strata's C kernels: the complete public interface.
///
/// Conventions, for every function here:
///  - the caller owns every buffer; nothing is allocated, printed, locked or thrown;
///  - sizes are `size_t`, n = 0 is allowed and does nothing (a sum over nothing is 0);
///  - buffers need no padding and no alignment beyond that of `double`;
///  - results have the same bits on every backend: one arithmetic source, explicit fused
///    multiply-add, one order of reduction (8 logical lanes, then a fixed tree);
///  - NaN in an argument gives NaN (element-wise functions) or -infinity (log densities).
#ifndef STRATA_KERNELS_H
#define STRATA_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "strata_density.h"
#include "strata_math.h"
#include "strata_program.h"
#include "strata_sampler.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The instruction sets a kernel is compiled for. `portable` is SSE2 on x86-64 (its fused
/// multiply-add is libm's: right, not fast) and NEON on arm64.
typedef enum {
  STRATA_BACKEND_PORTABLE = 0,
  STRATA_BACKEND_AVX2 = 1,
  STRATA_BACKEND_AVX512 = 2,
  STRATA_BACKEND_COUNT = 3
} strata_backend;

/// The backend in use. Resolved once, on the first call of any kernel, to the best one that the
/// processor has, or to the one named by the environment variable STRATA_BACKEND
/// ("portable", "avx2", "avx512") when the processor has it.
strata_backend strata_backend_current(void);

/// 1 if this build and this processor have the backend, else 0.
int strata_backend_available(strata_backend backend);

/// Uses `backend` from now on; returns 1, or 0 (and changes nothing) if it is not available.
/// Not to be called while another thread runs a kernel: for tests and benchmarks.
int strata_backend_force(strata_backend backend);

/// "portable", "avx2", "avx512".
const char *strata_backend_name(strata_backend backend);

#ifdef __cplusplus
}
#endif
#endif
