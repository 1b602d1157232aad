#include "transport/poller/trim_internal.h"

#include "transport/poller/core_internal.h"
#include "transport/poller/lodger_internal.h"

#define TRIM_INTERVAL_NS TERN_NS_PER_S

static bool is_trimmable(const tern_poller *p)
{
    return tern_pool_get_stats(p->pool).held_bytes ||
           (p->lodger && p->lodger->is_trimmable(p->lodger)) ||
           (p->uring_pool && tern_pool_get_stats(p->uring_pool).held_bytes);
}

void terni_trim_arm(tern_poller *p)
{
    if (!tern_timer_is_set(&p->trim_timer) && is_trimmable(p))
        tern_timer_set(&p->wheel, &p->trim_timer, p->now_ns + TRIM_INTERVAL_NS);
}

static void on_trim(tern_timer *t)
{
    tern_poller *p = TERN_CONTAINER_OF(t, tern_poller, trim_timer);
    size_t       n_kept = tern_pool_trim(p->pool);

    if (p->lodger)
        n_kept += p->lodger->trim(p->lodger);
    if (p->uring_pool)
        n_kept += tern_pool_trim(p->uring_pool);
    if (n_kept)
        tern_timer_set(&p->wheel, t, p->now_ns + TRIM_INTERVAL_NS);
}

void terni_trim_init(tern_poller *p) { tern_timer_init(&p->trim_timer, on_trim); }
