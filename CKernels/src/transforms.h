// Parameter transforms: from the unconstrained position to the parameter, with the log-Jacobian (that of
// the unit, log scale, is the program's jacobian_constant).
//   unbounded:     out = center + scale u
//   lower, upper:  out = x + scale exp(u), x - scale exp(u)            log |d out / du| = u
//   folded:        out = scale (S + d (C + S d / 2)) with m = min(|u|, x), d = |u| - m, S = sinh m, C = cosh m
//                  log |d out / du| = log(C + S d)
//   spread:        out = x + scale exp(e), e = u - s^2 / 2, s = (r - u) / 2, r = sqrt(u^2 + 4)
//                  log |d out / du| = e + log(1 + s^2 / r)
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
  const double8 r = v_sqrt(v_fma(u, u, v_splat(4))), w = v_splat(0.5) * (r + v_abs(u));
  const double8 inverse = 1 / (r * w), per_r = inverse * w;
  const double8 s = v_select(u > 0, inverse * r, w), q = s * per_r;  // s' = -q
  return (exponent){v_fma(v_splat(-0.5) * s, s, u), v_fma(s, q, v_splat(1)),
                    -q * q * v_fma(u, per_r, v_splat(2))};
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
    return e.value + lean_log(e.first);
  }
  if (op != STRATA_OP_INTERVAL) return u;
  const double8 width = load_operand(t->y, t->y.shared, i) - load_operand(t->x, t->x.shared, i);
  return v_log(width) - v_log1p_exp(u) - v_log1p_exp(-u);
}

#define FOR_EACH_PARAMETER_FROM(start, n) \
  for (size_t i = (start), k; i < (n) && (k = (n) - i < STRATA_LANES ? (n) - i : STRATA_LANES); \
       i += STRATA_LANES)
#define FOR_EACH_PARAMETER(n) FOR_EACH_PARAMETER_FROM(0, n)

/// Whether a transform is center + scale * u of neighbours with one unit: its full vectors need no test.
STRATA_INLINE int is_plain(int op, const transform *t) {
  return op == STRATA_OP_UNBOUNDED && !t->positions && t->center.shared && t->scale.shared;
}

/// Writes the parameters and returns the sum of the log-Jacobians (0 if not wanted).
STRATA_INLINE double transform_loop(int op, const transform *t, size_t n, const double *position,
                                    int jacobian, double *out) {
  double8 total = v_splat(0);
  size_t done = 0;
  if (is_plain(op, t)) {
    const double8 center = v_splat(t->center.value[0]), scale = v_splat(t->scale.value[0]);
    for (; n - done >= STRATA_LANES; done += STRATA_LANES) {
      v_store(out + done, v_fma(scale, v_load(position + t->first + done), center));
    }
  }
  FOR_EACH_PARAMETER_FROM(done, n) {
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
  size_t done = 0;
  if (is_plain(op, t)) {
    const double8 scale = v_splat(t->scale.value[0]);
    for (; n - done >= STRATA_LANES; done += STRATA_LANES) {
      v_store(gradient + t->first + done, v_load(out.adjoint + done) * scale);
    }
  }
  FOR_EACH_PARAMETER_FROM(done, n) {
    // Whoever added to a single number's adjoint wrote it alone: a load of the vector would have to wait for that.
    const double8 d = n == 1 ? v_splat(out.adjoint[0]) : v_load(out.adjoint + i);
    const double8 scale = load_operand(t->scale, t->scale.shared, i);
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
      double8 size = v_load(out.value + i);
      if (v_any(x != 0)) size = scale * v_exp(e.value);
      const double8 slope = size * e.first;
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

/// Location + spread * z with z = center + scale * parameter, the unit being one for all; the prior's standardised argument
/// is first + slope * parameter. What all elements share is loaded once: a loop that stores cannot know that it stays.
typedef struct {
  double8 first, slope, center, scale, same_location, same_spread;
  operand_view location, spread;
} noncentred;

/// The k elements from i on; `shared`: location and spread are both.
STRATA_INLINE void noncentred_vector(const noncentred *c, int shared, const double *position,
                                     double *out, size_t i, size_t k, double8 *squares) {
  const double8 u = v_load_part(position + i, k);
  const double8 w = v_fma(c->slope, u, c->first);
  *squares = sum_of(w, w, *squares, 0, k);
  const int same_location = shared || c->location.shared, same_spread = shared || c->spread.shared;
  const double8 location = same_location ? c->same_location : v_load(c->location.value + i);
  const double8 spread = same_spread ? c->same_spread : v_load(c->spread.value + i);
  v_store(out + i, v_fma(spread, v_fma(c->scale, u, c->center), location));
}

/// Writes location + spread * z; returns the log prior.
STRATA_INLINE double noncentred_loop(const noncentred *c, int shared, size_t n,
                                     const double *position, double *out) {
  double8 squares = v_splat(0);
  size_t i = 0;
  for (; n - i >= STRATA_LANES; i += STRATA_LANES) {
    noncentred_vector(c, shared, position, out, i, STRATA_LANES, &squares);
  }
  if (i < n) noncentred_vector(c, shared, position, out, i, n - i, &squares);
  return -0.5 * v_sum(squares);
}

/// What a shared location and spread are pulled by.
typedef struct {
  double8 location, spread;
} noncentred_pulls;

STRATA_INLINE void noncentred_back_vector(const noncentred *c, int shared, const double *position,
                                          operand_view out, double *gradient, size_t i, size_t k,
                                          noncentred_pulls *pulls) {
  const double8 u = v_load_part(position + i, k), d = v_load(out.adjoint + i);
  const double8 w = v_fma(c->slope, u, c->first);
  const double8 z = v_fma(c->scale, u, c->center);
  const int same_location = shared || c->location.shared, same_spread = shared || c->spread.shared;
  const double8 spread = same_spread ? c->same_spread : v_load(c->spread.value + i);
  v_store_part(gradient + i, v_fma(-w, c->slope, d * spread * c->scale), k);
  if (same_location) {
    pulls->location += k < STRATA_LANES ? v_first(d, k) : d;
  } else if (c->location.adjoint) {
    add_to(c->location.adjoint + i, d);
  }
  if (same_spread) {
    pulls->spread = sum_of(d, z, pulls->spread, 0, k);
  } else if (c->spread.adjoint) {
    add_to(c->spread.adjoint + i, d * z);
  }
}

STRATA_INLINE void noncentred_back_loop(const noncentred *c, int shared, size_t n,
                                        const double *position, operand_view out,
                                        double *gradient) {
  noncentred_pulls pulls = {v_splat(0), v_splat(0)};
  size_t i = 0;
  for (; n - i >= STRATA_LANES; i += STRATA_LANES) {
    noncentred_back_vector(c, shared, position, out, gradient, i, STRATA_LANES, &pulls);
  }
  if (i < n) noncentred_back_vector(c, shared, position, out, gradient, i, n - i, &pulls);
  if ((shared || c->location.shared) && c->location.adjoint) {
    c->location.adjoint[0] += v_sum(pulls.location);
  }
  if ((shared || c->spread.shared) && c->spread.adjoint) {
    c->spread.adjoint[0] += v_sum(pulls.spread);
  }
}
