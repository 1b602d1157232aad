// tests/support/wait_for.h: waits for what another thread or process does: looks, rests for a millisecond, looks
// again. Time is only the bound: what has not come after half a minute is told on stderr, and the test
// aborts. Knows nothing of what is waited for.
//
// Threads:   any. On a fiber the others of its poller go on meanwhile, and a cancel is for its next wait.
//
//   wait_for_count(&n_hanging, 20, "handlers that hang");
#ifndef TESTS_SUPPORT_WAIT_FOR_H
#define TESTS_SUPPORT_WAIT_FOR_H

#include <stdatomic.h>
#include <stdbool.h>

#include <tern/poller.h>

typedef bool wait_condition(void *arg);

// `what` ends the sentence "waited 30 s for ...".
void wait_for(wait_condition *has_come, void *arg, const char *what);

// Until `*counter` is at least `n`, which comes before `what` in the sentence.
void wait_for_count(atomic_uint *counter, unsigned n, const char *what);

// The same for what comes by steps of `p`, which is this thread's to drive.
void wait_driving(tern_poller *p, wait_condition *has_come, void *arg, const char *what);

extern unsigned wait_for_limit_s;  // 30; for the test of this file

#endif
