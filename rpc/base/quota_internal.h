// rpc/base/quota_internal.h: how much a server takes on at once: calls, of all and of one method, and bytes
// of long messages on their way. Knows nothing of how it is refused.
//
// Lifetime:  a quota is embedded in what it limits.
// Threads:   any. Only what has a limit is counted, so what has none costs nothing.
// Invariant: nothing is given back that was not taken: `used` never falls below 0.
#ifndef RPC_BASE_QUOTA_INTERNAL_H
#define RPC_BASE_QUOTA_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>

typedef struct terni_quota terni_quota;
struct terni_quota {
    uint64_t         max;  // 0: no limit
    _Atomic uint64_t used;
};

static inline bool terni_quota_take(terni_quota *q, uint64_t n)
{
    if (!q->max)
        return true;
    if (atomic_fetch_add_explicit(&q->used, n, memory_order_relaxed) + n <= q->max)
        return true;
    atomic_fetch_sub_explicit(&q->used, n, memory_order_relaxed);
    return false;
}

static inline void terni_quota_give(terni_quota *q, uint64_t n)
{
    uint64_t before;

    if (!q->max)
        return;
    before = atomic_fetch_sub_explicit(&q->used, n, memory_order_relaxed);
    TERN_ASSERT(before >= n);  // or it would be full from now on
}

#endif
