// Public entry points of programs: forwarded to the backend in use.
#include "backend.h"

size_t strata_program_workspace_size(const strata_program *program, size_t members) {
  size_t chunks = 0;
  for (size_t j = 0; j < program->section_count; j++) {
    const size_t count = program->sections[j].chunk_count;
    const size_t kept = members > 1 ? count : count > 0;
    if (kept > chunks) chunks = kept;
  }
  // One vector of room at the end: steps read past the last element.
  return (2 + chunks) * program->vector_size + 2 * members * program->block_size + 8;
}

double strata_program_log_density(const strata_program *program, const double *position,
                                  double *gradient, double *workspace, unsigned options,
                                  strata_team *team) {
  return strata_kernels()->program_log_density(program, position, gradient, workspace, options,
                                               team);
}

void strata_program_values(const strata_program *program, const double *position,
                           double *workspace) {
  strata_kernels()->program_values(program, position, workspace);
}
