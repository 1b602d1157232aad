// A channel's interceptors, around the calls of all kinds and styles.
#include <tern/outgoing.h>

#include <stdarg.h>
#include <string.h>

#include "rpc/client/observers_internal.h"

static terni_observers *extras_of(tern_outgoing *call) { return (terni_observers *)call; }

static tern_outgoing *outgoing_of(terni_observers *x) { return (tern_outgoing *)x; }

static const tern_client_interceptor *interceptor(const terni_observers *x, uint32_t i)
{
    return &x->call->shard->channel->interceptors[i];
}

// ---- running them --------------------------------------------------------

static tern_code begin_one(terni_observers *x, uint32_t i)
{
    const tern_client_interceptor *it = interceptor(x, i);
    tern_code                      code;

    x->n_begun = i + 1;
    x->current = i;
    if (!it->begin || (code = it->begin(outgoing_of(x), it->arg)) == TERN_OK)
        return TERN_OK;
    terni_outcall_fail(x->call, code, x->refusal ? x->refusal : "an interceptor refused the call");
    return code;
}

int terni_outgoing_begin(terni_observers *x, uint64_t parent_deadline_ns)
{
    size_t n = x->call->shard->channel->opts.n_interceptors;

    if (!n)
        return 0;
    x->parent_deadline_ns = parent_deadline_ns;
    if ((x->data = terni_arena_zalloc(&x->call->arena, n * sizeof *x->data)))
        for (uint32_t i = 0; i < n && begin_one(x, i) == TERN_OK; i++)
            ;
    return terni_arena_error(&x->call->arena);
}

void terni_outgoing_sent(terni_observers *x, const void *msg)
{
    if (x->call->status.code != TERN_OK)
        return;
    for (uint32_t i = 0; i < x->n_begun; i++) {
        const tern_client_interceptor *it = interceptor(x, i);

        x->current = i;
        if (it->sent)
            it->sent(outgoing_of(x), msg, it->arg);
    }
}

void terni_outgoing_received(terni_observers *x, const void *msg)
{
    for (uint32_t i = x->n_begun; i-- > 0;) {
        const tern_client_interceptor *it = interceptor(x, i);

        x->current = i;
        if (it->received)
            it->received(outgoing_of(x), msg, it->arg);
    }
}

void terni_outgoing_end(terni_observers *x, tern_status st)
{
    while (x->n_begun > 0) {
        const tern_client_interceptor *it = interceptor(x, --x->n_begun);

        x->current = x->n_begun;
        if (it->end)
            it->end(outgoing_of(x), st, it->arg);
    }
}

// ---- what they may ask and say -------------------------------------------

const char *tern_outgoing_method(const tern_outgoing *call)
{
    return ((const terni_observers *)call)->call->method->path;
}

void **tern_outgoing_data(tern_outgoing *call)
{
    return &extras_of(call)->data[extras_of(call)->current];
}

void tern_outgoing_add_metadata(tern_outgoing *call, const tern_metadata *m)
{
    terni_outcall *c = extras_of(call)->call;
    terni_meta    *longer = terni_arena_alloc(&c->arena, (c->n_metas + 1) * sizeof *longer);

    if (!longer)
        return;  // sticky
    if (c->n_metas)
        memcpy(longer, c->metas, c->n_metas * sizeof *longer);
    c->metas = longer;
    terni_outcall_copy_meta(c, &longer[c->n_metas++], m);
}

void tern_outgoing_set_timeout(tern_outgoing *call, int64_t timeout_ms)
{
    terni_observers *x = extras_of(call);
    uint64_t         deadline_ns = terni_outcall_deadline_after(x->call, timeout_ms);

    x->call->deadline_ns =
        deadline_ns < x->parent_deadline_ns ? deadline_ns : x->parent_deadline_ns;
}

tern_code tern_outgoing_fail(tern_outgoing *call, tern_code code, const char *fmt, ...)
{
    terni_observers *x = extras_of(call);
    va_list          args;

    va_start(args, fmt);
    x->refusal = terni_arena_vprintf(&x->call->arena, fmt, args);
    va_end(args);
    return code;
}
