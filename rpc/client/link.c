#include "rpc/client/link_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tern/mem.h>

#include "rpc/base/list_internal.h"

enum {
    MAX_COPIED_REQUEST = 4096,  // a segment of its own costs more
    MAX_LOSS = 256,             // bytes of the sentence that its calls end with
};

static terni_link *link_of(void *session)
{
    return TERN_CONTAINER_OF((terni_session *)session, terni_link, session);
}

static terni_outcall *call_of(terni_stream *s)
{
    return TERN_CONTAINER_OF(s, terni_outcall, stream);
}

// Of the engine's events: a call that is on this very link.
static terni_outcall *call_on(void *owner, terni_stream *s)
{
    terni_outcall *call = call_of(s);

    (void)owner;
    TERN_DEBUG_ASSERT(call->state == TERNI_OUTCALL_OPEN && call->on == link_of(owner));
    return call;
}

static void check_gone(terni_link *link)
{
    if (link->is_retired && !link->calls)
        terni_session_close(&link->session);
}

void terni_link_retire(terni_link *link)
{
    if (!link->is_retired) {
        link->is_retired = true;
        link->events->leaving(link);
    }
    check_gone(link);
}

// ---- calls: coming -------------------------------------------------------

static int write_request(const terni_body *body, tern_linkbuf *out)
{
    const terni_outcall *call = body->message;

    TERN_DEBUG_ASSERT(call->body_len == body->size);
    if (call->body_len <= MAX_COPIED_REQUEST)
        return tern_linkbuf_append(out, call->body, call->body_len);
    TERN_ASSERT(call->body_block && call->body_len <= call->body_block->used);
    return tern_linkbuf_append_view(out, call->body_block, call->body_block->base, call->body_len);
}

static uint64_t timeout_us(const terni_outcall *call)
{
    uint64_t deadline_ns = call->head.deadline_ns, now;

    if (deadline_ns == TERN_NEVER)
        return 0;
    now = tern_poller_now_ns(call->carrier->poller);
    return deadline_ns > now + 1000 ? (deadline_ns - now) / 1000 : 1;
}

static void put_on(terni_link *link, terni_outcall *call)
{
    call->on = link;
    TERNI_LIST_PUSH(&link->calls, call);
    terni_outcall_set_state(call, TERNI_OUTCALL_OPEN);
}

static void take_off(terni_outcall *call)
{
    TERN_DEBUG_ASSERT(call->state == TERNI_OUTCALL_OPEN);
    TERNI_LIST_REMOVE(call);
    call->on = NULL;
    terni_outcall_set_state(call, TERNI_OUTCALL_IDLE);
}

int terni_link_open(terni_link *link, terni_outcall *call)
{
    terni_session    *s = &link->session;
    const terni_body  body = { .size = call->body_len, .write = write_request, .message = call };
    terni_open        open = { .path = call->head.method->path,
                               .path_len = (uint32_t)strlen(call->head.method->path),
                               .authority = link->authority,
                               .authority_len = link->authority_len,
                               .timeout_us = timeout_us(call),
                               .n_previous = call->n_retries,
                               .window = call->window,
                               .metadata = { call->head.metas, call->head.n_metas } };
    const terni_body *request = call->has_body ? &body : NULL;
    int               err;

    TERN_DEBUG_ASSERT(call->state == TERNI_OUTCALL_IDLE && !call->on);
    TERN_DEBUG_ASSERT(link->has_settled);
    if (!terni_session_is_open(s) || link->is_retired)
        return -ENOTCONN;
    if (TERN_UNLIKELY(call->observers) && call->observers->outgoing.secret && !link->is_private)
        return -EACCES;
    if (TERN_UNLIKELY(terni_call_packing_is_wanted(&call->packing)) &&
        (err = terni_call_packing_open(&call->packing, s, request, call->is_last, &open,
                                       &request)) < 0)
        return err;
    call->position = terni_session_position(s);
    put_on(link, call);  // before: what had to wait may be on its way already, which is an event
    if ((err = terni_session_open(s, &call->stream, &open, request, call->is_last)) < 0) {
        take_off(call);
        return err;
    }
    call->n_attempts++;
    if (TERN_UNLIKELY(call->observers))
        terni_observers_note_peer(call->observers, s);
    if (call->events)
        call->events->opened(call);
    return 0;
}

static const char *failure_of_open(int err)
{
    if (err == -EMSGSIZE)
        return "the request is larger than the server's max_message";
    return err == -E2BIG ? "the metadata are larger than a frame's head"
                         : "out of memory for the call";
}

void terni_link_refuse(terni_outcall *call, int err)
{
    char text[160];

    if (err != -EACCES) {
        terni_outcall_finish(call, TERN_RESOURCE_EXHAUSTED, failure_of_open(err));
        return;
    }
    snprintf(text, sizeof text, "%.40s is not sent in plain text: connect with tls:// or grpcs://",
             call->observers->outgoing.secret);
    terni_outcall_finish(call, TERN_UNAUTHENTICATED, text);
}

// ---- calls: going --------------------------------------------------------

static void end_call(terni_outcall *call, const terni_close *close)
{
    take_off(call);
    call->carrier->ops->ended(call, close);
}

static void tell_room(terni_link *link)
{
    link->events->room(link);
    check_gone(link);
}

void terni_link_cancel(terni_outcall *call, tern_code code, const char *why)
{
    terni_link *link = call->on;

    if (call->stream.id)
        terni_session_cancel(&link->session, &call->stream, code, why);
    take_off(call);
    tell_room(link);
}

// ---- the engine's events: replies ----------------------------------------

// The call's memory serves again: there is no other attempt behind a reply.
static terni_arena *arena_of_reply(terni_outcall *call)
{
    terni_arena *arena = &call->head.arena;

    if (TERN_LIKELY(!call->observers && !call->head.n_metas))
        terni_arena_reset(arena);
    arena->pool = tern_poller_pool(call->carrier->poller);
    return arena;
}

static inline __attribute__((always_inline)) int decode_plain(terni_outcall            *call,
                                                              const terni_piece        *piece,
                                                              struct ProtobufCMessage **ret_msg,
                                                              terni_codec_error        *ret_error)
{
    const terni_codec_input in = { piece->data, piece->len, piece->block };

    if (call->lends_reply)
        return terni_codec_decode_piece(call->reply_plan, &in, arena_of_reply(call),
                                        TERNI_DECODE_DEFAULT, ret_msg, ret_error);
    return terni_codec_decode_owned(call->reply_plan, &in, TERN_MAX_ARENA_BYTES,
                                    TERNI_DECODE_DEFAULT, ret_msg, ret_error);
}

// -ECANCELED: it was compressed, and could not be read for that; the call's status says why.
static __attribute__((noinline)) int decode_packed(terni_outcall *call, const terni_piece *piece,
                                                   struct ProtobufCMessage **ret_msg,
                                                   terni_codec_error        *ret_error)
{
    const terni_link *link = call->on;
    terni_unpacked    unpacked;
    tern_status       st =
        terni_call_packing_unpack(&call->packing, link->session.limits->max_message,
                                  tern_poller_pool(call->carrier->poller), piece, &unpacked);
    int err;

    if (st.code != TERN_OK) {
        terni_outcall_fail(call, st.code, st.msg);
        return -ECANCELED;
    }
    err = decode_plain(call, &unpacked.piece, ret_msg, ret_error);
    terni_unpacked_done(&unpacked);
    return err;
}

static int decode_reply(terni_outcall *call, const terni_piece *piece,
                        struct ProtobufCMessage **ret_msg, terni_codec_error *ret_error)
{
    return TERN_UNLIKELY(piece->is_compressed) ? decode_packed(call, piece, ret_msg, ret_error)
                                               : decode_plain(call, piece, ret_msg, ret_error);
}

static void take_reply(terni_outcall *call, const terni_piece *piece)
{
    struct ProtobufCMessage *msg = NULL;
    terni_codec_error        error;
    char                     text[256];
    int                      len, err = decode_reply(call, piece, &msg, &error);

    if (err == 0) {
        call->reply = msg;
        if (TERN_UNLIKELY(call->observers))
            terni_observers_received(call->observers, msg, piece->is_compressed);
        return;
    }
    if (err == -ECANCELED)
        return;
    len = snprintf(text, sizeof text, "the reply cannot be read: ");
    terni_codec_error_print(&error, text + len, sizeof text - (size_t)len);
    terni_outcall_fail(call, err == -EBADMSG ? TERN_INTERNAL : TERN_RESOURCE_EXHAUSTED, text);
}

static void on_message(void *owner, terni_stream *stream, const terni_piece *piece)
{
    terni_outcall *call = call_on(owner, stream);

    if (call->events && call->events->message) {
        call->is_answered = true;
        call->events->message(call, piece);
        return;
    }
    terni_session_consumed(owner, NULL, piece->len);
    if (call->reply)
        terni_outcall_fail(call, TERN_INTERNAL, "the reply has more than one message");
    else
        take_reply(call, piece);
}

static void on_headers(void *owner, terni_stream *stream, const terni_headers *headers)
{
    terni_outcall *call = call_on(owner, stream);

    call->is_answered = true;
    if (TERN_UNLIKELY(headers->encoding_len))
        terni_call_packing_take_head(&call->packing, headers);
    if (call->observers)
        terni_observers_keep_initial(call->observers, &headers->metadata);
}

static void on_closed(void *owner, terni_stream *stream, const terni_close *close)
{
    end_call(call_on(owner, stream), close);
    tell_room(link_of(owner));
}

static void on_writable(void *owner, terni_stream *stream)
{
    terni_outcall *call = call_on(owner, stream);

    if (call->events)
        call->events->writable(call);
}

// ---- the engine's events: the connection ---------------------------------

// What gRPC's servers say to those who ask them for a sign of life more often than they like.
static bool is_too_many_pings(const char *text, size_t len)
{
    static const char words[] = "too_many_pings";

    return len == sizeof words - 1 && memcmp(text, words, len) == 0;
}

static void on_goaway(void *owner, uint32_t code, const char *text, size_t len)
{
    terni_link *link = link_of(owner);

    (void)code;
    link->is_bothersome = is_too_many_pings(text, len);
    terni_link_retire(link);
}

static void on_settled(void *owner)
{
    terni_link *link = link_of(owner);

    TERN_ASSERT(!link->has_settled);
    link->has_settled = true;
    terni_session_expect_by(&link->session, TERN_NEVER);
    link->events->settled(link);
}

static const terni_wire_events wire_events = {
    .headers = on_headers,
    .message = on_message,
    .closed = on_closed,
    .goaway = on_goaway,
    .settled = on_settled,
    .writable = on_writable,
    .now_ns = terni_session_now_ns,
    .failed = terni_session_failed,
};

// ---- the connection ------------------------------------------------------

// It has said its last word, though not GOAWAY. The connection closes.
static void on_session_ended(terni_session *s)
{
    terni_link *link = link_of(s);

    if (link->has_settled)
        terni_link_retire(link);
}

// The server did not get what we never sent.
static bool was_never_processed(const terni_link *link, const terni_outcall *call)
{
    return link->session.offered_bytes <= call->position;
}

static void describe_loss(const terni_link *link, int err, const char *why, char text[MAX_LOSS])
{
    if (link->session.is_filters_fault)
        snprintf(text, MAX_LOSS, "TLS with %.*s failed: %s", (int)link->authority_len,
                 link->authority, why);
    else
        snprintf(text, MAX_LOSS, "the connection was lost: %s",
                 err == 0 ? "the server closed it"
                 : why    ? why
                          : strerror(-err));
}

static void on_session_closed(terni_session *s, int err, const char *why)
{
    terni_link *link = link_of(s);
    char        text[MAX_LOSS];
    terni_close close = { .code = TERN_UNAVAILABLE, .message = text, .is_reset = true };

    describe_loss(link, err, why, text);
    close.message_len = (uint32_t)strlen(text);
    link->is_retired = true;
    link->events->lost(link, text);
    for (terni_outcall *call; (call = link->calls);) {
        close.is_not_processed = was_never_processed(link, call);
        end_call(call, &close);
    }
    link->events->gone(link);
    tern_mem_free(link);
}

void terni_link_abort(terni_link *link) { terni_session_abort(&link->session); }

static void tell_starved(terni_session *s)
{
    for (terni_outcall *call = link_of(s)->calls; call; call = call->next) {
        bool was_starved = call->is_starved;

        call->is_starved = false;
        if (was_starved)
            call->events->writable(call);
    }
}

static const terni_session_hooks session_hooks = {
    .drained = tell_starved,
    .ended = on_session_ended,
    .closed = on_session_closed,
};

static tern_status failure(int err)
{
    return tern_status_make(TERN_UNAVAILABLE, "%s", strerror(-err));
}

static const char *authority_of(const terni_link_opts *opts)
{
    return opts->authority ? opts->authority : opts->target->authority;
}

static const char *server_name_of(const terni_link_opts *opts)
{
    return opts->server_name ? opts->server_name : opts->target->address.host;
}

// Takes `fd`.
static tern_status start(terni_link *link, const terni_link_opts *opts, int fd)
{
    tern_conn_filter *filter = NULL;
    tern_status       st = { .code = TERN_OK };
    int               err;

    if (opts->target->is_tls)
        st = terni_filter_source_ask(opts->filters, server_name_of(opts), opts->target->wire->alpn,
                                     &filter);
    if (st.code) {
        close(fd);
        return st;
    }
    link->authority_len = (uint32_t)strlen(authority_of(opts));
    link->authority = memcpy(link + 1, authority_of(opts), link->authority_len);
    link->is_private = opts->target->is_tls || opts->target->address.kind == TERN_ADDRESS_UNIX ||
                       opts->target->address.kind == TERN_ADDRESS_INPROC;
    link->events = opts->events;
    link->owner = opts->owner;
    link->session = (terni_session){ .events = &wire_events,
                                     .hooks = &session_hooks,
                                     .limits = opts->limits,
                                     .wire = opts->target->wire };
    err = terni_session_start(&link->session, opts->poller, fd, filter, TERNI_CLIENT);
    return err < 0 ? failure(err) : st;
}

tern_status terni_link_new(const terni_link_opts *opts, int fd, terni_link **ret_link)
{
    terni_link *link = tern_mem_zalloc(sizeof *link + strlen(authority_of(opts)));
    tern_status st;

    if (!link) {
        close(fd);
        return failure(-ENOMEM);
    }
    st = start(link, opts, fd);
    if (st.code) {
        tern_mem_free(link);
        return st;
    }
    terni_session_keep_alive(&link->session, opts->keepalive_ms, opts->keepalive_timeout_ms);
    *ret_link = link;
    return st;
}
