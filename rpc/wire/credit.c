#include "rpc/wire/credit_internal.h"

bool terni_credit_is_valid(const terni_credit *c, uint64_t window)
{
    return (uint64_t)c->left + c->unacked + c->held == window + c->advance;
}
