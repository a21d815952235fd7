// Groups with two correlated effects, eight at a time, in closed form. With U = [k r; 0 1], k^2 = 1 - r^2, the columns of
//
//     A t U = [k a11 t1    r a11 t1 + a12 t2]  =  [p  q]
//             [   0             a22 t2      ]     [0  s]
//
// are a triangle like A t, so that with n = (s, -q)
//
//     V^-1 = (sigma^2 e1 e1' + (sigma^2 + p^2) e2 e2' + n n') / det V,
//     det V = sigma^2 (sigma^2 + p^2) + q^2 sigma^2 + s^2 (sigma^2 + p^2).
//
// A column A m has the product a11 a22 (t2 m1 - r t1 m2) with n: its rows in the system are those along e1 and e2, and
// a11 a22 m.

/// The groups' systems at their scales, without the weights.
STRATA_INLINE group_vector correlated_groups(const gaussian_operands *o, block_shape b, size_t i) {
  const double *at = o->g->systems + i / STRATA_LANES * o->g->stride;
  const double8 r = v_splat(o->s.correlations[1]), k = v_splat(o->s.upper[0]), zero = v_splat(0);
  const double8 t1 = scale_of(o, 0, i), t2 = scale_of(o, 1, i), shift = -r * t1;
  const double8 a11 = v_load(at), a12 = v_load(at + STRATA_LANES), a22 = v_load(at + 2 * STRATA_LANES);
  const double8 both = a11 * a22;
  group_vector v;
  v.share[0][0] = a11, v.share[0][1] = zero, v.share[0][2] = both * t2;
  v.share[1][0] = a12, v.share[1][1] = a22, v.share[1][2] = both * shift;
  v.joint[0][0] = v_fma(r * t2, a12, a11 * t1), v.joint[0][1] = r * t2 * a22;
  v.joint[0][2] = both * t1 * t2 * k * k;
  v.joint[1][0] = v_fma(r * t1, a11, a12 * t2), v.joint[1][1] = a22 * t2, v.joint[1][2] = zero;
  v.columns = o->s.columns;
  for (size_t j = 0; j < b.border + b.given + 1; j++) {
    const double *column = at + STRATA_LANES * (3 + 4 * j);
    double *rows = o->s.columns + STRATA_LANES * 3 * j;
    v_store(rows, v_load(column));
    v_store(rows + STRATA_LANES, v_load(column + STRATA_LANES));
    const double8 second = shift * v_load(column + 3 * STRATA_LANES);
    v_store(rows + 2 * STRATA_LANES, v_fma(t2, v_load(column + 2 * STRATA_LANES), second));
  }
  return v;
}

/// Finds the weights, and keeps them; adds log det V to the sum.
STRATA_INLINE group_vector weigh_correlated_groups(const gaussian_operands *o, block_shape b, size_t i,
                                                   log_sum *logs) {
  group_vector v = correlated_groups(o, b, i);
  const double8 sigma = sigma_at(o, codes_at(o->g, i)), noise = sigma * sigma;
  const double8 p = v_splat(o->s.upper[0]) * scale_of(o, 0, i) * v.share[0][0];
  const double8 q = v.joint[1][0], s = v.joint[1][1];
  const double8 first = v_fma(p, p, noise);
  const double8 det = v_fma(q * q, noise, first * v_fma(s, s, noise));
  const double8 inverse = v_splat(1) / det;
  v.weight[0] = noise * inverse;
  v.weight[1] = first * inverse;
  v.weight[2] = inverse;
  for (size_t k = 0; k < 3; k++) v_store(o->s.weights + 3 * i + STRATA_LANES * k, v.weight[k]);
  add_log(logs, det);
  return v;
}
