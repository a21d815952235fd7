// The sum over all observations, for one family: no include guard, included once per family with
//   FAMILY      its name; FAMILY_prepare and FAMILY_terms exist
//   ARGUMENTS   how many arguments follow the variate
//   OWN_LOOPS   1 (or not defined): loops for the usual sharing of its arguments are compiled apart
//   JOINT       1 if FAMILY_joint(first, second, same) exists (its result takes the third place); `same`: all
//               lanes of each argument are the same
//   OWN_SUM     1 (or not defined): FAMILY_sum is written elsewhere; here only FAMILY_each is made
//   FACTORED    1 (or not defined): FAMILY_terms gives a factor, too, whose logarithm belongs to the value, and takes
//               its second argument as a pointer. The factors of FACTORS_TOGETHER vectors share one logarithm
//
// The reduction order is fixed: 8 lanes, each adding up its rows in order, then v_sum.

#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define OF_FAMILY(what) PASTE(FAMILY, what)
#if FACTORED
#define ARGUMENT_2(p) (&(p)[1])
#else
#define ARGUMENT_2(p) ((p)[1])
#endif

#if !OWN_SUM
/// The sum with `shared` flags (bit k: argument k) and `want` as the caller knows them; constants
/// where the compiler is to make a loop of its own, in which shared arguments cost nothing.
STRATA_INLINE double OF_FAMILY(loop)(size_t n, strata_argument y, const strata_argument *arguments,
                                     unsigned shared, unsigned want) {
  prepared p[3];
  row_sums sums = no_rows();
  row_pointers at = rows_of(y, arguments, ARGUMENTS);
  row_padding padding;
  const double8 same_y = v_splat(y.shared ? y.values[0] : 0);
  const size_t left = n % STRATA_LANES;
  int is_prepared = 0;  // the shared arguments are
#if OWN_LOOPS
  for (int a = 0; a < ARGUMENTS; a++)
    if (shared >> (a + 1) & 1)
      p[a] = OF_FAMILY(prepare)(a + 1, v_splat(arguments[a].values[0]), want);
  is_prepared = 1;
#endif

  // All whole vectors, then the rows that are left, padded to one vector: one loop body for both.
#pragma clang loop unroll(disable)
  for (int pass = 0; pass < 2; pass++) {
    const size_t count = pass == 0 ? n - left : left ? STRATA_LANES : 0;
    const row_sums before = sums;
    if (pass == 1 && left) {
      pad_rows(&at, &padding, n - left, left, shared | (y.shared != 0), ARGUMENTS);
      sums = no_rows();
    }
    for (size_t i = 0; i < count; i += STRATA_LANES) {
      int fresh = 0;
#pragma clang loop unroll(full)
      for (int a = 0; a < ARGUMENTS; a++) {
        const int is_shared = shared >> (a + 1) & 1;
        if (is_shared && is_prepared) continue;
        const double *values = at.values[a + 1];
        p[a] = OF_FAMILY(prepare)(a + 1, is_shared ? v_splat(values[0]) : v_load(values + i), want);
        fresh = 1;
      }
#if JOINT
      const unsigned both = WANT_1 | WANT_2;
      if (fresh) p[2] = OF_FAMILY(joint)(p[0], p[1], (shared & both) == both);
#endif
      (void)fresh;
      is_prepared = 1;

      const double8 v = y.shared ? same_y : v_load(at.values[0] + i);
      const density_terms t = OF_FAMILY(terms)(v, p[0], ARGUMENT_2(p), p[2], want);
#if FACTORED
      add_factor(&sums, t.factor);
#endif
      // NaN and +infinity become -infinity, and nothing pulls on a lane that is impossible.
      const mask8 alive = is_finite(t.value);
      sums.value += v_select(alive, t.value, v_splat(-INFINITY));
      const double8 slopes[4] = {t.dy, t.d1, t.d2, t.d3};
#pragma clang loop unroll(full)
      for (int a = 0; a <= ARGUMENTS; a++) {
        if (!(want >> a & 1)) continue;
        const double8 d = finite_where(alive, slopes[a]);
        if (a == 0 ? y.shared : shared >> a & 1) sums.slopes[a] += d;
        else v_store(at.adjoints[a] + i, v_load(at.adjoints[a] + i) + d);
      }
    }
#if FACTORED
    add_logarithm(&sums);
#endif
    if (pass == 1 && left) {
      sums = add_first(before, sums, left);
      unpad_rows(&padding, y, arguments, n - left, left, want, ARGUMENTS);
    }
  }

  if (want & WANT_Y && y.shared) add_finite(y.adjoint, v_sum(sums.slopes[0]));
  for (int a = 0; a < ARGUMENTS; a++)
    if ((want & shared) >> (a + 1) & 1) add_finite(arguments[a].adjoint, v_sum(sums.slopes[a + 1]));
  const double total = v_sum(sums.value);
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

#endif

/// The value of each observation by itself, as the sum adds it up.
static void OF_FAMILY(each)(size_t n, strata_argument y, const strata_argument *arguments,
                            unsigned shared, double *values) {
  for (size_t i = 0; i < n; i += STRATA_LANES) {
    const size_t k = n - i < STRATA_LANES ? n - i : STRATA_LANES;
    prepared p[3];
    for (int a = 0; a < ARGUMENTS; a++) {
      const double *x = arguments[a].values;
      p[a] = OF_FAMILY(prepare)(a + 1, shared >> (a + 1) & 1 ? v_splat(x[0]) : v_load_part(x + i, k), 0);
    }
    const double8 v = y.shared ? v_splat(y.values[0]) : v_load_part(y.values + i, k);
#if JOINT
    const unsigned both = WANT_1 | WANT_2;
    p[2] = OF_FAMILY(joint)(p[0], p[1], (shared & both) == both);
#endif
    density_terms t = OF_FAMILY(terms)(v, p[0], ARGUMENT_2(p), p[2], 0);
#if FACTORED
    t.value += lean_log(t.factor);
#endif
    v_store_part(values + i, v_select(is_finite(t.value), t.value, v_splat(-INFINITY)), k);
  }
}

#undef OF_FAMILY
#undef PASTE
#undef PASTE_
#undef FAMILY
#undef ARGUMENTS
#undef JOINT
#undef OWN_LOOPS
#undef OWN_SUM
#undef FACTORED
#undef ARGUMENT_2
