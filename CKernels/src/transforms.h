// Parameter transforms: from the unconstrained position to the parameter, with the log-Jacobian.
//   unbounded:     out = center + scale u                  log |d out / du| = log scale
//   lower, upper:  out = x + scale exp(u), x - scale exp(u)            u + log scale
//   interval:      out = x + (y - x) s, s = inverse_logit(u)
//                  log |d out / du| = log(y - x) - log1p_exp(u) - log1p_exp(-u)
// [StanReference, "Constraint Transforms"]

/// The unit that a parameter's position is measured in.
typedef struct {
  double center, scale, log_scale;
} parameter_unit;

STRATA_INLINE double8 transform_value(int op, double8 u, parameter_unit unit, double8 x, double8 y) {
  const double8 scale = v_splat(unit.scale);
  switch (op) {
    case STRATA_OP_LOWER: return v_fma(scale, v_exp(u), x);
    case STRATA_OP_UPPER: return v_fma(-scale, v_exp(u), x);
    case STRATA_OP_INTERVAL: return v_fma(y - x, v_inverse_logit(u), x);
    default: return v_fma(scale, u, v_splat(unit.center));
  }
}

STRATA_INLINE double8 transform_log_jacobian(int op, double8 u, double8 x, double8 y) {
  switch (op) {
    case STRATA_OP_LOWER:
    case STRATA_OP_UPPER: return u;
    case STRATA_OP_INTERVAL: return v_log(y - x) - v_log1p_exp(u) - v_log1p_exp(-u);
    default: return v_splat(0);
  }
}

/// Writes the parameters and returns the sum of the log-Jacobians.
STRATA_INLINE double transform_loop(int op, size_t n, const double *u, parameter_unit unit,
                                    double *out, operand_view x, operand_view y) {
  const int bounded = op != STRATA_OP_UNBOUNDED;
  double8 total = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const double8 p = v_load_part(u + i, k);
    const double8 a = bounded ? load_operand(x, x.shared, i, k) : v_splat(0);
    const double8 b = op == STRATA_OP_INTERVAL ? load_operand(y, y.shared, i, k) : v_splat(0);
    v_store_part(out + i, transform_value(op, p, unit, a, b), k);
    if (bounded) total += v_first(transform_log_jacobian(op, p, a, b), k);
  }
  return v_sum(total) + (op == STRATA_OP_INTERVAL ? 0 : (double)n * unit.log_scale);
}

static double transform_forward(int op, size_t n, const double *u, parameter_unit unit, double *out,
                                operand_view x, operand_view y) {
  switch (op) {
    case STRATA_OP_LOWER: return transform_loop(STRATA_OP_LOWER, n, u, unit, out, x, x);
    case STRATA_OP_UPPER: return transform_loop(STRATA_OP_UPPER, n, u, unit, out, x, x);
    case STRATA_OP_INTERVAL: return transform_loop(STRATA_OP_INTERVAL, n, u, unit, out, x, y);
    default: return transform_loop(STRATA_OP_UNBOUNDED, n, u, unit, out, x, x);
  }
}

STRATA_INLINE void add_adjoint(operand_view target, double8 part, size_t i, size_t k) {
  if (!target.adjoint) return;
  if (target.shared) {
    target.adjoint[0] += v_sum(v_first(part, k));
  } else {
    v_add_to(target.adjoint + i, part, k);
  }
}

/// gradient = adjoint d out/du + d log-Jacobian/du (if jacobian); bounds that are parameters get theirs.
STRATA_INLINE void transform_back_loop(int op, int jacobian, size_t n, const double *u,
                                       parameter_unit unit, double *gradient,
                                       const double *adjoint, operand_view x, operand_view y) {
  const double8 one = v_splat(1), zero = v_splat(0), scale = v_splat(unit.scale);
  FOR_EACH_VECTOR(n) {
    const double8 p = v_load_part(u + i, k), d = v_load_part(adjoint + i, k);
    if (op == STRATA_OP_UNBOUNDED) {
      v_store_part(gradient + i, d * scale, k);
    } else if (op == STRATA_OP_INTERVAL) {
      const double8 a = load_operand(x, x.shared, i, k), b = load_operand(y, y.shared, i, k);
      const double8 s = v_inverse_logit(p), width = b - a;
      const double8 prior = jacobian ? one - (s + s) : zero;
      v_store_part(gradient + i, v_fma(d * width, s * (one - s), prior), k);
      const double8 spread = jacobian ? one / width : zero;
      add_adjoint(x, v_fma(d, one - s, -spread), i, k);
      add_adjoint(y, v_fma(d, s, spread), i, k);
    } else {
      const double8 step = scale * v_exp(p), prior = jacobian ? one : zero;
      v_store_part(gradient + i, v_fma(d, op == STRATA_OP_LOWER ? step : -step, prior), k);
      add_adjoint(x, d, i, k);
    }
  }
}

static void transform_backward(int op, int jacobian, size_t n, const double *u, parameter_unit unit,
                               double *gradient, const double *adjoint, operand_view x,
                               operand_view y) {
  switch (op) {
    case STRATA_OP_LOWER:
      transform_back_loop(STRATA_OP_LOWER, jacobian, n, u, unit, gradient, adjoint, x, x);
      return;
    case STRATA_OP_UPPER:
      transform_back_loop(STRATA_OP_UPPER, jacobian, n, u, unit, gradient, adjoint, x, x);
      return;
    case STRATA_OP_INTERVAL:
      transform_back_loop(STRATA_OP_INTERVAL, jacobian, n, u, unit, gradient, adjoint, x, y);
      return;
    default:
      transform_back_loop(STRATA_OP_UNBOUNDED, jacobian, n, u, unit, gradient, adjoint, x, x);
  }
}
