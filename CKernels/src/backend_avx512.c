// The kernels compiled for avx512f,avx512dq,avx512vl,avx2,fma.
#if defined(__x86_64__)
#include "backend.h"

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define STRATA_TABLE strata_kernels_avx512
#define STRATA_MASKS 1  // vectors load and store the first k lanes in one instruction
#include "backend.inc"
#pragma clang attribute pop
#endif
