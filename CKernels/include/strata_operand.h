/// Where the numbers are that the steps of a program work on.
#ifndef STRATA_OPERAND_H
#define STRATA_OPERAND_H

#include <stddef.h>
#include <stdint.h>

/// Where an operand's numbers are.
typedef enum {
  STRATA_STORAGE_DATA = 0,    ///< at `data`, read only, no derivative
  STRATA_STORAGE_VECTOR = 1,  ///< at `offset` of the workspace's values: whole vectors
  STRATA_STORAGE_BLOCK = 2    ///< at `offset` of the block's values: closed sections only
} strata_storage;

/// An input or output of an instruction. Vectors and data are readable and writable up to the next
/// multiple of 8 elements; what stands past their end is of no meaning.
typedef struct {
  const double *data;  ///< STRATA_STORAGE_DATA: the numbers
  size_t offset;       ///< otherwise: where they start
  int32_t storage;     ///< a strata_storage
  int32_t shared;      ///< 1: one number for all elements
} strata_operand;

#endif
