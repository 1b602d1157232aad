#include "rpc/codec/decode_field_internal.h"
#include "rpc/codec/decode_required_internal.h"

#include <errno.h>
#include <string.h>

#include "rpc/codec/utf8_internal.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const uint8_t *decode_message(terni_decoder *d, const terni_plan *plan, uint8_t *msg,
                                     const uint8_t *p, const uint8_t *end, int levels);

// ---- tags ----------------------------------------------------------------

// Behind the tag of `f` if it comes next, in the shortest form; else NULL.
static inline const uint8_t *skip_same_tag(const terni_field *f, const uint8_t *p,
                                           const uint8_t *end)
{
    if (p >= end || *p != f->tag_bytes[0])
        return NULL;
    if (TERN_LIKELY(f->tag_len == 1))
        return p + 1;
    if (end - p < f->tag_len || memcmp(p, f->tag_bytes, f->tag_len) != 0)
        return NULL;
    return p + f->tag_len;
}

// ---- strings -------------------------------------------------------------

enum { SHORT_STRING = 16 };  // with its NUL

#if defined(__SSE2__) && !defined(TERNI_ARENA_POISONS)
// Most strings are a few ASCII letters. Where 16 bytes may be read and written whatever the length,
// one is copied in one move and looked at in another. NULL, and nothing done, if it is another sort
// of string or cut off.
static inline const uint8_t *decode_short_string(terni_decoder *d, const uint8_t *p,
                                                 const uint8_t *end, char **ret_string)
{
    terni_arena *a = d->arena;
    char        *s = (char *)a->pos;
    __m128i      v;
    unsigned     odd;  // a bit for each byte that is NUL or not ASCII
    size_t       len;

    if (TERN_UNLIKELY(d->limit - p <= SHORT_STRING || a->end - a->pos < SHORT_STRING))
        return NULL;
    len = *p++;
    v = _mm_loadu_si128((const __m128i *)(const void *)p);
    odd = (unsigned)_mm_movemask_epi8(_mm_subs_epi8(v, _mm_set1_epi8(1)));
    if (TERN_UNLIKELY(len >= SHORT_STRING || (ptrdiff_t)len > end - p ||
                      (size_t)__builtin_ctz(odd | 1u << SHORT_STRING) < len))
        return NULL;
    _mm_storeu_si128((__m128i *)(void *)s, v);
    s[len] = '\0';
    a->pos += terni_arena_round(len + 1);
    TERN_DEBUG_ASSERT(a->pos <= a->end);
    *ret_string = s;
    return p + len;
}
#else
static inline const uint8_t *decode_short_string(terni_decoder *d, const uint8_t *p,
                                                 const uint8_t *end, char **ret_string)
{
    (void)d, (void)p, (void)end, (void)ret_string;
    return NULL;
}
#endif

// What a C string cannot be, or may not.
static terni_codec_fault check_string(const terni_decoder *d, const terni_field *f,
                                      const uint8_t *p, size_t len)
{
    bool has_nul;

    if (!terni_decode_expects_utf8(d, f))
        has_nul = len > 0 && memchr(p, '\0', len);
    else if (!terni_utf8_is_valid(p, len, &has_nul))
        return TERNI_CODEC_BAD_UTF8;
    return has_nul ? TERNI_CODEC_HAS_NUL : TERNI_CODEC_FINE;
}

static const uint8_t *decode_any_string(terni_decoder *d, const terni_field *f, const uint8_t *p,
                                        const uint8_t *end, char **ret_string)
{
    terni_codec_fault fault;
    size_t            len;
    char             *s;

    if (!(p = terni_decode_len(d, p, end, &len)))
        return NULL;
    if (!(s = terni_arena_strndup(d->arena, (const char *)p, len)))
        return terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
    if ((fault = check_string(d, f, p, len)) != TERNI_CODEC_FINE)
        return terni_decode_fail(d, fault);
    *ret_string = s;
    return p + len;
}

static inline const uint8_t *decode_string(terni_decoder *d, const terni_field *f, const uint8_t *p,
                                           const uint8_t *end, char **ret_string)
{
    const uint8_t *next = decode_short_string(d, p, end, ret_string);

    return TERN_LIKELY(next) ? next : decode_any_string(d, f, p, end, ret_string);
}

// ---- runs of strings and messages ----------------------------------------

// Moves the pending elements from `base` on to their array.
static bool settle(terni_decoder *d, const terni_field *f, uint8_t *msg, size_t base)
{
    size_t n = d->n_pending - base;
    void  *room = terni_decode_grow(d, f, msg, n);

    TERN_DEBUG_ASSERT(base < d->n_pending && d->n_pending <= TERNI_DECODE_N_PENDING);
    if (!room)
        return false;
    memcpy(room, &d->pending[base], n * sizeof(void *));
    *terni_decode_count_of(f, msg) += n;
    d->n_pending = base;
    return true;
}

// Below a deep nest of runs the stack may be full before the first element.
static inline bool push(terni_decoder *d, const terni_field *f, uint8_t *msg, size_t base,
                        void *element)
{
    void *room;

    if (TERN_LIKELY(d->n_pending < TERNI_DECODE_N_PENDING)) {
        d->pending[d->n_pending++] = element;
        return true;
    }
    if (d->n_pending > base && !settle(d, f, msg, base))
        return false;
    if (d->n_pending < TERNI_DECODE_N_PENDING)
        return push(d, f, msg, base, element);
    if (!(room = terni_decode_grow(d, f, msg, 1)))
        return false;
    memcpy(room, &element, sizeof element);
    *terni_decode_count_of(f, msg) += 1;
    return true;
}

// Notes which element of a run went wrong: `element`, or with NULL the next one. Runs within it may have left
// theirs on the stack.
static __attribute__((noinline, cold)) void *blame_element(terni_decoder *d, const terni_field *f,
                                                           uint8_t *msg, size_t base,
                                                           const void *element)
{
    size_t n = base;

    while (n < d->n_pending && d->pending[n] != element)
        n++;
    d->index = *terni_decode_count_of(f, msg) + n - base;
    if (element && n == d->n_pending)
        d->index = *terni_decode_count_of(f, msg) - 1;  // there was no room on the stack
    return NULL;
}

static const uint8_t *decode_strings(terni_decoder *d, const terni_field *f, uint8_t *msg,
                                     const uint8_t *p, const uint8_t *end)
{
    const uint8_t *next = p;
    size_t         base = d->n_pending;
    char          *s;

    do {
        if (!(p = decode_string(d, f, next, end, &s)) || !push(d, f, msg, base, s))
            return blame_element(d, f, msg, base, NULL);
    } while ((next = skip_same_tag(f, p, end)));
    return d->n_pending == base || settle(d, f, msg, base) ? p : NULL;
}

static inline uint8_t *new_message(terni_decoder *d, const terni_plan *plan)
{
    uint8_t *msg = terni_arena_alloc(d->arena, plan->size);

    return msg ? memcpy(msg, plan->image, plan->size) : terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
}

static inline __attribute__((always_inline)) const uint8_t *
decode_messages(terni_decoder *d, const terni_field *f, uint8_t *msg, const uint8_t *p,
                const uint8_t *end, int levels)
{
    const uint8_t *next = p;
    size_t         base = d->n_pending, len;

    do {
        uint8_t *sub;

        if (!(p = terni_decode_len(d, next, end, &len)) || !(sub = new_message(d, f->sub)) ||
            !push(d, f, msg, base, sub))
            return blame_element(d, f, msg, base, NULL);
        if (!(p = decode_message(d, f->sub, sub, p, p + len, levels)))
            return blame_element(d, f, msg, base, sub);
    } while ((next = skip_same_tag(f, p, end)));
    return d->n_pending == base || settle(d, f, msg, base) ? p : NULL;
}

// Where every entry has to be looked at, a run is of one.
static __attribute__((noinline)) const uint8_t *decode_map(terni_decoder *d, const terni_field *f,
                                                           uint8_t *msg, const uint8_t *p,
                                                           const uint8_t *end, int levels)
{
    const uint8_t *entry;
    size_t         len;

    if (*terni_decode_count_of(f, msg) == 0 && !terni_decode_note_map(d, f, msg))
        return NULL;
    if (terni_field_is_looked_at(f)) {
        if (!(entry = terni_decode_len(d, p, end, &len)))
            return NULL;
        end = entry + len;
    }
    return decode_messages(d, f, msg, p, end, levels);
}

// Is it a member of a oneof that holds another one?
static inline bool is_other_case(const terni_field *f, const uint8_t *msg)
{
    return f->desc->flags & PROTOBUF_C_FIELD_FLAG_ONEOF &&
           *(const uint32_t *)(const void *)(msg + f->quantifier) != f->mark;
}

// A message field that comes again is merged into what came before.
static const uint8_t *decode_sub(terni_decoder *d, const terni_field *f, uint8_t *msg,
                                 const uint8_t *p, const uint8_t *end, int levels)
{
    uint8_t **member = (uint8_t **)(void *)(msg + f->offset);
    size_t    len;

    if (!(p = terni_decode_len(d, p, end, &len)))
        return NULL;
    if (!is_other_case(f, msg) && *member && *member != f->default_value)
        d->resumed = *member;
    else if (!(*member = new_message(d, f->sub)))
        return NULL;
    return decode_message(d, f->sub, *member, p, p + len, levels);
}

// ---- groups --------------------------------------------------------------

// The message that the next group goes to.
static uint8_t *group_message(terni_decoder *d, const terni_field *f, uint8_t *msg)
{
    bool      is_array = f->desc->label == PROTOBUF_C_LABEL_REPEATED;
    uint8_t **member = (uint8_t **)(void *)(msg + f->offset);

    if (is_array && !(member = terni_decode_grow(d, f, msg, 1)))
        return NULL;
    if (!is_array && !is_other_case(f, msg) && *member)
        d->resumed = *member;
    else if (!(*member = new_message(d, f->sub)))
        return NULL;
    if (is_array)
        *terni_decode_count_of(f, msg) += 1;
    return *member;
}

// Its end is a tag: whoever reads its message comes upon it.
static __attribute__((noinline)) const uint8_t *decode_group(terni_decoder *d, const terni_field *f,
                                                             uint8_t *msg, const uint8_t *p,
                                                             const uint8_t *end, int levels)
{
    uint32_t outer = d->group;
    int      outer_levels = d->group_levels;
    uint8_t *sub = group_message(d, f, msg);

    if (!sub)
        return NULL;
    d->group = f->desc->id;
    d->group_levels = levels;
    if (!(p = decode_message(d, f->sub, sub, p, end, levels))) {
        if (f->desc->label == PROTOBUF_C_LABEL_REPEATED)
            d->index = *terni_decode_count_of(f, msg) - 1;
        return NULL;
    }
    if (d->group != 0)
        return terni_decode_fail(d, TERNI_CODEC_TRUNCATED);
    d->group = outer;
    d->group_levels = outer_levels;
    return p;
}

static bool ends_group(terni_decoder *d, uint32_t tag, int levels)
{
    if (d->group == 0 || tag != (d->group << 3 | TERNI_WIRE_GROUP_END) || levels != d->group_levels)
        return false;
    d->group = 0;
    return true;
}

// ---- one message ---------------------------------------------------------

// What the wire type asks for; TERNI_DECODE_NOTHING if it is not one of the field's, or the value is not.
static unsigned op_for(terni_decoder *d, const terni_field *f, uint32_t tag, const uint8_t *p,
                       const uint8_t *end)
{
    unsigned wire_type = tag & 7, op = TERNI_DECODE_NOTHING;

    if (wire_type == (f->tag_bytes[0] & 7u))
        op = f->own_op;
    else if (wire_type == f->other_wire_type)
        op = f->other_op;
    if (terni_field_is_looked_at(f) && op != TERNI_DECODE_NOTHING &&
        !terni_decode_is_known(d, f, op, p, end))
        op = TERNI_DECODE_NOTHING;
    return op;
}

// What to do about a tag that is not simply the one of `f`, which may be NULL: an op of `f`'s, or
// TERNI_DECODE_NOTHING when it was an unknown field, which is kept, or TERNI_DECODE_END. `p` is behind what was
// read, or NULL.
typedef struct oddity oddity;
struct oddity {
    const uint8_t *p;
    unsigned       op;
};

static __attribute__((noinline)) oddity meet_odd_tag(terni_decoder *d, const terni_field *f,
                                                     uint32_t tag, uint8_t *msg, const uint8_t *p,
                                                     const uint8_t *end, int levels)
{
    oddity odd = { p, TERNI_DECODE_NOTHING };

    if ((tag & 7) == TERNI_WIRE_GROUP_END && ends_group(d, tag, levels))
        odd.op = TERNI_DECODE_END;
    else if (!f || (odd.op = op_for(d, f, tag, p, end)) == TERNI_DECODE_NOTHING)
        odd.p = terni_decode_unknown(d, tag, msg, p, end, levels - 1);
    return odd;
}

static inline void mark_present(const terni_field *f, uint8_t *msg, uint64_t *seen)
{
    TERN_DEBUG_ASSERT(!f->mark || f->quantifier > 0 || f->required > 0);
    if (!f->mark)
        return;
    if (TERN_LIKELY(f->quantifier > 0))
        *(uint32_t *)(void *)(msg + f->quantifier) = f->mark;
    else
        seen[(f->required - 1u) / 64] |= UINT64_C(1) << (f->required - 1u) % 64;
}

// Notes where it went wrong, from the inside out.
static __attribute__((noinline, cold)) const uint8_t *
blame(terni_decoder *d, const terni_plan *plan, const terni_field *f)
{
    TERN_DEBUG_ASSERT(d->fault != TERNI_CODEC_FINE);
    if (d->error->fault == TERNI_CODEC_FINE)
        terni_codec_error_set(d->error, d->fault, plan->desc);
    if (f && f->desc)  // tag 0 has none
        terni_codec_error_within(d->error, plan->desc, f->desc, d->index);
    d->index = SIZE_MAX;
    return NULL;
}

// Fixed-size values, from `p` to a member of `size` bytes.
static inline const uint8_t *decode_fixed(terni_decoder *d, uint8_t *member, size_t size,
                                          const uint8_t *p, const uint8_t *end)
{
    if (TERN_UNLIKELY((size_t)(end - p) < size))
        return terni_decode_fail(d, TERNI_CODEC_TRUNCATED);
    if (size == sizeof(uint32_t))
        *(uint32_t *)(void *)member = terni_load32(p);
    else
        *(uint64_t *)(void *)member = terni_load64(p);
    return p + size;
}

// One reader for all four, so that there is room for it here.
static inline const uint8_t *decode_number(terni_decoder *d, unsigned op, uint8_t *member,
                                           const uint8_t *p, const uint8_t *end)
{
    uint64_t v;

    if (TERN_UNLIKELY(p >= end || !(p = terni_varint_read(p, d->limit, &v)) || p > end))
        return terni_decode_fail(d, TERNI_CODEC_BAD_VARINT);
    if (op == TERNI_DECODE_UINT64)
        *(uint64_t *)(void *)member = v;
    else if (op == TERNI_DECODE_UINT32)
        *(uint32_t *)(void *)member = (uint32_t)v;
    else if (op == TERNI_DECODE_SINT32)
        *(uint32_t *)(void *)member = terni_unzigzag32((uint32_t)v);
    else
        *(uint64_t *)(void *)member = terni_unzigzag64(v);
    return p;
}

static inline const uint8_t *decode_field(terni_decoder *d, const terni_field *f, unsigned op,
                                          uint8_t *msg, const uint8_t *p, const uint8_t *end,
                                          int levels)
{
    uint8_t *member = msg + f->offset;

    switch ((terni_decode_op)op) {
    case TERNI_DECODE_UINT32:
    case TERNI_DECODE_SINT32:
    case TERNI_DECODE_UINT64:
    case TERNI_DECODE_SINT64:
        return decode_number(d, op, member, p, end);
    case TERNI_DECODE_BOOL:
        return terni_decode_bool(d, p, end, (protobuf_c_boolean *)(void *)member);
    case TERNI_DECODE_FIXED32:
        return decode_fixed(d, member, sizeof(uint32_t), p, end);
    case TERNI_DECODE_FIXED64:
        return decode_fixed(d, member, sizeof(uint64_t), p, end);
    case TERNI_DECODE_STRING:
        return decode_string(d, f, p, end, (char **)(void *)member);
    case TERNI_DECODE_BYTES:
        return terni_decode_bytes(d, p, end, (ProtobufCBinaryData *)(void *)member);
    case TERNI_DECODE_TEXT:
        return terni_decode_text(d, f, p, end, (ProtobufCBinaryData *)(void *)member);
    case TERNI_DECODE_MESSAGE:
        return decode_sub(d, f, msg, p, end, levels);
    case TERNI_DECODE_STRINGS:
        return decode_strings(d, f, msg, p, end);
    case TERNI_DECODE_MESSAGES:
        return decode_messages(d, f, msg, p, end, levels);
    case TERNI_DECODE_ELEMENT:
        return terni_decode_element(d, f, msg, p, end);
    case TERNI_DECODE_PACKED:
        return terni_decode_packed(d, f, msg, p, end);
    case TERNI_DECODE_PACKED_ENUM:
        return terni_decode_packed_enum(d, f, msg, p, end);
    case TERNI_DECODE_GROUP:
        return decode_group(d, f, msg, p, end, levels);
    case TERNI_DECODE_MAP:
        return decode_map(d, f, msg, p, end, levels);
    case TERNI_DECODE_NOTHING:
    case TERNI_DECODE_END:
        return terni_decode_fail(d, f->desc ? TERNI_CODEC_BAD_WIRE_TYPE
                                            : TERNI_CODEC_BAD_FIELD_NUMBER);
    }
    TERN_UNREACHABLE();
}

// The fields mostly come in the order of the plan: each is first compared with the one behind the
// last. The record behind the last field has tag 0, and refuses it.
static const uint8_t *decode_message(terni_decoder *d, const terni_plan *plan, uint8_t *msg,
                                     const uint8_t *p, const uint8_t *end, int levels)
{
    const terni_field *f = plan->fields;
    uint64_t           near_bits = 0, *seen = &near_bits;

    TERN_DEBUG_ASSERT(p <= end && end <= d->limit && levels <= TERN_MAX_NESTING);
    if (TERN_UNLIKELY(levels < 0)) {
        terni_decode_fail(d, TERNI_CODEC_TOO_DEEP);
        return blame(d, plan, NULL);
    }
    if (TERN_UNLIKELY(plan->n_required > 0) &&
        !(seen = terni_decode_begin_required(d, plan, msg, &near_bits)))
        return blame(d, plan, NULL);
    while (p < end) {
        uint32_t tag;
        unsigned op;

        if (TERN_UNLIKELY(!(p = terni_decode_tag(d, p, end, &tag))))
            return blame(d, plan, NULL);
        op = f->op;
        if (TERN_UNLIKELY(tag != f->tag)) {
            const terni_field *found = terni_plan_find(plan, tag >> 3);

            if (TERN_LIKELY(found && found->tag == tag)) {
                op = found->op;
            } else {
                const oddity odd = meet_odd_tag(d, found, tag, msg, p, end, levels);

                if (!(p = odd.p))
                    return blame(d, plan, found);
                if (odd.op == TERNI_DECODE_NOTHING)
                    continue;
                if (odd.op == TERNI_DECODE_END)
                    break;
                op = odd.op;
            }
            f = found;
        }
        if (TERN_UNLIKELY(!(p = decode_field(d, f, op, msg, p, end, levels - 1))))
            return blame(d, plan, f);
        mark_present(f, msg, seen);
        f++;
    }
    TERN_DEBUG_ASSERT(p == end || d->group == 0);  // nothing within has reached beyond
    if (TERN_UNLIKELY(plan->n_required > 0)) {
        const terni_field *missing;  // `f` is to stay in a register

        if (!terni_decode_end_required(d, plan, msg, seen, &missing))
            return blame(d, plan, missing);
    }
    return p;
}

// ---- entry points --------------------------------------------------------

static int errno_of(const terni_decoder *d)
{
    TERN_ASSERT(d->fault != TERNI_CODEC_NO_MEMORY || terni_arena_error(d->arena) < 0);
    return d->fault == TERNI_CODEC_NO_MEMORY ? terni_arena_error(d->arena) : -EBADMSG;
}

static inline bool decode_all(terni_decoder *d, const terni_plan *plan, uint8_t *msg,
                              const uint8_t *data)
{
    d->n_pending = 0;
    d->maps = NULL;
    d->group = 0;
    memcpy(msg, plan->image, plan->size);
    return decode_message(d, plan, msg, data, d->limit, TERN_MAX_NESTING) != NULL;
}

// Once more, up to where the first is: only on the way out of it is known where that was. False.
static __attribute__((noinline, cold)) bool
say_what_is_missing(terni_decoder *d, const terni_plan *plan, uint8_t *msg, const uint8_t *data)
{
    bool is_whole;

    d->needs = NULL;
    d->n_needs = TERNI_DECODE_MAX_NEEDS;
    is_whole = decode_all(d, plan, msg, data);
    TERN_ASSERT(!is_whole);
    return false;
}

int terni_codec_decode_into(const terni_plan *plan, const terni_codec_input *in, terni_arena *a,
                            size_t alias_min, terni_decode_flags flags, void *msg,
                            terni_codec_error *ret_error)
{
    const uint8_t    *data = in->len > 0 ? in->data : plan->image;  // an empty one may be NULL
    terni_codec_error unwanted;
    terni_decoder     d;

    d.arena = a;
    d.limit = data + in->len;
    d.block = in->block;
    d.alias_min = in->block ? alias_min : SIZE_MAX;
    d.flags = flags;
    d.fault = TERNI_CODEC_FINE;
    d.error = ret_error ? ret_error : &unwanted;
    d.error->fault = TERNI_CODEC_FINE;
    d.has_required = false;
    if (!decode_all(&d, plan, msg, data) ||
        (TERN_UNLIKELY(d.has_required) && d.needs && !say_what_is_missing(&d, plan, msg, data)))
        return errno_of(&d);
    if (TERN_UNLIKELY(d.maps != NULL) && !terni_decode_unite_maps(&d)) {
        blame(&d, plan, NULL);
        return errno_of(&d);
    }
    TERN_DEBUG_ASSERT(d.n_pending == 0 && d.fault == TERNI_CODEC_FINE);
    return 0;
}

static inline __attribute__((always_inline)) int
decode_piece(const terni_plan *plan, const terni_codec_input *in, terni_arena *a,
             terni_decode_flags flags, ProtobufCMessage **ret_msg, terni_codec_error *ret_error)
{
    ProtobufCMessage *msg = terni_arena_alloc(a, plan->size);
    int               err;

    if (!msg) {
        terni_decode_note_no_memory(plan, ret_error);
        return terni_arena_error(a);
    }
    if ((err = terni_codec_decode_into(plan, in, a, 1, flags, msg, ret_error)) == 0)
        *ret_msg = msg;
    return err;
}

int terni_codec_decode_piece(const terni_plan *plan, const terni_codec_input *in, terni_arena *a,
                             terni_decode_flags flags, ProtobufCMessage **ret_msg,
                             terni_codec_error *ret_error)
{
    return decode_piece(plan, in, a, flags, ret_msg, ret_error);
}

int terni_codec_decode(const terni_plan *plan, tern_linkbuf *in, terni_arena *a,
                       terni_decode_flags flags, ProtobufCMessage **ret_msg,
                       terni_codec_error *ret_error)
{
    terni_codec_input piece = { .len = tern_linkbuf_len(in) };

    if (piece.len > 0) {
        if (!(piece.data = tern_linkbuf_peek(in, piece.len))) {
            terni_decode_note_no_memory(plan, ret_error);
            return -ENOMEM;
        }
        piece.block = in->head->block;
    }
    return decode_piece(plan, &piece, a, flags, ret_msg, ret_error);
}
