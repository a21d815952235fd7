/// Threads, and work that is shared out among them.
#ifndef STRATA_THREADS_H
#define STRATA_THREADS_H

#include <stddef.h>

/// Runs body(context) on a new, detached thread with a stack of 8 MiB. Returns 0, or an errno
/// value if there is no such thread to be had; then the body does not run.
int strata_thread_start(void (*body)(void *), void *context);

/// Runs body(context, i, thread) for each i below count on the calling thread and up to threads - 1 new ones, and returns
/// when all have returned. Each thread takes the next i as soon as it is free. Threads are numbered from 0 in the order in
/// which they begin, which need not be the calling one first. What the caller wrote before is seen by them, and what they
/// wrote by the caller after. Where the system has no more threads, those that there are do it all.
void strata_share_out(size_t count, size_t threads,
                      void (*body)(void *context, size_t i, size_t thread), void *context);

/// A flag that one thread sets and others look at: what was written before it was set (release) is
/// seen by who sees it set (acquire). The caller owns the int, 0 at first.
void strata_flag_set(int *flag);
int strata_flag_is_set(const int *flag);

#endif
