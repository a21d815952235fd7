// Groups of a Gaussian block with any number of effects and residual scales, eight at a time: Givens rotations of
//
//     [A t / sigma   diag(1 / sigma)   0   0 ]        [0   W   S   T]
//     [     K               0          K   U']  into  [F   P   .   .]
//
// with R = U U' the effects' correlations and K = U^-1 leave V^-1 = W' W, det V = (det F det(sigma) / det K)^2,
// W A t = -S and W A t R = -T. A rotation only ever adds squares to a pivot, so nothing cancels in W, F, S and T for any
// scales. A column A m + rest then has the virtual rows W rest - S m / t; where t is small, W (A m + rest) does as well.
// The posterior of z has F z = P w + Normal(0, I) [GolubVanLoan2013, 5.1.8]. Without correlations K = I, and there is no T.

STRATA_INLINE size_t rotation_width(const strata_gaussian *g) {
  return (g->correlation_count > 0 ? 3 : 2) * g->effects + g->rows;
}

/// Element (row, column) of the rotated matrix, with rows data first.
STRATA_INLINE double8 *rotation_at(const gaussian_operands *o, size_t row, size_t column) {
  return (double8 *)o->s.rotation + row * rotation_width(o->g) + column;
}

STRATA_INLINE const double *rotated_system(const gaussian_operands *o, size_t i) {
  return o->g->systems + i / STRATA_LANES * o->g->stride;
}

STRATA_INLINE const int32_t *row_codes(const gaussian_operands *o, size_t i, size_t row) {
  return o->g->classes ? o->g->classes + i * o->g->rows + row * STRATA_LANES : NULL;
}

/// K and U', where a matrix without correlations has I.
static void place_roots(const gaussian_operands *o) {
  const size_t q = o->g->effects, m = o->g->rows;
  for (size_t c = 0; c < q; c++) {
    for (size_t d = 0; d < q; d++) {
      if (d >= c) {
        const double8 root = v_splat(o->s.root[c * q + d]);
        *rotation_at(o, m + c, d) = *rotation_at(o, m + c, q + m + d) = root;
      }
      *rotation_at(o, m + c, 2 * q + m + d) = v_splat(o->s.upper[d * q + c]);
    }
  }
}

/// Rotates.
static void rotate(const gaussian_operands *o, size_t i) {
  const size_t q = o->g->effects, m = o->g->rows, width = rotation_width(o->g);
  const double *a = rotated_system(o, i);
  memset(o->s.rotation, 0, (m + q) * width * sizeof(double8));
  for (size_t row = 0; row < m; row++) {
    const double8 sigma = sigma_at(o, row_codes(o, i, row)), inverse = 1 / sigma;
    for (size_t c = 0; c < q; c++) {
      *rotation_at(o, row, c) = v_load(a + STRATA_LANES * (row * q + c)) * scale_of(o, c, i) * inverse;
    }
    *rotation_at(o, row, q + row) = inverse;
  }
  for (size_t c = 0; c < q; c++) {
    *rotation_at(o, m + c, c) = *rotation_at(o, m + c, q + m + c) = v_splat(1);
  }
  if (o->g->correlation_count > 0) place_roots(o);
  for (size_t c = 0; c < q; c++) {
    for (size_t row = 0; row < m; row++) {
      const double8 x = *rotation_at(o, row, c), y = *rotation_at(o, m + c, c);
      const double8 inverse = 1 / v_sqrt(v_fma(x, x, y * y));
      const double8 cosine = y * inverse, sine = x * inverse;
      for (size_t j = c; j < width; j++) {
        double8 *data = rotation_at(o, row, j), *pivot = rotation_at(o, m + c, j);
        const double8 upper = *data, lower = *pivot;
        *pivot = v_fma(cosine, lower, sine * upper);
        *data = v_fma(cosine, upper, -sine * lower);
      }
    }
  }
}

/// log det V of groups that have just been rotated.
static double8 rotated_log_det(const gaussian_operands *o, size_t i) {
  const size_t q = o->g->effects, m = o->g->rows;
  double8 log_det = v_splat(0);
  for (size_t row = 0; row < m; row++) log_det += v_log(sigma_at(o, row_codes(o, i, row)));
  for (size_t c = 0; c < q; c++) {
    const double8 pivot = *rotation_at(o, m + c, c);
    log_det += v_log(o->g->correlation_count > 0 ? pivot * v_splat(o->s.upper[c * q + c]) : pivot);
  }
  return log_det + log_det;
}

/// The virtual rows of A t R. `sizes` are those of the columns of A t.
static void share_correlations(const gaussian_operands *o, size_t i, const double8 *sizes) {
  const size_t q = o->g->effects, m = o->g->rows;
  const double8 *share = (const double8 *)o->s.shares;
  double8 *joint = (double8 *)o->s.joint;
  for (size_t c = 0; c < q; c++) {
    double8 size = v_splat(0);
    for (size_t d = 0; d < q; d++) {
      if (o->s.correlations[c * q + d] != 0) size = v_max(size, sizes[d]);
    }
    for (size_t k = 0; k < m; k++) {
      double8 direct = v_splat(0);
      for (size_t d = 0; d < q; d++) {
        const double8 t = scale_of(o, d, i) * v_splat(o->s.correlations[c * q + d]);
        direct = v_fma(t, share[d * m + k], direct);
      }
      joint[c * m + k] = v_select(size < 0.25, direct, -*rotation_at(o, k, 2 * q + m + c));
    }
  }
}

static group_vector rotate_groups(const gaussian_operands *o, size_t i) {
  const strata_gaussian *g = o->g;
  const size_t q = g->effects, m = g->rows;
  group_vector v;
  rotate(o, i);
  const double *a = rotated_system(o, i), *columns = a + STRATA_LANES * m * q;
  double8 *share = (double8 *)o->s.shares, *virtual_rows = share + q * m;
  double8 sizes[GAUSSIAN_MOST_EFFECTS];
  for (size_t c = 0; c < q; c++) {
    const double8 t = scale_of(o, c, i);
    double8 size = v_splat(0);
    for (size_t row = 0; row < m; row++) {
      const double8 part = v_load(a + STRATA_LANES * (row * q + c)) * t *
                           *rotation_at(o, row, q + row);  // at most t a / sigma: W shrinks
      size = v_fma(part, part, size);
    }
    for (size_t k = 0; k < m; k++) {
      double8 direct = v_splat(0);
      for (size_t row = 0; row < m; row++) {
        const double8 part = v_load(a + STRATA_LANES * (row * q + c));
        direct = v_fma(*rotation_at(o, k, q + row), part, direct);
      }
      share[c * m + k] = v_select(size < 0.25, direct, -*rotation_at(o, k, q + m + c) / t);
    }
    sizes[c] = size;
  }
  if (g->correlation_count > 0) share_correlations(o, i, sizes);
  for (size_t j = 0; j < g->border + g->given + 1; j++) {
    const double *column = columns + STRATA_LANES * j * (q + m);
    for (size_t k = 0; k < m; k++) {
      double8 sum = v_splat(0);
      for (size_t row = 0; row < m; row++) {
        sum = v_fma(*rotation_at(o, k, q + row), v_load(column + STRATA_LANES * (q + row)), sum);
      }
      for (size_t c = 0; c < q; c++) {
        sum = v_fma(share[c * m + k], v_load(column + STRATA_LANES * c), sum);
      }
      virtual_rows[j * m + k] = sum;
    }
  }
  v.rotated_share = share;
  v.rotated_joint = (const double8 *)o->s.joint;
  v.columns = (const double *)virtual_rows;
  return v;
}

STRATA_INLINE double8 column_form(const gaussian_operands *o, const group_vector *v, block_shape b,
                                  const double8 *share, const double8 *weighted);

/// What pulls on the residual scale of each row.
static void pull_rows(const gaussian_operands *o, const group_vector *v, block_shape b,
                      const double8 *weighted, size_t i) {
  const size_t q = b.effects, m = b.rows;
  double8 *unit = (double8 *)o->s.unit;
  for (size_t row = 0; row < m; row++) {
    for (size_t k = 0; k < m; k++) unit[k] = *rotation_at(o, k, q + row);
    const int32_t *codes = row_codes(o, i, row);
    pull_sigma(o, codes, sigma_at(o, codes) * column_form(o, v, b, unit, weighted));
  }
}

/// Draws z of the groups given beta: F z = P w + normal.
static void draw_rotated_groups(const gaussian_operands *o, const frame *f, const double *beta,
                                const double *normals, double *z, size_t stride) {
  const strata_gaussian *g = o->g;
  const size_t q = g->effects, m = g->rows, p = g->border;
  double8 *along = (double8 *)o->s.unit, *rest = (double8 *)o->s.weighted;
  for (size_t i = 0; i < g->groups; i += STRATA_LANES) {
    rotate(o, i);
    const double *a = rotated_system(o, i), *columns = a + STRATA_LANES * m * q;
    // What is left of the target: its coordinates along the effects, and the rest in each row.
    for (size_t x = 0; x < q + m; x++) {
      double8 sum = v_load(columns + STRATA_LANES * ((p + g->given) * (q + m) + x));
      for (size_t j = 0; j < p + g->given; j++) {
        const double number = j < p ? beta[j] : view(g->givens + (j - p), f).value[0];
        sum = v_fma(v_splat(-number), v_load(columns + STRATA_LANES * (j * (q + m) + x)), sum);
      }
      if (x < q) along[x] = sum;
      else rest[x - q] = sum;
    }
    for (size_t row = 0; row < m; row++) {
      for (size_t c = 0; c < q; c++) {
        rest[row] = v_fma(v_load(a + STRATA_LANES * (row * q + c)), along[c], rest[row]);
      }
    }
    for (size_t c = q; c-- > 0;) {
      double8 sum = v_load(normals + STRATA_LANES * c);
      for (size_t row = 0; row < m; row++) sum = v_fma(*rotation_at(o, m + c, q + row), rest[row], sum);
      for (size_t d = c + 1; d < q; d++) {
        sum = v_fma(-*rotation_at(o, m + c, d), v_load(z + d * stride + i), sum);
      }
      v_store(z + c * stride + i, sum / *rotation_at(o, m + c, c));
    }
    normals += q * STRATA_LANES;
  }
}
