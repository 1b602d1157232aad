// The ways to wait that are made of a park.
#include <tern/fiber.h>

#include <errno.h>
#include <time.h>

#include <tern/poller.h>

#include "transport/fiber/core_internal.h"
#include "transport/fiber/current_internal.h"

static uint64_t after(uint64_t now_ns, uint64_t ns)
{
    return ns < TERN_NEVER - now_ns ? now_ns + ns : TERN_NEVER;
}

static uint64_t thread_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * TERN_NS_PER_S + (uint64_t)t.tv_nsec;
}

static int sleep_on_thread(uint64_t deadline_ns)
{
    const struct timespec t = { .tv_sec = (time_t)(deadline_ns / TERN_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % TERN_NS_PER_S) };

    if (tern_poller_current())
        return -EDEADLK;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
    return 0;
}

int tern_fiber_sleep(uint64_t ns)
{
    terni_fibers *home = terni_current_fibers;

    return tern_fiber_sleep_until(after(home ? *home->now_ns : thread_now_ns(), ns));
}

int tern_fiber_sleep_until(uint64_t deadline_ns)
{
    tern_fiber *f = tern_fiber_current();
    uint8_t     kept = 0;
    int         err;

    if (!f)
        return sleep_on_thread(deadline_ns);
    // A ready that comes now is for whatever the fiber waits for next.
    while ((err = tern_fiber_park("sleep", deadline_ns)) == 0)
        kept = TERNI_FIBER_GOT_READY;
    TERN_DEBUG_ASSERT(f == tern_fiber_current());
    f->got |= kept;
    return err == -ETIMEDOUT ? 0 : err;
}

static int wait_for_end(tern_fiber *self, tern_fiber *f)
{
    uint8_t kept = 0;
    int     err = 0;

    if (self == f)
        return -EDEADLK;
    if (self->home != f->home)
        return -EINVAL;
    f->joiner = self;
    while (f->state != TERNI_FIBER_DONE && (err = tern_fiber_park("join", TERN_NEVER)) == 0)
        if (f->state != TERNI_FIBER_DONE)
            kept = TERNI_FIBER_GOT_READY;
    TERN_DEBUG_ASSERT(f->joiner == self && self == tern_fiber_current());
    f->joiner = NULL;
    self->got |= kept;
    return err;
}

static int drive_to_end(tern_fiber *f)
{
    int err = 0;

    if (f->state != TERNI_FIBER_DONE && tern_poller_current())
        return -EDEADLK;
    while (f->state != TERNI_FIBER_DONE && err == 0)
        err = tern_poller_step(f->home->poller, -1);
    return err;
}

int tern_fiber_join(tern_fiber *f)
{
    tern_fiber *self = tern_fiber_current();
    int         err;

    if (!f || !(f->flags & TERNI_FIBER_JOINABLE) || f->joiner)
        return -EINVAL;
    if ((err = self ? wait_for_end(self, f) : drive_to_end(f)) < 0)
        return err;
    tern_fiber_detach(f);
    return 0;
}
