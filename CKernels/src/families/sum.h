// The sum over all observations, for one family: no include guard, included once per family with
//   FAMILY      its name; FAMILY_prepare and FAMILY_terms exist
//   ARGUMENTS   how many arguments follow the variate
//   OWN_LOOPS   1 (or not defined): loops for the usual sharing of its arguments are compiled apart
//   JOINT       1 if FAMILY_joint(first, second) exists (its result takes the third place)
//
// The reduction order is fixed: 8 lanes, each adding up its rows in order, then v_sum.

#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define OF_FAMILY(what) PASTE(FAMILY, what)

/// The sum with `shared` flags (bit k: argument k) and `want` as the caller knows them; constants
/// where the compiler is to make a loop of its own, in which shared arguments cost nothing.
STRATA_INLINE double OF_FAMILY(loop)(size_t n, strata_argument y, const strata_argument *arguments,
                                     unsigned shared, unsigned want) {
  prepared p[3] = {0};
  double8 sum = v_splat(0), sum_y = v_splat(0), sums[3] = {0};
  const double8 same_y = v_splat(y.shared ? y.values[0] : 0);

  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    int fresh = 0;
#pragma clang loop unroll(full)
    for (int a = 0; a < ARGUMENTS; a++) {
      const int is_shared = shared >> (a + 1) & 1;
      if (is_shared && i > 0) continue;
      const double *values = arguments[a].values;
      const double8 x = is_shared ? v_splat(values[0]) : v_load_part(values + i, k);
      p[a] = OF_FAMILY(prepare)(a + 1, x, want);
      fresh = 1;
    }
#if JOINT
    if (fresh) p[2] = OF_FAMILY(joint)(p[0], p[1], want);
#endif
    (void)fresh;
    const double8 v = y.shared ? same_y : v_load_part(y.values + i, k);
    density_terms t = OF_FAMILY(terms)(v, p[0], p[1], p[2], want);

    // NaN and +infinity become -infinity, and nothing pulls on a lane that is impossible.
    const double8 value = v_select(t.value < INFINITY, t.value, v_splat(-INFINITY));
    const mask8 alive = value > -INFINITY;
    sum += k == STRATA_LANES ? value : v_first(value, k);
    if (want & WANT_Y) {
      const double8 d = finite_where(alive, t.dy);
      if (y.shared) sum_y += v_first(d, k);
      else v_add_to(y.adjoint + i, d, k);
    }
    const double8 slopes[3] = {t.d1, t.d2, t.d3};
#pragma clang loop unroll(full)
    for (int a = 0; a < ARGUMENTS; a++) {
      if (!(want >> (a + 1) & 1)) continue;
      const double8 d = finite_where(alive, slopes[a]);
      if (shared >> (a + 1) & 1) sums[a] += k == STRATA_LANES ? d : v_first(d, k);
      else v_add_to(arguments[a].adjoint + i, d, k);
    }
  }

  if (want & WANT_Y && y.shared) add_finite(y.adjoint, v_sum(sum_y));
  for (int a = 0; a < ARGUMENTS; a++)
    if ((want & shared) >> (a + 1) & 1) add_finite(arguments[a].adjoint, v_sum(sums[a]));
  const double total = v_sum(sum);
  return total < INFINITY ? total : -INFINITY;
}

static double OF_FAMILY(sum)(size_t n, strata_argument y, const strata_argument *arguments,
                             unsigned shared, unsigned want) {
#if OWN_LOOPS
  // As cheap as memory: worth loops of their own (the others gain nothing and grow threefold).
  if (shared == WANT_2 && want == (WANT_1 | WANT_2))
    return OF_FAMILY(loop)(n, y, arguments, WANT_2, WANT_1 | WANT_2);
  if (shared == WANT_2) return OF_FAMILY(loop)(n, y, arguments, WANT_2, want);
  if (shared == (WANT_1 | WANT_2))
    return OF_FAMILY(loop)(n, y, arguments, WANT_1 | WANT_2, want);
#endif
  return OF_FAMILY(loop)(n, y, arguments, shared, want);
}

#undef OF_FAMILY
#undef PASTE
#undef PASTE_
#undef FAMILY
#undef ARGUMENTS
#undef JOINT
#undef OWN_LOOPS
