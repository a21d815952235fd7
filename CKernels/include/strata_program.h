/// A posterior log density as a straight-line program over vectors, with its gradient by reverse
/// accumulation: no tape, no allocation; every intermediate value has its place, fixed when the program
/// is made.
///
/// A program has two sections. The *prologue* runs over whole vectors (scalars, one value per level of a
/// factor): parameter transforms, priors, deterministic quantities. The *row section* runs over the rows of
/// the table in blocks of STRATA_BLOCK, forward and backward through one block while its intermediate
/// values are in the first-level cache. Rows are summed in table order, block by block: the same bits on
/// every backend and for any number of chains.
#ifndef STRATA_PROGRAM_H
#define STRATA_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "strata_density.h"

enum { STRATA_BLOCK = 256 };

/// Where an operand's numbers are.
typedef enum {
  STRATA_STORAGE_DATA = 0,    ///< at `data`, read only, no derivative
  STRATA_STORAGE_VECTOR = 1,  ///< at `offset` of the workspace's values: whole vectors
  STRATA_STORAGE_BLOCK = 2    ///< at `offset` of the block's values: row section only
} strata_storage;

/// An input or output of an instruction.
typedef struct {
  const double *data;  ///< STRATA_STORAGE_DATA: the numbers
  size_t offset;       ///< otherwise: where they start
  int32_t storage;     ///< a strata_storage
  int32_t shared;      ///< 1: one number for all elements
} strata_operand;

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
  STRATA_OP_DOT,      ///< row i of `matrix` times x, a whole vector of `columns` numbers
  STRATA_OP_TERM,     ///< adds the sum of out's elements to the value
  STRATA_OP_DENSITY,  ///< adds log f(out | inputs) to the value
  STRATA_OP_UNBOUNDED,  ///< out = center + scale parameter
  STRATA_OP_LOWER,      ///< out = x + scale exp(parameter); log-Jacobian: parameter + log scale
  STRATA_OP_UPPER,      ///< out = x - scale exp(parameter); log-Jacobian: parameter + log scale
  STRATA_OP_INTERVAL    ///< out = x + (y - x) inverse_logit(parameter), with its log-Jacobian
} strata_op;

/// One step. `out` is written (read, for STRATA_OP_TERM and STRATA_OP_DENSITY: the variate).
typedef struct {
  int32_t op;      ///< a strata_op
  int32_t family;  ///< STRATA_OP_DENSITY: a strata_family
  strata_operand out;
  strata_operand in[3];
  size_t count;          ///< prologue: number of elements; ignored in the row section
  size_t parameter;      ///< transforms: where the parameter starts in the position
  double center, scale;  ///< transforms: the unit that the position is measured in
  double log_scale;      ///< log(scale)
  const int32_t *codes;  ///< STRATA_OP_GATHER: one index per element
  const double *matrix;  ///< STRATA_OP_DOT: column-major, `stride` rows stored per column
  size_t stride;
  size_t columns;
} strata_instruction;

/// The whole program. It owns nothing and is never written: any number of threads may run it at once,
/// each with a workspace of its own.
typedef struct {
  const strata_instruction *prologue;
  size_t prologue_count;
  const strata_instruction *rows;
  size_t rows_count;
  size_t row_count;    ///< rows of the table
  size_t dimension;    ///< length of a position
  size_t vector_size;  ///< doubles that whole vectors take
  size_t block_size;   ///< doubles that block values take (a multiple of STRATA_BLOCK)
  double constant;     ///< added to the value: what depends on data alone
} strata_program;

/// What to compute beside the value.
typedef enum {
  STRATA_WITH_JACOBIAN = 1  ///< density of the unconstrained parameters; else of the constrained ones
} strata_option;

/// Doubles of workspace that one thread needs.
size_t strata_program_workspace_size(const strata_program *program);

/// The log density at `position` (dimension numbers, unconstrained), all normalising constants kept.
/// `gradient` (dimension numbers, or NULL: not wanted) is overwritten. Outside the support, and where
/// anything is not a number: -infinity, the gradient then being of no meaning. `workspace` has
/// strata_program_workspace_size doubles; its content before does not matter.
double strata_program_log_density(const strata_program *program, const double *position,
                                  double *gradient, double *workspace, unsigned options);

/// Runs the prologue without its densities: the workspace's first vector_size numbers then hold the
/// constrained parameters and deterministic quantities at `position`.
void strata_program_values(const strata_program *program, const double *position,
                           double *workspace);

#endif
