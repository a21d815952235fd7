// The reference backend: the compiler's baseline (SSE2 on x86-64, NEON on arm64).
#include "backend.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define STRATA_TABLE strata_kernels_portable
#include "backend.inc"
