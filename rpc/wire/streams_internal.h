// rpc/wire/streams_internal.h: the open streams of a connection by their number. Knows nothing of
// frames.
//
// Lifetime:  embedded, and not moved; init / done. The streams are the core's.
// Invariant: each stream is in the bucket of its number, once; n is how many there are.
// Cost:      insert, find and remove take a few nanoseconds, and no memory but for the growth of the
//            table, for whatever numbers a peer chooses. The bucket is the number times a key between 1
//            and 2. Numbers that count up by one, as honest ones do, lie a bucket or two apart; which
//            others meet is up to the key: any two with a chance of at most 4 in the number of buckets.
#ifndef RPC_WIRE_STREAMS_INTERNAL_H
#define RPC_WIRE_STREAMS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>

#include "rpc/wire/stream_internal.h"

typedef struct terni_streams terni_streams;
struct terni_streams {
    terni_stream **buckets;
    terni_stream  *first_bucket;  // enough for a connection that makes one call at a time
    uint32_t       mask;
    uint32_t       n;
    uint64_t       key;  // 32 bits of it behind the point
};

// `seed` is what the peer cannot guess. With 0 the bucket is the number's last bits.
void terni_streams_init(terni_streams *t, uint32_t seed);
void terni_streams_done(terni_streams *t);

static inline void          terni_streams_insert(terni_streams *t, terni_stream *s);
static inline terni_stream *terni_streams_find(const terni_streams *t, uint32_t id);
static inline void          terni_streams_remove(terni_streams *t, terni_stream *s);
// The one behind `s` (NULL: the first), in no order that means anything, or NULL.
terni_stream *terni_streams_next(const terni_streams *t, const terni_stream *s);
// A stream above `id`, or NULL. *bucket, 0 at first, is where the search goes on: a loop that removes
// what it finds, and inserts nothing, is linear.
terni_stream *terni_streams_find_above(const terni_streams *t, uint32_t id, uint32_t *bucket);

bool terni_streams_is_valid(const terni_streams *t);

// ---- inline bodies -------------------------------------------------------

void terni_streams_grow(terni_streams *t);  // without memory the chains only get longer

static inline uint32_t terni_streams_bucket(const terni_streams *t, uint32_t id)
{
    return (uint32_t)(id * t->key >> 32) & t->mask;
}

static inline void terni_streams_insert(terni_streams *t, terni_stream *s)
{
    terni_stream **bucket;

    TERN_DEBUG_ASSERT(s->id && !terni_streams_find(t, s->id));
    if (TERN_UNLIKELY(t->n > t->mask))
        terni_streams_grow(t);
    bucket = &t->buckets[terni_streams_bucket(t, s->id)];
    s->next_hashed = *bucket;
    *bucket = s;
    t->n++;
}

static inline terni_stream *terni_streams_find(const terni_streams *t, uint32_t id)
{
    terni_stream *s = t->buckets[terni_streams_bucket(t, id)];

    while (s && s->id != id)
        s = s->next_hashed;
    return s;
}

static inline void terni_streams_remove(terni_streams *t, terni_stream *s)
{
    terni_stream **link = &t->buckets[terni_streams_bucket(t, s->id)];

    TERN_DEBUG_ASSERT(terni_streams_find(t, s->id) == s);
    while (*link != s)
        link = &(*link)->next_hashed;
    *link = s->next_hashed;
    t->n--;
}

#endif
