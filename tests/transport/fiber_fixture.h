// tests/transport/fiber_fixture.h: a poller on a fake clock, and fibers to play with.
#ifndef TESTS_TRANSPORT_FIBER_FIXTURE_H
#define TESTS_TRANSPORT_FIBER_FIXTURE_H

#include "tests/support/leak.h"
#include "tests/support/test.h"

#include <tern/fiber.h>
#include <tern/poller.h>

#include "transport/fiber/context_internal.h"

#define FIBER_TEST(name) TERN_TEST_IN(name, fiber_setup, fiber_teardown)

enum {
    IS_SANITIZED = TERNI_CONTEXT_ASAN || TERNI_CONTEXT_TSAN,
    MS = 1000000,
};

extern tern_poller *poller;
extern char         steps[256];  // what happened, in order

int fiber_setup(void **state);
int fiber_teardown(void **state);

// One round, `ms` after the last one.
void step_after(unsigned ms);
void step(void);

void note(const char *s);  // to steps
void note_arg(void *s);    // as a fiber

tern_fiber *spawn(tern_fiber_fn *fn, void *arg);
void        spawn_detached(tern_fiber_fn *fn, void *arg);

// Fibers.
void sleep_then_note(void *s);  // 5 ms

// A fiber that parks once and remembers what it was told.
typedef struct parking parking;
struct parking {
    uint64_t deadline_ns;
    int      result, second_result;
    int      n_returns;
};

void park_once(void *parking_ptr);
void park_twice(void *parking_ptr);

#endif
