#include "tests/support/fake_clock.h"

#include <stdatomic.h>
#include <stdbool.h>

#include <tern/timer.h>

#include "transport/base/sys_internal.h"

enum { SLICE_MS = 2 };  // of a wait, after which it looks whether the clock has leapt

static _Atomic uint64_t fake_now_ns;  // of a clock that runs: what it has leapt
static bool             is_jumping;
static int (*wait_below)(int epfd, struct epoll_event *events, int max, int timeout_ms);

static uint64_t standing_now_ns(void) { return fake_now_ns; }

static uint64_t running_now_ns(void) { return terni_sys_kernel.now_ns() + fake_now_ns; }

uint64_t fake_clock_now_ns(void) { return terni_sys_table.now_ns(); }

void fake_clock_set(uint64_t now_ns) { fake_now_ns = now_ns; }

void fake_clock_advance(uint64_t by_ns) { fake_now_ns += by_ns; }

void fake_clock_start(uint64_t now_ns)
{
    fake_now_ns = now_ns;
    if (terni_sys_table.now_ns == standing_now_ns)
        return;
    terni_sys_table.now_ns = standing_now_ns;
    is_jumping = false;  // with the table of the last test went its epoll_wait
}

// An event takes a nanosecond: an answer is never as old as its question.
static int jumping_wait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
    int n = wait_below(epfd, events, max, timeout_ms > 0 ? 0 : timeout_ms);

    if (n > 0)
        fake_clock_advance(1);
    else if (n == 0 && timeout_ms > 0)
        fake_clock_advance((uint64_t)timeout_ms * TERN_NS_PER_MS);
    return n;
}

void fake_clock_jump_when_idle(void)
{
    if (is_jumping)
        return;
    is_jumping = true;
    wait_below = terni_sys_table.epoll_wait;
    terni_sys_table.epoll_wait = jumping_wait;
}

// ---- a clock that runs ---------------------------------------------------

// Until an event, or until the clock says that the time is over.
static int watchful_wait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
    const uint64_t until_ns = running_now_ns() + (uint64_t)timeout_ms * TERN_NS_PER_MS;
    int            n;

    if (timeout_ms <= 0)
        return terni_sys_kernel.epoll_wait(epfd, events, max, timeout_ms);
    do
        n = terni_sys_kernel.epoll_wait(epfd, events, max,
                                        timeout_ms < SLICE_MS ? timeout_ms : SLICE_MS);
    while (n == 0 && running_now_ns() < until_ns);
    return n;
}

void fake_clock_start_running(void)
{
    fake_now_ns = 0;
    terni_sys_table.now_ns = running_now_ns;
    terni_sys_table.epoll_wait = watchful_wait;
}
