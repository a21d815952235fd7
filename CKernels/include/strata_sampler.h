/// Vector operations of the samplers: fused passes over positions, momenta and gradients.
///
/// Momenta are standardised: r = L' p where the inverse metric is L L' (diagonal: L = scale), so
/// that r ~ Normal(0, I), the kinetic energy is r.r / 2, the velocity is L r, and the products
/// of the U-turn criterion are plain dot products of r.
#ifndef STRATA_SAMPLER_H
#define STRATA_SAMPLER_H

#include <stddef.h>
#include <stdint.h>

/// First half of a leapfrog step of size 2 `half`, diagonal metric:
///   r_out = r + half scale g,   q_out = q + 2 half scale r_out.
/// All have n values. r_out may be r and q_out may be q; no other overlap.
void strata_leapfrog_drift(size_t n, double half, const double *scale, const double *q,
                           const double *r, const double *g, double *q_out, double *r_out);

/// Second half: r += half scale g; returns r.r. No overlap. Non-finite input gives a non-finite
/// result.
double strata_leapfrog_kick(size_t n, double half, const double *scale, const double *g, double *r);

/// out = x + a y. `out` may be x or y.
void strata_axpy(size_t n, double a, const double *y, const double *x, double *out);

/// x.y, in 8 lanes and a fixed tree.
double strata_dot(size_t n, const double *x, const double *y);

/// Joins two single points: sum = a + b. Returns 1 if the pair turns: a.sum <= 0 or b.sum <= 0
/// (or one is NaN). `sum` overlaps neither.
int strata_turning_pair(size_t n, const double *a, const double *b, double *sum);

/// Joins two segments of a trajectory, a and then b, each given by its outer and inner momentum and
/// the sum of its momenta: sum = sum_a + sum_b. Returns 1 if they turn by the generalised criterion
/// (Betancourt 2017) or by its two extra checks across the joint (Stan 2.21):
///   a_outer.sum, b_outer.sum,
///   a_outer.(sum_a + b_inner), b_inner.(sum_a + b_inner),
///   a_inner.(sum_b + a_inner), b_outer.(sum_b + a_inner)
/// all have to be positive. `sum` may be sum_a; no other overlap with outputs.
int strata_turning_join(size_t n, const double *a_outer, const double *a_inner,
                        const double *b_inner, const double *b_outer, const double *sum_a,
                        const double *sum_b, double *sum);

/// The four kernels of a trajectory by their addresses in the backend in use, for whoever calls them
/// all the time; they are the functions above with the same arguments.
typedef struct {
  void (*drift)(size_t n, double half, const double *scale, const double *q, const double *r,
                const double *g, double *q_out, double *r_out);
  double (*kick)(size_t n, double half, const double *scale, const double *g, double *r);
  int (*turning_pair)(size_t n, const double *a, const double *b, double *sum);
  int (*turning_join)(size_t n, const double *a_outer, const double *a_inner,
                      const double *b_inner, const double *b_outer, const double *sum_a,
                      const double *sum_b, double *sum);
} strata_trajectory_kernels;

strata_trajectory_kernels strata_trajectory(void);

/// n random words of 64 bits, written over doubles bit by bit, in groups of 16: group g is 8 blocks
/// of Philox4x32-10 with the key `seed` and the counters (8 (block + g) + lane, stream), first the
/// low halves of the 8 blocks, then the high ones. A pure function of its arguments.
/// Source: Salmon et al. 2011.
void strata_random_words(size_t n, uint64_t seed, uint64_t stream, uint64_t block, double *words);

/// Turns at most 64 random words into standard normal numbers by the ziggurat method: the low byte of
/// a word chooses the layer, its upper 53 bits u in (-1, 1), and the number is u edge[layer] if
/// |u| < inside[layer]; `layers` holds edge and inside of each layer in turn. Returns bit i for a word
/// that has to be rejected or looked at more closely; such words are left as they are.
uint64_t strata_ziggurat(size_t n, const double *layers, double *words);

/// Takes one more vector into running means and sums of squared deviations (Welford 1962), `share`
/// being 1 / (how many there are with it):
///   d = x - mean,   mean += d share,   squares += d (x - mean).
/// No overlap.
void strata_welford(size_t n, double share, const double *x, double *mean, double *squares);

/// The scale at which the standard deviations of draws and gradients are equal:
///   scale = (draws / gradients)^(1/4)
/// from sums of squared deviations over the same draws. Where that is not a number between 1e-10
/// and 1e10 (a coordinate that never moved, a gradient that never changed) the scale stays. No
/// overlap.
void strata_fisher_scale(size_t n, const double *draws, const double *gradients, double *scale);

/// y = L x for the lower triangle of the row-major n x n matrix L. No overlap.
void strata_lower_times(size_t n, const double *l, const double *x, double *y);

/// y = L' x for the lower triangle of the row-major n x n matrix L. No overlap.
void strata_lower_transposed_times(size_t n, const double *l, const double *x, double *y);

/// Replaces the symmetric, row-major n x n matrix, of which only the lower triangle is read, by its
/// Cholesky factor L (the matrix is L L'), zeros above the diagonal. Returns 0, or the order of the
/// first leading minor that is not positive and finite; then the rows from there on are undone.
size_t strata_cholesky(size_t n, double *matrix);

#endif
