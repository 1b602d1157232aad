// rpc/wire/streams_internal.h: the open streams of a connection by their number. Knows nothing of
// frames.
//
// Lifetime:  embedded, and not moved; init / done. The streams are the core's.
// Cost:      ids count up by one, so masking them spreads them evenly; insert, find and remove take a
//            few nanoseconds and no memory but for the growth of the table.
#ifndef RPC_WIRE_STREAMS_INTERNAL_H
#define RPC_WIRE_STREAMS_INTERNAL_H

#include <tern/base.h>

#include "rpc/wire/stream_internal.h"

typedef struct terni_streams terni_streams;
struct terni_streams {
    terni_stream **buckets;
    terni_stream  *first_bucket;  // enough for a connection that makes one call at a time
    uint32_t       mask;
    uint32_t       n;
};

void terni_streams_init(terni_streams *t);
void terni_streams_done(terni_streams *t);

static inline void          terni_streams_insert(terni_streams *t, terni_stream *s);
static inline terni_stream *terni_streams_find(const terni_streams *t, uint32_t id);
static inline void          terni_streams_remove(terni_streams *t, terni_stream *s);
// A stream above `id`, or NULL. *bucket, 0 at first, is where the search goes on: a loop that removes
// what it finds, and inserts nothing, is linear.
terni_stream *terni_streams_find_above(const terni_streams *t, uint32_t id, uint32_t *bucket);

// ---- inline bodies -------------------------------------------------------

void terni_streams_grow(terni_streams *t);  // without memory the chains only get longer

static inline void terni_streams_insert(terni_streams *t, terni_stream *s)
{
    terni_stream **bucket;

    if (TERN_UNLIKELY(t->n > t->mask))
        terni_streams_grow(t);
    bucket = &t->buckets[s->id & t->mask];
    s->next_hashed = *bucket;
    *bucket = s;
    t->n++;
}

static inline terni_stream *terni_streams_find(const terni_streams *t, uint32_t id)
{
    terni_stream *s = t->buckets[id & t->mask];

    while (s && s->id != id)
        s = s->next_hashed;
    return s;
}

static inline void terni_streams_remove(terni_streams *t, terni_stream *s)
{
    terni_stream **link = &t->buckets[s->id & t->mask];

    while (*link != s)
        link = &(*link)->next_hashed;
    *link = s->next_hashed;
    t->n--;
}

#endif
