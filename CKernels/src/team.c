// Threads that work on one call together: they wait for work spinning for some microseconds, as long as it
// usually takes the sampler to come back with the next point, then asleep.
#include "strata_team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { SPINS = 4000 };

typedef struct {
  strata_team *team;
  size_t member;
  pthread_t thread;
} helper;

struct strata_team {
  size_t members;
  void (*body)(void *, size_t);
  void *context;
  atomic_size_t round;    // of work, counted up by the caller
  atomic_size_t working;  // helpers that have not finished this round
  atomic_int ending;
  atomic_size_t asleep;
  pthread_mutex_t mutex;  // for sleeping and waking only
  pthread_cond_t wake;
  helper helpers[];
};

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Waits until the round is another than `last`.
static void wait_for_round(strata_team *team, size_t last) {
  for (int spin = 0; spin < SPINS; spin++) {
    if (atomic_load_explicit(&team->round, memory_order_acquire) != last) return;
    relax();
  }
  pthread_mutex_lock(&team->mutex);
  atomic_fetch_add(&team->asleep, 1);
  while (atomic_load(&team->round) == last) pthread_cond_wait(&team->wake, &team->mutex);
  atomic_fetch_sub(&team->asleep, 1);
  pthread_mutex_unlock(&team->mutex);
}

static void *help(void *argument) {
  const helper *self = argument;
  strata_team *team = self->team;
  for (size_t round = 0;; round++) {
    wait_for_round(team, round);
    if (atomic_load_explicit(&team->ending, memory_order_acquire)) return NULL;
    team->body(team->context, self->member);
    atomic_fetch_sub_explicit(&team->working, 1, memory_order_release);
  }
}

static void begin_round(strata_team *team) {
  atomic_fetch_add(&team->round, 1);
  // A helper that is going to sleep has said so before it looks at the round once more.
  if (atomic_load(&team->asleep) > 0) {
    pthread_mutex_lock(&team->mutex);
    pthread_cond_broadcast(&team->wake);
    pthread_mutex_unlock(&team->mutex);
  }
}

strata_team *strata_team_create(size_t members) {
  if (members < 2) return NULL;
  strata_team *team = calloc(1, sizeof *team + (members - 1) * sizeof(helper));
  if (!team) return NULL;
  pthread_mutex_init(&team->mutex, NULL);
  pthread_cond_init(&team->wake, NULL);
  team->members = 1;
  for (size_t i = 0; i + 1 < members; i++) {
    helper *h = team->helpers + i;
    *h = (helper){.team = team, .member = i + 1};
    if (pthread_create(&h->thread, NULL, help, h) != 0) {
      strata_team_destroy(team);
      return NULL;
    }
    team->members++;
  }
  return team;
}

void strata_team_destroy(strata_team *team) {
  if (!team) return;
  atomic_store_explicit(&team->ending, 1, memory_order_release);
  begin_round(team);
  for (size_t i = 0; i + 1 < team->members; i++) pthread_join(team->helpers[i].thread, NULL);
  pthread_cond_destroy(&team->wake);
  pthread_mutex_destroy(&team->mutex);
  free(team);
}

size_t strata_team_members(const strata_team *team) { return team ? team->members : 1; }

void strata_team_run(strata_team *team, void (*body)(void *context, size_t member), void *context) {
  if (!team) {
    body(context, 0);
    return;
  }
  team->body = body;
  team->context = context;
  atomic_store_explicit(&team->working, team->members - 1, memory_order_release);
  begin_round(team);
  body(context, 0);
  for (int spin = 0; atomic_load_explicit(&team->working, memory_order_acquire) > 0; spin++) {
    if (spin < SPINS) {
      relax();
    } else {
      sched_yield();
    }
  }
}
