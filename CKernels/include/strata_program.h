/// A posterior log density as a straight-line program over vectors, with its gradient by reverse
/// accumulation: no tape, no allocation; every intermediate value has its place, fixed when the program
/// is made.
///
/// A program is a list of *sections*, run in order; the steps of a section have as many elements each as
/// the section (levels of a factor, rows of the table), or, in a *loose* section, a number of their own
/// (scalars, coefficient vectors). A section runs in blocks of STRATA_BLOCK elements, so that what one step
/// writes is still in the first-level cache when the next one reads it. If nothing outside a section needs
/// its values, it is *closed*: each block runs forward and backward at once and its values live in block
/// storage; the other sections run backward, in reverse order, after all have run forward. Sums are in
/// order, block by block: the same bits on every backend and for any number of chains.
#ifndef STRATA_PROGRAM_H
#define STRATA_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "strata_density.h"
#include "strata_gaussian.h"
#include "strata_operand.h"
#include "strata_team.h"

enum { STRATA_BLOCK = 256, STRATA_DESIGN_TILE = 32, STRATA_CHUNKS = 16, STRATA_MOST_COEFFICIENTS = 64 };

/// What an instruction does, element by element, with x, y, z the inputs.
typedef enum {
  STRATA_OP_NEGATE,         ///< -x
  STRATA_OP_EXP,            ///< exp x
  STRATA_OP_LOG,            ///< log x
  STRATA_OP_LOG10,          ///< log x / log 10
  STRATA_OP_SQRT,           ///< square root of x
  STRATA_OP_ABS,            ///< |x|; derivative 0 at 0
  STRATA_OP_LOGIT,          ///< log(x / (1 - x))
  STRATA_OP_INVERSE_LOGIT,  ///< 1 / (1 + exp(-x))
  STRATA_OP_SQUARE,         ///< x x
  STRATA_OP_ADD,            ///< x + y
  STRATA_OP_SUBTRACT,       ///< x - y
  STRATA_OP_MULTIPLY,       ///< x y
  STRATA_OP_DIVIDE,         ///< x / y
  STRATA_OP_POWER,          ///< x to the power y
  STRATA_OP_EQUAL,          ///< x == y: 1 or 0, derivative 0; so the next five
  STRATA_OP_NOT_EQUAL,
  STRATA_OP_LESS,
  STRATA_OP_LESS_OR_EQUAL,
  STRATA_OP_GREATER,
  STRATA_OP_GREATER_OR_EQUAL,
  STRATA_OP_FMA,      ///< x y + z, rounded once
  STRATA_OP_GATHER,   ///< x[codes[i]], x a whole vector
  STRATA_OP_SPREAD,   ///< the same, where neighbours share their code: `runs` instead of codes
  STRATA_OP_DOT,      ///< row i of `matrix` times x, a whole vector of `columns` numbers
  STRATA_OP_DENSITY,  ///< adds log f(out | inputs) to the value
  STRATA_OP_NORMAL,          ///< adds log Normal(out | x, y); out is never shared
  STRATA_OP_NORMAL_SCALED,   ///< the same with y = 1 / sd (data), without -log sd - log(2 pi) / 2
  STRATA_OP_CAUCHY_SCALED,   ///< adds log Cauchy(out | x, 1 / y) without -log scale - log pi, y data
  STRATA_OP_NORMAL_GROUPS,   ///< adds -|q - R c|^2 / (2 x^2) for each element's q, triangular R, and c from
                             ///< `coefficients`; out is not used
  STRATA_OP_NORMAL_REST,     ///< adds -x (log out + log(2 pi) / 2) - (y / out)^2 / 2
  STRATA_OP_RISING,   ///< adds, for each alpha in out, lgamma(alpha + y) - lgamma(alpha) - y log alpha
                      ///< summed over the outcomes y in `rising`
  STRATA_OP_NEG_BINOMIAL_TAIL,      ///< adds out log y - (x z + out) log1p(y / z): the rest of x rows of
                                    ///< NegBinomial(y, z) whose outcomes add up to out
  STRATA_OP_NEG_BINOMIAL_LOG_TAIL,  ///< the same with y the log of the mean
  STRATA_OP_GAUSSIAN,               ///< adds the log density of a Gaussian block (strata_gaussian.h); out is its scratch
  STRATA_OP_UNBOUNDED,  ///< out = center + scale parameter; log-Jacobian: log scale
  STRATA_OP_LOWER,      ///< out = x + scale exp(parameter); log-Jacobian: parameter + log scale
  STRATA_OP_LOWER_SPREAD,  ///< out = x + scale exp(e), e = u - (sqrt(u^2 + 4) - u)^2 / 8 of the parameter u, whose
                           ///< density is light where that of out is flat down to x; log-Jacobian: e + log(de) + log scale
  STRATA_OP_UPPER,      ///< out = x - scale exp(parameter); log-Jacobian: parameter + log scale
  STRATA_OP_INTERVAL,   ///< out = x + (y - x) inverse_logit(parameter), with its log-Jacobian
  STRATA_OP_FOLDED,     ///< out = scale |sinh(parameter)|, from |parameter| = x on continued as a parabola; log-Jacobian:
                        ///< log of its slope - log 2, as two parameters give the same value
  STRATA_OP_NONCENTRED, ///< out = x + y (center + scale parameter), and adds -(z[0] + z[1] parameter)^2 / 2, z data:
                        ///< a parameter with a Normal prior that is only used so
  STRATA_OP_EFFECTS     ///< group effects in coordinates that suit the data: with c = 1 / sqrt(1 + (x z)^2), z data,
                        ///< out = c parameter + x c^2 y, standard normal; adds -out^2 / 2 + log c
} strata_op;

/// Neighbouring elements with the same code. A run ends where its block ends.
typedef struct {
  int32_t code;
  int32_t length;
} strata_run;

/// Outcomes of each element. Starts and ends count vectors of 8, filled up with zero weights: those of
/// element i are starts[i] to starts[i + 1].
typedef struct {
  const uint32_t *near_starts;
  const double *near_weights;  ///< for k = 1, 2, ...: how many outcomes are larger than k
  const uint32_t *far_starts;
  const double *far_outcomes;  ///< outcomes ...
  const double *far_weights;   ///< ... and how many there are of each
} strata_rising;

/// One step. `out` is written (read by those that add to the value: the variate, or what they say).
typedef struct {
  int32_t op;      ///< a strata_op
  int32_t family;  ///< STRATA_OP_DENSITY: a strata_family
  strata_operand out;
  strata_operand in[3];
  size_t count;              ///< loose sections: number of elements
  size_t parameter;          ///< transforms: where the parameters start in the position
  const int32_t *positions;  ///< transforms: where each of them is, instead; NULL: one after the other
  strata_operand center, scale;  ///< transforms: the units that the position is measured in
  const int32_t *codes;          ///< STRATA_OP_GATHER: one index per element
  const strata_run *runs;        ///< STRATA_OP_SPREAD: block after block
  const uint32_t *block_runs;    ///< STRATA_OP_SPREAD: the first run of each block
  strata_rising rising;          ///< STRATA_OP_RISING
  const double *matrix;  ///< STRATA_OP_DOT: tiles of STRATA_DESIGN_TILE rows, column after column in each;
                         ///< the last tile is filled up with zeros
  size_t columns;
  const strata_operand *coefficients;  ///< STRATA_OP_NORMAL_GROUPS: `columns` of them, at most
                                       ///< STRATA_MOST_COEFFICIENTS; then `matrix` has, for each vector of 8
                                       ///< elements and each row j, q[j] and R[j][j], R[j][j + 1], ...
  const strata_gaussian *gaussian;     ///< STRATA_OP_GAUSSIAN
} strata_instruction;

/// Some of the whole vectors' numbers.
typedef struct {
  size_t offset, count;
} strata_range;

/// Steps over vectors of the same length.
typedef struct {
  const strata_instruction *steps;
  size_t step_count;
  size_t count;       ///< elements; ignored if `loose`
  size_t block_size;  ///< doubles that the values of one block take, if `closed`
  int32_t closed;     ///< 1: forward and backward block by block
  int32_t loose;      ///< 1: every step has a count of its own
  size_t chunk_count;          ///< a long closed section is cut into so many, for threads; at most
                               ///< STRATA_CHUNKS, 0: not cut
  size_t chunk_blocks;         ///< blocks of a chunk (the last one may have fewer)
  const strata_range *ranges;  ///< for each chunk, `range_count` ranges: the adjoints it adds to
  size_t range_count;
} strata_section;

/// The whole program. It owns nothing and is never written: any number of threads may run it at once,
/// each with a workspace of its own.
typedef struct {
  const strata_section *sections;
  size_t section_count;
  size_t dimension;          ///< length of a position
  size_t vector_size;        ///< doubles that whole vectors take
  size_t adjoint_size;       ///< those of them, the first, that have adjoints: the others are scratch
  size_t block_size;         ///< the largest of the sections'
  double constant;           ///< added to the value: what depends on data alone
  double jacobian_constant;  ///< added with the Jacobian: the log scales of the units
} strata_program;

/// What to compute beside the value.
typedef enum {
  STRATA_WITH_JACOBIAN = 1  ///< density of the unconstrained parameters; else of the constrained ones
} strata_option;

/// Doubles of workspace that one evaluation by a team of `members` needs.
size_t strata_program_workspace_size(const strata_program *program, size_t members);

/// The log density at `position` (dimension numbers, unconstrained), all normalising constants kept.
/// `gradient` (dimension numbers, or NULL: not wanted) is overwritten. Outside the support, and where
/// anything is not a number: -infinity, the gradient then being of no meaning. `workspace` has
/// strata_program_workspace_size doubles, zero before its first use, at an address that is a multiple of 64
/// for speed. `team` shares the work of long sections; NULL: the caller alone.
double strata_program_log_density(const strata_program *program, const double *position,
                                  double *gradient, double *workspace, unsigned options,
                                  strata_team *team);

/// What one element of every section that is not loose adds to the log density, at a `position` that differs from the
/// last one of strata_program_log_density with this workspace, if at all, in parameters of that element alone. Only for
/// programs whose sections have one element each for the same things, none of which looks at another: elements of the
/// workspace's vectors are overwritten that have not been asked for. -infinity as strata_program_log_density has it.
double strata_program_element(const strata_program *program, const double *position, size_t element,
                              double *workspace, unsigned options);

/// Runs a program without closed sections forward, without its densities: the workspace's first vector_size
/// numbers then hold the constrained parameters and deterministic quantities at `position`.
void strata_program_values(const strata_program *program, const double *position,
                           double *workspace);

/// Draws what the program's Gaussian block integrates, given the position that `workspace` was last used for:
/// the border's coefficients, then (unless its effects are left out) each effect's value in every group. `normals` holds
/// strata_gaussian_normal_count standard normal numbers in memory of strata_gaussian_draw_memory doubles.
void strata_program_draw(const strata_program *program, double *workspace, double *normals,
                         double *out);

#endif
