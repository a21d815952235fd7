/// Threads that work on one call together.
#ifndef STRATA_TEAM_H
#define STRATA_TEAM_H

#include <stddef.h>

/// The calling thread and helpers that wait for it.
typedef struct strata_team strata_team;

/// A team of `members` (2 or more), the caller included: members - 1 threads are started. NULL if they could
/// not be. One thread at a time may use a team.
strata_team *strata_team_create(size_t members);

/// Ends the helpers and frees the team; NULL is allowed.
void strata_team_destroy(strata_team *team);

/// How many members there are; 1 for NULL.
size_t strata_team_members(const strata_team *team);

/// Runs body(context, member) for every member at once, 0 being the caller, and returns when all have
/// returned. What the caller wrote before is seen by the helpers, and what they wrote by the caller after.
/// NULL: body(context, 0).
void strata_team_run(strata_team *team, void (*body)(void *context, size_t member), void *context);

#endif
