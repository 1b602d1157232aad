#include "rpc/codec/decode_field_internal.h"

#include <string.h>

#include <tern/message.h>

#include "rpc/codec/map_internal.h"
#include "rpc/codec/utf8_internal.h"

// Of two bytes and more. What is left of a fifth byte must fit in 32 bits.
const uint8_t *terni_decode_long_tag(terni_decoder *d, const uint8_t *p, const uint8_t *end,
                                     uint32_t *ret_tag)
{
    uint64_t v = 0;

    for (int i = 0; i < TERNI_MAX_VARINT32 && p + i < end; i++) {
        v |= (uint64_t)(p[i] & 0x7f) << 7 * i;
        if (p[i] >= 0x80)
            continue;
        if (v > UINT32_MAX)
            return terni_decode_fail(d, TERNI_CODEC_BAD_FIELD_NUMBER);
        *ret_tag = (uint32_t)v;
        return p + i + 1;
    }
    return terni_decode_fail(d, TERNI_CODEC_BAD_TAG);
}

// Reads within the whole input, where there is mostly room to look ahead, and looks afterwards
// whether it has left the message.
const uint8_t *terni_decode_varint_slow(terni_decoder *d, const uint8_t *p, const uint8_t *end,
                                        uint64_t *ret_value)
{
    p = p < end ? terni_varint_read_long(p, d->limit, ret_value) : NULL;
    return TERN_LIKELY(p && p <= end) ? p : terni_decode_fail(d, TERNI_CODEC_BAD_VARINT);
}

const uint8_t *terni_decode_len_slow(terni_decoder *d, const uint8_t *p, const uint8_t *end,
                                     size_t *ret_len)
{
    const uint8_t *start = p;
    uint64_t       len;

    if (!(p = terni_decode_varint(d, p, end, &len)))
        return NULL;
    if (p - start > TERNI_MAX_VARINT32 || len > INT32_MAX)
        return terni_decode_fail(d, TERNI_CODEC_BAD_LENGTH);
    if (len > (size_t)(end - p))
        return terni_decode_fail(d, TERNI_CODEC_TRUNCATED);
    *ret_len = (size_t)len;
    return p;
}

uint8_t *terni_decode_copy(terni_decoder *d, const uint8_t *p, size_t len)
{
    uint8_t *copy = terni_arena_alloc(d->arena, len);

    TERN_DEBUG_ASSERT(len <= (size_t)(d->limit - p));
    return copy ? memcpy(copy, p, len) : terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
}

// ---- text ----------------------------------------------------------------

// proto2 promises nothing about its strings.
bool terni_decode_expects_utf8(const terni_decoder *d, const terni_field *f)
{
    return !(d->flags & TERNI_DECODE_RAW_STRINGS) &&
           !(f->desc->reserved_flags & TERN_FIELD_ANY_BYTES);
}

const uint8_t *terni_decode_text(terni_decoder *d, const terni_field *f, const uint8_t *p,
                                 const uint8_t *end, ProtobufCBinaryData *ret_text)
{
    bool has_nul;

    if (!(p = terni_decode_bytes(d, p, end, ret_text)))
        return NULL;
    if (ret_text->len > 0 && terni_decode_expects_utf8(d, f) &&
        !terni_utf8_is_valid(ret_text->data, ret_text->len, &has_nul))
        return terni_decode_fail(d, TERNI_CODEC_BAD_UTF8);
    return p;
}

// ---- arrays --------------------------------------------------------------

enum { MIN_GROWN = 4 };  // elements, once an array has to grow

// In front of every array of the decoder's.
typedef struct array_head array_head;
struct array_head {
    size_t cap;  // in elements
};

static void *grow_array(terni_decoder *d, void **array, size_t n_old, size_t n_new, size_t size)
{
    array_head *old = *array ? (array_head *)*array - 1 : NULL;
    array_head *head;
    size_t      cap = n_new;

    TERN_DEBUG_ASSERT(n_old < n_new && (old ? n_old <= old->cap : n_old == 0));
    if (old && cap <= old->cap)
        return (uint8_t *)*array + n_old * size;
    // The first run of elements is mostly the only one; after that, double.
    if (old && cap < 2 * old->cap)
        cap = 2 * old->cap;
    if (old && cap < MIN_GROWN)
        cap = MIN_GROWN;
    if (!(head = terni_arena_alloc(d->arena, sizeof *head + cap * size)))
        return terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
    head->cap = cap;
    if (n_old > 0)
        memcpy(head + 1, *array, n_old * size);
    *array = head + 1;
    return (uint8_t *)*array + n_old * size;
}

void *terni_decode_grow(terni_decoder *d, const terni_field *f, uint8_t *msg, size_t n)
{
    size_t n_old = *terni_decode_count_of(f, msg);

    return grow_array(d, (void **)(void *)(msg + f->offset), n_old, n_old + n, f->element_size);
}

// Reads one value of a scalar kind to `at`.
static const uint8_t *decode_scalar(terni_decoder *d, terni_kind kind, void *at, const uint8_t *p,
                                    const uint8_t *end)
{
    uint64_t v;

    switch (kind) {
    case TERNI_KIND_FIXED32:
        if (end - p < 4)
            return terni_decode_fail(d, TERNI_CODEC_TRUNCATED);
        *(uint32_t *)at = terni_load32(p);
        return p + 4;
    case TERNI_KIND_FIXED64:
        if (end - p < 8)
            return terni_decode_fail(d, TERNI_CODEC_TRUNCATED);
        *(uint64_t *)at = terni_load64(p);
        return p + 8;
    case TERNI_KIND_BOOL:
        return terni_decode_bool(d, p, end, at);
    case TERNI_KIND_INT32:
    case TERNI_KIND_UINT32:
        if ((p = terni_decode_varint(d, p, end, &v)))
            *(uint32_t *)at = (uint32_t)v;
        return p;
    case TERNI_KIND_SINT32:
        if ((p = terni_decode_varint(d, p, end, &v)))
            *(uint32_t *)at = terni_unzigzag32((uint32_t)v);
        return p;
    case TERNI_KIND_INT64:
        if ((p = terni_decode_varint(d, p, end, &v)))
            *(uint64_t *)at = v;
        return p;
    case TERNI_KIND_SINT64:
        if ((p = terni_decode_varint(d, p, end, &v)))
            *(uint64_t *)at = terni_unzigzag64(v);
        return p;
    case TERNI_KIND_BYTES:
    case TERNI_KIND_TEXT:  // a caller looks at it
        return terni_decode_bytes(d, p, end, at);
    case TERNI_KIND_STRING:
    case TERNI_KIND_MESSAGE:
    case TERNI_KIND_GROUP:
        break;
    }
    TERN_UNREACHABLE();
}

const uint8_t *terni_decode_element(terni_decoder *d, const terni_field *f, uint8_t *msg,
                                    const uint8_t *p, const uint8_t *end)
{
    void *room = terni_decode_grow(d, f, msg, 1);

    if (!room)
        return NULL;
    if (f->kind == TERNI_KIND_TEXT)
        p = terni_decode_text(d, f, p, end, room);
    else
        p = decode_scalar(d, (terni_kind)f->kind, room, p, end);
    if (!p)
        return NULL;
    *terni_decode_count_of(f, msg) += 1;
    return p;
}

// ---- packed --------------------------------------------------------------

static const uint8_t *copy_fixed(void *room, size_t size, const uint8_t *p, size_t n)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (size_t i = 0; i < n; i++)
        if (size == sizeof(uint32_t))
            ((uint32_t *)room)[i] = terni_load32(p + i * size);
        else
            ((uint64_t *)room)[i] = terni_load64(p + i * size);
#else
    memcpy(room, p, n * size);
#endif
    return p + n * size;
}

static const uint8_t *decode_varints(terni_decoder *d, const terni_field *f, uint8_t *room,
                                     size_t n, const uint8_t *p, const uint8_t *end)
{
    uint8_t *room_end = room + n * f->element_size;

    for (; p && p < end; room += f->element_size)
        p = decode_scalar(d, (terni_kind)f->kind, room, p, end);
    TERN_DEBUG_ASSERT(!p || room == room_end);
    (void)room_end;
    return p;
}

// Counts first, so that the array is no larger than it has to be. A last varint that is cut off is
// not counted, and fails before it is written.
const uint8_t *terni_decode_packed(terni_decoder *d, const terni_field *f, uint8_t *msg,
                                   const uint8_t *p, const uint8_t *end)
{
    bool   is_fixed = f->kind == TERNI_KIND_FIXED32 || f->kind == TERNI_KIND_FIXED64;
    size_t len, n;
    void  *room;

    if (!(p = terni_decode_len(d, p, end, &len)))
        return NULL;
    if (is_fixed && len % f->element_size != 0)
        return terni_decode_fail(d, TERNI_CODEC_BAD_PACKED);
    n = is_fixed ? len / f->element_size : terni_varint_count(p, len);
    if (n == 0)
        return len == 0 ? p : terni_decode_fail(d, TERNI_CODEC_BAD_VARINT);
    if (!(room = terni_decode_grow(d, f, msg, n)))
        return NULL;
    if (is_fixed)
        p = copy_fixed(room, f->element_size, p, n);
    else
        p = decode_varints(d, f, room, n, p, p + len);
    if (p)
        *terni_decode_count_of(f, msg) += n;
    return p;
}

// ---- maps ----------------------------------------------------------------

bool terni_decode_note_map(terni_decoder *d, const terni_field *f, uint8_t *msg)
{
    terni_decode_map *map = terni_arena_alloc(d->arena, sizeof *map);

    if (!map)
        return terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
    *map = (terni_decode_map){ d->maps, f, msg };
    d->maps = map;
    return true;
}

// A message that an entry came without is one all the same, with nothing in it.
static bool fill_values(terni_decoder *d, const terni_plan *entry, ProtobufCMessage *const *entries,
                        size_t n)
{
    const terni_field *value = terni_plan_find(entry, TERNI_MAP_VALUE);

    for (size_t i = 0; value && value->sub && i < n; i++) {
        void **member = (void **)(void *)((uint8_t *)entries[i] + value->offset);

        if (*member)
            continue;
        if (value->sub->n_required > 0)
            return terni_decode_fail(d, TERNI_CODEC_MISSING);
        if (!(*member = terni_codec_new(value->sub, d->arena)))
            return terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
    }
    return true;
}

// At the end, as a message that comes in many pieces would have its maps united with each.
bool terni_decode_unite_maps(terni_decoder *d)
{
    for (const terni_decode_map *map = d->maps; map; map = map->next) {
        ProtobufCMessage **entries = *(ProtobufCMessage ***)(void *)(map->msg + map->field->offset);
        size_t            *n = terni_decode_count_of(map->field, map->msg);

        if (terni_map_unite(entries, n, d->arena) < 0)
            return terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
        if (!fill_values(d, map->field->sub, entries, *n))
            return false;
    }
    return true;
}

// ---- unknown fields ------------------------------------------------------

static const uint8_t *skip_group(terni_decoder *d, uint32_t number, const uint8_t *p,
                                 const uint8_t *end, int levels);

static const uint8_t *skip_value(terni_decoder *d, uint32_t tag, const uint8_t *p,
                                 const uint8_t *end, int levels)
{
    uint64_t v;
    size_t   len;

    if (tag >> 3 == 0)
        return terni_decode_fail(d, TERNI_CODEC_BAD_FIELD_NUMBER);
    switch (tag & 7) {
    case TERNI_WIRE_VARINT:
        return terni_decode_varint(d, p, end, &v);
    case TERNI_WIRE_64:
        return end - p >= 8 ? p + 8 : terni_decode_fail(d, TERNI_CODEC_TRUNCATED);
    case TERNI_WIRE_32:
        return end - p >= 4 ? p + 4 : terni_decode_fail(d, TERNI_CODEC_TRUNCATED);
    case TERNI_WIRE_BYTES:
        return (p = terni_decode_len(d, p, end, &len)) ? p + len : NULL;
    case TERNI_WIRE_GROUP:
        return skip_group(d, tag >> 3, p, end, levels);
    case TERNI_WIRE_GROUP_END:
        return terni_decode_fail(d, TERNI_CODEC_BAD_GROUP);
    default:
        return terni_decode_fail(d, TERNI_CODEC_BAD_WIRE_TYPE);  // what never was
    }
}

static const uint8_t *skip_group(terni_decoder *d, uint32_t number, const uint8_t *p,
                                 const uint8_t *end, int levels)
{
    uint32_t tag;

    if (levels < 0)
        return terni_decode_fail(d, TERNI_CODEC_TOO_DEEP);
    while (p < end) {
        if (!(p = terni_decode_tag(d, p, end, &tag)))
            return NULL;
        if (tag == (number << 3 | TERNI_WIRE_GROUP_END))
            return p;
        if (!(p = skip_value(d, tag, p, end, levels - 1)))
            return NULL;
    }
    return terni_decode_fail(d, TERNI_CODEC_TRUNCATED);
}

const uint8_t *terni_decode_unknown(terni_decoder *d, uint32_t tag, uint8_t *msg, const uint8_t *p,
                                    const uint8_t *end, int levels)
{
    ProtobufCMessage             *base = (ProtobufCMessage *)(void *)msg;
    const uint8_t                *start = p;
    ProtobufCMessageUnknownField *u;
    void                         *array = base->unknown_fields;

    if (!(p = skip_value(d, tag, p, end, levels)) ||
        !(u = grow_array(d, &array, base->n_unknown_fields, base->n_unknown_fields + (size_t)1,
                         sizeof *u)))
        return NULL;
    base->unknown_fields = array;
    u->tag = tag >> 3;
    u->wire_type = (ProtobufCWireType)(tag & 7);
    u->len = (size_t)(p - start);
    TERN_DEBUG_ASSERT(u->len > 0);
    if (!(u->data = terni_decode_keep(d, start, u->len)))
        return NULL;
    base->n_unknown_fields++;
    return p;
}

// ---- closed enums --------------------------------------------------------

static bool is_value_known(const terni_field *f, uint64_t v)
{
    return protobuf_c_enum_descriptor_get_value(f->desc->descriptor, (int)(int32_t)v) != NULL;
}

// Each value that the enum does not know becomes an unknown field of its own.
const uint8_t *terni_decode_packed_enum(terni_decoder *d, const terni_field *f, uint8_t *msg,
                                        const uint8_t *p, const uint8_t *end)
{
    const uint32_t tag = f->desc->id << 3 | TERNI_WIRE_VARINT;
    size_t         len;
    uint64_t       v;
    int32_t       *room;

    if (!(p = terni_decode_len(d, p, end, &len)))
        return NULL;
    for (end = p + len; p < end;) {
        const uint8_t *start = p;

        if (!(p = terni_decode_varint(d, p, end, &v)))
            return NULL;
        if (!is_value_known(f, v)) {
            if (!terni_decode_unknown(d, tag, msg, start, end, 0))
                return NULL;
            continue;
        }
        if (!(room = terni_decode_grow(d, f, msg, 1)))
            return NULL;
        *room = (int32_t)v;
        *terni_decode_count_of(f, msg) += 1;
    }
    return p;
}

// The last value of an entry counts; without one it has the default, which is known.
static bool is_entry_known(const terni_decoder *d, const terni_field *f, const uint8_t *p,
                           const uint8_t *end)
{
    const terni_field *value = terni_plan_find(f->sub, TERNI_MAP_VALUE);
    terni_decoder      probe;  // takes the blame
    bool               is_known = true;
    uint32_t           tag;
    uint64_t           v;
    size_t             len;

    probe.limit = d->limit;

    if (!(p = terni_decode_len(&probe, p, end, &len)))
        return true;
    for (end = p + len; p && p < end;) {
        if (!(p = terni_decode_tag(&probe, p, end, &tag)))
            break;
        if (tag == (TERNI_MAP_VALUE << 3 | TERNI_WIRE_VARINT)) {
            if ((p = terni_decode_varint(&probe, p, end, &v)))
                is_known = is_value_known(value, v);
        } else {
            p = skip_value(&probe, tag, p, end, TERN_MAX_NESTING);
        }
    }
    return is_known || !p;
}

bool terni_decode_is_known(const terni_decoder *d, const terni_field *f, unsigned op,
                           const uint8_t *p, const uint8_t *end)
{
    uint64_t v;

    if (op == TERNI_DECODE_PACKED_ENUM)
        return true;  // each on its own, later
    if (op == TERNI_DECODE_MAP)
        return is_entry_known(d, f, p, end);
    p = p < end ? terni_varint_read_any(p, d->limit, &v) : NULL;
    return !p || p > end || is_value_known(f, v);
}
