/// One logical vector of 8 doubles on every machine: 4 x SSE2, 2 x AVX2, 1 x AVX-512, 4 x NEON.
///
/// Everything here is a `static inline` function that is always inlined, because vectors of this
/// size have no stable by-value ABI. The file is included once per backend, inside a region that
/// switches the instruction set on by a function attribute.
#ifndef STRATA_VECTOR_H
#define STRATA_VECTOR_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef double double8 __attribute__((ext_vector_type(8)));
typedef __typeof__((double8){0} < (double8){0}) mask8;  // lanes are 0 or -1
typedef int64_t int8x __attribute__((ext_vector_type(8)));
typedef uint64_t bits8 __attribute__((ext_vector_type(8)));  // the bit patterns of a double8
typedef double double2 __attribute__((ext_vector_type(2)));
typedef double double4 __attribute__((ext_vector_type(4)));
typedef _Bool bool8 __attribute__((ext_vector_type(8)));

enum { STRATA_LANES = 8 };

#define STRATA_INLINE static inline __attribute__((always_inline, unused))

#endif

// ---- from here on: once per backend (the attribute region differs) ----

STRATA_INLINE double8 v_splat(double x) { return (double8)(x); }

STRATA_INLINE double8 v_load(const double *p) {
  double8 v;
  memcpy(&v, p, sizeof v);
  return v;
}

STRATA_INLINE void v_store(double *p, double8 v) { memcpy(p, &v, sizeof v); }

#if STRATA_MASKS
/// The first k lanes.
STRATA_INLINE __mmask8 v_lanes(size_t k) { return (__mmask8)((1u << k) - 1); }
#endif

/// Loads k of 8 lanes (1 <= k <= 8); the missing lanes repeat the first value, so that they stay
/// inside the domain of whatever is computed next. Callers keep them out of sums with v_first.
STRATA_INLINE double8 v_load_part(const double *p, size_t k) {
  if (k == STRATA_LANES) return v_load(p);
  double8 v = v_splat(p[0]);
#if STRATA_MASKS
  return (double8)_mm512_mask_loadu_pd((__m512d)v, v_lanes(k), p);
#else
  for (size_t i = 1; i < k; i++) v[i] = p[i];
  return v;
#endif
}

STRATA_INLINE void v_store_part(double *p, double8 v, size_t k) {
  if (k == STRATA_LANES) {
    v_store(p, v);
    return;
  }
#if STRATA_MASKS
  _mm512_mask_storeu_pd(p, v_lanes(k), (__m512d)v);
#else
  for (size_t i = 0; i < k; i++) p[i] = v[i];
#endif
}

/// p[i] += v[i] for the first k lanes.
STRATA_INLINE void v_add_to(double *p, double8 v, size_t k) {
  v_store_part(p, v_load_part(p, k) + v, k);
}

STRATA_INLINE double8 v_select(mask8 m, double8 yes, double8 no) { return m ? yes : no; }

/// The first k lanes of v, zero elsewhere.
STRATA_INLINE double8 v_first(double8 v, size_t k) {
  const int8x lane = {0, 1, 2, 3, 4, 5, 6, 7};
  return v_select(lane < (int64_t)k, v, v_splat(0));
}

STRATA_INLINE double8 v_fma(double8 a, double8 b, double8 c) {
  return __builtin_elementwise_fma(a, b, c);
}

STRATA_INLINE bits8 v_bits(double8 x) {
  bits8 b;
  memcpy(&b, &x, sizeof b);
  return b;
}

STRATA_INLINE double8 v_from_bits(bits8 b) {
  double8 x;
  memcpy(&x, &b, sizeof x);
  return x;
}

/// 1 if any lane of m is set.
STRATA_INLINE int v_any(mask8 m) { return __builtin_reduce_or(m) != 0; }

/// Bit i for lane i of m.
STRATA_INLINE unsigned v_bitmask(mask8 m) {
  const bool8 set = __builtin_convertvector(m, bool8);
  unsigned char mask;
  memcpy(&mask, &set, sizeof mask);
  return mask;
}

STRATA_INLINE double8 v_abs(double8 x) { return __builtin_elementwise_abs(x); }

STRATA_INLINE double8 v_sqrt(double8 x) { return __builtin_elementwise_sqrt(x); }

STRATA_INLINE double8 v_min(double8 a, double8 b) { return v_select(a < b, a, b); }

STRATA_INLINE double8 v_max(double8 a, double8 b) { return v_select(a > b, a, b); }

/// The sum of the lanes, always in this order.
STRATA_INLINE double v_sum(double8 v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}
