// The Normal rows of each group, reduced to a triangular system R c = q and what no c explains (see the plan's
// GroupFactorization): -|q - R c|^2 / (2 sd^2) in one pass forward and backward, and the rest.

enum { MOST_COEFFICIENTS = STRATA_MOST_COEFFICIENTS };

/// One vector of groups. `at`: for each row of R the target q, then R from the diagonal on.
STRATA_INLINE void groups_vector(const operand_view *c, size_t count,
                                 const double *at, double8 inverse, double8 *squares, size_t i,
                                 size_t n, double8 *pulls) {
  double8 values[MOST_COEFFICIENTS];
  for (size_t m = 0; m < count; m++) {
    values[m] = load_operand(c[m], c[m].shared, i);
    pulls[m] = v_splat(0);
  }
  for (size_t j = 0; j < count; j++) {
    double8 rest = v_load(at);
    at += STRATA_LANES;
    for (size_t m = j; m < count; m++) {
      rest = v_fma(-v_load(at + (m - j) * STRATA_LANES), values[m], rest);
    }
    const double8 z = rest * inverse, pull = z * inverse;
    *squares = sum_of(z, z, *squares, i, n);
    for (size_t m = j; m < count; m++, at += STRATA_LANES) {
      pulls[m] = v_fma(v_load(at), pull, pulls[m]);
    }
  }
}

STRATA_INLINE double groups_loop(const strata_instruction *s, const frame *f, size_t n,
                                 size_t count) {
  const operand_view sd = view(&s->in[0], f);
  operand_view c[MOST_COEFFICIENTS];
  for (size_t m = 0; m < count; m++) c[m] = view(s->coefficients + m, f);
  const size_t stride = STRATA_LANES * (count + count * (count + 1) / 2);
  const double *at = s->matrix + f->first / STRATA_LANES * stride;
  const double8 same = 1 / v_splat(sd.value[0]);
  double8 total = v_splat(0), scale_pull = v_splat(0), pulls[MOST_COEFFICIENTS];
  for (size_t i = 0; i < n; i += STRATA_LANES, at += stride) {
    const double8 inverse = sd.shared ? same : 1 / v_load(sd.value + i);
    double8 squares = v_splat(0);
    groups_vector(c, count, at, inverse, &squares, i, n, pulls);
    total += squares;
    if (sd.shared) {
      scale_pull = v_fma(squares, inverse, scale_pull);
    } else {
      add_adjoint(sd, squares * inverse, i, n);
    }
    for (size_t m = 0; m < count; m++) add_adjoint(c[m], pulls[m], i, n);
  }
  if (sd.shared && sd.adjoint) sd.adjoint[0] += v_sum(scale_pull);
  return -0.5 * v_sum(total);
}

STEP double run_groups(const strata_instruction *s, const frame *f, size_t n) {
  switch (s->columns) {
    case 1: return groups_loop(s, f, n, 1);
    case 2: return groups_loop(s, f, n, 2);
    case 3: return groups_loop(s, f, n, 3);
    default: return groups_loop(s, f, n, s->columns);
  }
}

/// -rows (log sd + log(2 pi) / 2) - (residual / sd)^2 / 2: out is the sd, then rows and residuals.
STEP double run_normal_rest(const strata_instruction *s, const frame *f, size_t n) {
  const operand_view sd = view(&s->out, f), rows = view(&s->in[0], f);
  const operand_view residual = view(&s->in[1], f);
  double8 total = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const double8 scale = v_load(sd.value + i), inverse = 1 / scale, count = v_load(rows.value + i);
    const double8 ratio = v_load(residual.value + i) * inverse, square = ratio * ratio;
    const double8 logs = count * (log_positive(scale) + HALF_LOG_2PI);
    total -= valid(v_fma(v_splat(0.5), square, logs), i, n);
    add_adjoint(sd, (square - count) * inverse, i, n);
  }
  return v_sum(total);
}
