/// Loops that do nothing but use up one resource of the machine: what kernels are measured against.
#ifndef STRATA_LIMITS_OF_MACHINE_H
#define STRATA_LIMITS_OF_MACHINE_H

#include <stddef.h>

/// a[i] = b[i] + s c[i], the triad of STREAM: two loads and a store, and as a store to memory reads its
/// line first, 4 x 8 bytes that move for each i.
void limits_triad(size_t n, double s, const double *b, const double *c, double *a);

/// Floating-point operations of one round of each chain below: its accumulators are independent and
/// many enough to hide the latency, so that throughput is what is measured.
enum { LIMITS_ACCUMULATORS = 12 };

/// Rounds of multiply-add on 2 lanes, in the instructions of the compiler's baseline, which has no fma
/// on x86-64 (where a multiplication and an addition are two instructions). Returns the operations done.
double limits_chain_portable(size_t rounds, double *sink);

/// Rounds of fma on 4 lanes; 0 where the processor is no x86-64.
double limits_chain_avx2(size_t rounds, double *sink);

/// Rounds of fma on 8 lanes; 0 where the processor is no x86-64.
double limits_chain_avx512(size_t rounds, double *sink);

#endif
