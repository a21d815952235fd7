// The Normal rows of each group, reduced to a triangular system R c = q and what no c explains (see the plan's
// GroupFactorization): -|q - R c|^2 / (2 sd^2) in one pass forward and backward, and the rest.

enum { MOST_COEFFICIENTS = STRATA_MOST_COEFFICIENTS };

/// The operands of one step, and what its groups add up.
typedef struct {
  operand_view sd, c[MOST_COEFFICIENTS];
  double8 inverse;  // of a shared sd
  double8 squares, scale_pull;
} normal_groups;

/// The k groups from i on. `at`: for each row of R the target q, then R from the diagonal on. `plain`: the sd is shared,
/// and every group has coefficients of its own, none of them data.
STRATA_INLINE void groups_vector(normal_groups *g, size_t count, int plain, const double *at,
                                 size_t i, size_t k) {
  const int same_sd = plain || g->sd.shared;
  const double8 inverse = same_sd ? g->inverse : 1 / v_load(g->sd.value + i);
  double8 values[MOST_COEFFICIENTS], pulls[MOST_COEFFICIENTS], squares = v_splat(0);
  for (size_t m = 0; m < count; m++) {
    values[m] = load_operand(g->c[m], !plain && g->c[m].shared, i);
    pulls[m] = v_splat(0);
  }
  for (size_t j = 0; j < count; j++) {
    double8 rest = v_load(at);
    at += STRATA_LANES;
    for (size_t m = j; m < count; m++) {
      rest = v_fma(-v_load(at + (m - j) * STRATA_LANES), values[m], rest);
    }
    const double8 z = rest * inverse, pull = z * inverse;
    squares = sum_of(z, z, squares, 0, k);
    for (size_t m = j; m < count; m++, at += STRATA_LANES) {
      pulls[m] = v_fma(v_load(at), pull, pulls[m]);
    }
  }
  g->squares += squares;
  if (same_sd) {
    g->scale_pull = v_fma(squares, inverse, g->scale_pull);
  } else {
    add_adjoint(g->sd, squares * inverse, i, i + k);
  }
  for (size_t m = 0; m < count; m++) {
    if (plain) {
      add_to(g->c[m].adjoint + i, pulls[m]);
    } else {
      add_adjoint(g->c[m], pulls[m], i, i + k);
    }
  }
}

STRATA_INLINE double groups_loop(const strata_instruction *s, const frame *f, size_t n,
                                 size_t count) {
  normal_groups g = {.sd = view(&s->in[0], f), .squares = v_splat(0), .scale_pull = v_splat(0)};
  g.inverse = 1 / v_splat(g.sd.value[0]);
  // A single group's coefficients may be some of a vector: their adjoints alone are its own.
  int plain = g.sd.shared && n > 1;
  for (size_t m = 0; m < count; m++) {
    g.c[m] = view(s->coefficients + m, f);
    plain = plain && !g.c[m].shared && g.c[m].adjoint;
  }
  const size_t stride = STRATA_LANES * (count + count * (count + 1) / 2);
  const double *at = s->matrix + f->first / STRATA_LANES * stride;
  size_t i = 0;
  if (plain) {
    for (; n - i >= STRATA_LANES; i += STRATA_LANES, at += stride) {
      groups_vector(&g, count, 1, at, i, STRATA_LANES);
    }
  }
  for (; i < n; i += STRATA_LANES, at += stride) {
    groups_vector(&g, count, 0, at, i, n - i < STRATA_LANES ? n - i : STRATA_LANES);
  }
  if (g.sd.shared && g.sd.adjoint) g.sd.adjoint[0] += v_sum(g.scale_pull);
  return -0.5 * v_sum(g.squares);
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
