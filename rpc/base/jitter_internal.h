// rpc/base/jitter_internal.h: a time plus or minus a fifth, so that those who failed together do not come
// back together.
#ifndef RPC_BASE_JITTER_INTERNAL_H
#define RPC_BASE_JITTER_INTERNAL_H

#include <stdint.h>

static inline uint64_t terni_jitter(uint64_t ms, uint64_t seed)
{
    uint64_t random = (seed * UINT64_C(0x9e3779b97f4a7c15)) >> 33;

    return ms * 4 / 5 + random % (ms * 2 / 5 + 1);
}

#endif
