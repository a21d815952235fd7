/// The Gaussian block of a program: group effects with Normal priors and coefficients that enter Normal
/// likelihoods linearly, integrated out exactly.
///
/// For each group, with its effects b = mean + t z, z ~ Normal(0, I), the rows have been reduced to
///
///     target = A t z + X beta + C given + sigma e,   e ~ Normal(0, I),
///
/// where beta (the *border*) is shared by all groups and integrated, too, `given` are coefficients that are
/// not, t holds one scale per effect and sigma the residual scale. So target ~ Normal(X beta + C given, V) with
/// V = sigma^2 I + A t^2 A', and what the rows say beside that, and the priors of beta, are *border rows*
/// target = X beta + C given + sd e. The log density is
///
///     -(sum of log det V + sum of w' V^-1 w) / 2 - (log det H) / 2,   H = sum of X' V^-1 X,
///
/// border rows counted in, with w = target - C given - X m, m = H^-1 (sum of X' V^-1 (target - C given)).
///
/// V^-1 is used as a sum of w[k] v[k] v[k]' with w[k] >= 0, so that nothing cancels when a scale goes to 0 or to
/// infinity. For one effect there is one such *virtual row*, V itself. For two, with A = [a11 a12; 0 a22],
///
///     V^-1 = (sigma^2 e1 e1' + (sigma^2 + t1^2 a11^2) e2 e2' + t2^2 n n') / det V,   n = (a22, -a12),
///     det V = sigma^2 (sigma^2 + t1^2 a11^2) + t2^2 (a12^2 sigma^2 + a22^2 (sigma^2 + t1^2 a11^2)):
///
/// three, the products of the columns with n being data. For more, or where rows of a group differ in sigma, they
/// are found by Givens rotations of [A t / sigma; I] (strata_gaussian.rotated).
///
/// Effects may be correlated: z ~ Normal(0, R) with R = U U', U an upper triangle. Then V = sigma^2 I + A t R t A', and
/// the rotations are those of [A t / sigma; U^-1]. Two correlated effects have a closed form, too (gaussian_pair.h).
#ifndef STRATA_GAUSSIAN_H
#define STRATA_GAUSSIAN_H

#include "strata_operand.h"

/// Rows that say something of the border alone: left over from a likelihood, or priors of the border.
typedef struct {
  const double *rows;  ///< row after row: border, given and target columns
  size_t row_count;
  double count;          ///< how often -log sd counts
  int32_t is_residual;   ///< 1: the sd is residual scale number `sigma`
  size_t sigma;
  strata_operand sd;     ///< else: one number
} strata_border_rows;

/// How the values of an effect are made from its z: offset + terms + sd z.
typedef struct {
  const double *offset;           ///< one number per group, or NULL for 0
  const size_t *sources;          ///< for each term, which number it multiplies: border, then given
  const double *const *columns;   ///< for each term, one number per group, or NULL for 1
  size_t term_count;
  strata_operand sd;  ///< of the prior: one number, or one per group
} strata_group_effect;

/// Two effects whose z are correlated in every group.
typedef struct {
  size_t first, second;  ///< first < second
  strata_operand value;  ///< one number
} strata_correlation;

/// The whole block. Groups stand in vectors of 8, filled up with zeros.
typedef struct {
  size_t groups, effects;  ///< of each group
  size_t border, given;    ///< columns
  int32_t rotated;         ///< 1: virtual rows by rotations; else there are 0, 1 or 2 effects
  size_t rows;             ///< rotated: rows of a group
  /// For each vector of 8 groups. Not rotated: the virtual rows' share of each effect (1: a; 2: a11, a12, a22),
  /// then of each column (border, given, target) its virtual rows, or, where two effects are correlated, four numbers
  /// that they are made of (gaussian_pair.h). Rotated: A, row by row; then of each column
  /// its share along the effects, and what is left of it in each row: column = A (first) + rest.
  const double *systems;
  size_t stride;            ///< doubles of a vector
  const int32_t *classes;   ///< which residual scale each group has (rotated: each row, 8 codes per row); NULL: the first
  const strata_operand *sigmas;  ///< vectors of residual scales, numbered one after the other
  const size_t *sigma_counts;    ///< how many each of them has
  size_t sigma_vectors, sigma_count;  ///< vectors; residual scales in all
  const strata_operand *scales;  ///< t, for each effect one number or one per group
  const strata_correlation *correlations;  ///< of effects
  size_t correlation_count;
  const strata_operand *givens;  ///< one number each
  const strata_border_rows *border_rows;
  size_t border_row_sets;
  const double *basis;      ///< border x border, row-major: the coefficients are basis times beta; NULL: beta
  const strata_group_effect *group_effects;  ///< for draws; NULL: these are of the border alone
} strata_gaussian;

/// Doubles of scratch that evaluating a block needs.
size_t strata_gaussian_scratch_size(const strata_gaussian *block);

/// Standard normal numbers that a draw needs.
size_t strata_gaussian_normal_count(const strata_gaussian *block);

/// Doubles of memory that a draw needs, the normal numbers included.
size_t strata_gaussian_draw_memory(const strata_gaussian *block);

#endif
