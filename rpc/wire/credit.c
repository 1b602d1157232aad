#include "rpc/wire/credit_internal.h"

bool terni_credit_is_valid(const terni_credit *c, uint64_t window)
{
    return (uint64_t)c->left + c->unacked + c->held == window + c->advance;
}

// With left + unacked + held = window + advance, and so much of `advance` kept, the peer always gets what the messages
// lack, once all else has been consumed.
uint64_t terni_credit_consume_meanwhile(terni_credit *c, uint64_t n, uint64_t window,
                                        uint64_t arriving)
{
    uint64_t keep = arriving > window ? arriving - window : 0;
    uint64_t surplus = c->advance > keep ? c->advance - keep : 0;
    uint64_t paid = surplus < n ? surplus : n;

    TERN_DEBUG_ASSERT(n <= c->held);
    c->held -= n;
    c->advance -= paid;
    c->unacked += n - paid;
    if (c->unacked < window / 2)
        return terni_credit_hurry(c);
    return terni_credit_take_due(c);
}
