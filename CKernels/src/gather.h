// From the levels of a factor to finer elements and back. x is a whole vector; the elements of one block.

static void gather(size_t n, double *out, const double *x, const int32_t *codes) {
  for (size_t i = 0; i < n; i++) out[i] = x[codes[i]];
}

static void scatter_add(size_t n, double *x, const double *adjoint, const int32_t *codes) {
  for (size_t i = 0; i < n; i++) x[codes[i]] += adjoint[i];
}

/// Where neighbours share their code. Whole vectors are written: the next run overwrites what is too much,
/// and after the last one the block has room.
static void spread(double *out, const double *x, const strata_run *run, const strata_run *end) {
  for (; run < end; run++) {
    const double8 v = v_splat(x[run->code]);
    size_t i = 0;
    do {
      v_store(out + i, v);
      i += STRATA_LANES;
    } while (i < (size_t)run->length);
    out += run->length;
  }
}

static void collect(double *x, const double *adjoint, const strata_run *run,
                    const strata_run *end) {
  for (; run < end; run++) {
    const size_t n = (size_t)run->length;
    double8 total = v_splat(0);
    size_t i = 0;
    for (; i + STRATA_LANES <= n; i += STRATA_LANES) total += v_load(adjoint + i);
    // Reads past the run stay inside the block and the room behind it.
    if (i < n) total += v_first(v_load(adjoint + i), n - i);
    x[run->code] += v_sum(total);
    adjoint += n;
  }
}
