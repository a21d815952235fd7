// Vector operations of the samplers.

// The sums of each loop are kept in 8 lanes in one order, whatever the length: whole vectors first, then what is left.

STRATA_INLINE void drift_part(size_t k, double8 half, const double *scale, const double *q,
                              const double *r, const double *g, double *q_out, double *r_out) {
  const double8 t = half * v_load_part(scale, k);
  const double8 moved = v_fma(t, v_load_part(g, k), v_load_part(r, k));
  v_store_part(r_out, moved, k);
  v_store_part(q_out, v_fma(t + t, moved, v_load_part(q, k)), k);
}

static void leapfrog_drift(size_t n, double half, const double *scale, const double *q,
                           const double *r, const double *g, double *q_out, double *r_out) {
  const double8 h = v_splat(half);
  size_t i = 0;
  for (; i + STRATA_LANES <= n; i += STRATA_LANES) {
    drift_part(STRATA_LANES, h, scale + i, q + i, r + i, g + i, q_out + i, r_out + i);
  }
  if (i < n) drift_part(n - i, h, scale + i, q + i, r + i, g + i, q_out + i, r_out + i);
}

STRATA_INLINE double8 kick_part(size_t k, double8 half, const double *scale, double8 g,
                                double *r, double8 sum) {
  const double8 t = half * v_load_part(scale, k);
  const double8 kicked = v_fma(t, g, v_load_part(r, k));
  v_store_part(r, kicked, k);
  const double8 counted = v_first(kicked, k);
  return v_fma(counted, counted, sum);
}

/// Eight values that have just been written one by one, or in vectors that begin elsewhere: a load of all of them would
/// have to wait until they have left the store buffer, and with them everything that was begun before.
STRATA_INLINE double8 v_load_fresh(const double *p) {
  const volatile double *each = p;
  double8 v;
  for (int i = 0; i < STRATA_LANES; i++) v[i] = each[i];
  return v;
}

static double leapfrog_kick(size_t n, double half, const double *scale, const double *g,
                            double *r) {
  // Of a long gradient only the end is as fresh as that.
  const size_t fresh = n > 8 * STRATA_LANES ? n - 8 * STRATA_LANES : 0;
  const double8 h = v_splat(half);
  double8 sum = v_splat(0);
  size_t i = 0;
  for (; i + STRATA_LANES <= fresh; i += STRATA_LANES) {
    sum = kick_part(STRATA_LANES, h, scale + i, v_load(g + i), r + i, sum);
  }
  for (; i + STRATA_LANES <= n; i += STRATA_LANES) {
    sum = kick_part(STRATA_LANES, h, scale + i, v_load_fresh(g + i), r + i, sum);
  }
  if (i < n) sum = kick_part(n - i, h, scale + i, v_load_part(g + i, n - i), r + i, sum);
  return v_sum(sum);
}

static void axpy(size_t n, double a, const double *y, const double *x, double *out) {
  const double8 factor = v_splat(a);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    v_store_part(out + i, v_fma(factor, v_load_part(y + i, k), v_load_part(x + i, k)), k);
  }
}

STRATA_INLINE double dot_inline(size_t n, const double *x, const double *y) {
  double8 sum = v_splat(0);
  size_t i = 0;
  for (; i + STRATA_LANES <= n; i += STRATA_LANES) {
    sum = v_fma(v_load(x + i), v_load(y + i), sum);
  }
  if (i < n) sum = v_fma(v_first(v_load_part(x + i, n - i), n - i), v_load_part(y + i, n - i), sum);
  return v_sum(sum);
}

static double dot(size_t n, const double *x, const double *y) { return dot_inline(n, x, y); }

/// The sums of the lanes of 8 vectors, one for each, all in the order of v_sum.
STRATA_INLINE double8 sums_of(const double8 v[8]) {
  double8 four[4], two[2];
  for (int i = 0; i < 4; i++)
    four[i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 0, 1, 2, 3, 8, 9, 10, 11) +
              __builtin_shufflevector(v[2 * i], v[2 * i + 1], 4, 5, 6, 7, 12, 13, 14, 15);
  for (int i = 0; i < 2; i++)
    two[i] = __builtin_shufflevector(four[2 * i], four[2 * i + 1], 0, 1, 4, 5, 8, 9, 12, 13) +
             __builtin_shufflevector(four[2 * i], four[2 * i + 1], 2, 3, 6, 7, 10, 11, 14, 15);
  return __builtin_shufflevector(two[0], two[1], 0, 2, 4, 6, 8, 10, 12, 14) +
         __builtin_shufflevector(two[0], two[1], 1, 3, 5, 7, 9, 11, 13, 15);
}

STRATA_INLINE void pair_part(size_t k, const double *a, const double *b, double *sum,
                             double8 along[2]) {
  const double8 ra = v_load_part(a, k), rb = v_load_part(b, k);
  const double8 both = ra + rb;
  v_store_part(sum, both, k);
  const double8 counted = v_first(both, k);
  along[0] = v_fma(ra, counted, along[0]);
  along[1] = v_fma(rb, counted, along[1]);
}

static int turning_pair(size_t n, const double *a, const double *b, double *sum) {
  double8 along[2] = {v_splat(0), v_splat(0)};
  size_t i = 0;
  for (; i + STRATA_LANES <= n; i += STRATA_LANES) {
    pair_part(STRATA_LANES, a + i, b + i, sum + i, along);
  }
  if (i < n) pair_part(n - i, a + i, b + i, sum + i, along);
  return !(v_sum(along[0]) > 0 && v_sum(along[1]) > 0);
}

/// The momenta and sums of two segments, a and then b.
typedef struct {
  const double *a_outer, *a_inner, *b_inner, *b_outer, *sum_a, *sum_b;
} two_segments;

STRATA_INLINE void join_part(size_t k, size_t i, two_segments s, double *sum, double8 along[8]) {
  const double8 sa = v_load_part(s.sum_a + i, k), sb = v_load_part(s.sum_b + i, k);
  const double8 ao = v_load_part(s.a_outer + i, k), ai = v_load_part(s.a_inner + i, k);
  const double8 bi = v_load_part(s.b_inner + i, k), bo = v_load_part(s.b_outer + i, k);
  const double8 both = sa + sb;
  v_store_part(sum + i, both, k);
  const double8 whole = v_first(both, k), left = v_first(sa + bi, k), right = v_first(sb + ai, k);
  along[0] = v_fma(ao, whole, along[0]);
  along[1] = v_fma(bo, whole, along[1]);
  along[2] = v_fma(ao, left, along[2]);
  along[3] = v_fma(bi, left, along[3]);
  along[4] = v_fma(ai, right, along[4]);
  along[5] = v_fma(bo, right, along[5]);
}

static int turning_join(size_t n, const double *a_outer, const double *a_inner,
                        const double *b_inner, const double *b_outer, const double *sum_a,
                        const double *sum_b, double *sum) {
  const two_segments s = {a_outer, a_inner, b_inner, b_outer, sum_a, sum_b};
  double8 along[8] = {0};
  size_t i = 0;
  for (; i + STRATA_LANES <= n; i += STRATA_LANES) join_part(STRATA_LANES, i, s, sum, along);
  if (i < n) join_part(n - i, i, s, sum, along);
  along[6] = along[0];
  along[7] = along[1];
  return v_any(~(sums_of(along) > 0));
}

/// Philox4x32-10 in 8 lanes, `count` blocks at once: the rounds of one wait for each other, and those of the others fill
/// the gaps. Lane j of block b has the counter (8 b + j, stream). Source: Salmon2011.
STRATA_INLINE void philox8(size_t count, uint64_t seed, uint64_t stream, uint64_t block,
                           bits8 (*words)[2]) {
  const bits8 low = (bits8)(0xffffffffu), lane = {0, 1, 2, 3, 4, 5, 6, 7};
  bits8 c[2][4];
  for (size_t b = 0; b < count; b++) {
    c[b][0] = (bits8)(8 * (block + b)) + lane;
    c[b][1] = c[b][0] >> 32;
    c[b][2] = (bits8)(stream);
    c[b][3] = (bits8)(stream >> 32);
  }
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
#pragma clang loop unroll(full)
    for (size_t b = 0; b < count; b++) {
      // Only the low halves count; the masks tell the compiler that the products are of 32 bits.
      const bits8 p0 = (c[b][0] & low) * (bits8)(0xD2511F53u);
      const bits8 p1 = (c[b][2] & low) * (bits8)(0xCD9E8D57u);
      c[b][0] = (p1 >> 32) ^ c[b][1] ^ (bits8)(k0);
      c[b][1] = p1;
      c[b][2] = (p0 >> 32) ^ c[b][3] ^ (bits8)(k1);
      c[b][3] = p0;
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (size_t b = 0; b < count; b++) {
    words[b][0] = (c[b][0] & low) | c[b][1] << 32;
    words[b][1] = (c[b][2] & low) | c[b][3] << 32;
  }
}

static void random_words(size_t n, uint64_t seed, uint64_t stream, uint64_t block, double *words) {
  enum { GROUP = 2 * STRATA_LANES };
  size_t i = 0;
  for (; i + 2 * GROUP <= n; i += 2 * GROUP, block += 2) {
    bits8 made[2][2];
    philox8(2, seed, stream, block, made);
    memcpy(words + i, made, sizeof made);
  }
  for (; i < n; i += GROUP, block++) {
    bits8 made[1][2];
    philox8(1, seed, stream, block, made);
    const size_t left = n - i < GROUP ? n - i : GROUP;
    memcpy(words + i, made, left * sizeof(double));
  }
}

STRATA_INLINE double8 v_join_pairs(const double2 pairs[4]) {
  const double4 low = __builtin_shufflevector(pairs[0], pairs[1], 0, 1, 2, 3);
  const double4 high = __builtin_shufflevector(pairs[2], pairs[3], 0, 1, 2, 3);
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
}

/// Eight words; a bit for each that is not done.
STRATA_INLINE unsigned ziggurat_part(const double *layers, double *words) {
  double2 pairs[STRATA_LANES];
  for (int j = 0; j < STRATA_LANES; j++) {
    uint64_t word;
    memcpy(&word, words + j, sizeof word);
    memcpy(&pairs[j], layers + 2 * (word & 255), sizeof pairs[j]);
  }
  const double8 low = v_join_pairs(pairs), high = v_join_pairs(pairs + 4);
  const double8 edge = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
  const double8 inside = __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
  const double8 word = v_load(words);
  int8x top;
  memcpy(&top, &word, sizeof top);
  const double8 u = (__builtin_convertvector(top >> 11, double8) + 0.5) * 0x1p-52;
  const mask8 open = v_abs(u) >= inside;
  v_store(words, v_select(open, word, u * edge));
  return v_bitmask(open);
}

static uint64_t ziggurat(size_t n, const double *layers, double *words) {
  uint64_t open = 0;
  size_t i = 0;
  for (; i + STRATA_LANES <= n; i += STRATA_LANES)
    open |= (uint64_t)ziggurat_part(layers, words + i) << i;
  if (i < n) {
    double last[STRATA_LANES] = {0};
    memcpy(last, words + i, (n - i) * sizeof(double));
    // A word of zeros may be open: those of the padding don't count.
    const unsigned part = ziggurat_part(layers, last) & ((1u << (n - i)) - 1);
    open |= (uint64_t)part << i;
    memcpy(words + i, last, (n - i) * sizeof(double));
  }
  return open;
}

static void welford(size_t n, double share, const double *x, double *mean, double *squares) {
  const double8 part = v_splat(share);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    const double8 value = v_load_part(x + i, k), old = v_load_part(mean + i, k);
    const double8 before = value - old;
    const double8 now = v_fma(before, part, old);
    v_store_part(mean + i, now, k);
    v_store_part(squares + i, v_fma(before, value - now, v_load_part(squares + i, k)), k);
  }
}

static void fisher_scale(size_t n, const double *draws, const double *gradients, double *scale) {
  const double8 least = v_splat(1e-10), most = v_splat(1e10);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    const double8 ratio = v_load_part(draws + i, k) / v_load_part(gradients + i, k);
    const double8 root = v_sqrt(v_sqrt(ratio));
    // NaN (0 / 0) is neither above nor below.
    const mask8 good = (root > least) & (root < most);
    v_store_part(scale + i, v_select(good, root, v_load_part(scale + i, k)), k);
  }
}

static void lower_times(size_t n, const double *l, const double *x, double *y) {
  for (size_t row = 0; row < n; row++) y[row] = dot_inline(row + 1, l + row * n, x);
}

static void lower_transposed_times(size_t n, const double *l, const double *x, double *y) {
  for (size_t i = 0; i < n; i++) y[i] = 0;
  for (size_t row = 0; row < n; row++) {
    const double8 factor = v_splat(x[row]);
    const double *values = l + row * n;
    for (size_t i = 0; i <= row; i += STRATA_LANES) {
      const size_t left = row + 1 - i;
      const size_t k = left < STRATA_LANES ? left : STRATA_LANES;
      const double8 old = v_load_part(y + i, k);
      v_store_part(y + i, v_fma(factor, v_load_part(values + i, k), old), k);
    }
  }
}

static size_t cholesky(size_t n, double *a) {
  for (size_t row = 0; row < n; row++) {
    double *out = a + row * n;
    for (size_t j = 0; j < row; j++) {
      out[j] = (out[j] - dot_inline(j, out, a + j * n)) / a[j * n + j];
    }
    const double pivot = out[row] - dot_inline(row, out, out);
    if (!(pivot > 0 && pivot < HUGE_VAL)) return row + 1;
    out[row] = sqrt(pivot);
    memset(out + row + 1, 0, (n - row - 1) * sizeof(double));
  }
  return 0;
}
