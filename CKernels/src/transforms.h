// Parameter transforms: from the unconstrained position to the parameter, with the log-Jacobian (that of
// the unit, log scale, is the program's jacobian_constant).
//   unbounded:     out = center + scale u
//   lower, upper:  out = x + scale exp(u), x - scale exp(u)            log |d out / du| = u
//   folded:        out = scale (S + d (C + S d / 2)) with m = min(|u|, x), d = |u| - m, S = sinh m, C = cosh m
//                  log |d out / du| = log(C + S d)
//   spread:        out = x + scale exp(e), e = u - s^2 / 2, s = log1p_exp(-u)      log |d out / du| = e + log e'
//                  e' = 1 + s inverse_logit(-u)
//   interval:      out = x + (y - x) s, s = inverse_logit(u)
//                  log |d out / du| = log(y - x) - log1p_exp(u) - log1p_exp(-u)
// [StanReference, "Constraint Transforms"]

/// One transform: where its parameters are in the position, their units and bounds.
typedef struct {
  size_t first;
  const int32_t *positions;  // NULL: one after the other
  operand_view center, scale, x, y;
} transform;

// The position has no room past its end.

STRATA_INLINE double8 load_position(const transform *t, const double *position, size_t i, size_t k) {
  if (!t->positions) return v_load_part(position + t->first + i, k);
  double8 v = v_splat(position[t->positions[i]]);
  for (size_t j = 1; j < k; j++) v[j] = position[t->positions[i + j]];
  return v;
}

STRATA_INLINE void store_gradient(const transform *t, double *gradient, size_t i, size_t k,
                                  double8 d) {
  if (!t->positions) {
    v_store_part(gradient + t->first + i, d, k);
    return;
  }
  for (size_t j = 0; j < k; j++) gradient[t->positions[i + j]] = d[j];
}

/// The parts of a folded parameter.
typedef struct {
  double8 value, slope, bend;  // of out / scale: itself, its first and second derivative by |u|
} fold;

STRATA_INLINE fold fold_at(double8 u, double8 limit) {
  const double8 size = v_abs(u), m = v_min(size, limit), d = size - m, half = v_splat(0.5);
  const double8 e = v_expm1(m), grown = e + v_splat(1);
  const double8 sinh = half * (e + e / grown), cosh = half * (grown + 1 / grown);
  return (fold){v_fma(d, v_fma(half * sinh, d, cosh), sinh), v_fma(sinh, d, cosh), sinh};
}

/// The exponent of a spread and its derivatives: like u above 0; far below, like -u^2 / 2. Where a density is flat down
/// to a spread of 0, that of u falls as a Normal one does, not as an exponential one.
typedef struct {
  double8 value, first, second;
} exponent;

STRATA_INLINE exponent spread_exponent(double8 u) {
  const double8 one = v_splat(1);
  const double8 s = v_log1p_exp(-u), below = v_inverse_logit(-u), above = v_inverse_logit(u);
  return (exponent){v_fma(v_splat(-0.5) * s, s, u), v_fma(s, below, one),
                    -below * v_fma(s, above, below)};
}

STRATA_INLINE double8 transform_value(int op, double8 u, const transform *t, size_t i) {
  const double8 scale = load_operand(t->scale, t->scale.shared, i);
  if (op == STRATA_OP_UNBOUNDED) {
    return v_fma(scale, u, load_operand(t->center, t->center.shared, i));
  }
  const double8 x = load_operand(t->x, t->x.shared, i);
  switch (op) {
    case STRATA_OP_LOWER: return v_fma(scale, v_exp(u), x);
    case STRATA_OP_LOWER_SPREAD: return v_fma(scale, v_exp(spread_exponent(u).value), x);
    case STRATA_OP_UPPER: return v_fma(-scale, v_exp(u), x);
    default: return v_fma(load_operand(t->y, t->y.shared, i) - x, v_inverse_logit(u), x);
  }
}

STRATA_INLINE double8 transform_log_jacobian(int op, double8 u, const transform *t, size_t i) {
  if (op == STRATA_OP_LOWER_SPREAD) {
    const exponent e = spread_exponent(u);
    return e.value + v_log(e.first);
  }
  if (op != STRATA_OP_INTERVAL) return u;
  const double8 width = load_operand(t->y, t->y.shared, i) - load_operand(t->x, t->x.shared, i);
  return v_log(width) - v_log1p_exp(u) - v_log1p_exp(-u);
}

#define FOR_EACH_PARAMETER(n) \
  for (size_t i = 0, k; i < (n) && (k = (n) - i < STRATA_LANES ? (n) - i : STRATA_LANES); \
       i += STRATA_LANES)

/// Writes the parameters and returns the sum of the log-Jacobians (0 if not wanted).
STRATA_INLINE double transform_loop(int op, const transform *t, size_t n, const double *position,
                                    int jacobian, double *out) {
  double8 total = v_splat(0);
  FOR_EACH_PARAMETER(n) {
    const double8 u = load_position(t, position, i, k);
    if (op == STRATA_OP_FOLDED) {
      const fold at = fold_at(u, load_operand(t->x, t->x.shared, i));
      v_store(out + i, load_operand(t->scale, t->scale.shared, i) * at.value);
      if (jacobian) total += valid(v_log(at.slope), i, n);
      continue;
    }
    v_store(out + i, transform_value(op, u, t, i));
    if (jacobian && op != STRATA_OP_UNBOUNDED) {
      total += valid(transform_log_jacobian(op, u, t, i), i, n);
    }
  }
  return v_sum(total);
}

STRATA_INLINE void add_adjoint(operand_view target, double8 part, size_t i, size_t n) {
  if (!target.adjoint) return;
  if (target.shared || n == 1) {
    target.adjoint[0] += v_sum(valid(part, i, n));
  } else {
    add_to(target.adjoint + i, part);
  }
}

/// gradient = adjoint d out/du + d log-Jacobian/du (if jacobian); bounds that are parameters get theirs.
STRATA_INLINE void transform_back_loop(int op, const transform *t, size_t n, const double *position,
                                       int jacobian, operand_view out, double *gradient) {
  const double8 one = v_splat(1), zero = v_splat(0);
  FOR_EACH_PARAMETER(n) {
    const double8 d = v_load(out.adjoint + i), scale = load_operand(t->scale, t->scale.shared, i);
    if (op == STRATA_OP_UNBOUNDED) {
      store_gradient(t, gradient, i, k, d * scale);
      continue;
    }
    if (op == STRATA_OP_FOLDED) {
      const double8 u = load_position(t, position, i, k);
      const fold at = fold_at(u, load_operand(t->x, t->x.shared, i));
      const double8 pull = v_fma(d * scale, at.slope, jacobian ? at.bend / at.slope : zero);
      store_gradient(t, gradient, i, k, v_select(u < 0, -pull, pull));
      continue;
    }
    const double8 x = load_operand(t->x, t->x.shared, i);
    if (op == STRATA_OP_INTERVAL) {
      const double8 width = load_operand(t->y, t->y.shared, i) - x;
      const double8 s = v_inverse_logit(load_position(t, position, i, k));
      const double8 prior = jacobian ? one - (s + s) : zero;
      store_gradient(t, gradient, i, k, v_fma(d * width, s * (one - s), prior));
      const double8 spread = jacobian ? one / width : zero;
      add_adjoint(t->x, v_fma(d, one - s, -spread), i, n);
      add_adjoint(t->y, v_fma(d, s, spread), i, n);
    } else if (op == STRATA_OP_LOWER_SPREAD) {
      const exponent e = spread_exponent(load_position(t, position, i, k));
      const double8 slope = scale * v_exp(e.value) * e.first;
      const double8 prior = jacobian ? e.first + e.second / e.first : zero;
      store_gradient(t, gradient, i, k, v_fma(d, slope, prior));
      add_adjoint(t->x, d, i, n);
    } else {
      // Above or below zero, the parameter itself is its derivative; other bounds may have swallowed it.
      double8 slope = v_load(out.value + i);
      if (v_any(x != 0)) {
        const double8 step = scale * v_exp(load_position(t, position, i, k));
        slope = op == STRATA_OP_LOWER ? step : -step;
      }
      store_gradient(t, gradient, i, k, v_fma(d, slope, jacobian ? one : zero));
      add_adjoint(t->x, d, i, n);
    }
  }
}

// ---- non-centred: transform, Normal prior, location and scale at once ----

/// The constants of the prior: its standardised argument is first + slope * parameter.
typedef struct {
  double8 first, slope;
} standard_prior;

/// Writes location + spread * z with z = center + scale * parameter; returns the log prior (t.x is the location,
/// t.y the spread).
STRATA_INLINE double noncentred_loop(const transform *t, standard_prior prior, size_t n,
                                     const double *position, double *out) {
  double8 squares = v_splat(0);
  FOR_EACH_PARAMETER(n) {
    const double8 u = load_position(t, position, i, k);
    const double8 z = transform_value(STRATA_OP_UNBOUNDED, u, t, i);
    const double8 w = v_fma(prior.slope, u, prior.first);
    squares = sum_of(w, w, squares, i, n);
    v_store(out + i, v_fma(load_operand(t->y, t->y.shared, i), z,
                           load_operand(t->x, t->x.shared, i)));
  }
  return -0.5 * v_sum(squares);
}

STRATA_INLINE void noncentred_back_loop(const transform *t, standard_prior prior, size_t n,
                                        const double *position, operand_view out,
                                        double *gradient) {
  double8 location = v_splat(0), spread = v_splat(0);
  const int sums_x = t->x.shared || n == 1, sums_y = t->y.shared || n == 1;
  FOR_EACH_PARAMETER(n) {
    const double8 u = load_position(t, position, i, k), d = v_load(out.adjoint + i);
    const double8 z = transform_value(STRATA_OP_UNBOUNDED, u, t, i);
    const double8 w = v_fma(prior.slope, u, prior.first);
    const double8 scale = load_operand(t->scale, t->scale.shared, i);
    const double8 slope = d * load_operand(t->y, t->y.shared, i) * scale;
    store_gradient(t, gradient, i, k, v_fma(-w, prior.slope, slope));
    if (t->x.adjoint) {
      if (sums_x) location += valid(d, i, n);
      else add_to(t->x.adjoint + i, d);
    }
    if (t->y.adjoint) {
      if (sums_y) spread = sum_of(d, z, spread, i, n);
      else add_to(t->y.adjoint + i, d * z);
    }
  }
  if (sums_x && t->x.adjoint) t->x.adjoint[0] += v_sum(location);
  if (sums_y && t->y.adjoint) t->y.adjoint[0] += v_sum(spread);
}
