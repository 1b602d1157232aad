#include "rpc/base/seldom_internal.h"

#include "rpc/client/observers_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/call/info_internal.h"
#include "rpc/session/identity_internal.h"

static bool watch(terni_observers *x, unsigned i, tern_cancel *cancel, const terni_observed *what)
{
    if (!cancel)
        return true;
    x->watches[i] = terni_watch_new(cancel, what->poller, what->fire, what->call);
    return x->watches[i] != NULL;
}

static void stop_watching(terni_observers *x)
{
    for (unsigned i = 0; i < TERN_COUNT_OF(x->watches); i++) {
        terni_watch_end(x->watches[i]);
        x->watches[i] = NULL;
    }
}

terni_observers *terni_observers_new(const terni_observed *what, const tern_call_opts *opts)
{
    terni_observers *x = terni_arena_zalloc(&what->head->arena, sizeof *x);

    if (!x)
        return NULL;
    x->arena = &what->head->arena;
    x->outgoing.head = what->head;
    if (opts && (x->info = opts->info))
        terni_info_reset(x->info);
    if (watch(x, 0, opts ? opts->cancel : NULL, what) && watch(x, 1, what->scope, what))
        return x;
    stop_watching(x);
    return NULL;
}

tern_code terni_observers_start(terni_observers *x)
{
    tern_code code = TERN_OK;

    TERN_ASSERT(!x->is_closed);
    for (unsigned i = 0; i < TERN_COUNT_OF(x->watches) && code == TERN_OK; i++)
        if (x->watches[i])
            code = terni_watch_start(x->watches[i]);
    return code;
}

tern_code terni_observers_fired(const terni_observers *x)
{
    tern_code code = TERN_OK;

    for (unsigned i = 0; i < TERN_COUNT_OF(x->watches) && code == TERN_OK; i++)
        if (x->watches[i])
            code = terni_watch_fired(x->watches[i]);
    return code;
}

void terni_observers_done(terni_observers *x, tern_status st)
{
    stop_watching(x);
    tern_mem_free(x->identity);
    terni_outgoing_end(&x->outgoing, st);
}

void terni_observers_refuse(const tern_call_opts *opts, tern_status st)
{
    terni_facts facts = { .message = st.msg, .message_len = strlen(st.msg), .peer = "" };

    if (opts && opts->info)
        terni_info_fill(opts->info, &facts);
}

void terni_observers_note_peer(terni_observers *x, const terni_session *s)
{
    const tern_identity *id;

    if (!x->info)
        return;
    (void)terni_session_peer_address(s, x->peer);
    tern_mem_free(x->identity);
    id = terni_session_identity(s);
    x->identity = id ? terni_identity_copy(id) : NULL;
}

// The info of a stream is filled before its last messages are read.
void terni_observers_received(terni_observers *x, const void *msg, bool was_compressed)
{
    x->n_compressed += was_compressed;
    terni_outgoing_received(&x->outgoing, msg);
}

// What does not fit into memory is not told; the call itself goes on.
void terni_observers_keep_initial(terni_observers *x, const terni_meta_list *metadata)
{
    terni_meta *copy;

    if (!x->info || x->initial.n || !metadata->n ||
        !(copy = terni_arena_alloc(x->arena, metadata->n * sizeof *copy)))
        return;
    for (uint32_t i = 0; i < metadata->n; i++) {
        const terni_meta *m = &metadata->entries[i];

        copy[i] = *m;
        copy[i].key = terni_arena_strndup(x->arena, m->key, m->key_len);
        copy[i].value =
            (uint8_t *)terni_arena_strndup(x->arena, (const char *)m->value, m->value_len);
        if (!copy[i].key || !copy[i].value)
            return;
    }
    x->initial = (terni_meta_list){ copy, metadata->n };
}

void terni_observers_keep_message(terni_observers *x, const char *text, size_t len)
{
    if (!x->info || !len || !(x->message = terni_arena_strndup(x->arena, text, len)))
        return;
    x->message_len = len;
}

void terni_observers_close(terni_observers *x, const tern_status *st, const terni_close *close,
                           uint32_t n_attempts)
{
    terni_facts facts = { .message = x->message,
                          .message_len = x->message_len,
                          .details = close->details,
                          .details_len = close->details_len,
                          .initial = x->initial,
                          .trailing = close->metadata,
                          .peer = x->peer,
                          .n_attempts = n_attempts,
                          .n_compressed = x->n_compressed,
                          .identity = x->identity };

    TERN_ASSERT(!x->is_closed);
    if (st->code != TERN_OK && !x->message) {
        facts.message = st->msg;
        facts.message_len = strlen(st->msg);
    }
    if (x->info)
        terni_info_fill(x->info, &facts);
    stop_watching(x);
    x->is_closed = true;
    if (!x->waits_for_reader)
        terni_outgoing_end(&x->outgoing, *st);
}
