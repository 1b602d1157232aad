#include "rpc/base/seldom_internal.h"

#include "rpc/client/balance_internal.h"

#include <errno.h>

#include <tern/mem.h>

// ---- links that take calls -----------------------------------------------

void terni_balancer_init(terni_balancer *b, const terni_balance_policy *policy)
{
    *b = (terni_balancer){ .policy = policy };
}

void terni_balancer_done(terni_balancer *b)
{
    TERN_ASSERT(b->n == 0);
    tern_mem_free(b->links);
    b->links = NULL;
}

int terni_balancer_reserve(terni_balancer *b, uint32_t n)
{
    terni_link **links;

    if (n <= b->cap)
        return 0;
    if (!(links = tern_mem_realloc(b->links, n * sizeof *links)))
        return -ENOMEM;
    b->links = links;
    b->cap = n;
    return 0;
}

void terni_balancer_add(terni_balancer *b, terni_link *link)
{
    TERN_ASSERT(b->n < b->cap);
    link->ready_at = b->n;
    b->links[b->n++] = link;
    if (b->policy->added)
        b->policy->added(b);
}

void terni_balancer_remove(terni_balancer *b, terni_link *link)
{
    terni_link *last;

    TERN_ASSERT(link->ready_at < b->n && b->links[link->ready_at] == link);
    if (b->policy->removed)
        b->policy->removed(b, link);
    last = b->links[--b->n];
    b->links[link->ready_at] = last;
    last->ready_at = link->ready_at;
}

// ---- in turn: both policies, once connections are there --------------------

static terni_link *pick_next(terni_balancer *b, const terni_outcall *call)
{
    (void)call;
    if (b->next >= b->n)
        b->next = 0;
    return b->links[b->next++];
}

// A link that has just come is the next one's.
static void turn_to_new(terni_balancer *b) { b->next = b->n - 1; }

// ---- pick first ----------------------------------------------------------

static int plan_first(const terni_endpoints *e, int (*want)(const terni_wish *, void *), void *arg)
{
    return want(&(terni_wish){ .n_tries = e->n }, arg);
}

static const terni_balance_policy pick_first = { .plan = plan_first,
                                                 .added = turn_to_new,
                                                 .pick = pick_next };

// ---- round robin ---------------------------------------------------------

// How many a connection to each address of a name takes, at most.
static unsigned width(const terni_endpoint *e)
{
    return tern_address_needs_resolver(&e->target.address) ? TERN_MAX_RESOLVED : 1;
}

static int plan_each(const terni_endpoints *e, int (*want)(const terni_wish *, void *), void *arg)
{
    int err = 0;

    for (unsigned i = 0; i < e->n; i++)
        for (unsigned nth = 0; nth < width(&e->items[i]) && err == 0; nth++)
            err =
                want(&(terni_wish){ .first = i, .n_tries = 1, .is_picky = true, .nth = nth }, arg);
    return err;
}

static const terni_balance_policy round_robin = { .plan = plan_each,
                                                  .added = turn_to_new,
                                                  .pick = pick_next };

const terni_balance_policy *terni_balance_policy_of(tern_balance balance)
{
    switch (balance) {
    case TERN_PICK_FIRST:
        return &pick_first;
    case TERN_ROUND_ROBIN:
        return &round_robin;
    }
    return NULL;
}
