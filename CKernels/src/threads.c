#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // for the processors of a thread
#endif
#include "strata_threads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

// ---- where a thread begins ----

#if defined(__linux__) && defined(__GLIBC__)
typedef cpu_set_t processors;

/// The processors that the calling thread may use; whether they are known.
static int own_processors(processors *own) { return sched_getaffinity(0, sizeof *own, own) == 0; }

/// Takes away the one that the calling thread is on; whether any are left.
static int leave_own(processors *others) {
  const int here = sched_getcpu();
  if (here >= 0) CPU_CLR((unsigned)here, others);
  return CPU_COUNT(others) > 0;
}

static void begin_on(pthread_attr_t *thread, const processors *set) {
  pthread_attr_setaffinity_np(thread, sizeof *set, set);
}

static void use_processors(const processors *set) { sched_setaffinity(0, sizeof *set, set); }
#else
typedef int processors;
static int own_processors(processors *own) { return *own = 0; }
static int leave_own(processors *others) { return *others; }
static void begin_on(pthread_attr_t *thread, const processors *set) { (void)thread, (void)set; }
static void use_processors(const processors *set) { (void)set; }
#endif

// ---- threads ----

typedef struct {
  void (*body)(void *);
  void *context;
} thread_start;

static void *run_thread(void *argument) {
  const thread_start start = *(thread_start *)argument;
  free(argument);
  start.body(start.context);
  return NULL;
}

/// Starts a thread, on one of these processors unless they are NULL.
static int start_thread(void (*body)(void *), void *context, const processors *set) {
  thread_start *start = malloc(sizeof *start);
  if (!start) return ENOMEM;
  *start = (thread_start){body, context};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, (size_t)8 << 20);
  if (set) begin_on(&attributes, set);
  pthread_t thread;
  const int status = pthread_create(&thread, &attributes, run_thread, start);
  pthread_attr_destroy(&attributes);
  if (status != 0) free(start);
  return status;
}

int strata_thread_start(void (*body)(void *), void *context) {
  return start_thread(body, context, NULL);
}

void strata_flag_set(int *flag) { __atomic_store_n(flag, 1, __ATOMIC_RELEASE); }

int strata_flag_is_set(const int *flag) { return __atomic_load_n(flag, __ATOMIC_ACQUIRE); }

// ---- shared work ----

/// Work that is being done. A thread that begins when nothing is left to take touches nothing but this, which goes
/// when the last one has.
typedef struct {
  void (*body)(void *, size_t, size_t);
  void *context;
  size_t count;
  atomic_size_t next, left, threads, users;
  pthread_mutex_t mutex;
  pthread_cond_t done;
  processors own;  // of the caller
  int is_confined;
} shared_work;

static void leave(shared_work *work) {
  if (atomic_fetch_sub(&work->users, 1) != 1) return;
  pthread_cond_destroy(&work->done);
  pthread_mutex_destroy(&work->mutex);
  free(work);
}

static void take_part(shared_work *work) {
  const size_t thread = atomic_fetch_add(&work->threads, 1);
  for (;;) {
    const size_t i = atomic_fetch_add(&work->next, 1);
    if (i >= work->count) return;
    work->body(work->context, i, thread);
    if (atomic_fetch_sub(&work->left, 1) == 1) {
      pthread_mutex_lock(&work->mutex);
      pthread_cond_signal(&work->done);
      pthread_mutex_unlock(&work->mutex);
    }
  }
}

static void help(void *context) {
  shared_work *work = context;
  if (work->is_confined) use_processors(&work->own);
  take_part(work);
  leave(work);
}

/// Starts the threads that help the calling one.
///
/// Linux often puts a new thread on the processor of its creator, though another is idle, and leaves it there for some
/// milliseconds, which is as long as a whole small fit takes. So helpers begin on the other processors; from then on they
/// are free to move.
static void call_helpers(shared_work *work, size_t count) {
  processors others;
  work->is_confined = own_processors(&work->own) && (others = work->own, leave_own(&others));
  for (size_t i = 0; i < count; i++) {
    // None is needed any more once all work is taken. A system may forbid to confine threads.
    const int is_needed = atomic_load(&work->next) < work->count;
    if (is_needed && work->is_confined && start_thread(help, work, &others) == 0) continue;
    if (!is_needed || start_thread(help, work, NULL) != 0) leave(work);
  }
}

void strata_share_out(size_t count, size_t threads,
                      void (*body)(void *context, size_t i, size_t thread), void *context) {
  const size_t most = threads < count ? threads : count;
  shared_work *work = most > 1 ? malloc(sizeof *work) : NULL;
  if (!work) {
    for (size_t i = 0; i < count; i++) body(context, i, 0);
    return;
  }
  *work = (shared_work){.body = body, .context = context, .count = count};
  atomic_init(&work->next, 0);
  atomic_init(&work->left, count);
  atomic_init(&work->threads, 0);
  atomic_init(&work->users, most);
  pthread_mutex_init(&work->mutex, NULL);
  pthread_cond_init(&work->done, NULL);
  call_helpers(work, most - 1);
  take_part(work);
  pthread_mutex_lock(&work->mutex);
  while (atomic_load(&work->left) > 0) pthread_cond_wait(&work->done, &work->mutex);
  pthread_mutex_unlock(&work->mutex);
  leave(work);
}
