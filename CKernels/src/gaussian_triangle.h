// The factor of H without forming H: the rows themselves are brought to triangular form by Givens rotations. It costs
// several times as much as the normal equations and loses only half as many digits; it takes over where they fail, as
// scales go to 0 or infinity.

/// Rotates a row into the triangle `r` (row after row, from the diagonal on, then its right-hand side).
STRATA_INLINE void rotate_in(double8 *r, size_t p, double8 *x, double8 y) {
  const double8 zero = v_splat(0), one = v_splat(1);
  for (size_t j = 0; j < p; j++) {
    const double8 norm = v_sqrt(v_fma(r[0], r[0], x[j] * x[j]));
    const double8 inverse = v_select(norm > 0, one / norm, zero);
    const double8 cosine = v_select(norm > 0, r[0] * inverse, one), sine = x[j] * inverse;
    for (size_t m = j; m < p; m++, r++) {
      const double8 old = *r;
      *r = v_fma(cosine, old, sine * x[m]);
      x[m] = v_fma(cosine, x[m], -sine * old);
    }
    const double8 old = *r;
    *r++ = v_fma(cosine, old, sine * y);
    y = v_fma(cosine, y, -sine * old);
  }
}

/// The same in the first lane only, with a row of plain numbers: border columns and target.
static void rotate_row_in(double8 *r, size_t p, const double *row, double target, double weight,
                          double8 *x) {
  for (size_t j = 0; j < p; j++) x[j] = v_first(v_splat(weight * row[j]), 1);
  rotate_in(r, p, x, v_first(v_splat(weight * target), 1));
}

/// Leaves L = R' in `factor` and the mean in `mean`.
static void triangularise_border(const gaussian_operands *o, const frame *f) {
  const strata_gaussian *g = o->g;
  const gaussian_scratch s = o->s;
  const size_t p = g->border, width = p + g->given + 1, size = p * (p + 1) / 2 + p;
  const block_shape b = {g->effects, g->rotated ? g->rows : g->effects == 1 ? 1 : 3, p, g->given,
                         g->rotated, g->correlation_count > 0};
  double8 *r = (double8 *)s.sums, *x = (double8 *)s.work;
  memset(r, 0, size * sizeof(double8));
  for (size_t i = 0; i < g->groups; i += STRATA_LANES) {
    const group_vector v = weighed_groups(o, b, i);
    for (size_t k = 0; k < b.rows; k++) {
      const double8 weight = v_sqrt(weight_at(&v, b, k));
      for (size_t j = 0; j < p; j++) x[j] = weight * column_row(&v, b.rows, j, k);
      rotate_in(r, p, x, weight * target_row(g, f, &v, b, k));
    }
  }
  // The other lanes' triangles are rows for the first.
  for (size_t lane = 1; lane < STRATA_LANES; lane++) {
    for (size_t j = 0, at = 0; j < p; at += p - j + 1, j++) {
      for (size_t m = 0; m < p; m++) x[m] = v_splat(m < j ? 0 : r[at + m - j][lane]);
      for (size_t m = 0; m < p; m++) x[m] = v_first(x[m], 1);
      rotate_in(r, p, x, v_first(v_splat(r[at + p - j][lane]), 1));
    }
  }
  for (size_t set = 0; set < g->border_row_sets; set++) {
    const strata_border_rows *rows = g->border_rows + set;
    const double weight = 1 / border_sd(rows, f, s).value[0];
    for (size_t i = 0; i < rows->row_count; i++) {
      const double *row = rows->rows + i * width;
      double target = row[width - 1];
      for (size_t l = 0; l < g->given; l++) target -= row[p + l] * view(g->givens + l, f).value[0];
      rotate_row_in(r, p, row, target, weight, x);
    }
  }
  for (size_t j = 0, at = 0; j < p; at += p - j + 1, j++) {
    for (size_t m = j; m < p; m++) s.factor[m * p + j] = r[at + m - j][0];
    s.mean[j] = r[at + p - j][0];
  }
  for (size_t j = p; j-- > 0;) {
    for (size_t m = j + 1; m < p; m++) s.mean[j] -= s.factor[m * p + j] * s.mean[m];
    s.mean[j] /= s.factor[j * p + j];
  }
}
