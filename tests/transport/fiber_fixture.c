#include "tests/transport/fiber_fixture.h"

#include <string.h>

#include "tests/support/fake_clock.h"

tern_poller *poller;
char         steps[256];

int fiber_setup(void **state)
{
    (void)state;
    fake_clock_start(TERN_NS_PER_S);
    steps[0] = 0;
    poller = tern_poller_new(NULL);
    return poller ? 0 : -1;
}

int fiber_teardown(void **state)
{
    (void)state;
    tern_poller_free(poller);
    return 0;
}

void step_after(unsigned ms)
{
    fake_clock_advance((uint64_t)ms * MS);
    assert_int_equal(tern_poller_step(poller, 0), 0);
}

void step(void) { step_after(0); }

void note(const char *s)
{
    assert_true(strlen(steps) + strlen(s) < sizeof steps);
    strcat(steps, s);
}

void note_arg(void *s) { note(s); }

tern_fiber *spawn(tern_fiber_fn *fn, void *arg)
{
    tern_fiber *f = NULL;

    assert_int_equal(tern_fiber_spawn(poller, fn, arg, NULL, &f), 0);
    assert_non_null(f);
    return f;
}

void spawn_detached(tern_fiber_fn *fn, void *arg)
{
    assert_int_equal(tern_fiber_spawn(poller, fn, arg, NULL, NULL), 0);
}

void sleep_then_note(void *s)
{
    assert_int_equal(tern_fiber_sleep(5 * MS), 0);
    note(s);
}

void park_once(void *arg)
{
    parking *p = arg;

    p->result = tern_fiber_park("a test", p->deadline_ns ? p->deadline_ns : TERN_NEVER);
    p->n_returns++;
}

void park_twice(void *arg)
{
    parking *p = arg;

    park_once(p);
    p->second_result = tern_fiber_park("a second test", fake_clock_now_ns() + 1000 * (uint64_t)MS);
    p->n_returns++;
}
