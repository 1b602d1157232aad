#include "rpc/wire/streams_internal.h"

#include <tern/mem.h>

enum { FEW_BUCKETS = 8 };

void terni_streams_init(terni_streams *t)
{
    *t = (terni_streams){ .mask = 0 };
    t->buckets = &t->first_bucket;
}

static void free_buckets(terni_streams *t)
{
    if (t->buckets != &t->first_bucket)
        tern_mem_free(t->buckets);
}

void terni_streams_done(terni_streams *t)
{
    free_buckets(t);
    t->buckets = NULL;
}

void terni_streams_grow(terni_streams *t)
{
    uint32_t       n = t->mask ? (t->mask + 1) * 2 : FEW_BUCKETS;
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
    free_buckets(t);
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
