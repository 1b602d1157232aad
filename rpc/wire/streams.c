#include "rpc/wire/streams_internal.h"

#include <tern/mem.h>

enum { FEW_BUCKETS = 8 };

void terni_streams_init(terni_streams *t, uint32_t seed)
{
    *t = (terni_streams){ .key = UINT64_C(1) << 32 | seed };
    t->buckets = &t->first_bucket;
}

static void free_buckets(terni_streams *t)
{
    if (t->buckets != &t->first_bucket)
        tern_mem_free(t->buckets);
}

void terni_streams_done(terni_streams *t)
{
    TERN_ASSERT(t->n == 0);
    free_buckets(t);
    t->buckets = NULL;
}

void terni_streams_grow(terni_streams *t)
{
    uint32_t      n_before = t->mask + 1, n = t->mask ? n_before * 2 : FEW_BUCKETS;
    terni_streams grown = { .key = t->key, .mask = n - 1 };

    if (!(grown.buckets = tern_mem_zalloc(n * sizeof(terni_stream *))))
        return;
    for (uint32_t i = 0; i < n_before; i++) {
        for (terni_stream *s = t->buckets[i], *next; s; s = next) {
            next = s->next_hashed;
            terni_streams_insert(&grown, s);
        }
    }
    TERN_ASSERT(grown.n == t->n);
    free_buckets(t);
    t->buckets = grown.buckets;
    t->mask = grown.mask;
}

terni_stream *terni_streams_next(const terni_streams *t, const terni_stream *s)
{
    if (s && s->next_hashed)
        return s->next_hashed;
    for (uint32_t i = s ? terni_streams_bucket(t, s->id) + 1 : 0; i <= t->mask; i++)
        if (t->buckets[i])
            return t->buckets[i];
    return NULL;
}

terni_stream *terni_streams_find_above(const terni_streams *t, uint32_t id, uint32_t *bucket)
{
    for (; *bucket <= t->mask; ++*bucket)
        for (terni_stream *s = t->buckets[*bucket]; s; s = s->next_hashed)
            if (s->id > id)
                return s;
    return NULL;
}

bool terni_streams_is_valid(const terni_streams *t)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i <= t->mask; i++)
        for (const terni_stream *s = t->buckets[i]; s; s = s->next_hashed)
            if (!s->id || terni_streams_bucket(t, s->id) != i || ++n > t->n)
                return false;
    return n == t->n;
}
