// The NegBinomial log density of many rows at once, in two sums (see strata_program.h): what depends on the
// dispersion alone, from the outcomes' counts, and the rest, which needs no more than their total.

/// Adds up D(alpha, y) = lgamma(alpha + y) - lgamma(alpha) - y log alpha over the outcomes of each element.
/// Small outcomes through their counts: D is the sum over k < y of log(1 + k / alpha), so a set of outcomes
/// needs #{y > k} for every k; the others one by one.
STEP double run_rising(const strata_instruction *s, const frame *f, size_t n) {
  const operand_view x = view(&s->out, f);
  const strata_rising *r = &s->rising;
  const double8 one = v_splat(1), eight = v_splat(STRATA_LANES);
  double8 total = v_splat(0);
  for (size_t i = 0; i < n; i++) {
    const double8 alpha = v_splat(x.value[i]), inverse = v_splat(1 / x.value[i]);
    const uint32_t *near = r->near_starts + f->first + i, *far = r->far_starts + f->first + i;
    double8 value = v_splat(0), slope = v_splat(0), k = {1, 2, 3, 4, 5, 6, 7, 8};
    for (size_t j = near[0]; j < near[1]; j++, k += eight) {
      const double8 weight = v_load(r->near_weights + STRATA_LANES * j);
      const double8 share = k * inverse, factor = v_fma(k, inverse, one);
      value = v_fma(weight, lean_log(factor), value);
      slope += weight * share / factor;
    }
    slope *= -inverse;
    for (size_t j = far[0]; j < far[1]; j++) {
      const double8 weight = v_load(r->far_weights + STRATA_LANES * j);
      const double8 y = v_load(r->far_outcomes + STRATA_LANES * j);
      double8 ratio, difference;
      v_gamma_ratio(alpha, y, &ratio, &difference);  // difference: digamma's, without - y / alpha
      value = v_fma(weight, ratio, value);
      slope = v_fma(weight, difference - y * inverse, slope);
    }
    total += value;
    if (x.adjoint) x.adjoint[i] += v_sum(slope);
  }
  return v_sum(total);
}

/// y log mean - (size alpha + y) log1p(mean / alpha), as neg_binomial_terms and neg_binomial_log_terms have it
/// for one row.
STRATA_INLINE density_terms neg_binomial_tail(int is_log, double8 y, double8 size, double8 x,
                                              double8 dispersed) {
  prepared alpha = dispersion(dispersed);
  alpha.f = lean_log(alpha.x);
  if (is_log) {
    const double8 t = x - alpha.f;
    const logistic l = logistic_from(lean_exp_negative(v_abs(t)));
    const double8 log_tail = v_max(t, v_splat(0)) + l.log_sum;
    const double8 p = v_select(t > 0, l.large, l.small), q = v_select(t > 0, l.small, l.large);
    return (density_terms){
        .value = v_fma(y, x, -(v_fma(size, alpha.x, y) * log_tail)),
        .d1 = v_fma(y, q, -size * alpha.x * p),
        .d2 = v_fma(p, v_fma(y, alpha.g, size), -size * log_tail),
    };
  }
  const prepared mean = non_negative(x);
  const double8 log_tail = v_log1p(mean.x * alpha.g), per = 1 / (alpha.x + mean.x);
  const double8 excess = v_fma(-size, mean.x, y) * per;
  return (density_terms){
      .value = times_unless_zero(y, mean.f) - v_fma(size, alpha.x, y) * log_tail,
      .d1 = v_select(y == 0, -size * alpha.x * per, alpha.x * excess * mean.g),
      .d2 = v_fma(mean.x * per, v_fma(y, alpha.g, size), -size * log_tail),
  };
}

STRATA_INLINE double tail_loop(int is_log, const strata_instruction *s, const frame *f, size_t n) {
  const operand_view y = view(&s->out, f), size = view(&s->in[0], f);
  const operand_view x = view(&s->in[1], f), alpha = view(&s->in[2], f);
  double8 total = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const density_terms t = neg_binomial_tail(
        is_log, load_operand(y, y.shared, i), load_operand(size, size.shared, i),
        load_operand(x, x.shared, i), load_operand(alpha, alpha.shared, i));
    // As in the families' loop: what is impossible is -infinity and pulls on nothing.
    const double8 value = v_select(t.value < INFINITY, t.value, v_splat(-INFINITY));
    const mask8 alive = value > -INFINITY;
    total += valid(value, i, n);
    add_adjoint(x, finite_where(alive, t.d1), i, n);
    add_adjoint(alpha, finite_where(alive, t.d2), i, n);
  }
  return v_sum(total);
}

STEP double run_tail(const strata_instruction *s, const frame *f, size_t n) {
  return s->op == STRATA_OP_NEG_BINOMIAL_LOG_TAIL ? tail_loop(1, s, f, n) : tail_loop(0, s, f, n);
}
