#include "rpc/codec/encoder_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

// The first pass. It notes the lengths of strings, messages and packed fields in the order in which
// the second pass needs them. A failure is sticky, the sizes that follow it mean nothing. A length
// that 32 bits do not hold is one, so it does not matter that it is cut.

static size_t measure_message(terni_encoding *e, const terni_plan *plan, const uint8_t *msg,
                              int levels);

static size_t measure_fail(terni_encoding *e, terni_codec_fault fault)
{
    if (e->fault == TERNI_CODEC_FINE)
        e->fault = fault;
    return 0;
}

// Room for `n` more lengths, and for as many again and again.
static bool grow_lens(terni_encoding *e, size_t n)
{
    size_t    cap = ((size_t)e->n_lens + n) * 4;
    bool      is_inline = e->lens == e->inline_lens;
    uint32_t *lens = cap > TERN_MAX_ENCODED
                         ? NULL
                         : tern_mem_realloc(is_inline ? NULL : e->lens, cap * sizeof *lens);

    if (!lens)
        return false;
    if (is_inline)
        memcpy(lens, e->inline_lens, sizeof e->inline_lens);
    TERN_ASSERT(cap > e->cap_lens);
    e->lens = lens;
    e->cap_lens = (uint32_t)cap;
    return true;
}

// The place of the next `n` lengths. They may move when others are taken.
static inline bool take_lens(terni_encoding *e, size_t n, uint32_t *ret_place)
{
    TERN_DEBUG_ASSERT(e->n_lens <= e->cap_lens);
    if (TERN_UNLIKELY(n > e->cap_lens - e->n_lens) && !grow_lens(e, n)) {
        measure_fail(e, TERNI_CODEC_NO_MEMORY);
        return false;
    }
    *ret_place = e->n_lens;
    e->n_lens += (uint32_t)n;
    return true;
}

static size_t measure_long(terni_encoding *e, size_t len)
{
    if (len > TERN_MAX_ENCODED)
        return measure_fail(e, TERNI_CODEC_TOO_LARGE);
    if (len >= TERNI_CODEC_LINK_MIN) {
        e->n_large++;
        e->n_large_bytes += len;
    }
    return terni_varint_size(len) + len;
}

// What `len` bytes come to, with their length in front.
static inline size_t with_len(terni_encoding *e, size_t len)
{
    return TERN_LIKELY(len < 0x80) ? 1 + len : measure_long(e, len);
}

static inline size_t measure_bytes(terni_encoding *e, size_t len)
{
    uint32_t place;

    if (!take_lens(e, 1, &place))
        return 0;
    e->lens[place] = (uint32_t)len;
    return with_len(e, len);
}

static inline size_t len_of(const char *s) { return s ? strlen(s) : 0; }

static inline size_t measure_sub(terni_encoding *e, const terni_plan *plan, const uint8_t *msg,
                                 int levels)
{
    uint32_t place;
    size_t   len;

    if (!take_lens(e, 1, &place))
        return 0;
    len = msg ? measure_message(e, plan, msg, levels) : 0;
    e->lens[place] = (uint32_t)len;
    return terni_varint_size(len) + len;
}

// With the tag at its end.
static size_t measure_group(terni_encoding *e, const terni_field *f, const uint8_t *msg, int levels)
{
    return f->tag_len + (msg ? measure_message(e, f->sub, msg, levels) : 0);
}

// Of any kind, without its tag.
static size_t measure_value(terni_encoding *e, const terni_field *f, const uint8_t *at, int levels)
{
    switch ((terni_kind)f->kind) {
    case TERNI_KIND_INT32:
        return terni_varint_size((uint64_t)TERNI_AT(int32_t, at));
    case TERNI_KIND_UINT32:
        return terni_varint_size(TERNI_AT(uint32_t, at));
    case TERNI_KIND_SINT32:
        return terni_varint_size(terni_zigzag32(TERNI_AT(int32_t, at)));
    case TERNI_KIND_INT64:
        return terni_varint_size(TERNI_AT(uint64_t, at));
    case TERNI_KIND_SINT64:
        return terni_varint_size(terni_zigzag64(TERNI_AT(int64_t, at)));
    case TERNI_KIND_BOOL:
        return 1;
    case TERNI_KIND_FIXED32:
        return sizeof(uint32_t);
    case TERNI_KIND_FIXED64:
        return sizeof(uint64_t);
    case TERNI_KIND_STRING:
        return measure_bytes(e, len_of(TERNI_AT(char *, at)));
    case TERNI_KIND_BYTES:
    case TERNI_KIND_TEXT:
        return measure_bytes(e, TERNI_AT(ProtobufCBinaryData, at).len);
    case TERNI_KIND_MESSAGE:
        return measure_sub(e, f->sub, TERNI_AT(uint8_t *, at), levels);
    case TERNI_KIND_GROUP:
        return measure_group(e, f, TERNI_AT(uint8_t *, at), levels);
    }
    TERN_UNREACHABLE();
}

// ---- arrays --------------------------------------------------------------

static inline size_t measure_strings(terni_encoding *e, const terni_field *f, const uint8_t *msg)
{
    size_t       n = TERNI_AT(size_t, msg + f->quantifier), size = n * f->tag_len;
    char *const *strings = TERNI_AT(char *const *, msg + f->offset);
    uint32_t     place;

    if (!take_lens(e, n, &place))
        return 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = len_of(strings[i]);

        e->lens[place + i] = (uint32_t)len;
        size += with_len(e, len);
    }
    return size;
}

static inline size_t measure_messages(terni_encoding *e, const terni_field *f, const uint8_t *msg,
                                      int levels)
{
    size_t          n = TERNI_AT(size_t, msg + f->quantifier), size = n * f->tag_len;
    uint8_t *const *sub = TERNI_AT(uint8_t *const *, msg + f->offset);

    for (; n > 0; n--)
        size += measure_sub(e, f->sub, *sub++, levels);
    return size;
}

static size_t measure_elements(terni_encoding *e, const terni_field *f, const uint8_t *msg,
                               int levels)
{
    size_t         n = TERNI_AT(size_t, msg + f->quantifier), size = 0;
    const uint8_t *at = TERNI_AT(uint8_t *, msg + f->offset);

    for (; n > 0; n--, at += f->element_size)
        size += measure_value(e, f, at, levels);
    return size;
}

static size_t measure_packed(terni_encoding *e, const terni_field *f, const uint8_t *msg)
{
    size_t   len;
    uint32_t place;

    if (TERNI_AT(size_t, msg + f->quantifier) == 0 || !take_lens(e, 1, &place))
        return 0;
    e->lens[place] = (uint32_t)(len = measure_elements(e, f, msg, 0));
    return f->tag_len + terni_varint_size(len) + len;
}

static size_t measure_unknown(const ProtobufCMessage *msg)
{
    size_t size = 0;

    for (unsigned i = 0; i < msg->n_unknown_fields; i++)
        size += terni_varint_size((uint64_t)msg->unknown_fields[i].tag << 3) +
                msg->unknown_fields[i].len;
    return size;
}

// ---- one message ---------------------------------------------------------

// A field of `size` bytes that is written if `is_set`, with its tag.
static inline size_t with_tag(const terni_field *f, bool is_set, size_t size)
{
    return is_set ? f->tag_len + size : 0;
}

static inline size_t measure_varint(const terni_field *f, uint64_t v)
{
    return with_tag(f, v != 0, terni_varint_size(v));
}

static inline size_t measure_field(terni_encoding *e, const terni_field *f, const uint8_t *msg,
                                   int levels)
{
    const uint8_t *at = msg + f->offset;

    switch ((terni_encode_op)f->encode_op) {
    case TERNI_ENCODE_INT32:
        return measure_varint(f, (uint64_t)TERNI_AT(int32_t, at));
    case TERNI_ENCODE_UINT32:
        return measure_varint(f, TERNI_AT(uint32_t, at));
    case TERNI_ENCODE_SINT32:
        return measure_varint(f, terni_zigzag32(TERNI_AT(int32_t, at)));
    case TERNI_ENCODE_INT64:
        return measure_varint(f, TERNI_AT(uint64_t, at));
    case TERNI_ENCODE_SINT64:
        return measure_varint(f, terni_zigzag64(TERNI_AT(int64_t, at)));
    case TERNI_ENCODE_BOOL:
        return with_tag(f, TERNI_AT(protobuf_c_boolean, at) != 0, 1);
    case TERNI_ENCODE_FIXED32:
        return with_tag(f, TERNI_AT(uint32_t, at) != 0, sizeof(uint32_t));
    case TERNI_ENCODE_FIXED64:
        return with_tag(f, TERNI_AT(uint64_t, at) != 0, sizeof(uint64_t));
    case TERNI_ENCODE_TEXT: {
        size_t len = len_of(TERNI_AT(char *, at));

        return len > 0 ? f->tag_len + measure_bytes(e, len) : 0;
    }
    case TERNI_ENCODE_BYTES: {
        size_t len = TERNI_AT(ProtobufCBinaryData, at).len;

        return len > 0 ? f->tag_len + measure_bytes(e, len) : 0;
    }
    case TERNI_ENCODE_STRINGS:
        return measure_strings(e, f, msg);
    case TERNI_ENCODE_MESSAGES:
        return measure_messages(e, f, msg, levels);
    case TERNI_ENCODE_ELEMENTS:
    case TERNI_ENCODE_GROUPS:
        return TERNI_AT(size_t, msg + f->quantifier) * f->tag_len +
               measure_elements(e, f, msg, levels);
    case TERNI_ENCODE_PACKED:
        return measure_packed(e, f, msg);
    case TERNI_ENCODE_STRING:
        if (!terni_is_pointer_set(f, TERNI_AT(char *, at)))
            return 0;
        return f->tag_len + measure_bytes(e, strlen(TERNI_AT(char *, at)));
    case TERNI_ENCODE_MESSAGE:
        if (!terni_is_pointer_set(f, TERNI_AT(uint8_t *, at)))
            return 0;
        return f->tag_len + measure_sub(e, f->sub, TERNI_AT(uint8_t *, at), levels);
    case TERNI_ENCODE_GROUP:
        if (!terni_is_pointer_set(f, TERNI_AT(uint8_t *, at)))
            return 0;
        return f->tag_len + measure_group(e, f, TERNI_AT(uint8_t *, at), levels);
    case TERNI_ENCODE_ALWAYS:
    case TERNI_ENCODE_IF_HAS:
    case TERNI_ENCODE_IF_CASE:
    case TERNI_ENCODE_IF_CASE_SET:
        return terni_is_marked(f, msg) ? f->tag_len + measure_value(e, f, at, levels) : 0;
    }
    TERN_UNREACHABLE();
}

static size_t measure_message(terni_encoding *e, const terni_plan *plan, const uint8_t *msg,
                              int levels)
{
    const ProtobufCMessage *base = (const ProtobufCMessage *)(const void *)msg;
    size_t                  size = 0;

    TERN_DEBUG_ASSERT(levels <= TERN_MAX_NESTING && base->descriptor == plan->desc);
    if (TERN_UNLIKELY(levels < 0))
        return measure_fail(e, TERNI_CODEC_TOO_DEEP);
    for (const terni_field *f = plan->fields, *end = f + plan->n_fields; f < end; f++) {
        TERN_DEBUG_ASSERT(!terni_is_forgotten(plan, f, msg));
        size += measure_field(e, f, msg, levels - 1);
    }
    if (TERN_UNLIKELY(base->n_unknown_fields > 0))
        size += measure_unknown(base);
    return size;
}

static const terni_encode_opts copies_all;

int terni_codec_measure(terni_encoding *e, const terni_plan *plan, const ProtobufCMessage *msg,
                        const terni_encode_opts *opts)
{
    e->plan = plan;
    e->msg = msg;
    e->opts = opts ? opts : &copies_all;
    e->n_large = 0;
    e->n_large_bytes = 0;
    e->lens = e->inline_lens;
    e->n_lens = 0;
    e->cap_lens = TERN_COUNT_OF(e->inline_lens);
    e->fault = TERNI_CODEC_FINE;
    e->size = measure_message(e, plan, (const uint8_t *)msg, TERN_MAX_NESTING);
    if (e->size > TERN_MAX_ENCODED)
        measure_fail(e, TERNI_CODEC_TOO_LARGE);
    if (TERN_LIKELY(e->fault == TERNI_CODEC_FINE))
        return 0;
    terni_encoding_done(e);
    return e->fault == TERNI_CODEC_NO_MEMORY ? -ENOMEM : -EMSGSIZE;
}

void terni_encoding_done(terni_encoding *e)
{
    if (e->lens != e->inline_lens)
        tern_mem_free(e->lens);
    e->lens = e->inline_lens;
}
