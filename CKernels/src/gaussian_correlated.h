// Correlated effects of a Gaussian block (see strata_gaussian.h): z ~ Normal(0, R), R = U U'.

/// Leaves U^-1 in `root`: the identity if nothing is correlated. NaN where R is not positive definite.
static void find_root(const strata_gaussian *g, const frame *f, gaussian_scratch s) {
  const size_t q = g->effects;
  double u[GAUSSIAN_MOST_EFFECTS][GAUSSIAN_MOST_EFFECTS] = {{0}};
  for (size_t j = 0; j < q; j++) u[j][j] = 1;
  for (size_t n = 0; n < g->correlation_count; n++) {
    const strata_correlation *r = g->correlations + n;
    u[r->first][r->second] = view(&r->value, f).value[0];
  }
  for (size_t j = q; j-- > 0;) {
    for (size_t m = j + 1; m < q; m++) u[j][j] -= u[j][m] * u[j][m];
    u[j][j] = sqrt(u[j][j]);
    for (size_t i = 0; i < j; i++) {
      for (size_t m = j + 1; m < q; m++) u[i][j] -= u[i][m] * u[j][m];
      u[i][j] /= u[j][j];
    }
  }
  memset(s.root, 0, q * q * sizeof(double));
  for (size_t j = 0; j < q; j++) {
    s.root[j * q + j] = 1 / u[j][j];
    for (size_t i = j; i-- > 0;) {
      double sum = 0;
      for (size_t m = i + 1; m <= j; m++) sum += u[i][m] * s.root[m * q + j];
      s.root[i * q + j] = -sum / u[i][i];
    }
  }
}

/// column_form for two columns of a rotated block: twice the derivative of the log density by a b' in V.
static double8 column_product(const gaussian_operands *o, const group_vector *v, block_shape b,
                              const double8 *share, const double8 *other, const double8 *weighted) {
  const size_t p = b.border;
  double8 mean = v_splat(0), other_mean = v_splat(0), weight = v_splat(0);
  for (size_t k = 0; k < b.rows; k++) {
    mean = v_fma(weighted[k], share[k], mean);
    other_mean = v_fma(weighted[k], other[k], other_mean);
    weight = v_fma(share[k], other[k], weight);
  }
  double8 form = v_fma(mean, other_mean, -weight);
  double8 *x = (double8 *)o->s.work, *y = x + p;
  for (size_t j = 0; j < p; j++) {
    x[j] = y[j] = v_splat(0);
    for (size_t k = 0; k < b.rows; k++) {
      const double8 column = column_row(v, b.rows, j, k);
      x[j] = v_fma(share[k], column, x[j]);
      y[j] = v_fma(other[k], column, y[j]);
    }
  }
  if (p > 0) {
    border_form(o->s, p, x);
    border_form(o->s, p, y);
  }
  for (size_t j = 0; j < p; j++) form = v_fma(x[j], y[j], form);
  return form;
}

/// What the products of correlated effects pull on their scales, and on their correlation.
static void pull_correlations(const gaussian_operands *o, const frame *f, const group_vector *v,
                              block_shape b, const double8 *weighted, size_t i, double8 *scale_pulls) {
  const strata_gaussian *g = o->g;
  for (size_t n = 0; n < g->correlation_count; n++) {
    const strata_correlation *r = g->correlations + n;
    const operand_view value = view(&r->value, f);
    const size_t pair[2] = {r->first, r->second};
    const double8 form = column_product(o, v, b, v->rotated_share + r->first * b.rows,
                                        v->rotated_share + r->second * b.rows, weighted);
    for (int side = 0; side < 2; side++) {
      const size_t c = pair[side];
      const double8 part = v_splat(value.value[0]) * scale_of(o, pair[1 - side], i) * form;
      if (o->scales[c].shared) {
        scale_pulls[c] += part;
      } else {
        add_adjoint(o->scales[c], valid(part, i, g->groups), i, g->groups);
      }
    }
    const double8 both = scale_of(o, r->first, i) * scale_of(o, r->second, i);
    if (value.adjoint) value.adjoint[0] += v_sum(both * form);
  }
}
