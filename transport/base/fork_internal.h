// transport/base/fork_internal.h: how often this process has been forked into: what remembers a number that is not
// today's was made by a parent. Knows nothing of what that is.
//
// Lifetime:  terni_fork_watch, before anything remembers the number; any number of times.
// Threads:   any. The number changes in a child that has a single thread, before fork() returns there.
#ifndef TRANSPORT_BASE_FORK_INTERNAL_H
#define TRANSPORT_BASE_FORK_INTERNAL_H

#include <stdint.h>

extern uint32_t terni_fork_generation;

// Without memory forks are not noticed, as if there were none.
void terni_fork_watch(void);

#endif
