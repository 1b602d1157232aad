#include "rpc/wire/outqueue_internal.h"

#include <tern/mem.h>

void terni_outqueue_done(terni_outqueue *q) { TERN_ASSERT(q->n == 0 && q->bytes == 0 && !q->turn); }

// ---- the ring ------------------------------------------------------------

// Behind all others, which is before the one whose turn it is.
static void link_last(terni_outqueue *q, terni_waiting *w)
{
    terni_waiting *first = q->turn ? q->turn : w, *last = q->turn ? q->turn->prev : w;

    TERN_DEBUG_ASSERT(!w->is_ready);
    w->is_ready = true;
    w->next = first;
    w->prev = last;
    last->next = first->prev = w;
    q->turn = first;
}

static void unlink_ready(terni_outqueue *q, terni_waiting *w)
{
    TERN_DEBUG_ASSERT(w->is_ready && w->next->prev == w && w->prev->next == w);
    w->is_ready = false;
    w->next->prev = w->prev;
    w->prev->next = w->next;
    if (q->turn == w)
        q->turn = w->next != w ? w->next : NULL;
}

bool terni_outqueue_is_valid(const terni_outqueue *q)
{
    const terni_waiting *w = q->turn;
    uint32_t             n = 0;

    if (!w)
        return true;
    do {
        if (!w->is_ready || w->next->prev != w || ++n > q->n)
            return false;
        w = w->next;
    } while (w != q->turn);
    return true;
}

// ---- coming and going ----------------------------------------------------

terni_waiting *terni_outqueue_add(terni_outqueue *q, tern_pool *pool, terni_stream *s,
                                  const terni_body *body, size_t own_len)
{
    terni_waiting *w = tern_mem_zalloc(sizeof *w + own_len);

    TERN_ASSERT(!(s->flags & TERNI_STREAM_BLOCKED));
    if (!w)
        return NULL;
    tern_linkbuf_init(&w->body, pool);
    if (body->write(body, &w->body) < 0) {
        tern_linkbuf_done(&w->body);
        tern_mem_free(w);
        return NULL;
    }
    TERN_ASSERT(w->body.len == body->size);
    w->size = body->size;
    w->stream = s;
    s->flags |= TERNI_STREAM_BLOCKED;
    link_last(q, w);
    q->n++;
    q->bytes += w->size;
    return w;
}

void terni_outqueue_drop(terni_outqueue *q, terni_waiting *w)
{
    TERN_ASSERT(q->n > 0 && w->stream->flags & TERNI_STREAM_BLOCKED);
    if (w->is_ready)
        unlink_ready(q, w);
    w->stream->flags &= (uint8_t)~TERNI_STREAM_BLOCKED;
    q->bytes -= w->body.len;
    q->n--;
    tern_linkbuf_done(&w->body);
    tern_mem_free(w);
}

void terni_outqueue_wake(terni_outqueue *q, terni_waiting *w)
{
    if (!w->is_ready)
        link_last(q, w);
}

// ---- the pump ------------------------------------------------------------

// One part of the one whose turn it is. False when the engine has failed.
static bool take_turn(terni_outqueue *q, const terni_outqueue_sender *sender, void *engine)
{
    terni_waiting *w = q->turn;
    size_t         n = sender->part(engine, w), before = w->body.len;

    TERN_DEBUG_ASSERT(n <= before);
    if (n == 0 && before > 0) {
        unlink_ready(q, w);
        return true;
    }
    q->turn = w->next;  // the others have their turn first
    if (!sender->send(engine, w, n))
        return false;
    TERN_ASSERT(w->body.len == before - n && q->bytes >= n);
    q->bytes -= n;
    if (w->body.len == 0)
        sender->sent(engine, w);
    return true;
}

void terni_outqueue_pump_slow(terni_outqueue *q, const terni_outqueue_sender *sender, void *engine)
{
    while (q->turn && sender->may_send(engine) && take_turn(q, sender, engine))
        ;
}
