// rpc/wire/streams_internal.h: the open streams of a connection by their number. Knows nothing of
// frames.
//
// Lifetime:  embedded; init / done. The streams are the core's.
// Cost:      ids count up by one, so masking them spreads them evenly; insert, find and remove take a
//            few nanoseconds and no memory but for the growth of the table.
#ifndef RPC_WIRE_STREAMS_INTERNAL_H
#define RPC_WIRE_STREAMS_INTERNAL_H

#include "rpc/wire/wire_internal.h"

typedef struct terni_streams terni_streams;
struct terni_streams {
    terni_stream **buckets;
    uint32_t       mask;
    uint32_t       n;
};

TERN_NODISCARD int terni_streams_init(terni_streams *t);
void               terni_streams_done(terni_streams *t);

void          terni_streams_insert(terni_streams *t, terni_stream *s);
terni_stream *terni_streams_find(const terni_streams *t, uint32_t id);
void          terni_streams_remove(terni_streams *t, terni_stream *s);
// A stream above `id`, or NULL. *bucket, 0 at first, is where the search goes on: a loop that removes
// what it finds, and inserts nothing, is linear.
terni_stream *terni_streams_find_above(const terni_streams *t, uint32_t id, uint32_t *bucket);

#endif
