// tests/transport/fiber_fixture.h: a poller on a fake clock, and fibers to play with.
#ifndef TESTS_TRANSPORT_FIBER_FIXTURE_H
#define TESTS_TRANSPORT_FIBER_FIXTURE_H

#include "tests/support/test.h"

#include <string.h>

#include <tern/fiber.h>
#include <tern/mem.h>
#include <tern/poller.h>

#include "transport/fiber_internal.h"
#include "transport/sys_internal.h"

enum {
    IS_SANITIZED = TERNI_CONTEXT_ASAN || TERNI_CONTEXT_TSAN,
    MS = 1000000,
};

static tern_poller *poller;
static uint64_t     fake_ns;
static char         steps[256];  // what happened, in order

static inline uint64_t fake_now_ns(void) { return fake_ns; }

static inline int set_up(void **state)
{
    (void)state;
    fake_ns = TERN_NS_PER_S;
    steps[0] = 0;
    terni_sys_table.now_ns = fake_now_ns;
    poller = tern_poller_new(NULL);
    return poller ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    tern_poller_free(poller);
    terni_sys_table = terni_sys_kernel;
    tern_mem_set(NULL);
    return 0;
}

// One round, `ms` after the last one.
static inline void step_after(unsigned ms)
{
    fake_ns += (uint64_t)ms * MS;
    assert_int_equal(tern_poller_step(poller, 0), 0);
}

static inline void step(void) { step_after(0); }

static inline void note(const char *s)
{
    assert_true(strlen(steps) + strlen(s) < sizeof steps);
    strcat(steps, s);
}

static inline void note_arg(void *s) { note(s); }

static inline tern_fiber *spawn(tern_fiber_fn *fn, void *arg)
{
    tern_fiber *f = NULL;

    assert_int_equal(tern_fiber_spawn(poller, fn, arg, NULL, &f), 0);
    assert_non_null(f);
    return f;
}

static inline void spawn_detached(tern_fiber_fn *fn, void *arg)
{
    assert_int_equal(tern_fiber_spawn(poller, fn, arg, NULL, NULL), 0);
}

static inline void sleep_then_note(void *s)
{
    assert_int_equal(tern_fiber_sleep(5 * MS), 0);
    note(s);
}

// A fiber that parks once and remembers what it was told.
typedef struct parking parking;
struct parking {
    uint64_t deadline_ns;
    int      result, second_result;
    int      n_returns;
};

static inline void park_once(void *arg)
{
    parking *p = arg;

    p->result = tern_fiber_park("a test", p->deadline_ns ? p->deadline_ns : TERN_NEVER);
    p->n_returns++;
}

static inline void park_twice(void *arg)
{
    parking *p = arg;

    park_once(p);
    p->second_result = tern_fiber_park("a second test", fake_ns + 1000 * (uint64_t)MS);
    p->n_returns++;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
