#include "tests/rpc/wire/h2/frames.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- bytes ---------------------------------------------------------------

void h2_bytes_add(h2_bytes *b, const void *bytes, size_t len)
{
    TERN_ASSERT(len <= sizeof b->bytes - b->len);
    if (len)
        memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
}

void h2_bytes_prefix(h2_bytes *b, size_t len, unsigned kind, unsigned flags, uint32_t stream)
{
    const uint8_t prefix[9] = {
        (uint8_t)(len >> 16),    (uint8_t)(len >> 8),    (uint8_t)len,
        (uint8_t)kind,           (uint8_t)flags,         (uint8_t)(stream >> 24),
        (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream,
    };

    h2_bytes_add(b, prefix, sizeof prefix);
}

void h2_bytes_frame(h2_bytes *b, unsigned kind, unsigned flags, uint32_t stream,
                    const void *payload, size_t len)
{
    h2_bytes_prefix(b, len, kind, flags, stream);
    h2_bytes_add(b, payload, len);
}

static uint8_t *put_length(uint8_t *p, size_t len)
{
    if (len < 127) {
        *p++ = (uint8_t)len;
        return p;
    }
    *p++ = 127;
    for (len -= 127; len >= 128; len >>= 7)
        *p++ = (uint8_t)(len | 128);
    *p++ = (uint8_t)len;
    return p;
}

static uint8_t *put_string(uint8_t *p, const char *text, size_t len)
{
    p = put_length(p, len);
    memcpy(p, text, len);
    return p + len;
}

size_t h2_bytes_block(uint8_t *dst, const char *fields)
{
    uint8_t *p = dst;

    for (const char *end; *fields; fields = end + 1) {
        const char *colon = strstr(fields + 1, ": ");

        end = strchr(fields, '\n');
        TERN_ASSERT(end && colon && colon < end);
        *p++ = 0;
        p = put_string(p, fields, (size_t)(colon - fields));
        p = put_string(p, colon + 2, (size_t)(end - colon - 2));
    }
    return (size_t)(p - dst);
}

void h2_bytes_fields(h2_bytes *b, unsigned flags, uint32_t stream, const char *fields)
{
    static uint8_t block[1 << 18];

    h2_bytes_frame(b, H2_HEADERS, flags | H2_END_HEADERS, stream, block,
                   h2_bytes_block(block, fields));
}

void h2_bytes_u32(h2_bytes *b, unsigned kind, uint32_t stream, uint32_t value)
{
    uint8_t payload[4];

    h2_put_u32(payload, value);
    h2_bytes_frame(b, kind, 0, stream, payload, sizeof payload);
}

void h2_bytes_setting(h2_bytes *b, unsigned number, uint32_t value)
{
    uint8_t payload[6] = { (uint8_t)(number >> 8), (uint8_t)number };

    h2_put_u32(payload + 2, value);
    h2_bytes_frame(b, H2_SETTINGS, 0, 0, payload, sizeof payload);
}

void h2_bytes_goaway(h2_bytes *b, uint32_t last_stream, uint32_t error, const char *text)
{
    uint8_t head[8];

    h2_put_u32(h2_put_u32(head, last_stream), error);
    h2_bytes_prefix(b, sizeof head + strlen(text), H2_GOAWAY, 0, 0);
    h2_bytes_add(b, head, sizeof head);
    h2_bytes_add(b, text, strlen(text));
}

void h2_bytes_message(h2_bytes *b, unsigned flags, uint32_t stream, const char *text)
{
    uint8_t head[5] = { 0 };

    h2_put_u32(head + 1, (uint32_t)strlen(text));
    h2_bytes_prefix(b, sizeof head + strlen(text), H2_DATA, flags, stream);
    h2_bytes_add(b, head, sizeof head);
    h2_bytes_add(b, text, strlen(text));
}

// ---- words ---------------------------------------------------------------

TERN_PRINTF(2, 3) static void say(h2_talk *t, const char *fmt, ...)
{
    size_t  len = strlen(t->said);
    va_list args;

    va_start(args, fmt);
    vsnprintf(t->said + len, sizeof t->said - len, fmt, args);
    va_end(args);
}

static const char *error_name(uint32_t error)
{
    static const char *const names[] = {
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    };

    return error < TERN_COUNT_OF(names) ? names[error] : "?";
}

static void say_field(void *arg, const terni_hpack_field *f)
{
    h2_talk    *t = arg;
    const char *blank = t->said[strlen(t->said) - 1] == '[' ? "" : " ";

    say(t, "%s%.*s=%.*s", blank, (int)f->name_len, f->name, (int)f->value_len, f->value);
}

static void say_block(h2_talk *t, const h2_frame *f)
{
    say(t, "HEADERS %u%s [", f->stream, f->flags & H2_END_STREAM ? " end" : "");
    TERN_ASSERT(terni_hpack_decode(&t->hpack, f->payload, f->len, say_field, t) == 0);
    say(t, "]; ");
}

static void say_frame(h2_talk *t, const h2_frame *f)
{
    const uint8_t *p = f->payload;

    switch (f->kind) {
    case H2_DATA:
        say(t, "DATA %u%s of %u; ", f->stream, f->flags & H2_END_STREAM ? " end" : "", f->len);
        return;
    case H2_HEADERS:
        say_block(t, f);
        return;
    case H2_RST_STREAM:
        say(t, "RST_STREAM %u %s; ", f->stream, error_name(h2_get_u32(p)));
        return;
    case H2_SETTINGS:
        if (f->len == 6)  // of one that has changed
            say(t, "SETTINGS %u=%u; ", p[1], h2_get_u32(p + 2));
        else
            say(t, "SETTINGS%s; ", f->flags & H2_ACK ? " ack" : "");
        return;
    case H2_PING:
        say(t, "PING%s %.8s; ", f->flags & H2_ACK ? " ack" : "", (const char *)p);
        return;
    case H2_GOAWAY:
        say(t, "GOAWAY %u %s %.*s; ", h2_get_u32(p), error_name(h2_get_u32(p + 4)),
            (int)(f->len - 8), (const char *)p + 8);
        return;
    case H2_WINDOW_UPDATE:
        t->granted += f->stream ? 0 : h2_get_u32(p);
        t->granted_one += f->stream == 1 ? h2_get_u32(p) : 0;
        say(t, "WINDOW_UPDATE %u by %u; ", f->stream, h2_get_u32(p));
        return;
    default:
        TERN_UNREACHABLE();  // a kind that the engine never sends
    }
}

// HEADERS that go on are handed over with all that follows them, as one. Returns how many bytes it took.
static size_t take_frame(h2_talk *t, uint8_t *p, size_t len)
{
    h2_frame f, next;
    size_t   total;

    if (len < H2_PREFIX_LEN)
        return 0;
    h2_get_prefix(p, &f);
    total = H2_PREFIX_LEN + f.len;
    if (len < total)
        return 0;
    t->longest = f.len > t->longest ? f.len : t->longest;
    f.payload = p + H2_PREFIX_LEN;
    while (f.kind == H2_HEADERS && !(f.flags & H2_END_HEADERS)) {
        TERN_ASSERT(len - total >= H2_PREFIX_LEN);
        h2_get_prefix(p + total, &next);
        TERN_ASSERT(next.kind == H2_CONTINUATION && next.stream == f.stream);
        TERN_ASSERT(len - total >= H2_PREFIX_LEN + next.len);
        memmove(p + H2_PREFIX_LEN + f.len, p + total + H2_PREFIX_LEN, next.len);
        total += H2_PREFIX_LEN + next.len;
        f.len += next.len;
        f.flags |= next.flags & H2_END_HEADERS;
    }
    say_frame(t, &f);
    return total;
}

const char *h2_talk_hear(h2_talk *t)
{
    size_t   more = t->core.out.len, len = t->rest_len + more, at = 0;
    uint8_t *bytes = malloc(len + 1);

    TERN_ASSERT(bytes);
    memcpy(bytes, t->rest ? t->rest : bytes, t->rest_len);
    TERN_ASSERT(tern_linkbuf_copy_out(&t->core.out, 0, bytes + t->rest_len, more));
    tern_linkbuf_clear(&t->core.out);
    t->said[0] = '\0';
    for (size_t n; (n = take_frame(t, bytes + at, len - at)) > 0;)
        at += n;
    free(t->rest);
    memmove(bytes, bytes + at, len - at);
    t->rest = bytes;
    t->rest_len = len - at;
    return t->said;
}

// ---- life ----------------------------------------------------------------

void h2_talk_init(h2_talk *t, terni_role role, const terni_wire_limits *limits)
{
    static h2_bytes b;

    memset(t, 0, sizeof *t);
    terni_hpack_init(&t->hpack, 4096);
    TERN_ASSERT(wire_core_init(&t->core, &terni_wire_h2, role, limits));
    b.len = 0;
    if (role == TERNI_SERVER)
        h2_bytes_add(&b, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    else
        tern_linkbuf_consume(&t->core.out, 24);
    h2_bytes_frame(&b, H2_SETTINGS, 0, 0, NULL, 0);
    h2_talk_feed(t, &b, 0);
    (void)h2_talk_hear(t);
    t->granted = 0;
    h2_talk_forget_log(t);
}

void h2_talk_done(h2_talk *t)
{
    wire_core_done(&t->core);
    terni_hpack_done(&t->hpack);
    free(t->rest);
}

void h2_talk_feed(h2_talk *t, h2_bytes *b, size_t step)
{
    wire_core_feed(&t->core, b->bytes, b->len, step);
    b->len = 0;
}

void h2_talk_forget_log(h2_talk *t)
{
    memset(t->core.log, 0, sizeof t->core.log);
    t->core.log_len = 0;
}
