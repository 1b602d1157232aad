#include "bench/native.h"

#include <err.h>
#include <inttypes.h>

// ---- heads ---------------------------------------------------------------

struct field {
    uint64_t       number, value;  // of a text: its length
    const uint8_t *text;           // NULL for a number
};

static bool get_varint(const uint8_t **p, const uint8_t *end, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (unsigned shift = 0; *p < end && shift < 64; shift += 7) {
        const uint8_t byte = *(*p)++;

        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

// The next field of a head; false at its end, and at what is none.
static bool next_field(const uint8_t **p, const uint8_t *end, struct field *ret)
{
    uint64_t tag;

    *ret = (struct field){ 0 };
    if (!get_varint(p, end, &tag) || !get_varint(p, end, &ret->value))
        return false;
    ret->number = tag >> 3;
    if ((tag & 7) == 0)
        return true;
    if ((tag & 7) != 2)
        return false;
    if (ret->value > (uint64_t)(end - *p))
        ret->value = (uint64_t)(end - *p);  // the head was cut to fit
    ret->text = *p;
    *p += ret->value;
    return true;
}

static const uint8_t *head_end(const struct native *n)
{
    return n->head + (n->head_len < sizeof n->head ? n->head_len : sizeof n->head);
}

static uint64_t number_in_head(const struct native *n, uint64_t number)
{
    const uint8_t *p = n->head;
    struct field   f;

    while (next_field(&p, head_end(n), &f))
        if (f.number == number && !f.text)
            return f.value;
    return 0;
}

// Tells people why a server ended what it should not have ended.
static int complain(const struct native *n, const char *frame)
{
    const uint8_t *p = n->head;
    struct field   f;

    warnx("the server sent %s", frame);
    while (next_field(&p, head_end(n), &f)) {
        if (f.text)
            warnx("  %.*s", (int)f.value, (const char *)f.text);
        else
            warnx("  field %" PRIu64 ": %" PRIu64, f.number, f.value);
    }
    return -1;
}

// ---- frames --------------------------------------------------------------

struct prefix {
    uint32_t size, stream;
    uint16_t head_len;
    uint8_t  kind, flags;
};

static struct prefix prefix_of(const struct scan *s)
{
    struct prefix p;

    memcpy(&p, s->head, NATIVE_PREFIX);
    p.size = be32toh(p.size);
    p.stream = be32toh(p.stream);
    p.head_len = be16toh(p.head_len);
    return p;
}

static int take_settings(struct native *n)
{
    const uint64_t window = number_in_head(n, 6);

    if (number_in_head(n, 1) < NATIVE_MAX_FRAME)
        return complain(n, "settings with a smaller max_frame than this generator needs");
    n->connection_window = window > 16 * 1024 * 1024 ? (int64_t)window : 16 * 1024 * 1024;
    n->first_stream_window = (int64_t)number_in_head(n, 5);
    if (n->first_stream_window < 64 * 1024)
        n->first_stream_window = 64 * 1024;
    n->stream_window = n->first_stream_window;
    return 0;
}

static void take_window(struct native *n, uint32_t stream)
{
    const int64_t bytes = (int64_t)number_in_head(n, 1);

    if (stream == 0)
        n->connection_window += bytes;
    else if (stream == n->open_stream)
        n->stream_window += bytes;
}

// A message is whole. 1 when it ends a call, whose number is stored.
static int end_message(struct scan *s, const struct prefix *p, size_t message_len,
                       uint64_t *ret_call)
{
    struct native *n = &s->native;
    const size_t   len = n->message_len;

    n->message_len = 0;
    if (!s->is_greeted && p->stream == 1) {
        s->is_greeted = true;
        return 0;
    }
    if (len != message_len && !n->is_interleaved) {
        warnx("a reply has %zu bytes and not %zu", len, message_len);
        return -1;
    }
    *ret_call = n->is_stream ? s->next_call++ : p->stream - 2;
    return 1;
}

static int take_body_frame(struct scan *s, const struct prefix *p, size_t message_len,
                           uint64_t *ret_call)
{
    struct native *n = &s->native;

    n->unacked += p->size - p->head_len;
    if (n->is_stream)
        n->stream_unacked += p->size - p->head_len;
    if (p->kind == NATIVE_CLOSE && (n->is_stream || !(p->flags & NATIVE_MESSAGE) ||
                                    (p->head_len > 0 && number_in_head(n, 1) != 0)))
        return complain(n, "the end of a call without a reply");
    if (p->flags & NATIVE_MESSAGE)
        return end_message(s, p, message_len, ret_call);
    return 0;
}

// 1 when the frame ends a call, whose number is stored; 0; or -1 when there is no going on.
static int end_frame(struct scan *s, size_t message_len, uint64_t *ret_call)
{
    const struct prefix p = prefix_of(s);

    switch (p.kind) {
    case NATIVE_DATA:
    case NATIVE_CLOSE:
        return take_body_frame(s, &p, message_len, ret_call);
    case NATIVE_SETTINGS:
        return take_settings(&s->native);
    case NATIVE_WINDOW_KIND:
        take_window(&s->native, p.stream);
        return 0;
    case NATIVE_PING:
        s->native.is_pong_due = !(p.flags & NATIVE_ACK);
        return 0;
    case NATIVE_RESET:
        return complain(&s->native, "RESET");
    case NATIVE_GOAWAY:
        return complain(&s->native, "GOAWAY");
    default:
        return 0;
    }
}

// ---- bytes ---------------------------------------------------------------

// Appends to what has `*have` of `want` bytes, keeping the first `room`. True when it has all.
static bool gather(uint8_t *to, size_t room, size_t *have, size_t want, const uint8_t **bytes,
                   const uint8_t *end)
{
    const size_t n = want - *have < (size_t)(end - *bytes) ? want - *have : (size_t)(end - *bytes);

    if (*have < room)
        memcpy(to + *have, *bytes, n < room - *have ? n : room - *have);
    *have += n;
    *bytes += n;
    return *have == want;
}

static bool take_prefix(struct scan *s, const uint8_t **bytes, const uint8_t *end)
{
    struct native *n = &s->native;
    struct prefix  p;

    if (s->head_len == NATIVE_PREFIX)
        return true;
    if (!gather(s->head, sizeof s->head, &s->head_len, NATIVE_PREFIX, bytes, end))
        return false;
    p = prefix_of(s);
    s->body_left = p.size - p.head_len;
    n->head_len = 0;
    if (p.kind != NATIVE_DATA && p.kind != NATIVE_CLOSE)
        return true;
    if (n->message_len > 0 && n->message_stream != p.stream)
        n->is_interleaved = true;
    n->message_stream = p.stream;
    return true;
}

// Whether bytes `pos` and following of a reply are what was sent.
static bool is_echo(const struct scan *s, uint32_t stream, size_t payload_len, const uint8_t *bytes,
                    size_t len)
{
    const struct native *n = &s->native;
    const uint64_t       call = n->is_stream ? s->next_call : stream - 2;
    uint8_t              start[16];
    const size_t         start_len = native_put_message(start, payload_len, call);
    size_t               pos = n->message_len, n_start = 0;

    if (pos + len > start_len + payload_len)
        return false;
    if (pos < start_len)
        n_start = len < start_len - pos ? len : start_len - pos;
    if (n_start > 0 && memcmp(bytes, start + pos, n_start) != 0)
        return false;
    pos += n_start;
    return n_start == len ||
           memcmp(bytes + n_start, n->payload + pos - start_len, len - n_start) == 0;
}

static bool take_body(struct scan *s, size_t payload_len, const uint8_t **bytes, const uint8_t *end)
{
    struct native      *n = &s->native;
    const struct prefix p = prefix_of(s);
    const size_t        len =
        s->body_left < (size_t)(end - *bytes) ? s->body_left : (size_t)(end - *bytes);
    bool is_right = true;

    if (p.kind == NATIVE_PING && s->body_left <= sizeof n->ping) {
        memcpy(n->ping + sizeof n->ping - s->body_left, *bytes, len);
    } else if (p.kind == NATIVE_DATA || p.kind == NATIVE_CLOSE) {
        if (n->payload && s->is_greeted && !n->is_interleaved && len > 0)
            is_right = is_echo(s, p.stream, payload_len, *bytes, len);
        n->message_len += len;
    }
    if (!is_right)
        warnx("a reply differs from its request");
    s->body_left -= len;
    *bytes += len;
    return is_right;
}

// The server's preface.
static int take_preface(struct scan *s, const uint8_t **bytes, const uint8_t *end)
{
    static const char preface[7] = "TERN\r\n\1";

    if (s->native.has_preface)
        return 1;
    if (!gather(s->head, sizeof s->head, &s->head_len, 8, bytes, end))
        return 0;
    s->head_len = 0;
    s->native.has_preface = memcmp(s->head, preface, sizeof preface) == 0;
    return s->native.has_preface ? 1 : -1;
}

ssize_t native_scan(struct scan *s, size_t payload_len, const uint8_t *bytes, size_t len,
                    uint64_t *ret_calls, size_t max)
{
    const size_t   message_len = native_message_len(payload_len);
    const uint8_t *end = bytes + len;
    size_t         n_calls = 0;
    int            rc = take_preface(s, &bytes, end);

    if (rc <= 0)
        return rc;
    while (bytes < end) {
        uint64_t call = 0;

        if (!take_prefix(s, &bytes, end))
            break;
        if (!gather(s->native.head, sizeof s->native.head, &s->native.head_len,
                    prefix_of(s).head_len, &bytes, end))
            break;
        if (!take_body(s, payload_len, &bytes, end))
            return -1;
        if (s->body_left > 0)
            break;
        s->head_len = 0;
        rc = end_frame(s, message_len, &call);
        if (rc < 0 || (rc > 0 && n_calls == max))
            return -1;
        if (rc > 0)
            ret_calls[n_calls++] = call;
    }
    return (ssize_t)n_calls;
}
