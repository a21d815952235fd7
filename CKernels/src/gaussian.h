// Gaussian blocks (see strata_gaussian.h): their log density with what it pulls on the scales, and draws.
#include "gaussian_groups.h"

/// The block's normal equations at the scales as they are: `mean`, `factor`. Returns log det V + log det H.
STRATA_INLINE double solve_block(const gaussian_operands *o, const frame *f) {
  const strata_gaussian *g = o->g;
  const gaussian_scratch s = o->s;
  const size_t p = g->border, sums = p * (p + 1) / 2;
  memset(s.mean, 0, (size_t)((double *)s.work - s.mean) * sizeof(double));
  double log_det = 0;
  switch (g->groups == 0 ? 0 : g->effects * 4 + (p < 3 ? p : 3)) {
    case 0: break;
    case 4: log_det = sum_groups(o, f, 1, 0); break;
    case 5: log_det = sum_groups(o, f, 1, 1); break;
    case 6: log_det = sum_groups(o, f, 1, 2); break;
    case 7: log_det = sum_groups(o, f, 1, p); break;
    case 8: log_det = sum_groups(o, f, 2, 0); break;
    case 9: log_det = sum_groups(o, f, 2, 1); break;
    case 10: log_det = sum_groups(o, f, 2, 2); break;
    default: log_det = sum_groups(o, f, 2, p); break;
  }
  if (p == 0) return log_det;
  for (size_t j = 0, at = 0; j < p; j++) {
    for (size_t m = 0; m <= j; m++, at++) {
      s.factor[j * p + m] = v_sum(v_load(s.sums + STRATA_LANES * at));
    }
    s.mean[j] = v_sum(v_load(s.sums + STRATA_LANES * (sums + j)));
  }
  add_border_rows(g, f, s);
  log_det += factorise_border(p, s.factor);
  solve_border(p, s.factor, s.mean);
  return log_det;
}

STRATA_INLINE double pull_block(const gaussian_operands *o, const frame *f) {
  const size_t p = o->g->border;
  if (p > 0 && f->gradient) invert_border(p, o->s.factor, o->s.inverse);
  switch (o->g->groups == 0 ? 0 : o->g->effects * 4 + (p < 3 ? p : 3)) {
    case 0: return 0;
    case 4: return pull_groups(o, f, 1, 0);
    case 5: return pull_groups(o, f, 1, 1);
    case 6: return pull_groups(o, f, 1, 2);
    case 7: return pull_groups(o, f, 1, p);
    case 8: return pull_groups(o, f, 2, 0);
    case 9: return pull_groups(o, f, 2, 1);
    case 10: return pull_groups(o, f, 2, 2);
    default: return pull_groups(o, f, 2, p);
  }
}

STEP double run_gaussian(const strata_instruction *step, const frame *f, size_t n) {
  (void)n;
  const strata_gaussian *g = step->gaussian;
  const gaussian_scratch s = scratch_of(g, (double *)view(&step->out, f).value);
  const gaussian_operands o = gaussian_operands_of(g, f, s);
  load_sigmas(g, f, s);
  const double log_det = solve_block(&o, f);
  const double squares = pull_block(&o, f);
  const double value = border_rows_value(g, f, s) - 0.5 * (log_det + squares);
  if (f->gradient) store_sigma_pulls(g, f, s);
  return value;
}

// ---- draws ----

/// Draws z of the groups given beta by conditioning by simulation: with z*, e* from their priors,
/// z = z* + t A' V^-1 (rest - A t z* - sigma e*) has the posterior's distribution [HoffmanRibak1991].
STRATA_INLINE void draw_groups(const gaussian_operands *o, const frame *f, const double *beta,
                               size_t effects, const double *normals, double *z, size_t stride) {
  const strata_gaussian *g = o->g;
  const size_t rows = effects == 1 ? 1 : 3, p = g->border;
  for (size_t i = 0; i < g->groups; i += STRATA_LANES) {
    const group_vector v = weigh_groups(o, effects, i);
    const double8 sigma = sigma_at(o, i);
    double8 rest[3];
    target_rows(g, f, &v, rows, rest);
    for (size_t k = 0; k < rows; k++) {
      for (size_t j = 0; j < p; j++) {
        rest[k] = v_fma(v_splat(-beta[j]), column_row(&v, rows, j, k), rest[k]);
      }
    }
    double8 prior[2], noise[2];
    for (size_t c = 0; c < effects; c++) {
      prior[c] = v_load(normals + STRATA_LANES * c);
      noise[c] = sigma * v_load(normals + STRATA_LANES * (effects + c));
      const double8 scaled = scale_of(o, c, i) * prior[c];
      for (size_t k = 0; k < rows; k++) rest[k] = v_fma(-v.share[c][k], scaled, rest[k]);
    }
    normals += 2 * effects * STRATA_LANES;
    rest[0] -= noise[0];
    if (effects == 2) {
      // n = (a22, -a12)
      rest[1] -= noise[1];
      rest[2] -= v.share[1][1] * noise[0] - v.share[1][0] * noise[1];
    }
    for (size_t c = 0; c < effects; c++) {
      double8 pull = v_splat(0);
      for (size_t k = 0; k < rows; k++) pull = v_fma(v.weight[k] * rest[k], v.share[c][k], pull);
      v_store(z + c * stride + i, v_fma(scale_of(o, c, i), pull, prior[c]));
    }
  }
}

/// Values of one effect: offset + terms + sd z.
static void write_effect(const strata_gaussian *g, const strata_group_effect *e, const frame *f,
                         const double *numbers, const double *z, double *out) {
  const operand_view sd = view(&e->sd, f);
  for (size_t i = 0; i < g->groups; i++) {
    double value = sd.value[sd.shared ? 0 : i] * z[i];
    if (e->offset) value += e->offset[i];
    for (size_t t = 0; t < e->term_count; t++) {
      value += numbers[e->sources[t]] * (e->columns[t] ? e->columns[t][i] : 1);
    }
    out[i] = value;
  }
}

/// One draw of what the block integrates: the border's coefficients, then each effect's values. The block's scratch
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
  if (g->groups == 0) return;
  double *z = normals + padded_to_lanes(p);
  double *drawn = z + 2 * g->effects * padded;
  if (g->effects == 1) {
    draw_groups(&o, f, beta, 1, z, drawn, padded);
  } else {
    draw_groups(&o, f, beta, 2, z, drawn, padded);
  }
  for (size_t c = 0; c < g->effects; c++) {
    write_effect(g, g->group_effects + c, f, numbers, drawn + c * padded, out + p + c * g->groups);
  }
}
