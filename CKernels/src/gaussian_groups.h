// The groups of a Gaussian block, eight at a time (see strata_gaussian.h).
#include "gaussian_border.h"

enum { GAUSSIAN_MOST_EFFECTS = 16 };

/// Eight groups: V^-1 = sum of weight[k] v[k] v[k]', and the virtual rows of the effects' columns of A; with correlations
/// also those of A t R.
typedef struct {
  double8 weight[3], share[2][3], joint[2][3];  // one or two effects
  const double8 *rotated_share, *rotated_joint;  // rotated: [effect][row], the weights being 1
  const double *columns;  // virtual rows of the border, given and target columns
} group_vector;

/// How many effects and virtual rows the code at hand is for; for a rotated block they are found at run time.
typedef struct {
  size_t effects, rows, border, given;
  int rotated, correlated;
} block_shape;

STRATA_INLINE double8 weight_at(const group_vector *v, block_shape b, size_t k) {
  return b.rotated ? v_splat(1) : v->weight[k];
}

typedef struct {
  const strata_gaussian *g;
  gaussian_scratch s;
  operand_view scales[GAUSSIAN_MOST_EFFECTS];
} gaussian_operands;

STRATA_INLINE gaussian_operands gaussian_operands_of(const strata_gaussian *g, const frame *f,
                                                     gaussian_scratch s) {
  gaussian_operands o = {.g = g, .s = s};
  for (size_t c = 0; c < g->effects; c++) o.scales[c] = view(g->scales + c, f);
  return o;
}

/// The residual scales with these numbers; NULL: the first for all.
STRATA_INLINE double8 sigma_at(const gaussian_operands *o, const int32_t *codes) {
  if (!codes) return v_splat(o->s.sigma[0]);
  double8 v;
  for (size_t j = 0; j < STRATA_LANES; j++) v[j] = o->s.sigma[codes[j]];
  return v;
}

STRATA_INLINE void pull_sigma(const gaussian_operands *o, const int32_t *codes, double8 part) {
  if (!codes) {
    o->s.sigma_pull[0] += v_sum(part);
    return;
  }
  for (size_t j = 0; j < STRATA_LANES; j++) o->s.sigma_pull[codes[j]] += part[j];
}

STRATA_INLINE const int32_t *codes_at(const strata_gaussian *g, size_t i) {
  return g->classes ? g->classes + i : NULL;
}

/// The scale of effect c of the groups from i; 0 where there is no group.
STRATA_INLINE double8 scale_of(const gaussian_operands *o, size_t c, size_t i) {
  return valid(load_operand(o->scales[c], o->scales[c].shared, i), i, o->g->groups);
}

#include "gaussian_rotated.h"

/// The sum of the logs of positive numbers: the log of their product, as long as that is far from the ends of the range.
typedef struct {
  double8 sum, product;
} log_sum;

STRATA_INLINE void add_log(log_sum *s, double8 x) {
  const double8 product = s->product * x;
  if (!v_any(~((product > 0x1p-500) & (product < 0x1p500)))) {
    s->product = product;
    return;
  }
  s->sum += v_log(s->product) + v_log(x);
  s->product = v_splat(1);
}

/// The groups' systems, without the weights.
STRATA_INLINE group_vector groups_at(const gaussian_operands *o, block_shape b, size_t i) {
  const double *at = o->g->systems + i / STRATA_LANES * o->g->stride;
  const double8 zero = v_splat(0), a = v_load(at);
  group_vector v;
  v.columns = at + STRATA_LANES * (b.effects == 1 ? 1 : 3);
  if (b.effects == 1) {
    v.share[0][0] = a;
    return v;
  }
  const double8 a12 = v_load(at + STRATA_LANES), a22 = v_load(at + 2 * STRATA_LANES);
  v.share[0][0] = a, v.share[0][1] = zero, v.share[0][2] = a22 * a;
  v.share[1][0] = a12, v.share[1][1] = a22, v.share[1][2] = zero;
  return v;
}

#include "gaussian_pair.h"

/// Finds the weights, and keeps them; adds log det V to the sum.
STRATA_INLINE group_vector weigh_groups(const gaussian_operands *o, block_shape b, size_t i,
                                        log_sum *logs) {
  if (b.rotated) {
    const group_vector v = rotate_groups(o, i);
    logs->sum += rotated_log_det(o, i);
    return v;
  }
  if (b.correlated) return weigh_correlated_groups(o, b, i, logs);
  group_vector v = groups_at(o, b, i);
  const double8 sigma = sigma_at(o, codes_at(o->g, i)), one = v_splat(1);
  const double8 noise = sigma * sigma, t = scale_of(o, 0, i), a = v.share[0][0];
  const double8 first = v_fma(t * a, t * a, noise);
  double8 det = first;
  if (b.effects == 1) {
    v.weight[0] = one / det;
  } else {
    const double8 t2 = scale_of(o, 1, i), squares2 = t2 * t2;
    const double8 a12 = v.share[1][0], a22 = v.share[1][1];
    det = v_fma(squares2, v_fma(a12 * a12, noise, a22 * a22 * first), noise * first);
    const double8 inverse = one / det;
    v.weight[0] = noise * inverse;
    v.weight[1] = first * inverse;
    v.weight[2] = squares2 * inverse;
  }
  for (size_t k = 0; k < b.rows; k++) v_store(o->s.weights + i * b.rows + STRATA_LANES * k, v.weight[k]);
  add_log(logs, det);
  return v;
}

/// The same once more, at the same scales.
STRATA_INLINE group_vector weighed_groups(const gaussian_operands *o, block_shape b, size_t i) {
  if (b.rotated) return rotate_groups(o, i);
  group_vector v = b.correlated ? correlated_groups(o, b, i) : groups_at(o, b, i);
  for (size_t k = 0; k < b.rows; k++) v.weight[k] = v_load(o->s.weights + i * b.rows + STRATA_LANES * k);
  return v;
}

/// Virtual row k of column j.
STRATA_INLINE double8 column_row(const group_vector *v, size_t rows, size_t j, size_t k) {
  return v_load(v->columns + STRATA_LANES * (j * rows + k));
}

/// The target's virtual row k, less what the given coefficients explain.
STRATA_INLINE double8 target_row(const strata_gaussian *g, const frame *f, const group_vector *v,
                                 block_shape b, size_t k) {
  double8 target = column_row(v, b.rows, b.border + b.given, k);
  for (size_t l = 0; l < b.given; l++) {
    const double8 given = v_splat(view(g->givens + l, f).value[0]);
    target = v_fma(-given, column_row(v, b.rows, b.border + l, k), target);
  }
  return target;
}

/// Numbers of so many vectors stay in registers.
enum { GAUSSIAN_FEW = 2 };

/// Adds up H and the right-hand side over the groups; the sum of log det V.
STRATA_INLINE double sum_groups(const gaussian_operands *o, const frame *f, block_shape b) {
  const strata_gaussian *g = o->g;
  const size_t p = b.border, count = p * (p + 1) / 2 + p;
  double8 few[GAUSSIAN_FEW * (GAUSSIAN_FEW + 3) / 2];
  double8 *sums = p <= GAUSSIAN_FEW ? few : (double8 *)o->s.sums;
  for (size_t j = 0; sums == few && j < count; j++) few[j] = v_splat(0);
  log_sum logs = {v_splat(0), v_splat(1)};
  for (size_t i = 0; i < g->groups; i += STRATA_LANES) {
    const group_vector v = weigh_groups(o, b, i, &logs);
    for (size_t k = 0; k < b.rows && p > 0; k++) {
      const double8 target = target_row(g, f, &v, b, k), weight = weight_at(&v, b, k);
      for (size_t j = 0, at = 0; j < p; j++) {
        const double8 part = weight * column_row(&v, b.rows, j, k);
        for (size_t m = 0; m <= j; m++, at++) {
          sums[at] = v_fma(part, column_row(&v, b.rows, m, k), sums[at]);
        }
        double8 *right = sums + p * (p + 1) / 2 + j;
        *right = v_fma(part, target, *right);
      }
    }
  }
  if (sums == few) memcpy(o->s.sums, few, count * sizeof(double8));
  return v_sum(logs.sum + v_log(logs.product));
}

/// x' H^-1 x = |L^-1 x|^2 for a vector of border numbers in each lane; x is overwritten.
STRATA_INLINE double8 border_form(gaussian_scratch s, size_t p, double8 *x) {
  double8 form = v_splat(0);
  for (size_t j = 0; j < p; j++) {
    double8 sum = x[j];
    for (size_t m = 0; m < j; m++) sum = v_fma(v_splat(-s.factor[j * p + m]), x[m], sum);
    x[j] = sum * v_splat(s.inverse[j]);
    form = v_fma(x[j], x[j], form);
  }
  return form;
}

/// (a' V^-1 w)^2 - a' V^-1 a + a' V^-1 X H^-1 X' V^-1 a for a column a with virtual rows `share`: twice the derivative
/// of the log density by a a' in V.
STRATA_INLINE double8 column_form(const gaussian_operands *o, const group_vector *v, block_shape b,
                                  const double8 *share, const double8 *weighted) {
  double8 few[GAUSSIAN_FEW], *work = b.border <= GAUSSIAN_FEW ? few : (double8 *)o->s.work;
  double8 mean = v_splat(0), weight = v_splat(0);
  for (size_t k = 0; k < b.rows; k++) {
    mean = v_fma(weighted[k], share[k], mean);
    weight = v_fma(weight_at(v, b, k) * share[k], share[k], weight);
  }
  double8 form = v_fma(mean, mean, -weight);
  if (b.border == 0) return form;
  for (size_t j = 0; j < b.border; j++) {
    double8 sum = v_splat(0);
    for (size_t k = 0; k < b.rows; k++) {
      sum = v_fma(weight_at(v, b, k) * share[k], column_row(v, b.rows, j, k), sum);
    }
    work[j] = sum;
  }
  return form + border_form(o->s, b.border, work);
}

#include "gaussian_correlated.h"

/// The trace of V^-1 X H^-1 X'.
STRATA_INLINE double8 border_trace(const gaussian_operands *o, const group_vector *v,
                                   block_shape b) {
  double8 few[GAUSSIAN_FEW], *work = b.border <= GAUSSIAN_FEW ? few : (double8 *)o->s.work;
  double8 trace = v_splat(0);
  for (size_t k = 0; k < b.rows && b.border > 0; k++) {
    for (size_t j = 0; j < b.border; j++) work[j] = column_row(v, b.rows, j, k);
    trace = v_fma(weight_at(v, b, k), border_form(o->s, b.border, work), trace);
  }
  return trace;
}

/// The sum of w' V^-1 w over the groups, and the pulls on their scales. With the derivative S of the log density
/// by V, 2 S = V^-1 (w w' - V + X H^-1 X') V^-1: effect c has t a' 2 S a, and a residual scale that all rows of a
/// group share has what is left of the trace of 2 S V.
STRATA_INLINE double pull_groups(const gaussian_operands *o, const frame *f, block_shape b) {
  const strata_gaussian *g = o->g;
  double8 total = v_splat(0), scale_pulls[GAUSSIAN_MOST_EFFECTS], sigma_pull = v_splat(0);
  for (size_t c = 0; c < b.effects; c++) scale_pulls[c] = v_splat(0);
  double8 few[3], *weighted = b.rotated ? (double8 *)o->s.weighted : few;
  for (size_t i = 0; i < g->groups; i += STRATA_LANES) {
    const group_vector v = weighed_groups(o, b, i);
    double8 squares = v_splat(0);
    for (size_t k = 0; k < b.rows; k++) {
      double8 rest = target_row(g, f, &v, b, k);
      for (size_t j = 0; j < b.border; j++) {
        rest = v_fma(v_splat(-o->s.mean[j]), column_row(&v, b.rows, j, k), rest);
      }
      weighted[k] = weight_at(&v, b, k) * rest;
      squares = v_fma(weighted[k], rest, squares);
    }
    total += squares;
    if (!f->gradient) continue;
    for (size_t l = 0; l < b.given; l++) {
      double8 part = v_splat(0);
      for (size_t k = 0; k < b.rows; k++) {
        part = v_fma(weighted[k], column_row(&v, b.rows, b.border + l, k), part);
      }
      const operand_view given = view(g->givens + l, f);
      if (given.adjoint) given.adjoint[0] += v_sum(part);
    }
    double8 left = v_splat(0);
    if (!b.rotated) left = squares - v_splat((double)b.effects);
    // Of a scale that all groups share, what the border pulls is known from the border rows.
    if (!b.rotated && g->classes) left += border_trace(o, &v, b);
    if (b.correlated) {
      left -= pull_correlated_scales(o, &v, b, weighted, i, scale_pulls);
      pull_correlations(o, f, &v, b, weighted, i);
    }
    for (size_t c = 0; c < b.effects && !b.correlated; c++) {
      const double8 t = scale_of(o, c, i);
      const double8 *share = b.rotated ? v.rotated_share + c * b.rows : v.share[c];
      const double8 form = column_form(o, &v, b, share, weighted);
      left = v_fma(-t * t, form, left);
      if (o->scales[c].shared) {
        scale_pulls[c] = v_fma(t, form, scale_pulls[c]);
      } else {
        add_adjoint(o->scales[c], valid(t * form, i, g->groups), i, g->groups);
      }
    }
    if (b.rotated) {
      pull_rows(o, &v, b, weighted, i);
    } else if (g->classes) {
      pull_sigma(o, codes_at(g, i), left / sigma_at(o, codes_at(g, i)));
    } else {
      sigma_pull += left;
    }
  }
  for (size_t c = 0; c < b.effects && f->gradient; c++) {
    if (o->scales[c].shared && o->scales[c].adjoint) {
      o->scales[c].adjoint[0] += v_sum(scale_pulls[c]);
    }
  }
  if (!b.rotated && !g->classes) o->s.sigma_pull[0] += v_sum(sigma_pull) / o->s.sigma[0];
  return v_sum(total);
}
