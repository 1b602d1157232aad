// rpc/session/unpacked_internal.h: a message that has come compressed, as it was before. Only when it is to be
// decoded: while it waits for its reader it is as long as the wire's windows let it be.
//
// Lifetime:  init .. done, of one whose init has succeeded.
// Threads:   none. One owner at a time, the owner of the pool.
#ifndef RPC_SESSION_UNPACKED_INTERNAL_H
#define RPC_SESSION_UNPACKED_INTERNAL_H

#include <tern/status.h>

#include "rpc/compress/compression_internal.h"
#include "rpc/wire/events_internal.h"

typedef struct terni_unpacking terni_unpacking;
struct terni_unpacking {
    tern_compression with;  // NONE: the peer has named nothing; DEFAULT: nothing that is known here
    uint64_t         max_message;
    terni_quota     *quota;  // of what is in memory at once; NULL: none
    tern_pool       *pool;
};

typedef struct terni_unpacked terni_unpacked;
struct terni_unpacked {
    terni_piece  piece;  // whole, and not compressed
    tern_linkbuf bytes;
    terni_quota *quota;
};

// `packed` is borrowed until done. TERN_OK, or what its call is to end with.
TERN_NODISCARD tern_status terni_unpacked_init(terni_unpacked *u, const terni_unpacking *how,
                                               const terni_piece *packed);
void                       terni_unpacked_done(terni_unpacked *u);

#endif
