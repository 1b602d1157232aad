#include "tests/support/wait_for.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tern/base.h>
#include <tern/fiber.h>

unsigned wait_for_limit_s = 30;

// The kernel's, whatever the test does to the clock of the pollers.
static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * TERN_NS_PER_S + (uint64_t)t.tv_nsec;
}

// ---- between two looks ---------------------------------------------------

// A fiber's, for one round of its poller.
typedef struct nap nap;
struct nap {
    tern_task   task;
    tern_fiber *fiber;
    bool        is_over;
};

static void end_nap(tern_task *task)
{
    nap *n = TERN_CONTAINER_OF(task, nap, task);

    n->is_over = true;
    tern_fiber_ready(n->fiber);
}

// No sleep of the fiber's, which a clock that stands would never end; and no yield: fibers that yield keep a
// poller in one round for long.
static void nap_on_fiber(tern_fiber *me)
{
    nap  n = { .task.run = end_nap, .fiber = me };
    bool was_cancelled = false;

    tern_poller_post(tern_poller_current(), &n.task);
    while (!n.is_over)
        was_cancelled |= tern_fiber_park("another look", TERN_NEVER) == -ECANCELED;
    if (was_cancelled)
        tern_fiber_cancel(me);  // its own next wait hears of it
}

static void rest(void)
{
    tern_fiber *me = tern_fiber_current();

    nanosleep(&(struct timespec){ .tv_nsec = TERN_NS_PER_MS }, NULL);
    if (me)
        nap_on_fiber(me);
}

// ---- looking -------------------------------------------------------------

// cmocka's way of failing is a jump, which only the test's own stack may do.
TERN_NORETURN static void give_up(const char *what)
{
    fprintf(stderr, "waited %u s for %s\n", wait_for_limit_s, what);
    abort();
}

// By steps of `p`, or asleep.
static void look_until(wait_condition *has_come, void *arg, const char *what, tern_poller *p)
{
    const uint64_t until_ns = now_ns() + wait_for_limit_s * TERN_NS_PER_S;

    while (!has_come(arg)) {
        if (now_ns() >= until_ns)
            give_up(what);
        if (p)
            TERN_ASSERT(tern_poller_step(p, 1) == 0);
        else
            rest();
    }
}

void wait_for(wait_condition *has_come, void *arg, const char *what)
{
    look_until(has_come, arg, what, NULL);
}

void wait_driving(tern_poller *p, wait_condition *has_come, void *arg, const char *what)
{
    look_until(has_come, arg, what, p);
}

typedef struct counting counting;
struct counting {
    atomic_uint *counter;
    unsigned     n;
};

static bool has_counted(void *arg)
{
    const counting *c = arg;

    return atomic_load(c->counter) >= c->n;
}

void wait_for_count(atomic_uint *counter, unsigned n, const char *what)
{
    char sentence[128];

    snprintf(sentence, sizeof sentence, "%u %s", n, what);
    wait_for(has_counted, &(counting){ counter, n }, sentence);
}
