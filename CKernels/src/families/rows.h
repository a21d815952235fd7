// What the summing loop keeps: where the rows are, sums, and room for a padded last vector.

/// Values and adjoints, the variate's first.
typedef struct {
  const double *values[4];
  double *adjoints[4];
} row_pointers;

/// Sums over the rows, of the values and of the derivatives of shared arguments; and the product of the last vectors'
/// factors, whose logarithm is still to be added to the value.
typedef struct {
  double8 value, slopes[4];
  double8 product;
  int factors;
} row_sums;

STRATA_INLINE row_sums no_rows(void) { return (row_sums){.product = v_splat(1)}; }

STRATA_INLINE void add_logarithm(row_sums *sums) {
  sums->value += lean_log(sums->product);
  sums->product = v_splat(1);
  sums->factors = 0;
}

/// Vectors whose factors, each up to 2^210, are multiplied before a logarithm is taken.
enum { FACTORS_TOGETHER = 4 };

STRATA_INLINE void add_factor(row_sums *sums, double8 factor) {
  sums->product *= factor;
  if (++sums->factors == FACTORS_TOGETHER) add_logarithm(sums);
}

/// The rows after the last whole vector, repeated so that all 8 lanes are inside the domain if they
/// are, and their adjoints from 0.
typedef struct {
  _Alignas(64) double values[4][STRATA_LANES], adjoints[4][STRATA_LANES];
} row_padding;

STRATA_INLINE row_pointers rows_of(strata_argument y, const strata_argument *arguments,
                                   int arguments_count) {
  row_pointers at = {{y.values}, {y.adjoint}};
  for (int a = 0; a < arguments_count; a++) {
    at.values[a + 1] = arguments[a].values;
    at.adjoints[a + 1] = arguments[a].adjoint;
  }
  return at;
}

/// Points `at` at `padding`, filled with the `left` rows from `start` on; shared ones (bit k, the
/// variate's is 0) stay where they are.
static void pad_rows(row_pointers *at, row_padding *padding, size_t start, size_t left,
                     unsigned shared, int arguments_count) {
  for (int a = 0; a <= arguments_count; a++) {
    if (shared >> a & 1) continue;
    // Stored as whole vectors: a load of what narrower stores wrote has to wait for them.
    v_store(padding->values[a], v_load_part(at->values[a] + start, left));
    v_store(padding->adjoints[a], v_splat(0));
    at->values[a] = padding->values[a];
    at->adjoints[a] = padding->adjoints[a];
  }
}

/// Adds the padded adjoints to the ones of the rows.
static void unpad_rows(const row_padding *padding, strata_argument y,
                       const strata_argument *arguments, size_t start, size_t left, unsigned want,
                       int arguments_count) {
  for (int a = 0; a <= arguments_count; a++) {
    const strata_argument argument = a == 0 ? y : arguments[a - 1];
    if (!(want >> a & 1) || argument.shared) continue;
    for (size_t j = 0; j < left; j++) argument.adjoint[start + j] += padding->adjoints[a][j];
  }
}

/// a + b, of b the first `left` lanes.
STRATA_INLINE row_sums add_first(row_sums a, row_sums b, size_t left) {
  a.value += v_first(b.value, left);
  for (int k = 0; k < 4; k++) a.slopes[k] += v_first(b.slopes[k], left);
  return a;
}
