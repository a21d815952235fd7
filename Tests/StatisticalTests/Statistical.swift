import Testing

/// Whole fits against posteriors that are known from elsewhere: seeded, so that a run gives the same
/// numbers every time on one machine, and slower than the other tests.
///
/// One at a time, because each fit uses all cores.
@Suite(.serialized) enum Statistical {}
