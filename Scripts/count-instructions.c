// One call of a kernel of the AVX2 backend, for Scripts/count-instructions: KERNEL ROWS.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"

enum { MOST_ROWS = 1 << 16 };

static double y[MOST_ROWS], mean[MOST_ROWS], mean_adjoint[MOST_ROWS];
static double scale[MOST_ROWS], scale_adjoint[MOST_ROWS];

int main(int count, char **words) {
  const size_t rows = count == 3 ? (size_t)atol(words[2]) : 0;
  if (rows == 0 || rows > MOST_ROWS) return 2;
  // All rows are filled, whatever their number: that cancels. Numbers of a fixed linear generator;
  // the kernels' instructions depend on values only through the largest count of eight rows, which is at most 15.
  unsigned state = 1;
  const int is_normal = strcmp(words[1], "normal") == 0;
  const int is_binary = strcmp(words[1], "bernoulli_logit") == 0;
  for (size_t i = 0; i < MOST_ROWS; i++) {
    state = state * 1664525u + 1013904223u;
    const double u = (state >> 8) * 0x1p-24;
    mean[i] = 4 * u - 2;
    scale[i] = 0.5 + 6 * u;
    y[i] = is_normal ? 2 - 4 * u : is_binary ? (state >> 20 & 1) : (state >> 20 & 15);
  }
  const strata_argument variate = {y, NULL, 0};
  double common = 1.5, common_adjoint = 0;
  const strata_argument arguments[3] = {
      {mean, mean_adjoint, 0},
      is_normal ? (strata_argument){&common, &common_adjoint, 1}
                : (strata_argument){scale, scale_adjoint, 0},
  };
  const strata_family family = is_normal   ? STRATA_NORMAL
                               : is_binary ? STRATA_BERNOULLI_LOGIT
                                           : STRATA_NEG_BINOMIAL_LOG;
  printf("%.17g\n", strata_kernels_avx2.log_density(family, rows, variate, arguments));
  return 0;
}
