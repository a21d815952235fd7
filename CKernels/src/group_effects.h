// Group effects in coordinates that what the data say of them has made standard: the likelihood of an effect
// b = location + spread z, given all else, is close to a Normal one with `information` S and slope `pull` p at the
// location, so that z has variance c^2 and mean spread c^2 p, with c = 1 / sqrt(1 + spread^2 S):
//
//   z = c u + spread c^2 p,    log density of u: -z^2 / 2 + log c
//
// Where S spread^2 is small, u is z (non-centred); where it is large, u moves with b alone (centred).

/// One step's operands; `root` is the square root of S.
typedef struct {
  size_t first;
  operand_view spread, pull, root;
} group_effects;

/// Spread sqrt(S), and c, for any spread; not a number below 0.
typedef struct {
  double8 q, c;
} whitening;

STRATA_INLINE whitening whitening_of(const group_effects *e, double8 root, size_t i) {
  const double8 one = v_splat(1);
  const double8 spread = load_operand(e->spread, e->spread.shared, i);
  const double8 q = v_select(spread >= 0, spread * root, v_splat(NAN));
  const mask8 is_large = q > one;
  const double8 small = v_select(is_large, one / q, q);
  const double8 c = one / v_sqrt(v_fma(small, small, one));
  return (whitening){q, v_select(is_large, c * small, c)};
}

/// Writes z; returns the log density of u without -log(2 pi) / 2.
STRATA_INLINE double effects_loop(const group_effects *e, size_t n, const double *position,
                                  double *out) {
  double8 total = v_splat(0);
  FOR_EACH_PARAMETER(n) {
    const double8 u = v_load_part(position + e->first + i, k);
    const whitening w = whitening_of(e, load_operand(e->root, e->root.shared, i), i);
    const double8 spread = load_operand(e->spread, e->spread.shared, i);
    const double8 pull = load_operand(e->pull, e->pull.shared, i);
    const double8 z = v_fma(spread * w.c, w.c * pull, w.c * u);
    v_store(out + i, z);
    total += valid(v_fma(z * v_splat(-0.5), z, v_log(w.c)), i, n);
  }
  return v_sum(total);
}

STRATA_INLINE void effects_back_loop(const group_effects *e, size_t n, const double *position,
                                     operand_view out, double *gradient) {
  const double8 one = v_splat(1);
  double8 spreads = v_splat(0), pulls = v_splat(0);
  const int sums_spread = e->spread.shared || n == 1, sums_pull = e->pull.shared || n == 1;
  FOR_EACH_PARAMETER(n) {
    const double8 u = v_load_part(position + e->first + i, k);
    const double8 d = v_load(out.adjoint + i) - v_load(out.value + i);
    const double8 root = load_operand(e->root, e->root.shared, i);
    const whitening w = whitening_of(e, root, i);
    v_store_part(gradient + e->first + i, d * w.c, k);
    if (e->pull.adjoint) {
      const double8 part = d * w.c * (load_operand(e->spread, e->spread.shared, i) * w.c);
      if (sums_pull) pulls += valid(part, i, n);
      else add_to(e->pull.adjoint + i, part);
    }
    if (e->spread.adjoint) {
      // d c / d spread = -spread S c^3
      const double8 qc = w.q * w.c, shrink = qc * (root * w.c);
      const double8 pull = load_operand(e->pull, e->pull.shared, i);
      const double8 slope =
          v_fma(w.c * w.c * pull, v_fma(v_splat(-2) * qc, qc, one), -shrink * (w.c * u));
      const double8 part = v_fma(d, slope, -shrink);
      if (sums_spread) spreads += valid(part, i, n);
      else add_to(e->spread.adjoint + i, part);
    }
  }
  if (sums_pull && e->pull.adjoint) e->pull.adjoint[0] += v_sum(pulls);
  if (sums_spread && e->spread.adjoint) e->spread.adjoint[0] += v_sum(spreads);
}
