// Element-wise instructions, forward and backward. Adjoints are added to; a NULL adjoint is a constant.

/// The pointers of one operand for the elements at hand.
typedef struct {
  const double *value;
  double *adjoint;
  int shared;
} operand_view;

/// Whole vectors: what stands past the end is read and written, but never summed.
#define FOR_EACH_VECTOR(n) for (size_t i = 0; i < (n); i += STRATA_LANES)

/// The lanes of the vector at i that are elements, zero elsewhere.
STRATA_INLINE double8 valid(double8 v, size_t i, size_t n) {
  return n - i < STRATA_LANES ? v_first(v, n - i) : v;
}

STRATA_INLINE double8 load_operand(operand_view x, int shared, size_t i) {
  return shared ? v_splat(x.value[0]) : v_load(x.value + i);
}

STRATA_INLINE void add_to(double *adjoint, double8 part) {
  v_store(adjoint, v_load(adjoint) + part);
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

// A single element is worth code of its own: it may be one of a vector, whose neighbours are not its own.

STRATA_INLINE void unary_loop(int op, size_t n, double *out, operand_view x) {
  if (n == 1) {
    out[0] = unary_value(op, v_splat(x.value[0]))[0];
    return;
  }
  FOR_EACH_VECTOR(n) v_store(out + i, unary_value(op, v_load(x.value + i)));
}

STRATA_INLINE void unary_back_loop(int op, size_t n, const double *out, const double *adjoint,
                                   operand_view x) {
  if (n == 1) {
    x.adjoint[0] += adjoint[0] * unary_slope(op, v_splat(x.value[0]), v_splat(out[0]))[0];
    return;
  }
  FOR_EACH_VECTOR(n) {
    const double8 slope = unary_slope(op, v_load(x.value + i), v_load(out + i));
    add_to(x.adjoint + i, v_load(adjoint + i) * slope);
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
    const double8 a = load_operand(x, x_shared, i), b = load_operand(y, y_shared, i);
    v_store(out + i, binary_value(op, a, b));
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
    const double8 a = load_operand(x, x_shared, i), b = load_operand(y, y_shared, i);
    const double8 slope = binary_slope(op, which, a, b, v_load(out + i));
    const double8 part = v_load(adjoint + i) * slope;
    if (shared) {
      total += valid(part, i, n);
    } else {
      add_to(target.adjoint + i, part);
    }
  }
  if (shared) target.adjoint[0] += v_sum(total);
}

STRATA_INLINE void binary_back_one(int op, int which, const double *out, const double *adjoint,
                                   operand_view x, operand_view y) {
  const double8 a = v_splat(x.value[0]), b = v_splat(y.value[0]);
  (which ? y : x).adjoint[0] += adjoint[0] * binary_slope(op, which, a, b, v_splat(out[0]))[0];
}

#define BINARY_CASES(run) \
  run(STRATA_OP_ADD) run(STRATA_OP_SUBTRACT) run(STRATA_OP_MULTIPLY) run(STRATA_OP_DIVIDE) \
  run(STRATA_OP_POWER) run(STRATA_OP_EQUAL) run(STRATA_OP_NOT_EQUAL) run(STRATA_OP_LESS) \
  run(STRATA_OP_LESS_OR_EQUAL) run(STRATA_OP_GREATER) run(STRATA_OP_GREATER_OR_EQUAL)

static void binary_forward(int op, size_t n, double *out, operand_view x, operand_view y) {
#define RUN(name)                                                       \
  case name:                                                            \
    if (n == 1)                                                         \
      out[0] = binary_value(name, v_splat(x.value[0]), v_splat(y.value[0]))[0]; \
    else if (x.shared && y.shared) binary_loop(name, n, out, x, 1, y, 1); \
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
  if (n == 1) binary_back_one(op, which, out, adjoint, x, y);
  else if (x.shared && y.shared) binary_back_loop(op, which, n, out, adjoint, x, 1, y, 1);
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
    const double8 a = load_operand(x, xs, i), b = load_operand(y, ys, i);
    v_store(out + i, v_fma(a, b, load_operand(z, zs, i)));
  }
}

static void fma_forward(size_t n, double *out, operand_view x, operand_view y, operand_view z) {
  if (n == 1) {
    out[0] = v_fma(v_splat(x.value[0]), v_splat(y.value[0]), v_splat(z.value[0]))[0];
  } else if (z.shared) {
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

/// total + a b, of the lanes that are elements.
STRATA_INLINE double8 sum_of(double8 a, double8 b, double8 total, size_t i, size_t n) {
  return n - i < STRATA_LANES ? total + v_first(a * b, n - i) : v_fma(a, b, total);
}

/// Adds adjoint times the other factor to x and y, adjoint itself to z; each has its own flag. One pass.
STRATA_INLINE void fma_back_loop(size_t n, const double *adjoint, operand_view x, int xs,
                                 operand_view y, int ys, operand_view z, int zs) {
  double8 total_x = v_splat(0), total_y = v_splat(0), total_z = v_splat(0);
  FOR_EACH_VECTOR(n) {
    const double8 d = v_load(adjoint + i);
    if (x.adjoint) {
      const double8 b = load_operand(y, ys, i);
      if (xs) total_x = sum_of(d, b, total_x, i, n);
      else v_store(x.adjoint + i, v_fma(d, b, v_load(x.adjoint + i)));
    }
    if (y.adjoint) {
      const double8 a = load_operand(x, xs, i);
      if (ys) total_y = sum_of(d, a, total_y, i, n);
      else v_store(y.adjoint + i, v_fma(d, a, v_load(y.adjoint + i)));
    }
    if (z.adjoint) {
      if (zs) total_z += valid(d, i, n);
      else add_to(z.adjoint + i, d);
    }
  }
  if (xs && x.adjoint) x.adjoint[0] += v_sum(total_x);
  if (ys && y.adjoint) y.adjoint[0] += v_sum(total_y);
  if (zs && z.adjoint) z.adjoint[0] += v_sum(total_z);
}

static void fma_backward(size_t n, const double *adjoint, operand_view x, operand_view y,
                         operand_view z) {
  if (n == 1) {
    const double d = adjoint[0];
    if (x.adjoint) x.adjoint[0] += d * y.value[0];
    if (y.adjoint) y.adjoint[0] += d * x.value[0];
    if (z.adjoint) z.adjoint[0] += d;
    return;
  }
#define LOOP(xs, ys, zs) fma_back_loop(n, adjoint, x, xs, y, ys, z, zs)
  if (z.shared) {
    if (x.shared) LOOP(1, 0, 1);
    else if (y.shared) LOOP(0, 1, 1);
    else LOOP(0, 0, 1);
  } else {
    if (x.shared && y.shared) LOOP(1, 1, 0);
    else if (x.shared) LOOP(1, 0, 0);
    else if (y.shared) LOOP(0, 1, 0);
    else LOOP(0, 0, 0);
  }
#undef LOOP
}
