#include "rpc/session/holding_internal.h"

#include <tern/base.h>
#include <tern/mem.h>

terni_holding *terni_holding_new(terni_holding_fn *consumed, void *owner)
{
    terni_holding *h = tern_mem_alloc(sizeof *h);

    if (h)
        *h = (terni_holding){ .consumed = consumed, .owner = owner, .refs = 1 };
    return h;
}

terni_holding *terni_holding_ref(terni_holding *h)
{
    h->refs++;
    return h;
}

void terni_holding_unref(terni_holding *h)
{
    if (!h || --h->refs > 0)
        return;
    TERN_ASSERT(h->bytes == 0);
    tern_mem_free(h);
}

void terni_holding_add(terni_holding *h, size_t len) { h->bytes += len; }

void terni_holding_give_back(terni_holding *h, terni_stream *stream, size_t len)
{
    TERN_ASSERT(len <= h->bytes);
    h->bytes -= len;
    if (h->owner)
        h->consumed(h->owner, stream, len);
}
