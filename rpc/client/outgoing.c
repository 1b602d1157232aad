// A channel's interceptors, around the calls of all kinds and styles.
#include "rpc/client/outgoing_internal.h"

#include <stdarg.h>
#include <string.h>

#include "rpc/base/deadline_internal.h"

static terni_outgoing *outgoing_of(tern_outgoing *call) { return (terni_outgoing *)call; }

static tern_outgoing *shown(terni_outgoing *o) { return (tern_outgoing *)o; }

// ---- the head ------------------------------------------------------------

TERN_PRINTF(2, 3) static const char *keep_text(terni_arena *arena, const char *fmt, ...)
{
    va_list     args;
    const char *text;

    va_start(args, fmt);
    text = terni_arena_vprintf(arena, fmt, args);
    va_end(args);
    return text ? text : "out of memory for the call";
}

static const char *describe_fault(terni_arena *arena, const tern_metadata *m, const char *why)
{
    char key[TERNI_MAX_SHOWN_KEY];

    terni_meta_show_key(m->key, key);
    return keep_text(arena, "the metadata entry \"%s\" cannot be sent: %s", key, why);
}

bool terni_call_head_add(terni_call_head *head, const tern_metadata *entries, size_t n)
{
    terni_meta *longer = terni_arena_alloc(&head->arena, (head->n_metas + n) * sizeof *longer);

    if (!longer)
        return false;
    if (head->n_metas)
        memcpy(longer, head->metas, head->n_metas * sizeof *longer);
    head->metas = longer;
    for (size_t i = 0; i < n; i++) {
        const char *why = terni_meta_find_fault(&entries[i]);

        if (why)
            head->fault = describe_fault(&head->arena, &entries[i], why);
        else if (!terni_meta_copy(&head->arena, &entries[i], &longer[head->n_metas++]))
            return false;
    }
    return true;
}

// ---- running them --------------------------------------------------------

static tern_code begin_one(terni_outgoing *o, uint32_t i)
{
    const tern_client_interceptor *it = &o->interceptors[i];

    if (it->secret)
        o->secret = it->secret;
    o->n_begun = i + 1;
    o->current = i;
    return it->begin ? it->begin(shown(o), it->arg) : TERN_OK;
}

tern_code terni_outgoing_begin(terni_outgoing *o, uint64_t now_ns, uint64_t latest_deadline_ns)
{
    size_t    n = o->n_interceptors;
    tern_code code = TERN_OK;

    TERN_ASSERT(o->n_begun == 0);
    o->now_ns = now_ns;
    o->latest_deadline_ns = latest_deadline_ns;
    if (!n || !(o->data = terni_arena_zalloc(&o->head->arena, n * sizeof *o->data)))
        return TERN_OK;
    for (uint32_t i = 0; i < n && code == TERN_OK; i++)
        code = begin_one(o, i);
    if (code != TERN_OK && !o->refusal)
        o->refusal = "an interceptor refused the call";
    return code;
}

void terni_outgoing_sent(terni_outgoing *o, const void *msg)
{
    for (uint32_t i = 0; i < o->n_begun; i++) {
        const tern_client_interceptor *it = &o->interceptors[i];

        o->current = i;
        if (it->sent)
            it->sent(shown(o), msg, it->arg);
    }
}

void terni_outgoing_received(terni_outgoing *o, const void *msg)
{
    for (uint32_t i = o->n_begun; i-- > 0;) {
        const tern_client_interceptor *it = &o->interceptors[i];

        o->current = i;
        if (it->received)
            it->received(shown(o), msg, it->arg);
    }
}

void terni_outgoing_end(terni_outgoing *o, tern_status st)
{
    TERN_ASSERT(o->n_begun <= o->n_interceptors);
    while (o->n_begun > 0) {
        const tern_client_interceptor *it = &o->interceptors[--o->n_begun];

        o->current = o->n_begun;
        if (it->end)
            it->end(shown(o), st, it->arg);
    }
}

// ---- what they may ask and say -------------------------------------------

const char *tern_outgoing_method(const tern_outgoing *call)
{
    return ((const terni_outgoing *)call)->head->method->path;
}

void **tern_outgoing_data(tern_outgoing *call)
{
    terni_outgoing *o = outgoing_of(call);

    TERN_ASSERT(o->data && o->current < o->n_interceptors);
    return &o->data[o->current];
}

// Without memory the arena says so, and keeps saying it.
void tern_outgoing_add_metadata(tern_outgoing *call, const tern_metadata *m)
{
    (void)!terni_call_head_add(outgoing_of(call)->head, m, 1);
}

void tern_outgoing_set_timeout(tern_outgoing *call, int64_t timeout_ms)
{
    terni_outgoing *o = outgoing_of(call);
    uint64_t        deadline_ns = terni_deadline_after(o->now_ns, timeout_ms);

    o->head->deadline_ns =
        deadline_ns < o->latest_deadline_ns ? deadline_ns : o->latest_deadline_ns;
}

tern_code tern_outgoing_fail(tern_outgoing *call, tern_code code, const char *fmt, ...)
{
    terni_outgoing *o = outgoing_of(call);
    va_list         args;

    va_start(args, fmt);
    o->refusal = terni_arena_vprintf(&o->head->arena, fmt, args);
    va_end(args);
    return code;
}
