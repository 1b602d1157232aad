// rpc/call/info_internal.h: fills a tern_call_info. Knows nothing of calls.
//
// Lifetime:  all that an info points at is one allocation of its own.
// Threads:   none.
#ifndef RPC_CALL_INFO_INTERNAL_H
#define RPC_CALL_INFO_INTERNAL_H

#include <tern/call.h>

#include "rpc/wire/wire_internal.h"

// Nothing is known yet. What it held is released.
void terni_info_reset(tern_call_info *info);

typedef struct terni_facts terni_facts;
struct terni_facts {
    const char     *message;
    size_t          message_len;
    const uint8_t  *details;
    size_t          details_len;
    terni_meta_list initial, trailing;
    const char     *peer;
    uint32_t        n_attempts;
    uint64_t        n_compressed;
    // NULL: it is not known.
    const tern_identity *identity;
};

// Copies. Without memory only the numbers are filled in, and strings are "".
void terni_info_fill(tern_call_info *info, const terni_facts *facts);

#endif
