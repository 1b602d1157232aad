#include "bench/native.h"

#include <err.h>
#include <stdlib.h>

enum {
    MAX_UNARY_BODY = 1024 * 1024 + 32 * 1024,  // of one frame; with its head below every max_frame
    MAX_STREAM_BODY =
        128 * 1024,  // a larger message has to go in parts: half of the stream's window
    STREAM_PART = 64 * 1024,
    TIMEOUT_US = 30 * 1000 * 1000,  // what Tern's own client sends unasked
    MAX_HEAD = 32,
};

static const char preface[8] = "TERN\r\n\1";

// ---- requests ------------------------------------------------------------

// The frames of one request.
struct shape {
    bool   is_stream;
    size_t message_len;
    size_t part_len;  // of all frames but the last one
    size_t n_frames;
};

static struct shape shape_of(size_t payload_len, bool is_stream)
{
    const size_t max = is_stream ? MAX_STREAM_BODY : MAX_UNARY_BODY;
    struct shape s = { is_stream, native_message_len(payload_len), 0, 1 };

    s.part_len = s.message_len;
    if (s.message_len > max) {
        s.part_len = is_stream ? STREAM_PART : MAX_UNARY_BODY;
        s.n_frames = (s.message_len + s.part_len - 1) / s.part_len;
    }
    return s;
}

static size_t body_len(const struct shape *s, size_t i)
{
    return i + 1 < s->n_frames ? s->part_len : s->message_len - i * s->part_len;
}

// The first frame's head: path number and deadline of a call, and how long a message in parts is.
static size_t put_first_head(const struct shape *s, uint8_t head[MAX_HEAD])
{
    uint8_t *p = head;

    if (!s->is_stream) {
        *p++ = 0x10;
        *p++ = 1;
        *p++ = 0x18;
        p = native_put_varint(p, TIMEOUT_US);
    }
    if (s->n_frames > 1) {
        *p++ = s->is_stream ? 0x08 : 0x30;
        p = native_put_varint(p, s->message_len);
    }
    return (size_t)(p - head);
}

static size_t head_len(const struct shape *s, size_t i)
{
    uint8_t head[MAX_HEAD];

    return i == 0 ? put_first_head(s, head) : 0;
}

static size_t frame_len(const struct shape *s, size_t i)
{
    return NATIVE_PREFIX + head_len(s, i) + body_len(s, i);
}

static uint8_t flags_of(const struct shape *s, size_t i)
{
    if (i + 1 < s->n_frames)
        return NATIVE_MORE;
    return s->is_stream ? NATIVE_MESSAGE : NATIVE_MESSAGE | NATIVE_END;
}

static size_t request_size_of(const struct shape *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_frames; i++)
        n += frame_len(s, i);
    return n;
}

static void encode_as(const struct shape *s, uint8_t *p, const uint8_t *payload, size_t payload_len)
{
    uint8_t *message = malloc(s->message_len);
    uint8_t  head[MAX_HEAD], start[16];
    size_t   n;

    if (!message)
        err(1, "memory");
    n = native_put_message(start, payload_len, 0);
    memcpy(message, start, n);
    memcpy(message + n, payload, payload_len);
    for (size_t i = 0; i < s->n_frames; i++) {
        const size_t n_head = i == 0 ? put_first_head(s, head) : 0;
        const bool   is_open = i == 0 && !s->is_stream;

        p = native_put_prefix(p, n_head, body_len(s, i), 1, is_open ? NATIVE_OPEN : NATIVE_DATA,
                              flags_of(s, i));
        memcpy(p, head, n_head);
        memcpy(p + n_head, message + i * s->part_len, body_len(s, i));
        p += n_head + body_len(s, i);
    }
    free(message);
}

// The greeting was stream 1.
static uint32_t stream_of(uint64_t call) { return (uint32_t)(call + 2); }

static void stamp_as(const struct shape *s, uint8_t *request, uint64_t call)
{
    const uint32_t stream = htobe32(s->is_stream ? 1 : stream_of(call));
    uint8_t       *frame = request;

    native_put_id(request + NATIVE_PREFIX + head_len(s, 0), call);
    for (size_t i = 0; i < s->n_frames; i++) {
        memcpy(frame + 4, &stream, sizeof stream);
        frame += frame_len(s, i);
    }
}

// ---- the connection ------------------------------------------------------

static uint8_t *put_settings(uint8_t *p)
{
    uint8_t  head[MAX_HEAD];
    uint8_t *h = head;

    *h++ = 0x08;
    h = native_put_varint(h, NATIVE_MAX_FRAME);
    *h++ = 0x10;
    h = native_put_varint(h, 1U << 30);  // max_message
    *h++ = 0x28;
    h = native_put_varint(h, NATIVE_WINDOW);
    *h++ = 0x30;
    h = native_put_varint(h, NATIVE_WINDOW);
    p = native_put_prefix(p, (size_t)(h - head), 0, 0, NATIVE_SETTINGS, 0);
    memcpy(p, head, (size_t)(h - head));
    return p + (h - head);
}

// One call with an empty message: it names the path, so that all that are measured are alike, and its
// reply tells that the server's settings are here.
static size_t greet_as(struct scan *s, uint8_t *bytes, const char *path, uint8_t flags)
{
    const size_t path_len = strlen(path);
    uint8_t     *p = bytes;

    s->native.open_stream = 1;
    memcpy(p, preface, sizeof preface);
    p = put_settings(p + sizeof preface);
    p = native_put_prefix(p, path_len + 4, 0, 1, NATIVE_OPEN, flags);
    *p++ = 0x0a;
    *p++ = (uint8_t)path_len;
    memcpy(p, path, path_len);
    p += path_len;
    *p++ = 0x10;
    *p++ = 1;
    return (size_t)(p - bytes);
}

// Whether the windows let frame `i` of a request go. The message in an OPEN counts against the
// connection's alone.
static bool take_credit(struct native *n, const struct shape *s, size_t i)
{
    const int64_t len = (int64_t)body_len(s, i);
    const bool    is_open = i == 0 && !s->is_stream;

    if (len > n->connection_window || (!is_open && len > n->stream_window))
        return false;
    n->connection_window -= len;
    if (is_open) {
        n->open_stream++;
        n->stream_window = n->first_stream_window;
    } else {
        n->stream_window -= len;
    }
    return true;
}

static uint64_t permit(struct scan *s, size_t payload_len, uint64_t n_permitted, uint64_t n_queued)
{
    struct native     *n = &s->native;
    const struct shape shape = shape_of(payload_len, n->is_stream);

    while (n_permitted < n_queued && take_credit(n, &shape, n->next_frame)) {
        n_permitted += frame_len(&shape, n->next_frame);
        n->next_frame = n->next_frame + 1 < shape.n_frames ? n->next_frame + 1 : 0;
    }
    return n_permitted;
}

// Gives credit back in half-window steps.
static uint8_t *put_credit(uint8_t *p, uint64_t *unacked, uint32_t stream)
{
    uint8_t head[MAX_HEAD] = { 0x08 };
    size_t  n;

    if (*unacked < NATIVE_WINDOW / 2)
        return p;
    n = (size_t)(native_put_varint(head + 1, *unacked) - head);
    *unacked = 0;
    p = native_put_prefix(p, n, 0, stream, NATIVE_WINDOW_KIND, 0);
    memcpy(p, head, n);
    return p + n;
}

static size_t control(struct scan *s, uint8_t *bytes)
{
    struct native *n = &s->native;
    uint8_t       *p = put_credit(bytes, &n->unacked, 0);

    p = put_credit(p, &n->stream_unacked, 1);
    if (n->is_pong_due) {
        n->is_pong_due = false;
        p = native_put_prefix(p, 0, sizeof n->ping, 0, NATIVE_PING, NATIVE_ACK);
        memcpy(p, n->ping, sizeof n->ping);
        p += sizeof n->ping;
    }
    return (size_t)(p - bytes);
}

static void check(struct scan *s, const uint8_t *payload) { s->native.payload = payload; }

// ---- unary ---------------------------------------------------------------

static size_t unary_size(size_t payload_len)
{
    const struct shape s = shape_of(payload_len, false);

    return request_size_of(&s);
}

static void encode_unary(uint8_t *request, const uint8_t *payload, size_t payload_len)
{
    const struct shape s = shape_of(payload_len, false);

    encode_as(&s, request, payload, payload_len);
}

static void stamp_unary(uint8_t *request, size_t payload_len, uint64_t call)
{
    const struct shape s = shape_of(payload_len, false);

    stamp_as(&s, request, call);
}

static size_t greet_unary(struct scan *s, uint8_t *bytes)
{
    return greet_as(s, bytes, "/bench.Echo/Echo", NATIVE_MESSAGE | NATIVE_END);
}

const struct protocol protocol_native = {
    .name = "native",
    .request_size = unary_size,
    .encode = encode_unary,
    .stamp = stamp_unary,
    .scan = native_scan,
    .greet = greet_unary,
    .permit = permit,
    .control = control,
    .check = check,
};

static size_t greet_hold(struct scan *s, uint8_t *bytes)
{
    return greet_as(s, bytes, "/bench.Echo/Hold", NATIVE_MESSAGE | NATIVE_END);
}

const struct protocol protocol_native_hold = {
    .name = "native-hold",
    .request_size = unary_size,
    .encode = encode_unary,
    .stamp = stamp_unary,
    .scan = native_scan,
    .greet = greet_hold,
    .permit = permit,
    .control = control,
    .check = check,
};

// ---- one stream ----------------------------------------------------------

static size_t stream_size(size_t payload_len)
{
    const struct shape s = shape_of(payload_len, true);

    return request_size_of(&s);
}

static void encode_stream(uint8_t *request, const uint8_t *payload, size_t payload_len)
{
    const struct shape s = shape_of(payload_len, true);

    encode_as(&s, request, payload, payload_len);
}

static void stamp_stream(uint8_t *request, size_t payload_len, uint64_t call)
{
    const struct shape s = shape_of(payload_len, true);

    stamp_as(&s, request, call);
}

static size_t greet_stream(struct scan *s, uint8_t *bytes)
{
    s->native.is_stream = true;
    return greet_as(s, bytes, "/bench.Echo/Chat", NATIVE_MESSAGE);
}

const struct protocol protocol_native_stream = {
    .name = "native-stream",
    .request_size = stream_size,
    .encode = encode_stream,
    .stamp = stamp_stream,
    .scan = native_scan,
    .greet = greet_stream,
    .permit = permit,
    .control = control,
    .check = check,
};
