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

double strata_program_element(const strata_program *program, const double *position, size_t element,
                              double *workspace, unsigned options) {
  return strata_kernels()->program_element(program, position, element, workspace, options);
}

void strata_program_values(const strata_program *program, const double *position,
                           double *workspace) {
  strata_kernels()->program_values(program, position, workspace);
}

void strata_program_draw(const strata_program *program, double *workspace, double *normals,
                         double *out) {
  strata_kernels()->program_draw(program, workspace, normals, out);
}

static size_t padded(size_t n) { return (n + 7) / 8 * 8; }

size_t strata_gaussian_scratch_size(const strata_gaussian *g) {
  const size_t p = g->border, q = g->effects, m = g->rotated ? g->rows : 0;
  const size_t rotated = (m + q) * (3 * q + m) + m * (2 * q + p + g->given + 1) + 2 * (q + m);
  const size_t correlated = g->correlation_count > 0 ? padded(3 * q * q) : 0;
  const size_t weights = (q == 2 ? 3 : q) * padded(g->groups) + (correlated ? 8 * 3 * (p + g->given + 1) : 0);
  const size_t border =
      2 * padded(p) + padded(p * p) + 8 * (p * (p + 1) / 2 + p) + padded(g->given) + 16 * p;
  return border + 2 * padded(g->sigma_count) + correlated + (g->rotated ? 8 * rotated : weights);
}

size_t strata_gaussian_normal_count(const strata_gaussian *g) {
  if (!g->group_effects) return padded(g->border);
  return padded(g->border) + g->effects * padded(g->groups);
}

size_t strata_gaussian_draw_memory(const strata_gaussian *g) {
  if (!g->group_effects) return strata_gaussian_normal_count(g);
  return strata_gaussian_normal_count(g) + g->effects * padded(g->groups);
}
