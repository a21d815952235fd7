// Sums over columns: rows times the coefficients, and back. Rows are stored in tiles, and in a tile column after
// column: forward reads memory from its first number to its last, whatever the number of columns; backward finds
// the same tiles in the cache.

/// Vectors in a tile: sums enough to keep the multipliers busy, few enough to stay in registers.
enum { TILE = STRATA_DESIGN_TILE / STRATA_LANES };

/// One number per row of a tile: columns times coefficients.
STRATA_INLINE void tile_rows(size_t columns, const double *x, const double *beta, double8 *sums) {
  double8 a = v_splat(0), b = a, c = a, d = a;
  for (size_t j = 0; j < columns; j++, x += STRATA_DESIGN_TILE) {
    const double8 coefficient = v_splat(beta[j]);
    a = v_fma(v_load(x), coefficient, a);
    b = v_fma(v_load(x + STRATA_LANES), coefficient, b);
    c = v_fma(v_load(x + 2 * STRATA_LANES), coefficient, c);
    d = v_fma(v_load(x + 3 * STRATA_LANES), coefficient, d);
  }
  sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = d;
}

static void design_forward(size_t n, size_t columns, const double *x, const double *beta,
                           double *out) {
  for (size_t i = 0; i < n; i += STRATA_DESIGN_TILE, x += STRATA_DESIGN_TILE * columns) {
    double8 sums[TILE];
    tile_rows(columns, x, beta, sums);
    // No more than the vectors that have rows: behind them, there may be no room.
    for (size_t v = 0; v < TILE && i + v * STRATA_LANES < n; v++) {
      v_store(out + i + v * STRATA_LANES, sums[v]);
    }
  }
}

/// One number for each of `count` columns: columns times adjoints, added to those of the coefficients.
STRATA_INLINE void design_columns(size_t count, size_t n, size_t columns, const double *x,
                                  const double *adjoint, double *beta_adjoint) {
  double8 sums[8];
#pragma clang loop unroll(full)
  for (size_t j = 0; j < count; j++) sums[j] = v_splat(0);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t tile = i / STRATA_DESIGN_TILE, row = i % STRATA_DESIGN_TILE;
    const double *at = x + tile * STRATA_DESIGN_TILE * columns + row;
    const double8 d = valid(v_load(adjoint + i), i, n);
#pragma clang loop unroll(full)
    for (size_t j = 0; j < count; j++) {
      // The next block's rows, which else would wait while the likelihood of this one computes without memory.
      __builtin_prefetch(at + j * STRATA_DESIGN_TILE + STRATA_BLOCK * columns, 0, 2);
      sums[j] = v_fma(v_load(at + j * STRATA_DESIGN_TILE), d, sums[j]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t j = 0; j < count; j++) beta_adjoint[j] += v_sum(sums[j]);
}

static void design_backward(size_t n, size_t columns, const double *x, const double *adjoint,
                            double *beta_adjoint) {
  size_t j = 0;
  for (; j + 8 <= columns; j += 8) {
    design_columns(8, n, columns, x + j * STRATA_DESIGN_TILE, adjoint, beta_adjoint + j);
  }
  for (; j + 2 <= columns; j += 2) {
    design_columns(2, n, columns, x + j * STRATA_DESIGN_TILE, adjoint, beta_adjoint + j);
  }
  if (j < columns) {
    design_columns(1, n, columns, x + j * STRATA_DESIGN_TILE, adjoint, beta_adjoint + j);
  }
}
