#include "rpc/json/out_internal.h"

#include <errno.h>

#include "rpc/json/base64_internal.h"
#include "rpc/json/utf8_internal.h"

void terni_json_out_init(terni_json_out *o, tern_pool *pool, size_t max_bytes)
{
    tern_linkbuf_init(&o->queue, pool);
    o->p = o->end = o->start = o->sink;
    o->room = TERN_BLOCK_SMALL;
    o->max_bytes = max_bytes;
    o->err = 0;
}

static void fail(terni_json_out *o, int err)
{
    o->err = err;
    o->p = o->start = o->sink;
    o->end = o->sink + sizeof o->sink;
}

// What was written becomes a part of the queue.
static void commit(terni_json_out *o)
{
    size_t n = (size_t)(o->p - o->start);

    if (o->err)
        return;
    if (n > o->max_bytes) {
        fail(o, -EMSGSIZE);
        return;
    }
    if (o->start != o->sink)
        tern_linkbuf_commit(&o->queue, n);
    o->max_bytes -= n;
    o->start = o->p;
}

// A piece as large as the pool has them, each of the next size.
void terni_json_out_grow(terni_json_out *o)
{
    commit(o);
    if (o->err) {
        fail(o, o->err);
        return;
    }
    if (!(o->start = tern_linkbuf_reserve(&o->queue, o->room))) {
        fail(o, -ENOMEM);
        return;
    }
    o->p = o->start;
    o->end = o->start + o->room;
    o->room = o->room == TERN_BLOCK_SMALL ? TERN_BLOCK_MEDIUM : TERN_BLOCK_LARGE;
}

int terni_json_out_finish(terni_json_out *o, tern_linkbuf *out)
{
    int err;

    commit(o);
    if ((err = o->err) == 0)
        tern_linkbuf_splice(out, &o->queue);
    tern_linkbuf_done(&o->queue);
    return err;
}

void terni_json_out_drop(terni_json_out *o) { tern_linkbuf_done(&o->queue); }

void terni_json_out_bytes(terni_json_out *o, const void *data, size_t len)
{
    const uint8_t *s = data;

    while (len > 0 && !o->err) {
        size_t n = (size_t)(o->end - o->p);

        if (n == 0) {
            terni_json_out_grow(o);
            continue;
        }
        n = n < len ? n : len;
        memcpy(o->p, s, n);
        o->p += n;
        s += n;
        len -= n;
    }
}

// ---- strings -------------------------------------------------------------

static void write_escape(terni_json_out *o, uint8_t c)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[] = "btn\0fr";  // of 8 to 13
    uint8_t          *p = terni_json_out_room(o, 6);

    *p++ = '\\';
    if (c == '"' || c == '\\') {
        *p++ = c;
    } else if (c >= 8 && c <= 13 && letters[c - 8]) {
        *p++ = (uint8_t)letters[c - 8];
    } else {
        memcpy(p, "u00", 3);
        p[3] = (uint8_t)hex[c >> 4];
        p[4] = (uint8_t)hex[c & 15];
        p += 5;
    }
    o->p = p;
}

bool terni_json_out_unquoted(terni_json_out *o, const uint8_t *s, size_t len)
{
    const uint8_t *end;

    if (len == 0)
        return true;  // `s` may be NULL
    for (end = s + len; s < end;) {
        const uint8_t *next = terni_json_skip_plain(s, end);
        size_t         n;

        // Also what is beyond ASCII goes as it is.
        while (next < end && *next >= 0x80) {
            if (!(n = terni_json_utf8_len(next, end)))
                return false;
            next += n;
        }
        terni_json_out_bytes(o, s, (size_t)(next - s));
        s = next;
        if (s < end && *s < 0x80 && !terni_json_is_plain(*s))
            write_escape(o, *s++);
    }
    return true;
}

bool terni_json_out_string(terni_json_out *o, const uint8_t *s, size_t len)
{
    // Most are short, and stand for themselves.
    if (TERN_LIKELY(len <= TERNI_JSON_MAX_ROOM - 2)) {
        uint8_t *p = terni_json_out_room(o, len + 2);

        if (TERN_LIKELY(len == 0 || terni_json_skip_plain(s, s + len) == s + len)) {
            *p = '"';
            if (len > 0)
                memcpy(p + 1, s, len);
            p[len + 1] = '"';
            o->p = p + len + 2;
            return true;
        }
    }
    terni_json_out_char(o, '"');
    if (!terni_json_out_unquoted(o, s, len))
        return false;
    terni_json_out_char(o, '"');
    return true;
}

void terni_json_out_base64(terni_json_out *o, const uint8_t *data, size_t len)
{
    enum { PIECE = TERNI_JSON_MAX_ROOM / 4 * 3 };

    terni_json_out_char(o, '"');
    for (; len > PIECE; data += PIECE, len -= PIECE)
        o->p = terni_json_base64_write(terni_json_out_room(o, TERNI_JSON_MAX_ROOM), data, PIECE);
    o->p = terni_json_base64_write(terni_json_out_room(o, TERNI_JSON_MAX_ROOM), data, len);
    terni_json_out_char(o, '"');
}
