// Correlated effects of a Gaussian block (see strata_gaussian.h): z ~ Normal(0, R), R = U U'.

/// Puts R together and finds U and U^-1: NaN where R is not positive definite.
static void find_roots(const strata_gaussian *g, const frame *f, gaussian_scratch s) {
  const size_t q = g->effects;
  double *const u = s.upper;
  memset(s.correlations, 0, 3 * q * q * sizeof(double));
  for (size_t j = 0; j < q; j++) s.correlations[j * q + j] = u[j * q + j] = 1;
  for (size_t n = 0; n < g->correlation_count; n++) {
    const strata_correlation *r = g->correlations + n;
    const double value = view(&r->value, f).value[0];
    s.correlations[r->first * q + r->second] = s.correlations[r->second * q + r->first] = value;
    u[r->first * q + r->second] = value;
  }
  for (size_t j = q; j-- > 0;) {
    for (size_t m = j + 1; m < q; m++) u[j * q + j] -= u[j * q + m] * u[j * q + m];
    u[j * q + j] = sqrt(u[j * q + j]);
    for (size_t i = 0; i < j; i++) {
      for (size_t m = j + 1; m < q; m++) u[i * q + j] -= u[i * q + m] * u[j * q + m];
      u[i * q + j] /= u[j * q + j];
    }
  }
  for (size_t j = 0; j < q; j++) {
    s.root[j * q + j] = 1 / u[j * q + j];
    for (size_t i = j; i-- > 0;) {
      double sum = 0;
      for (size_t m = i + 1; m <= j; m++) sum += u[i * q + m] * s.root[m * q + j];
      s.root[i * q + j] = -sum / u[i * q + i];
    }
  }
}

/// column_form for two columns: twice the derivative of the log density by a b' in V.
STRATA_INLINE double8 column_product(const gaussian_operands *o, const group_vector *v, block_shape b,
                                     const double8 *share, const double8 *other,
                                     const double8 *weighted) {
  const size_t p = b.border;
  double8 few[2 * GAUSSIAN_FEW], *x = p <= GAUSSIAN_FEW ? few : (double8 *)o->s.work, *y = x + p;
  double8 mean = v_splat(0), other_mean = v_splat(0), weight = v_splat(0);
  for (size_t k = 0; k < b.rows; k++) {
    mean = v_fma(weighted[k], share[k], mean);
    other_mean = v_fma(weighted[k], other[k], other_mean);
    weight = v_fma(weight_at(v, b, k) * share[k], other[k], weight);
  }
  double8 form = v_fma(mean, other_mean, -weight);
  for (size_t j = 0; j < p; j++) {
    x[j] = y[j] = v_splat(0);
    for (size_t k = 0; k < b.rows; k++) {
      const double8 column = weight_at(v, b, k) * column_row(v, b.rows, j, k);
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

/// What correlated effects pull on their scales: a scale t stands in V as a (A t R)' + (A t R) a'. Returns the sum of
/// the pulls, each times its scale.
STRATA_INLINE double8 pull_correlated_scales(const gaussian_operands *o, const group_vector *v,
                                             block_shape b, const double8 *weighted, size_t i,
                                             double8 *scale_pulls) {
  double8 total = v_splat(0);
  for (size_t c = 0; c < b.effects; c++) {
    const double8 *share = b.rotated ? v->rotated_share + c * b.rows : v->share[c];
    const double8 *joint = b.rotated ? v->rotated_joint + c * b.rows : v->joint[c];
    const double8 pull = column_product(o, v, b, share, joint, weighted);
    total = v_fma(scale_of(o, c, i), pull, total);
    if (o->scales[c].shared) {
      scale_pulls[c] += pull;
    } else {
      add_adjoint(o->scales[c], valid(pull, i, o->g->groups), i, o->g->groups);
    }
  }
  return total;
}

/// What they pull on their correlations.
STRATA_INLINE void pull_correlations(const gaussian_operands *o, const frame *f,
                                     const group_vector *v, block_shape b, const double8 *weighted,
                                     size_t i) {
  for (size_t n = 0; n < o->g->correlation_count; n++) {
    const strata_correlation *r = o->g->correlations + n;
    const operand_view value = view(&r->value, f);
    if (!value.adjoint) continue;
    const double8 *share = b.rotated ? v->rotated_share + r->first * b.rows : v->share[r->first];
    const double8 *other = b.rotated ? v->rotated_share + r->second * b.rows : v->share[r->second];
    const double8 form = column_product(o, v, b, share, other, weighted);
    value.adjoint[0] += v_sum(scale_of(o, r->first, i) * scale_of(o, r->second, i) * form);
  }
}
