// The border of a Gaussian block: its normal equations, solved by Cholesky.

/// The parts of a block's scratch. Matrices are row-major, `size` x `size`.
typedef struct {
  double *mean;     // of beta
  double *factor;   // lower Cholesky factor of H
  double *inverse;  // of the factor's diagonal
  double *sums;     // lower triangle of H and the right-hand side, 8 lanes each
  double *work;     // two vectors of 8 per border column
  double *sigma;    // residual scales
  double *sigma_pull;
  double *correlations, *upper, *root;  // correlated effects: R = U U', U, U^-1, effects x effects
  double *rotation;  // rotated: the matrix (gaussian_rotated.h)
  double *shares;    // rotated: virtual rows of effects and columns
  double *joint;     // rotated, correlated: virtual rows of A t R
  double *weighted, *unit;  // rotated: one vector of 8 per row, or effect if there are more
  double *weights;  // not rotated: of the virtual rows, for each vector of groups
  double *columns;  // not rotated, correlated: virtual rows of columns
} gaussian_scratch;

STRATA_INLINE size_t padded_to_lanes(size_t n) {
  return (n + STRATA_LANES - 1) / STRATA_LANES * STRATA_LANES;
}

STRATA_INLINE gaussian_scratch scratch_of(const strata_gaussian *g, double *memory) {
  const size_t p = g->border, square = padded_to_lanes(p * p);
  gaussian_scratch s;
  s.mean = memory;
  s.factor = s.mean + padded_to_lanes(p);
  s.inverse = s.factor + square;
  s.sums = s.inverse + padded_to_lanes(p);
  s.work = s.sums + STRATA_LANES * (p * (p + 1) / 2 + p) + padded_to_lanes(g->given);
  s.sigma = s.work + 2 * STRATA_LANES * p;
  s.sigma_pull = s.sigma + padded_to_lanes(g->sigma_count);
  const size_t q = g->effects, m = g->rows, roots = g->correlation_count > 0 ? q * q : 0;
  s.correlations = s.sigma_pull + padded_to_lanes(g->sigma_count);
  s.upper = s.correlations + roots;
  s.root = s.upper + roots;
  s.weights = s.rotation = s.correlations + padded_to_lanes(3 * roots);
  s.columns = s.weights + 3 * padded_to_lanes(g->groups);
  s.shares = s.rotation + STRATA_LANES * (m + q) * (3 * q + m);
  s.weighted = s.shares + STRATA_LANES * m * (q + p + g->given + 1);
  s.unit = s.weighted + STRATA_LANES * (q + m);
  s.joint = s.unit + STRATA_LANES * (q + m);
  return s;
}

/// Copies the residual scales to where groups look them up.
static void load_sigmas(const strata_gaussian *g, const frame *f, gaussian_scratch s) {
  double *to = s.sigma;
  for (size_t v = 0; v < g->sigma_vectors; v++) {
    const double *from = view(g->sigmas + v, f).value;
    for (size_t i = 0; i < g->sigma_counts[v]; i++) *to++ = from[i];
  }
  memset(s.sigma_pull, 0, g->sigma_count * sizeof(double));
}

static void store_sigma_pulls(const strata_gaussian *g, const frame *f, gaussian_scratch s) {
  const double *from = s.sigma_pull;
  for (size_t v = 0; v < g->sigma_vectors; v++) {
    double *to = view(g->sigmas + v, f).adjoint;
    for (size_t i = 0; i < g->sigma_counts[v]; i++, from++) {
      if (to) to[i] += *from;
    }
  }
}

/// The sd of a set of border rows, and where what pulls on it goes (NULL: nowhere).
STRATA_INLINE operand_view border_sd(const strata_border_rows *rows, const frame *f,
                                     gaussian_scratch s) {
  if (!rows->is_residual) return view(&rows->sd, f);
  return (operand_view){s.sigma + rows->sigma, f->gradient ? s.sigma_pull + rows->sigma : NULL, 1};
}

/// Adds the border rows to H (lower triangle, in `factor`) and to the right-hand side (in `mean`).
static void add_border_rows(const strata_gaussian *g, const frame *f, gaussian_scratch s) {
  const size_t p = g->border, r = g->given, width = p + r + 1;
  for (size_t set = 0; set < g->border_row_sets; set++) {
    const strata_border_rows *rows = g->border_rows + set;
    const double sd = border_sd(rows, f, s).value[0], weight = 1 / (sd * sd);
    for (size_t i = 0; i < rows->row_count; i++) {
      const double *row = rows->rows + i * width;
      double target = row[width - 1];
      for (size_t l = 0; l < r; l++) target -= row[p + l] * view(g->givens + l, f).value[0];
      for (size_t j = 0; j < p; j++) {
        const double part = weight * row[j];
        if (part == 0) continue;
        for (size_t m = 0; m <= j; m++) s.factor[j * p + m] += part * row[m];
        s.mean[j] += part * target;
      }
    }
  }
}

/// H = L L' in place; the least share of a diagonal element that was left of it when its turn came: how much
/// cancelled. Not positive if H is not positive definite in these digits.
static double factorise_border(size_t p, double *h) {
  double least = 1;
  for (size_t j = 0; j < p; j++) {
    double *row = h + j * p;
    double pivot = row[j];
    for (size_t m = 0; m < j; m++) {
      double sum = row[m];
      for (size_t i = 0; i < m; i++) sum -= row[i] * h[m * p + i];
      row[m] = sum / h[m * p + m];
      pivot -= row[m] * row[m];
    }
    const double share = pivot / row[j];
    if (!(share > 0)) return share == share ? 0 : share;
    if (share < least) least = share;
    row[j] = sqrt(pivot);
  }
  return least;
}

/// x = H^-1 x.
static void solve_border(size_t p, const double *l, double *x) {
  for (size_t j = 0; j < p; j++) {
    for (size_t m = 0; m < j; m++) x[j] -= l[j * p + m] * x[m];
    x[j] /= l[j * p + j];
  }
  for (size_t j = p; j-- > 0;) {
    for (size_t m = j + 1; m < p; m++) x[j] -= l[m * p + j] * x[m];
    x[j] /= l[j * p + j];
  }
}

/// x' H^-1 x = |L^-1 x|^2; x is overwritten.
static double border_norm(size_t p, const double *l, double *x) {
  double norm = 0;
  for (size_t j = 0; j < p; j++) {
    for (size_t m = 0; m < j; m++) x[j] -= l[j * p + m] * x[m];
    x[j] /= l[j * p + j];
    norm += x[j] * x[j];
  }
  return norm;
}

/// The quadratic form of the border rows at the mean, and what they pull on the sds and given coefficients; and what the
/// border of the groups pulls on a residual scale that all of them share: the traces of V^-1 X H^-1 X' of all groups
/// and those of the border rows together are that of H^-1 H.
static double border_rows_value(const strata_gaussian *g, const frame *f, gaussian_scratch s) {
  const size_t p = g->border, r = g->given, width = p + r + 1;
  double value = 0, left = (double)p;
  for (size_t set = 0; set < g->border_row_sets; set++) {
    const strata_border_rows *rows = g->border_rows + set;
    const operand_view sd = border_sd(rows, f, s);
    const double inverse = 1 / sd.value[0];
    double squares = 0, traces = 0;
    for (size_t i = 0; i < rows->row_count; i++) {
      const double *row = rows->rows + i * width;
      double rest = row[width - 1];
      for (size_t l = 0; l < r; l++) rest -= row[p + l] * view(g->givens + l, f).value[0];
      for (size_t j = 0; j < p; j++) rest -= row[j] * s.mean[j];
      rest *= inverse;
      squares += rest * rest;
      if (!f->gradient) continue;
      for (size_t l = 0; l < r; l++) {
        const operand_view given = view(g->givens + l, f);
        if (given.adjoint) given.adjoint[0] += row[p + l] * rest * inverse;
      }
      memcpy(s.work, row, p * sizeof(double));
      traces += border_norm(p, s.factor, s.work);
    }
    left -= traces * inverse * inverse;
    value -= 0.5 * squares;
    if (rows->count != 0) value -= rows->count * log(sd.value[0]);
    if (sd.adjoint) {
      sd.adjoint[0] += (squares + traces * inverse * inverse - rows->count) * inverse;
    }
  }
  if (g->groups > 0 && !g->rotated && !g->classes) s.sigma_pull[0] += left / s.sigma[0];
  return value;
}
