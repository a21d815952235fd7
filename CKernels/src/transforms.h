// Parameter transforms: from the unconstrained position to the parameter, with the log-Jacobian.
//   lower, upper:  out = x + exp(u), x - exp(u)            log |d out / du| = u
//   interval:      out = x + (y - x) s, s = inverse_logit(u)
//                  log |d out / du| = log(y - x) - log1p_exp(u) - log1p_exp(-u)
// [StanReference, "Constraint Transforms"]

STRATA_INLINE double8 transform_value(int op, double8 u, double8 x, double8 y) {
  switch (op) {
    case STRATA_OP_LOWER: return x + v_exp(u);
    case STRATA_OP_UPPER: return x - v_exp(u);
    case STRATA_OP_INTERVAL: return v_fma(y - x, v_inverse_logit(u), x);
    default: return u;
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
STRATA_INLINE double transform_loop(int op, size_t n, const double *u, double *out, operand_view x,
                                    operand_view y) {
  double8 total = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const double8 p = v_load_part(u + i, k);
    const double8 a = load_operand(x, x.shared, i, k), b = load_operand(y, y.shared, i, k);
    v_store_part(out + i, transform_value(op, p, a, b), k);
    total += v_first(transform_log_jacobian(op, p, a, b), k);
  }
  return v_sum(total);
}

static double transform_forward(int op, size_t n, const double *u, double *out, operand_view x,
                                operand_view y) {
  switch (op) {
    case STRATA_OP_LOWER: return transform_loop(STRATA_OP_LOWER, n, u, out, x, x);
    case STRATA_OP_UPPER: return transform_loop(STRATA_OP_UPPER, n, u, out, x, x);
    case STRATA_OP_INTERVAL: return transform_loop(STRATA_OP_INTERVAL, n, u, out, x, y);
    default: memcpy(out, u, n * sizeof *u); return 0;
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
                                       double *gradient, const double *adjoint, operand_view x,
                                       operand_view y) {
  const double8 one = v_splat(1), zero = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const double8 p = v_load_part(u + i, k), d = v_load_part(adjoint + i, k);
    if (op == STRATA_OP_INTERVAL) {
      const double8 a = load_operand(x, x.shared, i, k), b = load_operand(y, y.shared, i, k);
      const double8 s = v_inverse_logit(p), width = b - a;
      const double8 prior = jacobian ? one - (s + s) : zero;
      v_store_part(gradient + i, v_fma(d * width, s * (one - s), prior), k);
      const double8 spread = jacobian ? one / width : zero;
      add_adjoint(x, v_fma(d, one - s, -spread), i, k);
      add_adjoint(y, v_fma(d, s, spread), i, k);
    } else {
      const double8 step = v_exp(p), prior = jacobian ? one : zero;
      v_store_part(gradient + i, v_fma(d, op == STRATA_OP_LOWER ? step : -step, prior), k);
      add_adjoint(x, d, i, k);
    }
  }
}

static void transform_backward(int op, int jacobian, size_t n, const double *u, double *gradient,
                               const double *adjoint, operand_view x, operand_view y) {
  switch (op) {
    case STRATA_OP_LOWER:
      transform_back_loop(STRATA_OP_LOWER, jacobian, n, u, gradient, adjoint, x, x);
      return;
    case STRATA_OP_UPPER:
      transform_back_loop(STRATA_OP_UPPER, jacobian, n, u, gradient, adjoint, x, x);
      return;
    case STRATA_OP_INTERVAL:
      transform_back_loop(STRATA_OP_INTERVAL, jacobian, n, u, gradient, adjoint, x, y);
      return;
    default:
      memcpy(gradient, adjoint, n * sizeof *adjoint);
  }
}
