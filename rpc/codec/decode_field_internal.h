// rpc/codec/decode_field_internal.h: what the files of the decoder share. Only rpc/codec/decode*.c includes
// this.
//
// Every reader takes the bytes from `p` up to `end`, returns the byte behind what it has read, or
// NULL with d->fault set.
#ifndef RPC_CODEC_DECODE_FIELD_INTERNAL_H
#define RPC_CODEC_DECODE_FIELD_INTERNAL_H

#include "rpc/codec/plan_internal.h"
#include "rpc/base/varint_internal.h"

enum { TERNI_DECODE_N_PENDING = 64 };

// A map that has got its first entries.
typedef struct terni_decode_map terni_decode_map;
struct terni_decode_map {
    const terni_decode_map *next;
    const terni_field      *field;
    uint8_t                *msg;
};

// One run of the decoder.
typedef struct terni_decoder terni_decoder;
struct terni_decoder {
    terni_arena       *arena;
    const uint8_t     *limit;      // end of the readable input, at or behind any `end`
    tern_block        *block;      // that the input lies in, or NULL
    size_t             alias_min;  // `bytes` from here on point into it
    terni_decode_flags flags;
    terni_codec_fault  fault;
    terni_codec_error *error;
    size_t             index;  // of the element that is to blame, or SIZE_MAX
    // Of the innermost group that is read: its number, 0 once its end has come, and the levels that are left
    // in its message, by which that is told from messages within.
    uint32_t                group;
    int                     group_levels;
    const terni_decode_map *maps;  // each once; united at the end
    // Of messages with required fields, once there was one: those that have not got all of them, and the one whose next
    // piece comes.
    bool                      has_required;
    struct terni_decode_need *needs;
    const uint8_t            *resumed;
    unsigned                  n_needs;
    // The elements of the runs of strings and messages that are being read, a stack: an array gets
    // its right size at once and is written once.
    size_t n_pending;
    void  *pending[TERNI_DECODE_N_PENDING];
};

// Returns NULL, for `return`.
static inline void *terni_decode_fail(terni_decoder *d, terni_codec_fault fault)
{
    TERN_DEBUG_ASSERT(fault != TERNI_CODEC_FINE);
    d->fault = fault;
    d->index = SIZE_MAX;
    return NULL;
}

// Decodes `in` into `msg`, memory of the plan's size. 0 or -errno as terni_codec_decode.
TERN_NODISCARD int terni_codec_decode_into(const terni_plan *plan, const terni_codec_input *in,
                                           terni_arena *a, size_t alias_min,
                                           terni_decode_flags flags, void *msg,
                                           terni_codec_error *ret_error);

// For what fails before there is a decoder.
static inline void terni_decode_note_no_memory(const terni_plan *plan, terni_codec_error *ret_error)
{
    if (ret_error)
        terni_codec_error_set(ret_error, TERNI_CODEC_NO_MEMORY, plan->desc);
}

// Room for `n` more elements behind those of a repeated field (`*n_elements` is left to the caller),
// or NULL.
void *terni_decode_grow(terni_decoder *d, const terni_field *f, uint8_t *msg, size_t n);

const uint8_t *terni_decode_long_tag(terni_decoder *d, const uint8_t *p, const uint8_t *end,
                                     uint32_t *ret_tag);

// Of two bytes and more, or cut off.
const uint8_t *terni_decode_varint_slow(terni_decoder *d, const uint8_t *p, const uint8_t *end,
                                        uint64_t *ret_value);

// A length, and that so many bytes follow it.
const uint8_t *terni_decode_len_slow(terni_decoder *d, const uint8_t *p, const uint8_t *end,
                                     size_t *ret_len);

// In the arena, or NULL.
uint8_t *terni_decode_copy(terni_decoder *d, const uint8_t *p, size_t len);

// Of a string that the field promises to be UTF-8.
bool terni_decode_expects_utf8(const terni_decoder *d, const terni_field *f);
// A tern_text.
const uint8_t *terni_decode_text(terni_decoder *d, const terni_field *f, const uint8_t *p,
                                 const uint8_t *end, ProtobufCBinaryData *ret_text);

// Any kind but strings and messages.
const uint8_t *terni_decode_element(terni_decoder *d, const terni_field *f, uint8_t *msg,
                                    const uint8_t *p, const uint8_t *end);
const uint8_t *terni_decode_packed(terni_decoder *d, const terni_field *f, uint8_t *msg,
                                   const uint8_t *p, const uint8_t *end);
const uint8_t *terni_decode_packed_enum(terni_decoder *d, const terni_field *f, uint8_t *msg,
                                        const uint8_t *p, const uint8_t *end);
// Of a field that is looked at: whether what comes at `p` is one of its values. True of malformed bytes:
// whoever decodes them finds it out.
bool terni_decode_is_known(const terni_decoder *d, const terni_field *f, unsigned op,
                           const uint8_t *p, const uint8_t *end);
// Notes a map that is to have one entry for each key, once all has been read.
bool terni_decode_note_map(terni_decoder *d, const terni_field *f, uint8_t *msg);
bool terni_decode_unite_maps(terni_decoder *d);
// Keeps a field that the plan does not know, or not with this wire type; `p` is behind its tag. Groups
// within may nest `levels` deep.
const uint8_t *terni_decode_unknown(terni_decoder *d, uint32_t tag, uint8_t *msg, const uint8_t *p,
                                    const uint8_t *end, int levels);

// Where n_x of a repeated field lies.
static inline size_t *terni_decode_count_of(const terni_field *f, uint8_t *msg)
{
    return (size_t *)(void *)(msg + f->quantifier);
}

// ---- inline bodies -------------------------------------------------------

// There is at least one byte.
static inline const uint8_t *terni_decode_tag(terni_decoder *d, const uint8_t *p,
                                              const uint8_t *end, uint32_t *ret_tag)
{
    if (TERN_LIKELY(*p < 0x80)) {
        *ret_tag = *p;
        return p + 1;
    }
    if (TERN_LIKELY(terni_varint_is_two(p, end))) {
        *ret_tag = terni_varint_two(p);
        return p + 2;
    }
    return terni_decode_long_tag(d, p, end, ret_tag);
}

static inline const uint8_t *terni_decode_len(terni_decoder *d, const uint8_t *p,
                                              const uint8_t *end, size_t *ret_len)
{
    size_t len, n = 1;

    if (TERN_UNLIKELY(end - p < 2))
        return terni_decode_len_slow(d, p, end, ret_len);
    len = p[0];
    if (len >= 0x80) {
        if (TERN_UNLIKELY(p[1] >= 0x80))
            return terni_decode_len_slow(d, p, end, ret_len);
        len = terni_varint_two(p);
        n = 2;
    }
    if (TERN_UNLIKELY(len > (size_t)(end - p) - n))
        return terni_decode_fail(d, TERNI_CODEC_TRUNCATED);
    *ret_len = len;
    return p + n;
}

static inline const uint8_t *terni_decode_varint(terni_decoder *d, const uint8_t *p,
                                                 const uint8_t *end, uint64_t *ret_value)
{
    if (TERN_LIKELY(p < end && *p < 0x80)) {
        *ret_value = *p;
        return p + 1;
    }
    return terni_decode_varint_slow(d, p, end, ret_value);
}

// Points into the block where that is allowed and large enough to be worth it, else copies.
static inline uint8_t *terni_decode_keep(terni_decoder *d, const uint8_t *p, size_t len)
{
    if (TERN_UNLIKELY(len < d->alias_min))
        return terni_decode_copy(d, p, len);
    TERN_DEBUG_ASSERT(d->block && p >= d->block->base);
    if (TERN_LIKELY(d->arena->pinned == d->block) ||
        terni_arena_hold_block(d->arena, d->block) == 0)
        return (uint8_t *)(uintptr_t)p;
    return terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
}

static inline const uint8_t *terni_decode_bytes(terni_decoder *d, const uint8_t *p,
                                                const uint8_t *end, ProtobufCBinaryData *ret_bytes)
{
    uint8_t *data = NULL;
    size_t   len;

    if (!(p = terni_decode_len(d, p, end, &len)) ||
        (len > 0 && !(data = terni_decode_keep(d, p, len))))
        return NULL;
    *ret_bytes = (ProtobufCBinaryData){ .len = len, .data = data };
    return p + len;
}

// A bool is true when any of its bits is, also one that a 64-bit number has no room for.
static inline const uint8_t *terni_decode_bool(terni_decoder *d, const uint8_t *p,
                                               const uint8_t *end, protobuf_c_boolean *ret_value)
{
    const uint8_t *start = p;
    uint64_t       v;

    p = terni_decode_varint(d, p, end, &v);
    if (p)
        *ret_value = v != 0 || (p - start == TERNI_MAX_VARINT && p[-1] != 0);
    return p;
}

#endif
