// The groups of a Gaussian block, eight at a time (see strata_gaussian.h).
#include "gaussian_border.h"

enum { GAUSSIAN_MOST_EFFECTS = 16 };

/// Eight groups: V^-1 = sum of weight[k] v[k] v[k]', and the virtual rows of the effects' columns of A.
typedef struct {
  double8 weight[3], share[2][3];
  double8 log_det;
  const double *columns;  // virtual rows of the border, given and target columns
} group_vector;

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

STRATA_INLINE double8 sigma_at(const gaussian_operands *o, size_t i) {
  if (!o->g->classes) return v_splat(o->s.sigma[0]);
  double8 v;
  for (size_t j = 0; j < STRATA_LANES; j++) v[j] = o->s.sigma[o->g->classes[i + j]];
  return v;
}

STRATA_INLINE void pull_sigma(const gaussian_operands *o, size_t i, double8 part) {
  for (size_t j = 0; j < STRATA_LANES; j++) o->s.sigma_pull[o->g->classes[i + j]] += part[j];
}

/// The scale of effect c of the groups from i; 0 where there is no group.
STRATA_INLINE double8 scale_of(const gaussian_operands *o, size_t c, size_t i) {
  return valid(load_operand(o->scales[c], o->scales[c].shared, i), i, o->g->groups);
}

STRATA_INLINE group_vector weigh_groups(const gaussian_operands *o, size_t effects, size_t i) {
  const double *at = o->g->systems + i / STRATA_LANES * o->g->stride;
  const double8 sigma = sigma_at(o, i), one = v_splat(1), zero = v_splat(0);
  const double8 noise = sigma * sigma, t = scale_of(o, 0, i), a = v_load(at);
  group_vector v;
  if (effects == 1) {
    const double8 det = v_fma(t * a, t * a, noise);
    v.weight[0] = one / det;
    v.share[0][0] = a;
    v.log_det = v_log(det);
    v.columns = at + STRATA_LANES;
    return v;
  }
  const double8 t2 = scale_of(o, 1, i), squares2 = t2 * t2;
  const double8 a12 = v_load(at + STRATA_LANES), a22 = v_load(at + 2 * STRATA_LANES);
  const double8 first = v_fma(t * a, t * a, noise);
  const double8 det = v_fma(squares2, v_fma(a12 * a12, noise, a22 * a22 * first), noise * first);
  const double8 inverse = one / det;
  v.weight[0] = noise * inverse;
  v.weight[1] = first * inverse;
  v.weight[2] = squares2 * inverse;
  v.share[0][0] = a, v.share[0][1] = zero, v.share[0][2] = a22 * a;
  v.share[1][0] = a12, v.share[1][1] = a22, v.share[1][2] = zero;
  v.log_det = v_log(det);
  v.columns = at + 3 * STRATA_LANES;
  return v;
}

/// Virtual row k of column j.
STRATA_INLINE double8 column_row(const group_vector *v, size_t rows, size_t j, size_t k) {
  return v_load(v->columns + STRATA_LANES * (j * rows + k));
}

/// The target's virtual rows, less what the given coefficients explain.
STRATA_INLINE void target_rows(const strata_gaussian *g, const frame *f, const group_vector *v,
                               size_t rows, double8 target[3]) {
  for (size_t k = 0; k < rows; k++) target[k] = column_row(v, rows, g->border + g->given, k);
  for (size_t l = 0; l < g->given; l++) {
    const double8 given = v_splat(view(g->givens + l, f).value[0]);
    for (size_t k = 0; k < rows; k++) {
      target[k] = v_fma(-given, column_row(v, rows, g->border + l, k), target[k]);
    }
  }
}

/// Adds up H and the right-hand side over the groups; the sum of log det V.
STRATA_INLINE double sum_groups(const gaussian_operands *o, const frame *f, size_t effects,
                                size_t p) {
  const strata_gaussian *g = o->g;
  const gaussian_scratch s = o->s;
  const size_t rows = effects == 1 ? 1 : 3;
  double8 log_det = v_splat(0);
  double8 *sums = (double8 *)s.sums;
  for (size_t i = 0; i < g->groups; i += STRATA_LANES) {
    const group_vector v = weigh_groups(o, effects, i);
    log_det += v.log_det;
    if (p == 0) continue;
    double8 target[3];
    target_rows(g, f, &v, rows, target);
    for (size_t j = 0, at = 0; j < p; j++) {
      double8 part[3];
      for (size_t k = 0; k < rows; k++) part[k] = v.weight[k] * column_row(&v, rows, j, k);
      for (size_t m = 0; m <= j; m++, at++) {
        for (size_t k = 0; k < rows; k++) {
          sums[at] = v_fma(part[k], column_row(&v, rows, m, k), sums[at]);
        }
      }
      double8 *right = sums + p * (p + 1) / 2 + j;
      for (size_t k = 0; k < rows; k++) *right = v_fma(part[k], target[k], *right);
    }
  }
  return v_sum(log_det);
}

/// x' H^-1 x for a vector of border numbers in each lane.
STRATA_INLINE double8 border_form(const double *inverse, size_t p, const double8 *x) {
  double8 form = v_splat(0);
  for (size_t j = 0; j < p; j++) {
    double8 sum = v_splat(inverse[j * p + j]) * x[j] * v_splat(0.5);
    for (size_t m = 0; m < j; m++) sum = v_fma(v_splat(inverse[j * p + m]), x[m], sum);
    form = v_fma(sum + sum, x[j], form);
  }
  return form;
}

/// The sum of w' V^-1 w over the groups, and the pulls on their scales. With the derivative S of the log density
/// by V, 2 S = V^-1 (w w' - V + X H^-1 X') V^-1: effect c has t a' 2 S a, and sigma what is left of the trace of 2 S V.
STRATA_INLINE double pull_groups(const gaussian_operands *o, const frame *f, size_t effects,
                                 size_t p) {
  const strata_gaussian *g = o->g;
  const gaussian_scratch s = o->s;
  double8 *work = (double8 *)s.work;
  const size_t rows = effects == 1 ? 1 : 3;
  double8 total = v_splat(0), scale_pulls[2] = {v_splat(0), v_splat(0)}, sigma_pull = v_splat(0);
  for (size_t i = 0; i < g->groups; i += STRATA_LANES) {
    const group_vector v = weigh_groups(o, effects, i);
    double8 rest[3], weighted[3];
    target_rows(g, f, &v, rows, rest);
    double8 squares = v_splat(0), trace = v_splat(0);
    for (size_t k = 0; k < rows; k++) {
      for (size_t j = 0; j < p; j++) {
        rest[k] = v_fma(v_splat(-s.mean[j]), column_row(&v, rows, j, k), rest[k]);
      }
      weighted[k] = v.weight[k] * rest[k];
      squares = v_fma(weighted[k], rest[k], squares);
    }
    total += squares;
    if (!f->gradient) continue;
    for (size_t l = 0; l < g->given; l++) {
      double8 part = v_splat(0);
      for (size_t k = 0; k < rows; k++) {
        part = v_fma(weighted[k], column_row(&v, rows, p + l, k), part);
      }
      const operand_view given = view(g->givens + l, f);
      if (given.adjoint) given.adjoint[0] += v_sum(part);
    }
    for (size_t k = 0; k < rows && p > 0; k++) {
      for (size_t j = 0; j < p; j++) work[j] = column_row(&v, rows, j, k);
      trace = v_fma(v.weight[k], border_form(s.inverse, p, work), trace);
    }
    const double8 sigma = sigma_at(o, i);
    double8 left = squares + trace - v_splat((double)effects);
    for (size_t c = 0; c < effects; c++) {
      const double8 t = scale_of(o, c, i);
      double8 mean = v_splat(0), weight = v_splat(0);
      for (size_t k = 0; k < rows; k++) {
        mean = v_fma(weighted[k], v.share[c][k], mean);
        weight = v_fma(v.weight[k] * v.share[c][k], v.share[c][k], weight);
      }
      double8 form = v_fma(mean, mean, -weight);
      if (p > 0) {
        for (size_t j = 0; j < p; j++) {
          double8 sum = v_splat(0);
          for (size_t k = 0; k < rows; k++) {
            sum = v_fma(v.weight[k] * v.share[c][k], column_row(&v, rows, j, k), sum);
          }
          work[j] = sum;
        }
        form += border_form(s.inverse, p, work);
      }
      left = v_fma(-t * t, form, left);
      if (o->scales[c].shared) {
        scale_pulls[c] = v_fma(t, form, scale_pulls[c]);
      } else {
        add_adjoint(o->scales[c], valid(t * form, i, g->groups), i, g->groups);
      }
    }
    if (g->classes) {
      pull_sigma(o, i, left / sigma);
    } else {
      sigma_pull += left;
    }
  }
  for (size_t c = 0; c < effects && f->gradient; c++) {
    if (o->scales[c].shared && o->scales[c].adjoint) {
      o->scales[c].adjoint[0] += v_sum(scale_pulls[c]);
    }
  }
  if (!g->classes) s.sigma_pull[0] += v_sum(sigma_pull) / s.sigma[0];
  return v_sum(total);
}
