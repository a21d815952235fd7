// Runs a strata_program: its sections forward, then the open ones backward.
#include "elementwise.h"

#include "design.h"
#include "gather.h"
#include "transforms.h"

#include "group_effects.h"

/// Where the operands of the instructions at hand are.
typedef struct {
  double *values[3], *adjoints[3];  // by strata_storage; adjoints NULL: no gradient wanted
  const double *position;
  double *gradient;
  size_t first;  // first element of the block
  int jacobian;
} frame;

STRATA_INLINE operand_view view(const strata_operand *x, const frame *f) {
  const size_t shift = x->shared || x->storage == STRATA_STORAGE_BLOCK ? 0 : f->first;
  if (x->storage == STRATA_STORAGE_DATA) return (operand_view){x->data + shift, NULL, x->shared};
  const size_t at = x->offset + shift;
  double *const adjoints = f->adjoints[x->storage];
  return (operand_view){f->values[x->storage] + at, adjoints ? adjoints + at : NULL, x->shared};
}

STRATA_INLINE strata_argument argument(const strata_operand *x, const frame *f) {
  const operand_view v = view(x, f);
  return (strata_argument){v.value, v.adjoint, v.shared};
}

// Every kind of step is a function of its own, called last: it saves no more registers than it needs.
#define STEP static __attribute__((noinline))

STEP double run_density(const strata_instruction *s, const frame *f, size_t n) {
  const strata_argument arguments[3] = {argument(&s->in[0], f), argument(&s->in[1], f),
                                        argument(&s->in[2], f)};
  return log_density((strata_family)s->family, n, argument(&s->out, f), arguments);
}

#include "gaussian.h"
#include "location_scale_steps.h"
#include "neg_binomial_sums.h"
#include "normal_groups.h"

// ---- forward ----

STRATA_INLINE transform transform_of(const strata_instruction *s, const frame *f) {
  return (transform){
      .first = s->parameter + (s->positions ? 0 : f->first),
      .positions = s->positions ? s->positions + f->first : NULL,
      .center = view(&s->center, f),
      .scale = view(&s->scale, f),
      .x = view(&s->in[0], f),
      .y = view(&s->in[1], f),
  };
}

#define TRANSFORM_STEP(name, op)                                                                   \
  STEP double name##_forward(const strata_instruction *s, const frame *f, size_t n) {              \
    const transform t = transform_of(s, f);                                                        \
    return transform_loop(op, &t, n, f->position, f->jacobian,                                     \
                          (double *)view(&s->out, f).value);                                       \
  }                                                                                                \
  STEP void name##_backward(const strata_instruction *s, const frame *f, size_t n) {               \
    const transform t = transform_of(s, f);                                                        \
    transform_back_loop(op, &t, n, f->position, f->jacobian, view(&s->out, f), f->gradient);       \
  }

TRANSFORM_STEP(unbounded, STRATA_OP_UNBOUNDED)
TRANSFORM_STEP(lower, STRATA_OP_LOWER)
TRANSFORM_STEP(lower_spread, STRATA_OP_LOWER_SPREAD)
TRANSFORM_STEP(upper, STRATA_OP_UPPER)
TRANSFORM_STEP(interval, STRATA_OP_INTERVAL)
TRANSFORM_STEP(folded, STRATA_OP_FOLDED)

STRATA_INLINE noncentred noncentred_of(const strata_instruction *s, const frame *f, size_t n) {
  noncentred c = {.location = view(&s->in[0], f), .spread = view(&s->in[1], f)};
  c.first = v_splat(s->in[2].data[0]);
  c.slope = v_splat(s->in[2].data[1]);
  c.center = v_splat(view(&s->center, f).value[0]);
  c.scale = v_splat(view(&s->scale, f).value[0]);
  c.same_location = v_splat(c.location.value[0]);
  c.same_spread = v_splat(c.spread.value[0]);
  // A single number may be one of a vector: its adjoint alone is its own.
  if (n == 1) c.location.shared = c.spread.shared = 1;
  return c;
}

STEP double noncentred_forward(const strata_instruction *s, const frame *f, size_t n) {
  const noncentred c = noncentred_of(s, f, n);
  const double *position = f->position + s->parameter + f->first;
  double *out = (double *)view(&s->out, f).value;
  if (c.location.shared && c.spread.shared) return noncentred_loop(&c, 1, n, position, out);
  return noncentred_loop(&c, 0, n, position, out);
}

STEP void noncentred_backward(const strata_instruction *s, const frame *f, size_t n) {
  const noncentred c = noncentred_of(s, f, n);
  const size_t first = s->parameter + f->first;
  const operand_view out = view(&s->out, f);
  if (c.location.shared && c.spread.shared) {
    noncentred_back_loop(&c, 1, n, f->position + first, out, f->gradient + first);
  } else {
    noncentred_back_loop(&c, 0, n, f->position + first, out, f->gradient + first);
  }
}

STRATA_INLINE group_effects effects_of(const strata_instruction *s, const frame *f) {
  return (group_effects){
      .first = s->parameter + f->first,
      .spread = view(&s->in[0], f),
      .pull = view(&s->in[1], f),
      .root = view(&s->in[2], f),
  };
}

STEP double effects_forward(const strata_instruction *s, const frame *f, size_t n) {
  const group_effects e = effects_of(s, f);
  return effects_loop(&e, n, f->position, (double *)view(&s->out, f).value);
}

STEP void effects_backward(const strata_instruction *s, const frame *f, size_t n) {
  const group_effects e = effects_of(s, f);
  effects_back_loop(&e, n, f->position, view(&s->out, f), f->gradient);
}

STRATA_INLINE const strata_run *runs_of(const strata_instruction *s, const frame *f, size_t end) {
  return s->runs + s->block_runs[f->first / STRATA_BLOCK + end];
}

STEP double lookup_forward(const strata_instruction *s, const frame *f, size_t n) {
  double *out = (double *)view(&s->out, f).value;
  const double *x = f->values[STRATA_STORAGE_VECTOR] + s->in[0].offset;
  if (s->op == STRATA_OP_GATHER) {
    gather(n, out, x, s->codes + f->first);
  } else {
    spread(out, x, runs_of(s, f, 0), runs_of(s, f, 1));
  }
  return 0;
}

STEP double dot_forward(const strata_instruction *s, const frame *f, size_t n) {
  design_forward(n, s->columns, s->matrix + f->first * s->columns,
                 f->values[STRATA_STORAGE_VECTOR] + s->in[0].offset,
                 (double *)view(&s->out, f).value);
  return 0;
}

STEP double elementwise_forward(const strata_instruction *s, const frame *f, size_t n) {
  double *out = (double *)view(&s->out, f).value;
  const operand_view x = view(&s->in[0], f), y = view(&s->in[1], f);
  if (s->op == STRATA_OP_FMA) {
    fma_forward(n, out, x, y, view(&s->in[2], f));
  } else if (s->op <= STRATA_OP_SQUARE) {
    unary_forward(s->op, n, out, x);
  } else {
    binary_forward(s->op, n, out, x, y);
  }
  return 0;
}

/// Runs one step forward; returns what it adds to the value.
STRATA_INLINE double run_forward(const strata_instruction *s, const frame *f, size_t n) {
  switch (s->op) {
    case STRATA_OP_GATHER:
    case STRATA_OP_SPREAD: return lookup_forward(s, f, n);
    case STRATA_OP_DOT: return dot_forward(s, f, n);
    case STRATA_OP_DENSITY: return run_density(s, f, n);
    case STRATA_OP_NORMAL:
    case STRATA_OP_NORMAL_SCALED: return run_normal(s, f, n);
    case STRATA_OP_CAUCHY_SCALED: return run_cauchy(s, f, n);
    case STRATA_OP_NORMAL_GROUPS: return run_groups(s, f, n);
    case STRATA_OP_NORMAL_REST: return run_normal_rest(s, f, n);
    case STRATA_OP_RISING: return run_rising(s, f, n);
    case STRATA_OP_GAUSSIAN: return run_gaussian(s, f, n);
    case STRATA_OP_NEG_BINOMIAL_TAIL:
    case STRATA_OP_NEG_BINOMIAL_LOG_TAIL: return run_tail(s, f, n);
    case STRATA_OP_UNBOUNDED: return unbounded_forward(s, f, n);
    case STRATA_OP_LOWER: return lower_forward(s, f, n);
    case STRATA_OP_LOWER_SPREAD: return lower_spread_forward(s, f, n);
    case STRATA_OP_UPPER: return upper_forward(s, f, n);
    case STRATA_OP_INTERVAL: return interval_forward(s, f, n);
    case STRATA_OP_FOLDED: return folded_forward(s, f, n);
    case STRATA_OP_NONCENTRED: return noncentred_forward(s, f, n);
    case STRATA_OP_EFFECTS: return effects_forward(s, f, n);
    default: return elementwise_forward(s, f, n);
  }
}

// ---- backward ----

STEP void lookup_backward(const strata_instruction *s, const frame *f, size_t n) {
  const double *adjoint = view(&s->out, f).adjoint;
  double *x = f->adjoints[STRATA_STORAGE_VECTOR] + s->in[0].offset;
  if (s->op == STRATA_OP_GATHER) {
    scatter_add(n, x, adjoint, s->codes + f->first);
  } else {
    collect(x, adjoint, runs_of(s, f, 0), runs_of(s, f, 1));
  }
}

STEP void dot_backward(const strata_instruction *s, const frame *f, size_t n) {
  design_backward(n, s->columns, s->matrix + f->first * s->columns, view(&s->out, f).adjoint,
                  f->adjoints[STRATA_STORAGE_VECTOR] + s->in[0].offset);
}

STEP void elementwise_backward(const strata_instruction *s, const frame *f, size_t n) {
  const operand_view out = view(&s->out, f), x = view(&s->in[0], f), y = view(&s->in[1], f);
  if (s->op == STRATA_OP_FMA) {
    fma_backward(n, out.adjoint, x, y, view(&s->in[2], f));
  } else if (s->op <= STRATA_OP_SQUARE) {
    unary_backward(s->op, n, out.value, out.adjoint, x);
  } else {
    binary_backward(s->op, n, out.value, out.adjoint, x, y);
  }
}

/// Whether nothing asks for a vector's gradient. Its derivatives are then left alone: zero times one that is
/// not finite would not be zero.
STRATA_INLINE int is_unasked(const double *adjoint, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (adjoint[i] != 0) return 0;
  }
  return 1;
}

/// What adds to the value has pulled on its operands already.
STRATA_INLINE void run_backward(const strata_instruction *s, const frame *f, size_t n) {
  switch (s->op) {
    case STRATA_OP_UNBOUNDED: unbounded_backward(s, f, n); return;
    case STRATA_OP_LOWER: lower_backward(s, f, n); return;
    case STRATA_OP_LOWER_SPREAD: lower_spread_backward(s, f, n); return;
    case STRATA_OP_UPPER: upper_backward(s, f, n); return;
    case STRATA_OP_INTERVAL: interval_backward(s, f, n); return;
    case STRATA_OP_FOLDED: folded_backward(s, f, n); return;
    case STRATA_OP_NONCENTRED: noncentred_backward(s, f, n); return;
    case STRATA_OP_EFFECTS: effects_backward(s, f, n); return;
    default: break;
  }
  if (s->op >= STRATA_OP_DENSITY || is_unasked(view(&s->out, f).adjoint, n)) return;
  switch (s->op) {
    case STRATA_OP_GATHER:
    case STRATA_OP_SPREAD: lookup_backward(s, f, n); return;
    case STRATA_OP_DOT: dot_backward(s, f, n); return;
    default: elementwise_backward(s, f, n);
  }
}

// ---- sections ----

STRATA_INLINE size_t length_of(const strata_section *s, const strata_instruction *step, size_t n) {
  return s->loose ? step->count : n;
}

static double block_forward(const strata_section *s, const frame *f, size_t n) {
  double value = 0;
  for (size_t j = 0; j < s->step_count; j++) {
    value += run_forward(s->steps + j, f, length_of(s, s->steps + j, n));
  }
  return value;
}

static void block_backward(const strata_section *s, const frame *f, size_t n) {
  for (size_t j = s->step_count; j-- > 0;) {
    run_backward(s->steps + j, f, length_of(s, s->steps + j, n));
  }
}

STRATA_INLINE size_t block_length(const strata_section *s, size_t first) {
  return s->count - first < STRATA_BLOCK ? s->count - first : STRATA_BLOCK;
}

enum { MOST_CLEARED_BY_STORES = 4096 };  // doubles

/// Sets `size` numbers to zero, a multiple of 8. The C library's memset takes longer to start than most programs' adjoints
/// to clear: from 2 KB on it uses an instruction of its own, whose stores nothing can be read from for a while.
static __attribute__((noinline, no_builtin("memset"))) void clear(double *x, size_t size) {
  if (size > MOST_CLEARED_BY_STORES) {
    memset(x, 0, size * sizeof(double));
    return;
  }
  FOR_EACH_VECTOR(size) v_store(x + i, v_splat(0));
}

/// The blocks from `first` to `end`, forward; of a closed section backward, too.
static double run_blocks(const strata_section *s, frame *f, size_t first, size_t end) {
  const int back = s->closed && f->gradient;
  double value = 0;
  for (f->first = first; f->first < end; f->first += STRATA_BLOCK) {
    const size_t n = block_length(s, f->first);
    if (back) clear(f->adjoints[STRATA_STORAGE_BLOCK], s->block_size);
    value += block_forward(s, f, n);
    if (back) block_backward(s, f, n);
  }
  f->first = 0;
  return value;
}

static void section_backward(const strata_section *s, frame *f) {
  if (s->loose) {
    block_backward(s, f, 0);
    return;
  }
  for (f->first = 0; f->first < s->count; f->first += STRATA_BLOCK) {
    block_backward(s, f, block_length(s, f->first));
  }
  f->first = 0;
}

// ---- memory ----

/// Whole vectors and their adjoints; block values and adjoints, for each member; adjoints of chunks.
typedef struct {
  double *base;
  strata_team *team;
  size_t members;
} workspace;

STRATA_INLINE double *member_block(const strata_program *p, const workspace *w, size_t member) {
  return w->base + 2 * p->vector_size + member * 2 * p->block_size;
}

STRATA_INLINE double *chunk_adjoints(const strata_program *p, const workspace *w, size_t chunk) {
  return w->base + 2 * p->vector_size + w->members * 2 * p->block_size + chunk * p->vector_size;
}

static frame frame_of(const strata_program *p, const double *position, double *gradient,
                      const workspace *w, int jacobian) {
  double *block = member_block(p, w, 0);
  frame f = {.values = {NULL, w->base, block},
             .position = position,
             .gradient = gradient,
             .jacobian = jacobian};
  if (gradient) {
    f.adjoints[STRATA_STORAGE_VECTOR] = w->base + p->vector_size;
    f.adjoints[STRATA_STORAGE_BLOCK] = block + p->block_size;
  }
  return f;
}

#include "chunks.h"

static double section_forward(const strata_program *p, const strata_section *s, frame *f,
                              const workspace *w) {
  if (s->loose) return block_forward(s, f, 0);
  if (s->chunk_count > 0) return section_in_chunks(p, s, f, w);
  return run_blocks(s, f, 0, s->count);
}

static double program_log_density(const strata_program *p, const double *position,
                                  double *gradient, double *memory, unsigned options,
                                  strata_team *team) {
  const int jacobian = (options & STRATA_WITH_JACOBIAN) != 0;
  const workspace w = {memory, team, strata_team_members(team)};
  frame f = frame_of(p, position, gradient, &w, jacobian);
  if (gradient) {
    clear(f.adjoints[STRATA_STORAGE_VECTOR], p->adjoint_size);
  }
  double value = p->constant + (jacobian ? p->jacobian_constant : 0);
  for (size_t j = 0; j < p->section_count; j++) {
    value += section_forward(p, p->sections + j, &f, &w);
  }
  for (size_t j = gradient ? p->section_count : 0; j-- > 0;) {
    if (!p->sections[j].closed) section_backward(p->sections + j, &f);
  }
  return value > -HUGE_VAL && value < HUGE_VAL ? value : -HUGE_VAL;
}

/// The same arithmetic in a vector of which one lane counts; the others are written, too, within the vectors' room.
static double program_element(const strata_program *p, const double *position, size_t element,
                              double *memory, unsigned options) {
  const workspace w = {memory, NULL, 1};
  frame f = frame_of(p, position, NULL, &w, (options & STRATA_WITH_JACOBIAN) != 0);
  f.first = element;
  double value = 0;
  for (size_t j = 0; j < p->section_count; j++) {
    if (!p->sections[j].loose) value += block_forward(p->sections + j, &f, 1);
  }
  return value > -HUGE_VAL && value < HUGE_VAL ? value : -HUGE_VAL;
}

static void program_values(const strata_program *p, const double *position, double *memory) {
  const workspace w = {memory, NULL, 1};
  frame f = frame_of(p, position, NULL, &w, 0);
  for (size_t j = 0; j < p->section_count; j++) section_forward(p, p->sections + j, &f, &w);
}

static void program_draw(const strata_program *p, double *memory, double *normals, double *out) {
  const workspace w = {memory, NULL, 1};
  const frame f = frame_of(p, NULL, NULL, &w, 0);
  for (size_t j = 0; j < p->section_count; j++) {
    const strata_section *section = p->sections + j;
    for (size_t k = 0; k < section->step_count; k++) {
      if (section->steps[k].op == STRATA_OP_GAUSSIAN) draw_block(section->steps + k, &f, normals, out);
    }
  }
}
