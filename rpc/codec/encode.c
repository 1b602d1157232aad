#include "rpc/codec/encoder_internal.h"

#include <errno.h>
#include <string.h>

// The second pass. Measured by encode_measure.c, in the same order.

// Where the bytes go: into contiguous room, and large strings and bytes in between as pieces of
// their own when there is an `out`.
typedef struct writer writer;
struct writer {
    terni_encoding *e;
    const uint32_t *next_len;
    uint8_t        *start, *end;  // of the room
    size_t          n_inline;     // bytes that still go into such room, this one included
    tern_linkbuf   *out;          // NULL: everything goes into the room
    size_t          n_large_done;
};

static uint8_t *write_message(writer *w, const terni_plan *plan, const uint8_t *msg, uint8_t *p);

static bool new_room(writer *w)
{
    static uint8_t nowhere[1];

    if (w->n_inline == 0) {
        w->start = w->end = nowhere;
        return true;
    }
    if (!(w->start = tern_linkbuf_reserve(w->out, w->n_inline)))
        return false;
    w->end = w->start + w->n_inline;
    return true;
}

static int append_large(writer *w, const void *data, size_t len)
{
    const terni_encode_opts *opts = w->e->opts;
    tern_block              *block;

    TERN_DEBUG_ASSERT(len >= TERNI_CODEC_LINK_MIN && w->n_large_done < w->e->n_large);
    w->n_large_done++;
    if (opts->is_linking)
        return tern_linkbuf_append_ref(w->out, data, len, opts->release, opts->release_arg);
    if (opts->holder && (block = terni_arena_find_block(opts->holder, data, len)))
        return tern_linkbuf_append_view(w->out, block, (uint8_t *)(uintptr_t)data, len);
    return tern_linkbuf_append(w->out, data, len);
}

static uint8_t *write_large(writer *w, const void *data, size_t len, uint8_t *p)
{
    size_t n = (size_t)(p - w->start);

    TERN_DEBUG_ASSERT(p <= w->end && n <= w->n_inline);
    if (n > 0)
        tern_linkbuf_commit(w->out, n);
    w->n_inline -= n;
    if (append_large(w, data, len) < 0 || !new_room(w))
        return NULL;
    return w->start;
}

static uint8_t *write_long(writer *w, const void *data, size_t len, uint8_t *p)
{
    p = terni_varint_write(p, len);
    if (len >= TERNI_CODEC_LINK_MIN && w->out)
        return write_large(w, data, len, p);
    memcpy(p, data, len);
    return p + len;
}

static inline uint8_t *write_bytes(writer *w, const void *data, size_t len, uint8_t *p)
{
    if (TERN_UNLIKELY(len > 16))
        return write_long(w, data, len, p);
    *p++ = (uint8_t)len;
    terni_copy_short(p, data, len);
    return p + len;
}

static inline uint8_t *write_sub(writer *w, const terni_field *f, const uint8_t *msg, uint8_t *p)
{
    p = terni_varint_write(p, *w->next_len++);
    return msg ? write_message(w, f->sub, msg, p) : p;
}

// The tag at its end is that of its beginning but for the wire type.
static uint8_t *write_group(writer *w, const terni_field *f, const uint8_t *msg, uint8_t *p)
{
    if (msg)
        p = write_message(w, f->sub, msg, p);
    if (!p)
        return NULL;
    memcpy(p, f->tag_bytes, f->tag_len);
    *p ^= TERNI_WIRE_GROUP ^ TERNI_WIRE_GROUP_END;
    return p + f->tag_len;
}

// Of any kind, without its tag.
static uint8_t *write_value(writer *w, const terni_field *f, const uint8_t *at, uint8_t *p)
{
    switch ((terni_kind)f->kind) {
    case TERNI_KIND_INT32:
        return terni_varint_write(p, (uint64_t)TERNI_AT(int32_t, at));
    case TERNI_KIND_UINT32:
        return terni_varint_write(p, TERNI_AT(uint32_t, at));
    case TERNI_KIND_SINT32:
        return terni_varint_write(p, terni_zigzag32(TERNI_AT(int32_t, at)));
    case TERNI_KIND_INT64:
        return terni_varint_write(p, TERNI_AT(uint64_t, at));
    case TERNI_KIND_SINT64:
        return terni_varint_write(p, terni_zigzag64(TERNI_AT(int64_t, at)));
    case TERNI_KIND_BOOL:
        *p = TERNI_AT(protobuf_c_boolean, at) != 0;
        return p + 1;
    case TERNI_KIND_FIXED32:
        terni_store32(p, TERNI_AT(uint32_t, at));
        return p + sizeof(uint32_t);
    case TERNI_KIND_FIXED64:
        terni_store64(p, TERNI_AT(uint64_t, at));
        return p + sizeof(uint64_t);
    case TERNI_KIND_STRING:
        return write_bytes(w, TERNI_AT(char *, at), *w->next_len++, p);
    case TERNI_KIND_BYTES:
    case TERNI_KIND_TEXT:
        return write_bytes(w, TERNI_AT(ProtobufCBinaryData, at).data, *w->next_len++, p);
    case TERNI_KIND_MESSAGE:
        return write_sub(w, f, TERNI_AT(uint8_t *, at), p);
    case TERNI_KIND_GROUP:
        return write_group(w, f, TERNI_AT(uint8_t *, at), p);
    }
    TERN_UNREACHABLE();
}

// ---- arrays --------------------------------------------------------------

static inline uint8_t *write_strings(writer *w, const terni_field *f, const uint8_t *msg,
                                     uint8_t *p)
{
    size_t          n = TERNI_AT(size_t, msg + f->quantifier);
    char *const    *s = TERNI_AT(char *const *, msg + f->offset);
    const uint32_t *len = w->next_len;

    w->next_len += n;
    for (; p && n > 0; n--)
        p = write_bytes(w, *s++, *len++, terni_write_tag(f, p));
    return p;
}

static inline uint8_t *write_messages(writer *w, const terni_field *f, const uint8_t *msg,
                                      uint8_t *p)
{
    size_t          n = TERNI_AT(size_t, msg + f->quantifier);
    uint8_t *const *sub = TERNI_AT(uint8_t *const *, msg + f->offset);

    for (; p && n > 0; n--)
        p = write_sub(w, f, *sub++, terni_write_tag(f, p));
    return p;
}

static uint8_t *write_elements(writer *w, const terni_field *f, const uint8_t *msg, uint8_t *p)
{
    size_t         n = TERNI_AT(size_t, msg + f->quantifier);
    const uint8_t *at = TERNI_AT(uint8_t *, msg + f->offset);

    for (; p && n > 0; n--, at += f->element_size)
        p = write_value(w, f, at, terni_write_tag(f, p));
    return p;
}

static uint8_t *write_packed(writer *w, const terni_field *f, const uint8_t *msg, uint8_t *p)
{
    size_t         n = TERNI_AT(size_t, msg + f->quantifier);
    const uint8_t *at = TERNI_AT(uint8_t *, msg + f->offset);

    if (n == 0)
        return p;
    p = terni_varint_write(terni_write_tag(f, p), *w->next_len++);
    for (; n > 0; n--, at += f->element_size)
        p = write_value(w, f, at, p);
    return p;
}

static uint8_t *write_unknown(const ProtobufCMessage *msg, uint8_t *p)
{
    for (unsigned i = 0; i < msg->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *u = &msg->unknown_fields[i];

        p = terni_varint_write(p, (uint64_t)u->tag << 3 | u->wire_type);
        if (u->len > 0)
            memcpy(p, u->data, u->len);
        p += u->len;
    }
    return p;
}

// ---- one message ---------------------------------------------------------

static inline uint8_t *write_field(writer *w, const terni_field *f, const uint8_t *msg, uint8_t *p)
{
    const uint8_t *at = msg + f->offset;

    switch ((terni_encode_op)f->encode_op) {
    case TERNI_ENCODE_INT32:
    case TERNI_ENCODE_UINT32:
    case TERNI_ENCODE_SINT32:
    case TERNI_ENCODE_INT64:
    case TERNI_ENCODE_SINT64:
    case TERNI_ENCODE_BOOL:
    case TERNI_ENCODE_FIXED32:
    case TERNI_ENCODE_FIXED64:
        return terni_write_scalar(f, at, p);
    case TERNI_ENCODE_TEXT: {
        const char *s = TERNI_AT(char *, at);

        return s && *s ? write_bytes(w, s, *w->next_len++, terni_write_tag(f, p)) : p;
    }
    case TERNI_ENCODE_BYTES: {
        const ProtobufCBinaryData *b = &TERNI_AT(ProtobufCBinaryData, at);

        return b->len > 0 ? write_bytes(w, b->data, *w->next_len++, terni_write_tag(f, p)) : p;
    }
    case TERNI_ENCODE_STRINGS:
        return write_strings(w, f, msg, p);
    case TERNI_ENCODE_MESSAGES:
        return write_messages(w, f, msg, p);
    case TERNI_ENCODE_ELEMENTS:
    case TERNI_ENCODE_GROUPS:
        return write_elements(w, f, msg, p);
    case TERNI_ENCODE_PACKED:
        return write_packed(w, f, msg, p);
    case TERNI_ENCODE_STRING:
        if (!terni_is_pointer_set(f, TERNI_AT(char *, at)))
            return p;
        return write_bytes(w, TERNI_AT(char *, at), *w->next_len++, terni_write_tag(f, p));
    case TERNI_ENCODE_MESSAGE:
        if (!terni_is_pointer_set(f, TERNI_AT(uint8_t *, at)))
            return p;
        return write_sub(w, f, TERNI_AT(uint8_t *, at), terni_write_tag(f, p));
    case TERNI_ENCODE_GROUP:
        if (!terni_is_pointer_set(f, TERNI_AT(uint8_t *, at)))
            return p;
        return write_group(w, f, TERNI_AT(uint8_t *, at), terni_write_tag(f, p));
    case TERNI_ENCODE_ALWAYS:
    case TERNI_ENCODE_IF_HAS:
    case TERNI_ENCODE_IF_CASE:
    case TERNI_ENCODE_IF_CASE_SET:
        return terni_is_marked(f, msg) ? write_value(w, f, at, terni_write_tag(f, p)) : p;
    }
    TERN_UNREACHABLE();
}

static uint8_t *write_message(writer *w, const terni_plan *plan, const uint8_t *msg, uint8_t *p)
{
    const ProtobufCMessage *base = (const ProtobufCMessage *)(const void *)msg;

    for (const terni_field *f = plan->fields, *end = f + plan->n_fields; f < end; f++)
        if (TERN_UNLIKELY(!(p = write_field(w, f, msg, p))))
            return NULL;
    return TERN_UNLIKELY(base->n_unknown_fields > 0) ? write_unknown(base, p) : p;
}

// ---- entry points --------------------------------------------------------

static uint8_t *write_all(writer *w)
{
    return write_message(w, w->e->plan, (const uint8_t *)w->e->msg, w->start);
}

void terni_codec_write_flat(terni_encoding *e, uint8_t *dst)
{
    writer   w = { .e = e, .next_len = e->lens, .start = dst };
    uint8_t *end = write_all(&w);

    TERN_DEBUG_ASSERT(end == dst + e->size && w.next_len == e->lens + e->n_lens);
    (void)end;
    terni_encoding_done(e);
}

// Keeps the promise of one release for each large piece.
static void release_rest(const writer *w)
{
    const terni_encode_opts *opts = w->e->opts;

    for (size_t i = w->n_large_done; opts->is_linking && opts->release && i < w->e->n_large; i++)
        opts->release(NULL, 0, opts->release_arg);
}

static int write_in_pieces(terni_encoding *e, tern_linkbuf *out)
{
    writer w = { .e = e, .next_len = e->lens, .n_inline = e->size - e->n_large_bytes, .out = out };
    uint8_t *end;

    if (!new_room(&w) || !(end = write_all(&w))) {
        release_rest(&w);
        return -ENOMEM;
    }
    TERN_DEBUG_ASSERT(end == w.end && w.next_len == e->lens + e->n_lens);
    TERN_DEBUG_ASSERT(w.n_large_done == e->n_large);
    if (end > w.start)
        tern_linkbuf_commit(out, (size_t)(end - w.start));
    return 0;
}

// All or nothing: the pieces are put together on the side.
static int write_large_message(terni_encoding *e, tern_linkbuf *out)
{
    tern_linkbuf whole;
    int          err;

    tern_linkbuf_init(&whole, out->pool);
    if ((err = write_in_pieces(e, &whole)) == 0)
        tern_linkbuf_splice(out, &whole);
    tern_linkbuf_done(&whole);
    terni_encoding_done(e);
    return err;
}

int terni_codec_write(terni_encoding *e, tern_linkbuf *out)
{
    uint8_t *room;

    TERN_DEBUG_ASSERT(e->fault == TERNI_CODEC_FINE && e->n_large_bytes <= e->size);
    if (TERN_UNLIKELY(e->n_large_bytes > 0))
        return write_large_message(e, out);
    if (e->size == 0) {
        terni_encoding_done(e);
        return 0;
    }
    if (!(room = tern_linkbuf_reserve(out, e->size))) {
        terni_encoding_done(e);
        return -ENOMEM;
    }
    tern_linkbuf_commit(out, e->size);
    terni_codec_write_flat(e, room);
    return 0;
}
