// rpc/base/deadline_internal.h: times in milliseconds, as options give them, on a poller's clock.
#ifndef RPC_BASE_DEADLINE_INTERNAL_H
#define RPC_BASE_DEADLINE_INTERNAL_H

#include <stdint.h>

#include <tern/timer.h>  // TERN_NEVER

// `ms` from now; TERN_NEVER for a time below 0, or beyond what a clock can count.
static inline uint64_t terni_deadline_after(uint64_t now_ns, int64_t ms)
{
    if (ms < 0 || (uint64_t)ms > (TERN_NEVER - now_ns) / TERN_NS_PER_MS - 1)
        return TERN_NEVER;
    return now_ns + (uint64_t)ms * TERN_NS_PER_MS;
}

#endif
