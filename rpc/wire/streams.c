#include "rpc/wire/streams_internal.h"

#include <errno.h>

#include <tern/mem.h>

enum { FIRST_BUCKETS = 4 };

int terni_streams_init(terni_streams *t)
{
    *t = (terni_streams){ .mask = FIRST_BUCKETS - 1 };
    t->buckets = tern_mem_zalloc(FIRST_BUCKETS * sizeof(terni_stream *));
    return t->buckets ? 0 : -ENOMEM;
}

void terni_streams_done(terni_streams *t)
{
    tern_mem_free(t->buckets);
    t->buckets = NULL;
}

void terni_streams_grow(terni_streams *t)
{
    uint32_t       n = (t->mask + 1) * 2;
    terni_stream **buckets = tern_mem_zalloc(n * sizeof(terni_stream *));

    if (!buckets)
        return;
    for (uint32_t i = 0; i <= t->mask; i++) {
        for (terni_stream *s = t->buckets[i], *next; s; s = next) {
            terni_stream **bucket = &buckets[s->id & (n - 1)];

            next = s->next_hashed;
            s->next_hashed = *bucket;
            *bucket = s;
        }
    }
    tern_mem_free(t->buckets);
    t->buckets = buckets;
    t->mask = n - 1;
}

terni_stream *terni_streams_find_above(const terni_streams *t, uint32_t id, uint32_t *bucket)
{
    for (; *bucket <= t->mask; ++*bucket)
        for (terni_stream *s = t->buckets[*bucket]; s; s = s->next_hashed)
            if (s->id > id)
                return s;
    return NULL;
}
