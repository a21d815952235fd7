// A closed section in chunks of blocks. Each chunk adds to adjoints of its own, which are then added up in the
// order of the chunks: the same bits however many threads share the work.

STRATA_INLINE const strata_range *ranges_of(const strata_section *s, size_t chunk) {
  return s->ranges + chunk * s->range_count;
}

static void clear_ranges(const strata_section *s, size_t chunk, double *adjoints) {
  const strata_range *r = ranges_of(s, chunk);
  for (size_t j = 0; j < s->range_count; j++) {
    memset(adjoints + r[j].offset, 0, r[j].count * sizeof(double));
  }
}

static void add_ranges(const strata_section *s, size_t chunk, const double *from, double *to) {
  const strata_range *r = ranges_of(s, chunk);
  for (size_t j = 0; j < s->range_count; j++) {
    const size_t end = r[j].offset + r[j].count;
    for (size_t i = r[j].offset; i < end; i++) to[i] += from[i];
  }
}

/// One chunk, its adjoints into `adjoints`.
static double run_chunk(const strata_section *s, frame f, size_t chunk, double *adjoints) {
  const size_t length = s->chunk_blocks * STRATA_BLOCK, first = chunk * length;
  const size_t end = s->count - first < length ? s->count : first + length;
  if (f.gradient) {
    f.adjoints[STRATA_STORAGE_VECTOR] = adjoints;
    clear_ranges(s, chunk, adjoints);
  }
  return run_blocks(s, &f, first, end);
}

/// What the members of a team share.
typedef struct {
  const strata_program *program;
  const strata_section *section;
  const frame *frame;
  const workspace *space;
  double values[STRATA_CHUNKS];
} chunk_work;

static void run_chunks(void *context, size_t member) {
  chunk_work *work = context;
  const workspace *space = work->space;
  frame f = *work->frame;
  f.values[STRATA_STORAGE_BLOCK] = member_block(work->program, space, member);
  if (f.gradient) {
    f.adjoints[STRATA_STORAGE_BLOCK] =
        f.values[STRATA_STORAGE_BLOCK] + work->program->block_size;
  }
  for (size_t c = member; c < work->section->chunk_count; c += space->members) {
    work->values[c] = run_chunk(work->section, f, c, chunk_adjoints(work->program, space, c));
  }
}

static double section_in_chunks(const strata_program *p, const strata_section *s, const frame *f,
                                const workspace *space) {
  double value = 0;
  double *const adjoints = f->adjoints[STRATA_STORAGE_VECTOR];
  if (space->members == 1) {
    double *const own = chunk_adjoints(p, space, 0);
    for (size_t c = 0; c < s->chunk_count; c++) {
      value += run_chunk(s, *f, c, own);
      if (f->gradient) add_ranges(s, c, own, adjoints);
    }
    return value;
  }
  chunk_work work = {.program = p, .section = s, .frame = f, .space = space};
  strata_team_run(space->team, run_chunks, &work);
  for (size_t c = 0; c < s->chunk_count; c++) {
    value += work.values[c];
    if (f->gradient) add_ranges(s, c, chunk_adjoints(p, space, c), adjoints);
  }
  return value;
}
