// Element-wise instructions, forward and backward. Adjoints are added to; a NULL adjoint is a constant.

/// The pointers of one operand for the elements at hand.
typedef struct {
  const double *value;
  double *adjoint;
  int shared;
} operand_view;

#define FOR_EACH_VECTOR(n)                                                        \
  for (size_t i = 0, k; i < (n) && (k = (n) - i < STRATA_LANES ? (n) - i : STRATA_LANES); \
       i += STRATA_LANES)

STRATA_INLINE double8 load_operand(operand_view x, int shared, size_t i, size_t k) {
  return shared ? v_splat(x.value[0]) : v_load_part(x.value + i, k);
}

// ---- one input ----

STRATA_INLINE double8 unary_value(int op, double8 x) {
  switch (op) {
    case STRATA_OP_NEGATE: return -x;
    case STRATA_OP_EXP: return v_exp(x);
    case STRATA_OP_LOG: return v_log(x);
    case STRATA_OP_LOG10: return v_log(x) * v_splat(0.43429448190325182765);
    case STRATA_OP_SQRT: return v_sqrt(x);
    case STRATA_OP_ABS: return v_abs(x);
    case STRATA_OP_LOGIT: return v_log(x / (v_splat(1) - x));
    case STRATA_OP_INVERSE_LOGIT: return v_inverse_logit(x);
    default: return x * x;
  }
}

/// The derivative at x, where the value is f.
STRATA_INLINE double8 unary_slope(int op, double8 x, double8 f) {
  const double8 one = v_splat(1);
  switch (op) {
    case STRATA_OP_NEGATE: return -one;
    case STRATA_OP_EXP: return f;
    case STRATA_OP_LOG: return one / x;
    case STRATA_OP_LOG10: return v_splat(0.43429448190325182765) / x;
    case STRATA_OP_SQRT: return v_splat(0.5) / f;
    case STRATA_OP_ABS: return v_select(x > 0, one, v_select(x < 0, -one, v_splat(0)));
    case STRATA_OP_LOGIT: return one / (x * (one - x));
    case STRATA_OP_INVERSE_LOGIT: return f * (one - f);
    default: return x + x;
  }
}

STRATA_INLINE void unary_loop(int op, size_t n, double *out, operand_view x) {
  FOR_EACH_VECTOR(n) v_store_part(out + i, unary_value(op, v_load_part(x.value + i, k)), k);
}

STRATA_INLINE void unary_back_loop(int op, size_t n, const double *out, const double *adjoint,
                                   operand_view x) {
  FOR_EACH_VECTOR(n) {
    const double8 f = v_load_part(out + i, k);
    const double8 slope = unary_slope(op, v_load_part(x.value + i, k), f);
    v_add_to(x.adjoint + i, v_load_part(adjoint + i, k) * slope, k);
  }
}

#define UNARY_CASES(run) \
  run(STRATA_OP_NEGATE) run(STRATA_OP_EXP) run(STRATA_OP_LOG) run(STRATA_OP_LOG10) run(STRATA_OP_SQRT) \
  run(STRATA_OP_ABS) run(STRATA_OP_LOGIT) run(STRATA_OP_INVERSE_LOGIT) run(STRATA_OP_SQUARE)

static void unary_forward(int op, size_t n, double *out, operand_view x) {
#define RUN(name) case name: unary_loop(name, n, out, x); return;
  switch (op) { UNARY_CASES(RUN) default: return; }
#undef RUN
}

static void unary_backward(int op, size_t n, const double *out, const double *adjoint,
                           operand_view x) {
  if (!x.adjoint) return;
#define RUN(name) case name: unary_back_loop(name, n, out, adjoint, x); return;
  switch (op) { UNARY_CASES(RUN) default: return; }
#undef RUN
}

// ---- two inputs, either of them shared ----

STRATA_INLINE double8 truth(mask8 m) { return v_select(m, v_splat(1), v_splat(0)); }

STRATA_INLINE double8 v_power(double8 x, double8 y) {
  // libm's, lane by lane: the general, slower path; squares and roots have instructions of their own.
  double8 r;
  for (int i = 0; i < STRATA_LANES; i++) r[i] = pow(x[i], y[i]);
  return r;
}

STRATA_INLINE double8 binary_value(int op, double8 x, double8 y) {
  switch (op) {
    case STRATA_OP_ADD: return x + y;
    case STRATA_OP_SUBTRACT: return x - y;
    case STRATA_OP_MULTIPLY: return x * y;
    case STRATA_OP_DIVIDE: return x / y;
    case STRATA_OP_POWER: return v_power(x, y);
    case STRATA_OP_EQUAL: return truth(x == y);
    case STRATA_OP_NOT_EQUAL: return truth(x != y);
    case STRATA_OP_LESS: return truth(x < y);
    case STRATA_OP_LESS_OR_EQUAL: return truth(x <= y);
    case STRATA_OP_GREATER: return truth(x > y);
    default: return truth(x >= y);
  }
}

/// Derivative with respect to input `which` (0: x, 1: y).
STRATA_INLINE double8 binary_slope(int op, int which, double8 x, double8 y, double8 f) {
  const double8 one = v_splat(1);
  switch (op) {
    case STRATA_OP_ADD: return one;
    case STRATA_OP_SUBTRACT: return which ? -one : one;
    case STRATA_OP_MULTIPLY: return which ? x : y;
    case STRATA_OP_DIVIDE: return which ? -f / y : one / y;
    case STRATA_OP_POWER:
      // x^y log x tends to 0 with x; where y is 0 the first derivative is 0, whatever x.
      return which ? v_select(f == 0, v_splat(0), f * v_log(x))
                   : v_select(y == 0, v_splat(0), y * v_power(x, y - one));
    default: return v_splat(0);
  }
}

STRATA_INLINE void binary_loop(int op, size_t n, double *out, operand_view x, int x_shared,
                               operand_view y, int y_shared) {
  FOR_EACH_VECTOR(n) {
    const double8 a = load_operand(x, x_shared, i, k), b = load_operand(y, y_shared, i, k);
    v_store_part(out + i, binary_value(op, a, b), k);
  }
}

/// Adds adjoint times the slope to input `which` (x for 0, y for 1).
STRATA_INLINE void binary_back_loop(int op, int which, size_t n, const double *out,
                                    const double *adjoint, operand_view x, int x_shared,
                                    operand_view y, int y_shared) {
  const operand_view target = which ? y : x;
  const int shared = which ? y_shared : x_shared;
  double8 total = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const double8 a = load_operand(x, x_shared, i, k), b = load_operand(y, y_shared, i, k);
    const double8 slope = binary_slope(op, which, a, b, v_load_part(out + i, k));
    const double8 part = v_load_part(adjoint + i, k) * slope;
    if (shared) {
      total += v_first(part, k);
    } else {
      v_add_to(target.adjoint + i, part, k);
    }
  }
  if (shared) target.adjoint[0] += v_sum(total);
}

#define BINARY_CASES(run) \
  run(STRATA_OP_ADD) run(STRATA_OP_SUBTRACT) run(STRATA_OP_MULTIPLY) run(STRATA_OP_DIVIDE) \
  run(STRATA_OP_POWER) run(STRATA_OP_EQUAL) run(STRATA_OP_NOT_EQUAL) run(STRATA_OP_LESS) \
  run(STRATA_OP_LESS_OR_EQUAL) run(STRATA_OP_GREATER) run(STRATA_OP_GREATER_OR_EQUAL)

static void binary_forward(int op, size_t n, double *out, operand_view x, operand_view y) {
#define RUN(name)                                                       \
  case name:                                                            \
    if (x.shared && y.shared) binary_loop(name, n, out, x, 1, y, 1);    \
    else if (x.shared) binary_loop(name, n, out, x, 1, y, 0);           \
    else if (y.shared) binary_loop(name, n, out, x, 0, y, 1);           \
    else binary_loop(name, n, out, x, 0, y, 0);                         \
    return;
  switch (op) { BINARY_CASES(RUN) default: return; }
#undef RUN
}

STRATA_INLINE void binary_back(int op, int which, size_t n, const double *out, const double *adjoint,
                               operand_view x, operand_view y) {
  if (!(which ? y : x).adjoint) return;
  if (x.shared && y.shared) binary_back_loop(op, which, n, out, adjoint, x, 1, y, 1);
  else if (x.shared) binary_back_loop(op, which, n, out, adjoint, x, 1, y, 0);
  else if (y.shared) binary_back_loop(op, which, n, out, adjoint, x, 0, y, 1);
  else binary_back_loop(op, which, n, out, adjoint, x, 0, y, 0);
}

static void binary_backward(int op, size_t n, const double *out, const double *adjoint,
                            operand_view x, operand_view y) {
#define RUN(name)                                        \
  case name:                                             \
    binary_back(name, 0, n, out, adjoint, x, y);         \
    binary_back(name, 1, n, out, adjoint, x, y);         \
    return;
  switch (op) {
    RUN(STRATA_OP_ADD) RUN(STRATA_OP_SUBTRACT) RUN(STRATA_OP_MULTIPLY) RUN(STRATA_OP_DIVIDE)
    RUN(STRATA_OP_POWER)
    default: return;  // comparisons have no slope
  }
#undef RUN
}

// ---- x y + z ----

STRATA_INLINE void fma_loop(size_t n, double *out, operand_view x, int xs, operand_view y, int ys,
                            operand_view z, int zs) {
  FOR_EACH_VECTOR(n) {
    const double8 a = load_operand(x, xs, i, k), b = load_operand(y, ys, i, k);
    v_store_part(out + i, v_fma(a, b, load_operand(z, zs, i, k)), k);
  }
}

static void fma_forward(size_t n, double *out, operand_view x, operand_view y, operand_view z) {
  if (z.shared) {
    if (x.shared) fma_loop(n, out, x, 1, y, 0, z, 1);
    else if (y.shared) fma_loop(n, out, x, 0, y, 1, z, 1);
    else fma_loop(n, out, x, 0, y, 0, z, 1);
  } else {
    if (x.shared && y.shared) fma_loop(n, out, x, 1, y, 1, z, 0);
    else if (x.shared) fma_loop(n, out, x, 1, y, 0, z, 0);
    else if (y.shared) fma_loop(n, out, x, 0, y, 1, z, 0);
    else fma_loop(n, out, x, 0, y, 0, z, 0);
  }
}

/// Adds factor times adjoint to target, where factor and target are the two factors of the product.
STRATA_INLINE void fma_back_factor(size_t n, const double *adjoint, operand_view target, int ts,
                                   operand_view factor, int fs) {
  double8 total = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const double8 d = v_load_part(adjoint + i, k), f = load_operand(factor, fs, i, k);
    if (ts) {
      total = v_fma(v_first(d, k), f, total);
    } else if (k == STRATA_LANES) {
      v_store(target.adjoint + i, v_fma(d, f, v_load(target.adjoint + i)));
    } else {
      for (size_t j = 0; j < k; j++) target.adjoint[i + j] = fma(d[j], f[j], target.adjoint[i + j]);
    }
  }
  if (ts) target.adjoint[0] += v_sum(total);
}

static void fma_back(size_t n, const double *adjoint, operand_view target, operand_view factor) {
  if (!target.adjoint) return;
  if (target.shared && factor.shared) fma_back_factor(n, adjoint, target, 1, factor, 1);
  else if (target.shared) fma_back_factor(n, adjoint, target, 1, factor, 0);
  else if (factor.shared) fma_back_factor(n, adjoint, target, 0, factor, 1);
  else fma_back_factor(n, adjoint, target, 0, factor, 0);
}

static void fma_backward(size_t n, const double *adjoint, operand_view x, operand_view y,
                         operand_view z) {
  fma_back(n, adjoint, x, y);
  fma_back(n, adjoint, y, x);
  if (!z.adjoint) return;
  double8 total = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const double8 d = v_load_part(adjoint + i, k);
    if (z.shared) {
      total += v_first(d, k);
    } else {
      v_add_to(z.adjoint + i, d, k);
    }
  }
  if (z.shared) z.adjoint[0] += v_sum(total);
}
