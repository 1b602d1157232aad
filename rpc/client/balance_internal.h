// rpc/client/balance_internal.h: which connections a channel wants to its addresses, and which of those that
// take calls gets the next one. An interface, and the two that there are. Knows nothing of how connections are
// made.
//
// Lifetime:  policies are static. A balancer is embedded in its shard; terni_balancer_init / terni_balancer_done.
// Threads:   its poller's.
// Invariant: the ready links are those that were added and not removed; link->ready_at is where each is.
//
//   terni_balance_plan(policy, endpoints, 1, want, shard);      // want() makes a connector
//   terni_balancer_reserve(&b, n); terni_balancer_add(&b, link);  // it takes calls
//   link = terni_balancer_pick(&b, call);
#ifndef RPC_CLIENT_BALANCE_INTERNAL_H
#define RPC_CLIENT_BALANCE_INTERNAL_H

#include <tern/channel.h>

#include "rpc/client/endpoints_internal.h"
#include "rpc/client/link_internal.h"

typedef struct terni_balancer terni_balancer;

typedef struct terni_balance_policy terni_balance_policy;
struct terni_balance_policy {
    // What is wanted now: calls `want` until it returns less than 0, and returns that, or 0.
    int (*plan)(const terni_endpoints *e, int (*want)(const terni_wish *wish, void *arg),
                void                  *arg);
    // A link that takes calls came (links[n - 1]) or is about to go. May be NULL.
    void (*added)(terni_balancer *b);
    void (*removed)(terni_balancer *b, const terni_link *link);
    // One of the links, of which there is at least one. Asked again when that one has no room.
    terni_link *(*pick)(terni_balancer *b, const terni_outcall *call);
};

struct terni_balancer {
    const terni_balance_policy *policy;
    terni_link                **links;  // that take calls, in no order
    uint32_t                    n, cap;
    uint32_t                    next;  // the policy's
};

// NULL for a number that is none of the enum's.
const terni_balance_policy *terni_balance_policy_of(tern_balance balance);

void terni_balancer_init(terni_balancer *b, const terni_balance_policy *policy);
void terni_balancer_done(terni_balancer *b);
// Room for `n` links in all, so that adding them cannot fail. 0 or -ENOMEM.
TERN_NODISCARD int terni_balancer_reserve(terni_balancer *b, uint32_t n);
void               terni_balancer_add(terni_balancer *b, terni_link *link);
void               terni_balancer_remove(terni_balancer *b, terni_link *link);

static inline terni_link *terni_balancer_pick(terni_balancer *b, const terni_outcall *call)
{
    terni_link *link;

    TERN_DEBUG_ASSERT(b->n > 0);
    link = b->policy->pick(b, call);
    TERN_DEBUG_ASSERT(link->ready_at < b->n && b->links[link->ready_at] == link);
    return link;
}

#endif
