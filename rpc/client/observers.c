#include "rpc/client/observers_internal.h"

#include <errno.h>
#include <string.h>

#include "rpc/call/info_internal.h"

static int watch(terni_observers *x, unsigned i, tern_cancel *cancel)
{
    return !cancel || (x->watches[i] = terni_watch_new(cancel, x->call)) ? 0 : -ENOMEM;
}

int terni_observers_add(terni_outcall *call, const tern_call_opts *opts, tern_cancel *scope)
{
    terni_observers *x = terni_arena_zalloc(&call->arena, sizeof *x);
    int              err;

    if (!x)
        return -ENOMEM;
    x->call = call;
    call->observers = x;
    if (opts && (x->info = opts->info))
        terni_info_reset(x->info);
    if ((err = watch(x, 0, opts ? opts->cancel : NULL)) < 0)
        return err;
    return watch(x, 1, scope);
}

tern_code terni_observers_start(terni_observers *x)
{
    tern_code code = TERN_OK;

    for (unsigned i = 0; i < TERN_COUNT_OF(x->watches) && code == TERN_OK; i++)
        if (x->watches[i])
            code = terni_watch_start(x->watches[i]);
    return code;
}

static void stop_watching(terni_observers *x)
{
    for (unsigned i = 0; i < TERN_COUNT_OF(x->watches); i++) {
        terni_watch_end(x->watches[i]);
        x->watches[i] = NULL;
    }
}

// A call that failed before it was started has not been closed.
void terni_observers_done(terni_observers *x)
{
    stop_watching(x);
    if (!x->is_closed && x->call->status.code == TERN_OK)
        terni_outgoing_end(x, terni_outcall_no_memory());
    else
        terni_outgoing_end(x, x->call->status);
}

void terni_observers_refuse(const tern_call_opts *opts, tern_status st)
{
    terni_facts facts = { .message = st.msg, .message_len = strlen(st.msg), .peer = "" };

    if (opts && opts->info)
        terni_info_fill(opts->info, &facts);
}

void terni_observers_note_peer(terni_observers *x, const terni_session *s)
{
    if (x->info)
        (void)terni_session_peer_address(s, x->peer);
}

// What does not fit into memory is not told; the call itself goes on.
void terni_observers_keep_initial(terni_observers *x, const terni_meta_list *metadata)
{
    terni_arena *arena = &x->call->arena;
    terni_meta  *copy;

    if (!x->info || x->initial.n || !metadata->n ||
        !(copy = terni_arena_alloc(arena, metadata->n * sizeof *copy)))
        return;
    for (uint32_t i = 0; i < metadata->n; i++) {
        const terni_meta *m = &metadata->entries[i];

        copy[i] = *m;
        copy[i].key = terni_arena_strndup(arena, m->key, m->key_len);
        copy[i].value = (uint8_t *)terni_arena_strndup(arena, (const char *)m->value, m->value_len);
        if (!copy[i].key || !copy[i].value)
            return;
    }
    x->initial = (terni_meta_list){ copy, metadata->n };
}

void terni_observers_keep_message(terni_observers *x, const char *text, size_t len)
{
    if (!x->info || !len || !(x->message = terni_arena_strndup(&x->call->arena, text, len)))
        return;
    x->message_len = len;
}

void terni_observers_close(terni_observers *x, const terni_close *close)
{
    const terni_outcall *call = x->call;
    terni_facts          facts = { .message = x->message,
                                   .message_len = x->message_len,
                                   .details = close->details,
                                   .details_len = close->details_len,
                                   .initial = x->initial,
                                   .trailing = close->metadata,
                                   .peer = x->peer,
                                   .n_attempts = call->n_attempts };

    if (call->status.code != TERN_OK && !x->message) {
        facts.message = call->status.msg;
        facts.message_len = strlen(call->status.msg);
    }
    if (x->info)
        terni_info_fill(x->info, &facts);
    stop_watching(x);
    x->is_closed = true;
    if (!x->waits_for_reader)
        terni_outgoing_end(x, call->status);
}
