#include "tests/rpc/wire_core.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const terni_wire_limits wire_core_limits = {
    .native.max_frame = 1024 * 1024,
    .max_message = 64 * 1024 * 1024,
    .max_streams = 20000,
    .native.max_path_ids = 4096,
    .max_metadata = 1024,
    .max_status_message = 1024,
    .stream_window = 256 * 1024,
    .connection_window = 16 * 1024 * 1024,
    .max_unsent_control = 64 * 1024,
    .max_untaken = UINT64_MAX,
    .max_waiting = UINT64_MAX,
    .max_nuisance = 1000000,
    .h2.max_header_block = 64 * 1024,
    .h2.max_continuations = 16,
};

const terni_wire *wire_core_chosen(void)
{
    const char *name = getenv("TERN_TEST_WIRE");

    return name && strcmp(name, "grpc") == 0 ? &terni_wire_h2 : &terni_wire_native;
}

// ---- the log -------------------------------------------------------------

TERN_PRINTF(2, 3) static void say(wire_core *core, const char *fmt, ...)
{
    va_list args;
    int     n;

    if (core->is_quiet)
        return;
    va_start(args, fmt);
    n = vsnprintf(core->log + core->log_len, WIRE_CORE_LOG - core->log_len, fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < WIRE_CORE_LOG - core->log_len)
        core->log_len += (size_t)n;
    else
        core->is_quiet = true;  // full: who makes so many events does not read them
}

static bool is_agent(const terni_meta *m)
{
    return m->key_len == 10 && memcmp(m->key, "user-agent", 10) == 0;
}

static void say_metadata(wire_core *core, const terni_meta_list *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        const terni_meta *m = &list->entries[i];

        if (!is_agent(m))
            say(core, " %.*s=%.*s", (int)m->key_len, m->key, (int)m->value_len,
                (const char *)m->value);
    }
}

static void say_text(wire_core *core, const char *what, const char *text, size_t len)
{
    if (text)
        say(core, " %s %.*s", what, (int)len, text);
}

// ---- events --------------------------------------------------------------

static uint32_t number_of(const wire_core *core, uint32_t id)
{
    return core->wire == &terni_wire_h2 ? (id + 1) / 2 : id;
}

static wire_call *call_of(wire_core *core, terni_stream *s)
{
    wire_call *call = TERN_CONTAINER_OF(s, wire_call, stream);

    TERN_ASSERT(!core->has_failed && call->core == core && !call->is_over);
    if (s->id)
        call->number = number_of(core, s->id);
    return call;
}

static wire_call *add_call(wire_core *core)
{
    wire_call *call = calloc(1, sizeof *call);

    TERN_ASSERT(call);
    call->core = core;
    call->next = core->calls;
    core->calls = call;
    core->n_open++;
    return call;
}

static void end_call(wire_call *call)
{
    TERN_ASSERT(!call->is_over && call->stream.id == 0);
    call->is_over = true;
    call->core->n_open--;
}

static void *on_lookup(void *owner, const char *path, size_t len)
{
    wire_core *core = owner;

    if (len == 0 || len >= sizeof core->paths[0] || path[0] != '/')
        return NULL;
    for (size_t i = 0; i < TERN_COUNT_OF(core->paths); i++) {
        if (!core->paths[i][0])
            memcpy(core->paths[i], path, len);
        if (strlen(core->paths[i]) == len && memcmp(core->paths[i], path, len) == 0)
            return core->paths[i];
    }
    return NULL;
}

static terni_stream *on_opened(void *owner, const terni_open *open)
{
    wire_core *core = owner;
    wire_call *call;

    TERN_ASSERT(!core->has_failed);
    if (core->is_full)
        return NULL;
    call = add_call(core);
    call->method = open->method;
    say(core, "opened %s", open->method ? (const char *)open->method : "?");
    if (open->timeout_us)
        say(core, " in %llu us", (unsigned long long)open->timeout_us);
    say_text(core, "in", open->encoding, open->encoding_len);
    say_text(core, "accepts", open->accept_encoding, open->accept_encoding_len);
    say_metadata(core, &open->metadata);
    say(core, "; ");
    return &call->stream;
}

static void on_began(void *owner, terni_stream *s)
{
    wire_call *call = call_of(owner, s);

    if (!call->core->is_brief)
        say(call->core, "began %u; ", call->number);
    if (call->core->on_began)
        call->core->on_began(call->core, call);
}

static void on_headers(void *owner, terni_stream *s, const terni_headers *headers)
{
    wire_call *call = call_of(owner, s);

    TERN_ASSERT(call->n_messages == 0);
    say(call->core, "headers %u", call->number);
    say_text(call->core, "in", headers->encoding, headers->encoding_len);
    say_metadata(call->core, &headers->metadata);
    say(call->core, "; ");
}

static void on_message(void *owner, terni_stream *s, const terni_piece *piece)
{
    wire_core *core = owner;
    wire_call *call = call_of(core, s);

    call->n_messages++;
    call->n_bytes += piece->len;
    core->n_bytes += piece->len;
    if (piece->len <= WIRE_CORE_SHOWN)
        say(core, "message %u %.*s%s; ", call->number, (int)piece->len, (const char *)piece->data,
            piece->is_compressed ? " compressed" : "");
    else
        say(core, "message %u of %zu; ", call->number, piece->len);
    if (core->is_lazy)
        call->n_unconsumed += piece->len;
    if (core->on_message)
        core->on_message(core, call, piece);
    if (!core->is_lazy)
        core->wire->consumed(core->engine, call->stream.id ? s : NULL, piece->len);
}

static void on_ended(void *owner, terni_stream *s)
{
    wire_call *call = call_of(owner, s);

    say(call->core, "ended %u; ", call->number);
    if (call->core->on_ended)
        call->core->on_ended(call->core, call);
}

static void on_closed(void *owner, terni_stream *s, const terni_close *close)
{
    wire_core *core = owner;
    wire_call *call = call_of(core, s);

    say(core, "closed %u%s%s", close->code, close->is_reset ? " reset" : "",
        close->is_not_processed ? " unprocessed" : "");
    if (close->message_len)
        say(core, " %.*s", (int)(close->message_len < 100 ? close->message_len : 100),
            close->message);
    if (close->details_len)
        say(core, " (%.*s)", (int)close->details_len, (const char *)close->details);
    say_metadata(core, &close->metadata);
    say(core, "; ");
    end_call(call);
    if (core->on_closed)
        core->on_closed(core, call, close);
}

static void on_writable(void *owner, terni_stream *s)
{
    wire_call *call = call_of(owner, s);

    say(call->core, "writable; ");
    if (s->id == 0)
        end_call(call);
    if (call->core->on_writable)
        call->core->on_writable(call->core, call);
}

static void on_goaway(void *owner, uint32_t code, const char *text, size_t len)
{
    TERN_ASSERT(!((wire_core *)owner)->has_failed);
    say(owner, "goaway %u %.*s; ", code, (int)len, text);
}

static void on_settled(void *owner) { say(owner, "settled; "); }

static void on_pong(void *owner, uint64_t opaque)
{
    TERN_ASSERT(!((wire_core *)owner)->has_failed);
    say(owner, "pong %llx; ", (unsigned long long)opaque);
}

static void on_failed(void *owner, uint32_t code, const char *why)
{
    wire_core *core = owner;

    TERN_ASSERT(!core->has_failed);
    core->has_failed = true;
    say(core, "failed %u %s; ", code, why);
}

static const terni_wire_events events = {
    .lookup = on_lookup,
    .opened = on_opened,
    .began = on_began,
    .headers = on_headers,
    .message = on_message,
    .ended = on_ended,
    .closed = on_closed,
    .writable = on_writable,
    .goaway = on_goaway,
    .settled = on_settled,
    .pong = on_pong,
    .failed = on_failed,
};

// ---- life ----------------------------------------------------------------

bool wire_core_init(wire_core *core, const terni_wire *wire, terni_role role,
                    const terni_wire_limits *limits)
{
    *core =
        (wire_core){ .wire = wire, .role = role, .limits = limits ? *limits : wire_core_limits };
    wire->raise(&core->limits);
    core->pool = tern_pool_new();
    tern_linkbuf_init(&core->in, core->pool);
    tern_linkbuf_init(&core->out, core->pool);
    if (core->pool)
        core->engine = wire->create(&(terni_engine_opts){ .role = role,
                                                          .limits = &core->limits,
                                                          .events = &events,
                                                          .owner = core,
                                                          .out = &core->out });
    return core->engine != NULL;
}

uint64_t wire_core_held(const wire_core *core)
{
    uint64_t n = 0;

    for (const wire_call *call = core->calls; call; call = call->next)
        n += call->n_unconsumed;
    return n;
}

wire_probe wire_core_probe(const wire_core *core, const wire_call *call)
{
    const terni_stream *s = call && call->stream.id ? &call->stream : NULL;

    return core->wire == &terni_wire_h2 ? wire_probe_h2(core->engine, s)
                                        : wire_probe_native(core->engine, s);
}

void wire_core_done(wire_core *core)
{
    TERN_ASSERT(!core->engine || core->wire->is_owed(core->engine, wire_core_held(core)));
    core->wire->destroy(core->engine);
    for (wire_call *call = core->calls, *next; call; call = next) {
        next = call->next;
        free(call);
    }
    tern_linkbuf_done(&core->in);
    tern_linkbuf_done(&core->out);
    if (core->pool)
        tern_pool_free(core->pool);
}

// ---- calls ---------------------------------------------------------------

static int write_text(const terni_body *body, tern_linkbuf *out)
{
    return tern_linkbuf_append(out, body->message, body->size);
}

terni_body wire_core_text(const char *text)
{
    return (terni_body){ .size = strlen(text), .write = write_text, .message = text };
}

static uint8_t *put_text(const terni_body *body, uint8_t *dst)
{
    size_t len = strlen(body->message);

    memcpy(dst, body->message, len);
    return dst + len;
}

terni_body wire_core_bounded(const char *text, size_t bound)
{
    return (terni_body){ .size = bound, .put = put_text, .message = text };
}

static int write_count(const terni_body *body, tern_linkbuf *out)
{
    uint8_t *p = tern_linkbuf_reserve(out, body->size);

    if (!p)
        return -ENOMEM;
    for (size_t i = 0; i < body->size; i++)
        p[i] = (uint8_t)i;
    tern_linkbuf_commit(out, body->size);
    return 0;
}

terni_body wire_core_count(size_t n) { return (terni_body){ .size = n, .write = write_count }; }

wire_call *wire_core_call_with(wire_core *core, const terni_open *open, const terni_body *body,
                               bool is_last, int *ret_err)
{
    wire_call *call = add_call(core);
    int        err = core->wire->open(core->engine, &call->stream, open, body, is_last);

    if (ret_err)
        *ret_err = err;
    call->number = number_of(core, call->stream.id);
    if (err == 0)
        return call;
    end_call(call);
    return NULL;
}

wire_call *wire_core_call(wire_core *core, const char *path, const char *text, bool is_last)
{
    terni_open open = { .path = path, .path_len = (uint32_t)strlen(path) };
    terni_body body = wire_core_text(text ? text : "");

    return wire_core_call_with(core, &open, text ? &body : NULL, is_last, NULL);
}

wire_call *wire_core_find(const wire_core *core, uint32_t number)
{
    wire_call *call = core->calls;

    while (call && (!call->stream.id || number_of(core, call->stream.id) != number))
        call = call->next;
    TERN_ASSERT(call);
    return call;
}

int wire_core_send(wire_call *call, const terni_body *body, bool is_last)
{
    return call->core->wire->message(call->core->engine, &call->stream, body, is_last);
}

int wire_core_finish(wire_call *call, uint32_t code, const terni_body *body)
{
    const terni_close close = { .code = code };
    int err = call->core->wire->finish(call->core->engine, &call->stream, &close, body);

    if (err == 0)
        end_call(call);
    return err;
}

void wire_core_cancel(wire_call *call)
{
    call->core->wire->cancel(call->core->engine, &call->stream, 1, "enough");
    end_call(call);
}

void wire_core_consume(wire_call *call)
{
    size_t n = call->n_unconsumed;

    call->n_unconsumed = 0;
    call->core->wire->consumed(call->core->engine, call->stream.id ? &call->stream : NULL, n);
}

// ---- bytes ---------------------------------------------------------------

static int append_alone(wire_core *core, const uint8_t *bytes, size_t n)
{
    tern_block *block = tern_block_new(core->pool, n);
    int         err;

    if (!block)
        return -ENOMEM;
    memcpy(block->base, bytes, n);
    block->used = n;
    err = tern_linkbuf_append_view(&core->in, block, block->base, n);
    tern_block_unref(block);
    return err;
}

void wire_core_feed(wire_core *core, const uint8_t *bytes, size_t len, size_t step)
{
    for (size_t at = 0, n; at < len; at += n) {
        n = step && step < len - at ? step : len - at;
        if (append_alone(core, bytes + at, n) < 0)
            break;
        while (core->wire->feed(core->engine, &core->in) == TERNI_FEED_NEXT_TURN)
            ;
        core->wire->pump(core->engine);
    }
}

size_t wire_core_carry(wire_core *from, wire_core *to)
{
    size_t   len;
    uint8_t *bytes;

    from->wire->pump(from->engine);
    len = from->out.len;
    bytes = malloc(len ? len : 1);
    TERN_ASSERT(bytes && tern_linkbuf_copy_out(&from->out, 0, bytes, len));
    tern_linkbuf_clear(&from->out);
    if (len && !to->has_failed)
        wire_core_feed(to, bytes, len, 0);
    free(bytes);
    return len;
}

void wire_core_run(wire_core *a, wire_core *b)
{
    while (wire_core_carry(a, b) + wire_core_carry(b, a) > 0)
        ;
}

void wire_bytes_frame(wire_bytes *b, unsigned kind, unsigned flags, uint32_t stream,
                      const void *head, size_t head_len, const void *body, size_t body_len)
{
    uint32_t size = (uint32_t)(head_len + body_len);
    uint8_t  prefix[12] = {
         (uint8_t)(size >> 24),    (uint8_t)(size >> 16),   (uint8_t)(size >> 8),   (uint8_t)size,
         (uint8_t)(stream >> 24),  (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream,
         (uint8_t)(head_len >> 8), (uint8_t)head_len,       (uint8_t)kind,          (uint8_t)flags
    };

    TERN_ASSERT(b->len + 12 + size <= sizeof b->bytes);
    memcpy(b->bytes + b->len, prefix, 12);
    if (head_len)
        memcpy(b->bytes + b->len + 12, head, head_len);
    if (body_len)
        memcpy(b->bytes + b->len + 12 + head_len, body, body_len);
    b->len += 12 + size;
}

void wire_bytes_preface(wire_bytes *b)
{
    memcpy(b->bytes, "TERN\r\n\1", 8);
    b->len = 8;
    wire_bytes_frame(b, 0, 0, 0, NULL, 0, NULL, 0);
}
