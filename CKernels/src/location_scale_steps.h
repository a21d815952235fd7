// Normal and Cauchy as steps of a program: the loops that nearly every model spends its time in, without what
// families.h does for any single impossible row. One such row makes the sum -infinity or not a number, and
// then the program's value is -infinity and its gradient means nothing.

/// What a step adds up: squares of the standardised residuals, logarithms of sds, derivatives of a shared mean.
typedef struct {
  double8 squares, logs, mean;
} location_scale_sums;

/// Adds d to a vector operand, or to its sum if it is shared.
STRATA_INLINE void pull(operand_view x, int shared, double8 *sum, double8 d, size_t i, size_t n) {
  if (!x.adjoint) return;
  if (shared) {
    *sum += valid(d, i, n);
  } else {
    add_to(x.adjoint + i, d);
  }
}

/// One vector. `inverse` is 1 / sd; sd.adjoint is NULL where the sd is data.
STRATA_INLINE void normal_vector(location_scale_sums *sums, operand_view y, operand_view mean,
                                 int mean_shared, operand_view sd, int sd_shared, double8 inverse,
                                 size_t i, size_t n) {
  const double8 z = (v_load(y.value + i) - load_operand(mean, mean_shared, i)) * inverse;
  const double8 slope = z * inverse;
  sums->squares = sum_of(z, z, sums->squares, i, n);
  if (y.adjoint) v_store(y.adjoint + i, v_load(y.adjoint + i) - slope);
  pull(mean, mean_shared, &sums->mean, slope, i, n);
  if (!sd_shared) pull(sd, 0, NULL, v_fma(z, slope, -inverse), i, n);
}

/// The vector at i, of elements that end at n.
STRATA_INLINE void normal_step_vector(location_scale_sums *sums, operand_view y, operand_view mean,
                                      int mean_shared, operand_view sd, int sd_shared,
                                      double8 same_inverse, int is_inverse, size_t i, size_t n) {
  double8 inverse = same_inverse;
  if (!sd_shared) {
    const double8 scale = v_load(sd.value + i);
    inverse = is_inverse ? scale : 1 / scale;
    if (!is_inverse) sums->logs += valid(log_positive(scale), i, n);
  }
  normal_vector(sums, y, mean, mean_shared, sd, sd_shared, inverse, i, n);
}

STRATA_INLINE double normal_step_loop(size_t n, operand_view y, operand_view mean, int mean_shared,
                                      operand_view sd, int sd_shared, int is_inverse) {
  location_scale_sums sums = {v_splat(0), v_splat(0), v_splat(0)};
  const double8 same = v_splat(sd.value[0]);
  const double8 same_inverse = is_inverse ? same : 1 / same;
#define VECTOR(end) \
  normal_step_vector(&sums, y, mean, mean_shared, sd, sd_shared, same_inverse, is_inverse, i, end)
  size_t i = 0;
  // A full vector has nothing to mask.
  for (; n - i >= STRATA_LANES; i += STRATA_LANES) VECTOR(i + STRATA_LANES);
  if (i < n) VECTOR(n);
#undef VECTOR
  const double squares = v_sum(sums.squares), count = (double)n;
  if (mean_shared && mean.adjoint) mean.adjoint[0] += v_sum(sums.mean);
  if (sd_shared && sd.adjoint) sd.adjoint[0] += (squares - count) * same_inverse[0];
  if (is_inverse) return -0.5 * squares;
  const double logs = sd_shared ? count * log_positive(same)[0] : v_sum(sums.logs);
  return -0.5 * squares - logs - count * HALF_LOG_2PI;
}

/// Normal(mean, sd); where the sd is data, its inverse stands in its place and its logarithm is left out.
STEP double run_normal(const strata_instruction *s, const frame *f, size_t n) {
  const operand_view y = view(&s->out, f), mean = view(&s->in[0], f), sd = view(&s->in[1], f);
  // A single number may be one of a vector: its adjoint alone is its own.
  if (n == 1) {
    const int is_inverse = s->op == STRATA_OP_NORMAL_SCALED;
    const double inverse = is_inverse ? sd.value[0] : 1 / sd.value[0];
    const double z = (y.value[0] - mean.value[0]) * inverse;
    if (y.adjoint) y.adjoint[0] -= z * inverse;
    if (mean.adjoint) mean.adjoint[0] += z * inverse;
    if (sd.adjoint) sd.adjoint[0] += (z * z - 1) * inverse;
    return -0.5 * z * z - (is_inverse ? 0 : log_positive(v_splat(sd.value[0]))[0] + HALF_LOG_2PI);
  }
#define LOOP(mean_shared, sd_shared, is_inverse) \
  normal_step_loop(n, y, mean, mean_shared, sd, sd_shared, is_inverse)
  if (s->op == STRATA_OP_NORMAL_SCALED) {
    if (mean.shared) return sd.shared ? LOOP(1, 1, 1) : LOOP(1, 0, 1);
    return sd.shared ? LOOP(0, 1, 1) : LOOP(0, 0, 1);
  }
  if (mean.shared) return sd.shared ? LOOP(1, 1, 0) : LOOP(1, 0, 0);
  return sd.shared ? LOOP(0, 1, 0) : LOOP(0, 0, 0);
#undef LOOP
}

/// Cauchy(location, scale) of data, without the scale's logarithm and log pi; the scale's inverse is given.
STEP double run_cauchy(const strata_instruction *s, const frame *f, size_t n) {
  const operand_view y = view(&s->out, f), location = view(&s->in[0], f);
  const operand_view scale = view(&s->in[1], f);
  double8 total = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const double8 inverse = load_operand(scale, scale.shared, i);
    const double8 z = (v_load(y.value + i) - load_operand(location, location.shared, i)) * inverse;
    const double8 square = z * z;
    total -= valid(lean_log1p(square), i, n);
    const double8 slope = (z + z) * inverse / (1 + square);
    add_adjoint(y, -slope, i, n);
    add_adjoint(location, slope, i, n);
  }
  return v_sum(total);
}
