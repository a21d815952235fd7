// Gaussian blocks (see strata_gaussian.h): their log density with what it pulls on the scales, and draws.
#include "gaussian_groups.h"
#include "gaussian_triangle.h"

// Small blocks have loops of their own.
STRATA_INLINE int shape_of(const strata_gaussian *g) {
  if (g->groups == 0) return 0;
  if (g->rotated) return 11;
  const int few = g->border < 3 && g->given == 0;
  if (g->correlation_count > 0) return few && g->border == 2 ? 9 : 10;
  return (int)g->effects * 4 - 3 + (few ? (int)g->border : 3);
}

#define FOR_SHAPE(run, o, f)                                                                \
  const strata_gaussian *g = (o)->g;                                                        \
  const size_t p = g->border, r = g->given;                                                 \
  const int correlated = g->correlation_count > 0;                                          \
  switch (shape_of(g)) {                                                                    \
    case 0: return 0;                                                                       \
    case 1: return run(o, f, (block_shape){1, 1, 0, 0, 0, 0});                              \
    case 2: return run(o, f, (block_shape){1, 1, 1, 0, 0, 0});                              \
    case 3: return run(o, f, (block_shape){1, 1, 2, 0, 0, 0});                              \
    case 4: return run(o, f, (block_shape){1, 1, p, r, 0, 0});                              \
    case 5: return run(o, f, (block_shape){2, 3, 0, 0, 0, 0});                              \
    case 6: return run(o, f, (block_shape){2, 3, 1, 0, 0, 0});                              \
    case 7: return run(o, f, (block_shape){2, 3, 2, 0, 0, 0});                              \
    case 8: return run(o, f, (block_shape){2, 3, p, r, 0, 0});                              \
    case 9: return run(o, f, (block_shape){2, 3, 2, 0, 0, 1});                              \
    case 10: return run(o, f, (block_shape){2, 3, p, r, 0, 1});                             \
    default: return run(o, f, (block_shape){g->effects, g->rows, p, r, 1, correlated});     \
  }

static double sum_block(const gaussian_operands *o, const frame *f) { FOR_SHAPE(sum_groups, o, f) }

static double pull_block(const gaussian_operands *o, const frame *f) {
  FOR_SHAPE(pull_groups, o, f)
}

/// Where more than this share of a pivot cancelled, the normal equations have lost too many digits.
#define MOST_CANCELLED 1e-5

/// The mean of beta and the factor of H, at the scales as they are. Returns log det V + log det H.
static double solve_block(const gaussian_operands *o, const frame *f) {
  const strata_gaussian *g = o->g;
  const gaussian_scratch s = o->s;
  const size_t p = g->border, sums = p * (p + 1) / 2;
  memset(s.mean, 0, (size_t)(s.work - s.mean) * sizeof(double));
  double log_det = sum_block(o, f);
  if (p == 0) return log_det;
  for (size_t j = 0, at = 0; j < p; j++) {
    for (size_t m = 0; m <= j; m++, at++) {
      s.factor[j * p + m] = v_sum(v_load(s.sums + STRATA_LANES * at));
    }
    s.mean[j] = v_sum(v_load(s.sums + STRATA_LANES * (sums + j)));
  }
  add_border_rows(g, f, s);
  if (factorise_border(p, s.factor) >= MOST_CANCELLED) {
    solve_border(p, s.factor, s.mean);
  } else {
    triangularise_border(o, f);
  }
  for (size_t j = 0; j < p; j++) {
    s.inverse[j] = 1 / s.factor[j * p + j];
    log_det += 2 * log(s.factor[j * p + j]);
  }
  return log_det;
}

STEP double run_gaussian(const strata_instruction *step, const frame *f, size_t n) {
  (void)n;
  const strata_gaussian *g = step->gaussian;
  const gaussian_scratch s = scratch_of(g, (double *)view(&step->out, f).value);
  const gaussian_operands o = gaussian_operands_of(g, f, s);
  load_sigmas(g, f, s);
  if (g->correlation_count > 0) find_roots(g, f, s);
  const double log_det = solve_block(&o, f);
  const double squares = pull_block(&o, f);
  const double value = border_rows_value(g, f, s) - 0.5 * (log_det + squares);
  if (f->gradient) store_sigma_pulls(g, f, s);
  return value;
}

// ---- draws ----

/// Draws z of the groups given beta. Its mean is t A' V^-1 rest and its precision I + B' B = L L' with B = A t / sigma; for
/// two effects, B = [b11 b12; 0 b22], nothing cancels in L: l22^2 = 1 + b22^2 + b12^2 / (1 + b11^2). Of correlated ones y is
/// drawn in the same way, B = A t U / sigma, and z = U y.
static void draw_groups(const gaussian_operands *o, const frame *f, const double *beta,
                        const double *normals, double *z, size_t stride) {
  const strata_gaussian *g = o->g;
  const size_t effects = g->effects;
  const int correlated = g->correlation_count > 0;
  const block_shape b = {effects, effects == 1 ? 1 : 3, g->border, g->given, 0, correlated};
  const double8 one = v_splat(1);
  for (size_t i = 0; i < g->groups; i += STRATA_LANES) {
    const group_vector v = weighed_groups(o, b, i);
    double8 mean[2] = {v_splat(0), v_splat(0)};
    for (size_t k = 0; k < b.rows; k++) {
      double8 rest = target_row(g, f, &v, b, k);
      for (size_t j = 0; j < b.border; j++) {
        rest = v_fma(v_splat(-beta[j]), column_row(&v, b.rows, j, k), rest);
      }
      rest *= v.weight[k];
      for (size_t c = 0; c < effects; c++) {
        const double8 column = correlated && c == 1 ? v.joint[1][k] : v.share[c][k];
        mean[c] = v_fma(rest, column, mean[c]);
      }
    }
    const double8 inverse = one / sigma_at(o, codes_at(g, i));
    double8 t = scale_of(o, 0, i);
    if (correlated) t *= v_splat(o->s.upper[0]);
    const double8 b11 = t * inverse * v.share[0][0], square = v_fma(b11, b11, one);
    double8 noise = v_load(normals), second = v_splat(0);
    if (effects == 2) {
      const double8 t2 = correlated ? one : scale_of(o, 1, i);
      const double8 *column = correlated ? v.joint[1] : v.share[1];
      const double8 b12 = t2 * inverse * column[0], b22 = t2 * inverse * column[1];
      const double8 square2 = v_fma(b22, b22, one) + b12 * b12 / square;
      const double8 noise2 = v_load(normals + STRATA_LANES) / v_sqrt(square2);
      second = v_fma(t2, mean[1], noise2);
      v_store(z + stride + i, second);
      // noise = (normal - l21 noise2) / l11, l21 = b11 b12 / l11
      noise -= b11 * b12 / v_sqrt(square) * noise2;
    }
    double8 first = v_fma(t, mean[0], noise / v_sqrt(square));
    if (correlated) first = v_fma(v_splat(o->s.upper[0]), first, v_splat(o->s.correlations[1]) * second);
    v_store(z + i, first);
    normals += effects * STRATA_LANES;
  }
}

/// Values of one effect: offset + terms + sd z.
static void write_effect(const strata_gaussian *g, const strata_group_effect *e, const frame *f,
                         const double *restrict numbers, const double *restrict z,
                         double *restrict out) {
  const operand_view sd = view(&e->sd, f);
  const double *restrict scale = sd.value;
  if (sd.shared) {
    for (size_t i = 0; i < g->groups; i++) out[i] = scale[0] * z[i];
  } else {
    for (size_t i = 0; i < g->groups; i++) out[i] = scale[i] * z[i];
  }
  for (size_t i = 0; e->offset && i < g->groups; i++) out[i] += e->offset[i];
  for (size_t t = 0; t < e->term_count; t++) {
    const double number = numbers[e->sources[t]];
    const double *restrict column = e->columns[t];
    if (column) {
      for (size_t i = 0; i < g->groups; i++) out[i] += number * column[i];
    } else {
      for (size_t i = 0; i < g->groups; i++) out[i] += number;
    }
  }
}

/// One draw of what the block integrates: the border's coefficients, then each effect's values, if any. The block's scratch
/// has to be that of an evaluation at the same position. z is written into the memory of the normal numbers.
static void draw_block(const strata_instruction *step, const frame *f, double *normals,
                       double *out) {
  const strata_gaussian *g = step->gaussian;
  const size_t p = g->border, padded = padded_to_lanes(g->groups);
  const gaussian_scratch s = scratch_of(g, (double *)view(&step->out, f).value);
  const gaussian_operands o = gaussian_operands_of(g, f, s);
  // beta = mean + L'^-1 normal, in the scratch that the normal equations no longer need.
  double *beta = s.work, *numbers = s.sums;
  for (size_t j = p; j-- > 0;) {
    double sum = normals[j];
    for (size_t m = j + 1; m < p; m++) sum -= s.factor[m * p + j] * beta[m];
    beta[j] = sum / s.factor[j * p + j];
  }
  for (size_t j = 0; j < p; j++) beta[j] += s.mean[j];
  for (size_t j = 0; j < p; j++) {
    double value = g->basis ? 0 : beta[j];
    for (size_t m = 0; g->basis && m < p; m++) value += g->basis[j * p + m] * beta[m];
    numbers[j] = out[j] = value;
  }
  for (size_t l = 0; l < g->given; l++) numbers[p + l] = view(g->givens + l, f).value[0];
  if (g->groups == 0 || !g->group_effects) return;
  double *z = normals + padded_to_lanes(p);
  double *drawn = z + g->effects * padded;
  if (g->rotated) {
    draw_rotated_groups(&o, f, beta, z, drawn, padded);
  } else {
    draw_groups(&o, f, beta, z, drawn, padded);
  }
  for (size_t c = 0; c < g->effects; c++) {
    write_effect(g, g->group_effects + c, f, numbers, drawn + c * padded, out + p + c * g->groups);
  }
}
