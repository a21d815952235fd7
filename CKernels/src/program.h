// Runs a strata_program: prologue over whole vectors, rows in blocks, then the prologue backward.
#include "elementwise.h"
#include "transforms.h"

/// Where the operands of the instructions at hand are.
typedef struct {
  double *values, *adjoints;              // whole vectors; adjoints NULL: no gradient wanted
  double *block_values, *block_adjoints;  // of the row section
  size_t first;                           // first row of the block; 0 in the prologue
} frame;

STRATA_INLINE operand_view view(const strata_operand *x, const frame *f) {
  const size_t shift = x->shared ? 0 : f->first;
  switch (x->storage) {
    case STRATA_STORAGE_VECTOR:
      return (operand_view){f->values + x->offset + shift,
                            f->adjoints ? f->adjoints + x->offset + shift : NULL, x->shared};
    case STRATA_STORAGE_BLOCK:
      return (operand_view){f->block_values + x->offset,
                            f->adjoints ? f->block_adjoints + x->offset : NULL, x->shared};
    default:
      return (operand_view){x->data + shift, NULL, x->shared};
  }
}

STRATA_INLINE strata_argument argument(const strata_operand *x, const frame *f) {
  const operand_view v = view(x, f);
  return (strata_argument){v.value, v.adjoint, v.shared};
}

static double run_density(const strata_instruction *s, const frame *f, size_t n) {
  const strata_argument arguments[3] = {argument(&s->in[0], f), argument(&s->in[1], f),
                                        argument(&s->in[2], f)};
  return log_density((strata_family)s->family, n, argument(&s->out, f), arguments);
}

/// Adds the elements up; each of them pulls with 1 on its value.
static double run_term(const strata_instruction *s, const frame *f, size_t n) {
  const operand_view x = view(&s->out, f);
  double8 total = v_splat(0);
  FOR_EACH_VECTOR(n) {
    total += v_first(v_load_part(x.value + i, k), k);
    if (x.adjoint) v_add_to(x.adjoint + i, v_splat(1), k);
  }
  return v_sum(total);
}

/// What an instruction adds to the value, and whether it is of that kind.
STRATA_INLINE int adds_to_value(const strata_instruction *s) {
  return s->op == STRATA_OP_TERM || s->op == STRATA_OP_DENSITY;
}

static double run_addition(const strata_instruction *s, const frame *f, size_t n) {
  return s->op == STRATA_OP_TERM ? run_term(s, f, n) : run_density(s, f, n);
}

static void gather(size_t n, double *out, const double *x, const int32_t *codes) {
  for (size_t i = 0; i < n; i++) out[i] = x[codes[i]];
}

static void scatter_add(size_t n, double *x, const double *adjoint, const int32_t *codes) {
  for (size_t i = 0; i < n; i++) x[codes[i]] += adjoint[i];
}

/// Everything but densities and transforms.
static void run_forward(const strata_instruction *s, const frame *f, size_t n) {
  const operand_view out = view(&s->out, f);
  double *result = (double *)out.value;
  if (out.adjoint) memset(out.adjoint, 0, n * sizeof(double));
  switch (s->op) {
    case STRATA_OP_GATHER:
      gather(n, result, f->values + s->in[0].offset, s->codes + f->first);
      return;
    case STRATA_OP_DOT:
      cblas_dgemv(CblasColMajor, CblasNoTrans, (int)n, (int)s->columns, 1, s->matrix + f->first,
                  (int)s->stride, f->values + s->in[0].offset, 1, 0, result, 1);
      return;
    case STRATA_OP_FMA:
      fma_forward(n, result, view(&s->in[0], f), view(&s->in[1], f), view(&s->in[2], f));
      return;
    default:
      if (s->op <= STRATA_OP_SQUARE) {
        unary_forward(s->op, n, result, view(&s->in[0], f));
      } else {
        binary_forward(s->op, n, result, view(&s->in[0], f), view(&s->in[1], f));
      }
  }
}

static void run_backward(const strata_instruction *s, const frame *f, size_t n) {
  const operand_view out = view(&s->out, f);
  switch (s->op) {
    case STRATA_OP_GATHER:
      scatter_add(n, f->adjoints + s->in[0].offset, out.adjoint, s->codes + f->first);
      return;
    case STRATA_OP_DOT:
      cblas_dgemv(CblasColMajor, CblasTrans, (int)n, (int)s->columns, 1, s->matrix + f->first,
                  (int)s->stride, out.adjoint, 1, 1, f->adjoints + s->in[0].offset, 1);
      return;
    case STRATA_OP_FMA:
      fma_backward(n, out.adjoint, view(&s->in[0], f), view(&s->in[1], f), view(&s->in[2], f));
      return;
    default:
      if (s->op <= STRATA_OP_SQUARE) {
        unary_backward(s->op, n, out.value, out.adjoint, view(&s->in[0], f));
      } else {
        binary_backward(s->op, n, out.value, out.adjoint, view(&s->in[0], f), view(&s->in[1], f));
      }
  }
}

STRATA_INLINE parameter_unit unit_of(const strata_instruction *s) {
  return (parameter_unit){s->center, s->scale, s->log_scale};
}

/// The prologue forward. Returns the log densities and, if wanted, the log-Jacobians.
static double prologue_forward(const strata_program *p, const double *position, const frame *f,
                               int densities, int jacobian) {
  double value = 0;
  for (size_t j = 0; j < p->prologue_count; j++) {
    const strata_instruction *s = p->prologue + j;
    if (adds_to_value(s)) {
      if (densities) value += run_addition(s, f, s->count);
    } else if (s->op >= STRATA_OP_UNBOUNDED) {
      const operand_view out = view(&s->out, f);
      if (out.adjoint) memset(out.adjoint, 0, s->count * sizeof(double));
      const double log_jacobian =
          transform_forward(s->op, s->count, position + s->parameter, unit_of(s),
                            (double *)out.value, view(&s->in[0], f), view(&s->in[1], f));
      if (jacobian) value += log_jacobian;
    } else {
      run_forward(s, f, s->count);
    }
  }
  return value;
}

/// Whether nothing asks for a vector's gradient, as for a quantity that is only reported. Its derivatives
/// are then left alone: zero times one that is not finite would not be zero.
static int is_unasked(const double *adjoint, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (adjoint[i] != 0) return 0;
  }
  return 1;
}

static void prologue_backward(const strata_program *p, const double *position, double *gradient,
                              const frame *f, int jacobian) {
  for (size_t j = p->prologue_count; j-- > 0;) {
    const strata_instruction *s = p->prologue + j;
    if (adds_to_value(s)) continue;
    if (s->op >= STRATA_OP_UNBOUNDED) {
      transform_backward(s->op, jacobian, s->count, position + s->parameter, unit_of(s),
                         gradient + s->parameter, view(&s->out, f).adjoint, view(&s->in[0], f),
                         view(&s->in[1], f));
    } else if (!is_unasked(view(&s->out, f).adjoint, s->count)) {
      run_backward(s, f, s->count);
    }
  }
}

/// One block of rows, forward and (with a gradient) backward.
static double rows_block(const strata_program *p, const frame *f, size_t n) {
  double value = 0;
  for (size_t j = 0; j < p->rows_count; j++) {
    const strata_instruction *s = p->rows + j;
    if (adds_to_value(s)) {
      value += run_addition(s, f, n);
    } else {
      run_forward(s, f, n);
    }
  }
  if (f->adjoints) {
    for (size_t j = p->rows_count; j-- > 0;) {
      if (!adds_to_value(p->rows + j)) run_backward(p->rows + j, f, n);
    }
  }
  return value;
}

static frame frame_of(const strata_program *p, double *workspace, int gradient) {
  double *values = workspace, *adjoints = values + p->vector_size;
  double *block = adjoints + p->vector_size;
  return (frame){values, gradient ? adjoints : NULL, block, block + p->block_size, 0};
}

static double program_log_density(const strata_program *p, const double *position,
                                  double *gradient, double *workspace, unsigned options) {
  const int jacobian = (options & STRATA_WITH_JACOBIAN) != 0;
  frame f = frame_of(p, workspace, gradient != NULL);
  double value = p->constant + prologue_forward(p, position, &f, 1, jacobian);
  for (f.first = 0; f.first < p->row_count; f.first += STRATA_BLOCK) {
    const size_t left = p->row_count - f.first;
    value += rows_block(p, &f, left < STRATA_BLOCK ? left : STRATA_BLOCK);
  }
  f.first = 0;
  if (gradient) prologue_backward(p, position, gradient, &f, jacobian);
  return value > -HUGE_VAL && value < HUGE_VAL ? value : -HUGE_VAL;
}

static void program_values(const strata_program *p, const double *position, double *workspace) {
  const frame f = frame_of(p, workspace, 0);
  prologue_forward(p, position, &f, 0, 0);
}
