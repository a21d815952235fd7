// Log densities of the families: one file per kind, one summing loop for all.

#include "families/lean.h"
#include "families/count_gamma.h"
#include "families/common.h"
#include "families/rows.h"

#include "families/binary.h"
#include "families/bernoulli_rows.h"
#include "families/counts.h"
#include "families/neg_binomial.h"
#include "families/location_scale.h"
#include "families/positive.h"

#define FAMILY normal
#define OWN_LOOPS 1
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

#define FAMILY student_t
#define ARGUMENTS 3
#define JOINT 0
#include "families/sum.h"

#define FAMILY cauchy
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

#define FAMILY lognormal
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

#define FAMILY laplace
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

#define FAMILY uniform
#define ARGUMENTS 2
#define JOINT 1
#include "families/sum.h"

#define FAMILY exponential
#define ARGUMENTS 1
#define JOINT 0
#include "families/sum.h"

#define FAMILY gamma
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

#define FAMILY inverse_gamma
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

#define FAMILY beta
#define ARGUMENTS 2
#define JOINT 1
#include "families/sum.h"

#define FAMILY neg_binomial
#define FACTORED 1
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

#define FAMILY neg_binomial_log
#define FACTORED 1
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

#define FAMILY poisson
#define ARGUMENTS 1
#define JOINT 0
#include "families/sum.h"

#define FAMILY poisson_log
#define ARGUMENTS 1
#define JOINT 0
#include "families/sum.h"

#define FAMILY bernoulli
#define ARGUMENTS 1
#define JOINT 0
#include "families/sum.h"

#define FAMILY bernoulli_logit
#define OWN_SUM 1
#define ARGUMENTS 1
#define JOINT 0
#include "families/sum.h"

#define FAMILY binomial
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

#define FAMILY binomial_logit
#define ARGUMENTS 2
#define JOINT 0
#include "families/sum.h"

/// Bit k: derivatives of argument k are wanted (bit 0: of the variate). Counts are data.
static unsigned wanted(strata_family family, strata_argument y, const strata_argument *arguments,
                       int count) {
  unsigned want = 0;
  if (y.adjoint) want |= WANT_Y;
  for (int a = 0; a < count; a++)
    if (arguments[a].adjoint) want |= WANT_1 << a;
  if (family >= STRATA_NEG_BINOMIAL) want &= ~(unsigned)WANT_Y;
  if (family == STRATA_BINOMIAL || family == STRATA_BINOMIAL_LOGIT) want &= ~(unsigned)WANT_1;
  return want;
}

/// What a family does with its rows.
typedef struct {
  double (*sum)(size_t, strata_argument, const strata_argument *, unsigned, unsigned);
  void (*each)(size_t, strata_argument, const strata_argument *, unsigned, double *);
  unsigned char arguments;
} family_loops;

static const family_loops *loops_of(strata_family family) {
  static const family_loops loops[STRATA_FAMILY_COUNT] = {
      [STRATA_NORMAL] = {normal_sum, normal_each, 2},
      [STRATA_STUDENT_T] = {student_t_sum, student_t_each, 3},
      [STRATA_CAUCHY] = {cauchy_sum, cauchy_each, 2},
      [STRATA_LOGNORMAL] = {lognormal_sum, lognormal_each, 2},
      [STRATA_LAPLACE] = {laplace_sum, laplace_each, 2},
      [STRATA_UNIFORM] = {uniform_sum, uniform_each, 2},
      [STRATA_EXPONENTIAL] = {exponential_sum, exponential_each, 1},
      [STRATA_GAMMA] = {gamma_sum, gamma_each, 2},
      [STRATA_INVERSE_GAMMA] = {inverse_gamma_sum, inverse_gamma_each, 2},
      [STRATA_BETA] = {beta_sum, beta_each, 2},
      [STRATA_NEG_BINOMIAL] = {neg_binomial_sum, neg_binomial_each, 2},
      [STRATA_NEG_BINOMIAL_LOG] = {neg_binomial_log_sum, neg_binomial_log_each, 2},
      [STRATA_POISSON] = {poisson_sum, poisson_each, 1},
      [STRATA_POISSON_LOG] = {poisson_log_sum, poisson_log_each, 1},
      [STRATA_BERNOULLI] = {bernoulli_sum, bernoulli_each, 1},
      [STRATA_BERNOULLI_LOGIT] = {bernoulli_logit_sum, bernoulli_logit_each, 1},
      [STRATA_BINOMIAL] = {binomial_sum, binomial_each, 2},
      [STRATA_BINOMIAL_LOGIT] = {binomial_logit_sum, binomial_logit_each, 2},
  };
  return (unsigned)family < STRATA_FAMILY_COUNT ? &loops[family] : NULL;
}

/// Bit k: argument k is shared.
static unsigned shared_arguments(const strata_argument *arguments, int count) {
  unsigned shared = 0;
  for (int a = 0; a < count; a++)
    if (arguments[a].shared) shared |= WANT_1 << a;
  return shared;
}

static double log_density(strata_family family, size_t n, strata_argument y,
                          const strata_argument arguments[3]) {
  const family_loops *loops = loops_of(family);
  if (!loops) return -INFINITY;
  const int count = loops->arguments;
  return loops->sum(n, y, arguments, shared_arguments(arguments, count),
                    wanted(family, y, arguments, count));
}

static void log_density_each(strata_family family, size_t n, strata_argument y,
                             const strata_argument arguments[3], double *values) {
  const family_loops *loops = loops_of(family);
  if (loops) {
    loops->each(n, y, arguments, shared_arguments(arguments, loops->arguments), values);
  } else {
    for (size_t i = 0; i < n; i++) values[i] = -INFINITY;
  }
}

/// log of the binomial coefficient, NaN unless 0 <= k <= n, both whole. With l >= s the larger and
/// smaller of k and n - k: lgamma_ratio(l + 1, s) + s log(l + 1) - lgamma(s + 1), free of the
/// cancellation in lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1).
STRATA_INLINE double8 log_choose(double8 n, double8 k) {
  const double8 m = n - k;
  const double8 s = v_select(k < m, k, m), l = 1 + v_select(k < m, m, k);
  const double8 value = v_lgamma_ratio(l, s) + v_fma(s, v_log(l), -v_lgamma(s + 1));
  return nan_unless(is_count(k) & is_count(n) & (m >= 0), v_select(s == 0, v_splat(0), value));
}

static double log_density_constant(strata_family family, size_t n, strata_argument y,
                                   const strata_argument arguments[3]) {
  if (family < STRATA_NEG_BINOMIAL) return 0;
  if ((unsigned)family >= STRATA_FAMILY_COUNT) return -INFINITY;
  const int binomial = family == STRATA_BINOMIAL || family == STRATA_BINOMIAL_LOGIT;
  const int bernoulli = family == STRATA_BERNOULLI || family == STRATA_BERNOULLI_LOGIT;
  double8 sum = v_splat(0);
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    const double8 v = y.shared ? v_splat(y.values[0]) : v_load_part(y.values + i, k);
    double8 term;
    if (binomial) {
      const double *trials = arguments[0].values;
      term = log_choose(arguments[0].shared ? v_splat(trials[0]) : v_load_part(trials + i, k), v);
    } else if (bernoulli) {
      term = nan_unless((v == 0) | (v == 1), v_splat(0));
    } else {
      term = nan_unless(is_count(v), v_select(v < 2, v_splat(0), -v_lgamma(v + 1)));
    }
    sum += v_first(v_select(term < INFINITY, term, v_splat(-INFINITY)), k);
  }
  return v_sum(sum);
}
