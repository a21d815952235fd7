// Public entry points of programs: forwarded to the backend in use.
#include "backend.h"

size_t strata_program_workspace_size(const strata_program *program) {
  // One vector of room, because spread and collect reach past the last element.
  return 2 * (program->vector_size + program->block_size) + 8;
}

double strata_program_log_density(const strata_program *program, const double *position,
                                  double *gradient, double *workspace, unsigned options) {
  return strata_kernels()->program_log_density(program, position, gradient, workspace, options);
}

void strata_program_values(const strata_program *program, const double *position,
                           double *workspace) {
  strata_kernels()->program_values(program, position, workspace);
}
