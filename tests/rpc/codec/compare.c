#include "tests/rpc/codec/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/codec/proto2.pb-c.h"
#include "tests/rpc/codec/proto3.pb-c.h"

enum { ARENA_MAX = 256 << 20 };

const ProtobufCMessageDescriptor *const codec_compare_types[] = {
    &codec__v3__singular__descriptor,      &codec__v3__repeated__descriptor,
    &codec__v3__unpacked__descriptor,      &codec__v3__oneof__descriptor,
    &codec__v3__maps__descriptor,          &codec__v3__all__descriptor,
    &codec__v3__node__descriptor,          &codec__v3__empty__descriptor,
    &codec__v2__optional__descriptor,      &codec__v2__default__descriptor,
    &codec__v2__required__descriptor,      &codec__v2__packed__descriptor,
    &codec__v2__many_required__descriptor, &codec__v2__all__descriptor,
    &codec__v3__flat__descriptor,          &codec__v3__wide__descriptor,
};
const size_t codec_compare_n_types = TERN_COUNT_OF(codec_compare_types);

#define CHECK(cond) ((cond) ? (void)0 : give_up(#cond, __LINE__))

static const ProtobufCMessageDescriptor *current;

TERN_NORETURN static void give_up(const char *what, int line)
{
    fprintf(stderr, "%s: not so: %s (line %d)\n", current->name, what, line);
    abort();
}

static void *get_memory(size_t n)
{
    void *p = malloc(n ? n : 1);

    if (!p)
        abort();
    return p;
}

// ---- bytes ---------------------------------------------------------------

typedef struct bytes bytes;
struct bytes {
    uint8_t *data;
    size_t   len;
};

static bytes pack_theirs(const ProtobufCMessage *msg)
{
    bytes b = { .len = protobuf_c_message_get_packed_size(msg) };

    b.data = get_memory(b.len);
    CHECK(protobuf_c_message_pack(msg, b.data) == b.len);
    return b;
}

static bytes pack_ours(const ProtobufCMessage *msg)
{
    terni_encoding e;
    bytes          b;

    CHECK(terni_codec_measure(&e, terni_plan_get(msg->descriptor), msg, NULL) == 0);
    b = (bytes){ get_memory(e.size), e.size };  // exactly: ASan sees one byte too far
    terni_codec_write_flat(&e, b.data);
    return b;
}

static bytes pack_to_linkbuf(const ProtobufCMessage *msg, const terni_encode_opts *opts)
{
    terni_encoding e;
    tern_linkbuf   out;
    bytes          b;

    tern_linkbuf_init(&out, NULL);
    CHECK(tern_linkbuf_append(&out, "head", 4) == 0);
    CHECK(terni_codec_measure(&e, terni_plan_get(msg->descriptor), msg, opts) == 0);
    b = (bytes){ get_memory(e.size), e.size };
    CHECK(terni_codec_write(&e, &out) == 0);
    CHECK(tern_linkbuf_len(&out) == 4 + b.len);
    CHECK(tern_linkbuf_copy_out(&out, 4, b.data, b.len));
    tern_linkbuf_done(&out);
    return b;
}

// Without measuring, where that is possible: false where it is not.
static bool pack_bounded(const ProtobufCMessage *msg, bytes *ret)
{
    const terni_plan *plan = terni_plan_get(msg->descriptor);
    size_t            bound = terni_codec_bound(plan, msg);

    if (bound == 0)
        return false;
    CHECK(bound <= TERNI_CODEC_MAX_BOUND);
    ret->data = get_memory(bound);
    ret->len = (size_t)(terni_codec_write_bounded(plan, msg, ret->data) - ret->data);
    CHECK(ret->len <= bound);
    return true;
}

static void check_same(bytes a, bytes b)
{
    CHECK(a.len == b.len);
    CHECK(a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static void check_and_free(bytes a, bytes b)
{
    check_same(a, b);
    free(b.data);
}

// ---- what protobuf-c must not be asked -----------------------------------

typedef struct reader reader;
struct reader {
    const uint8_t *p, *end;
};

static bool read_varint(reader *r, int max_len, uint64_t *ret)
{
    *ret = 0;
    for (int i = 0; i < max_len && r->p < r->end; i++) {
        *ret |= (uint64_t)(*r->p & 0x7f) << 7 * i;
        if (*r->p++ < 0x80)
            return true;
    }
    return false;
}

// Reads a tag and its value; false where the bytes are no message.
static bool read_value(reader *r, uint64_t *ret_tag, reader *ret_sub)
{
    uint64_t v;
    size_t   n;

    if (!read_varint(r, 5, ret_tag))
        return false;
    switch (*ret_tag & 7) {
    case 0:
        return read_varint(r, 10, &v);
    case 1:
    case 5:
        n = (*ret_tag & 7) == 1 ? 8 : 4;
        break;
    case 2:
        if (!read_varint(r, 5, &v) || v > (size_t)(r->end - r->p))
            return false;
        n = (size_t)v;
        break;
    default:
        return false;
    }
    if ((size_t)(r->end - r->p) < n)
        return false;
    *ret_sub = (reader){ r->p, r->p + n };
    r->p += n;
    return true;
}

static const ProtobufCFieldDescriptor *message_field(const ProtobufCMessageDescriptor *desc,
                                                     uint64_t                          tag)
{
    for (unsigned i = 0; i < desc->n_fields && (tag & 7) == 2; i++)
        if (desc->fields[i].id == tag >> 3 && desc->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            return &desc->fields[i];
    return NULL;
}

typedef bool message_test(const ProtobufCMessage *msg);

// Is it so of a message in that field?
static bool any_sub(const ProtobufCMessage *msg, const ProtobufCFieldDescriptor *f,
                    message_test *is_so)
{
    const uint8_t *at = (const uint8_t *)msg + f->offset,
                  *n = (const uint8_t *)msg + f->quantifier_offset;
    const ProtobufCMessage *sub, *const *subs;

    if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF && *(const uint32_t *)(const void *)n != f->id)
        return false;
    if (f->label != PROTOBUF_C_LABEL_REPEATED) {
        memcpy(&sub, at, sizeof sub);
        return sub && is_so(sub);
    }
    memcpy(&subs, at, sizeof subs);
    for (size_t i = 0; i < *(const size_t *)(const void *)n; i++)
        if (is_so(subs[i]))
            return true;
    return false;
}

static bool is_negative_zero(const ProtobufCMessage *msg, const ProtobufCFieldDescriptor *f)
{
    static const double zero = -0.0;
    static const float  small_zero = -0.0f;
    const uint8_t      *at = (const uint8_t *)msg + f->offset;

    if (f->type == PROTOBUF_C_TYPE_FLOAT)
        return memcmp(at, &small_zero, sizeof small_zero) == 0;
    return f->type == PROTOBUF_C_TYPE_DOUBLE && memcmp(at, &zero, sizeof zero) == 0;
}

// Is there an implicit -0.0 anywhere? protobuf-c does not pack it.
static bool has_negative_zero(const ProtobufCMessage *msg)
{
    const ProtobufCMessageDescriptor *desc = msg->descriptor;

    for (unsigned i = 0; i < desc->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &desc->fields[i];

        if (f->type == PROTOBUF_C_TYPE_MESSAGE
                ? any_sub(msg, f, has_negative_zero)
                : f->label == PROTOBUF_C_LABEL_NONE && is_negative_zero(msg, f))
            return true;
    }
    return false;
}

static uint64_t wire_type_of(const ProtobufCFieldDescriptor *f)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return 2;
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return 5;
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 1;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
        return 0;
    }
    abort();
}

static bool is_odd(const ProtobufCMessageDescriptor *desc, uint64_t tag)
{
    const ProtobufCFieldDescriptor *f =
        protobuf_c_message_descriptor_get_field(desc, (unsigned)(tag >> 3));
    bool is_array = f && f->label == PROTOBUF_C_LABEL_REPEATED;

    return f && (tag & 7) != wire_type_of(f) && !(is_array && (tag & 7) == 2);
}

// Are there groups, or fields with a wire type that is not theirs, also where something replaces them later?
// protobuf-c refuses the message, or takes such a field for a bool.
static bool has_odd_field(const ProtobufCMessageDescriptor *desc, reader r, int levels)
{
    uint64_t tag;
    reader   sub = { 0 };

    while (levels > 0 && r.p < r.end) {
        const ProtobufCFieldDescriptor *f;

        if (!read_value(&r, &tag, &sub) || is_odd(desc, tag))
            return true;
        if ((f = message_field(desc, tag)) && has_odd_field(f->descriptor, sub, levels - 1))
            return true;
    }
    return false;
}

// Does a singular message field occur twice, anywhere? protobuf-c merges those wrongly, and reads
// outside of its tables when a oneof is in them.
static bool has_merge(const ProtobufCMessageDescriptor *desc, reader r, int levels)
{
    bool    *seen = calloc(desc->n_fields + 1, sizeof *seen);
    bool     found = false;
    uint64_t tag;
    reader   sub = { 0 };

    while (!found && levels > 0 && r.p < r.end && read_value(&r, &tag, &sub)) {
        const ProtobufCFieldDescriptor *f = message_field(desc, tag);

        if (!f)
            continue;
        if (f->label != PROTOBUF_C_LABEL_REPEATED)
            found = seen[f - desc->fields];
        seen[f - desc->fields] = true;
        found = found || has_merge(f->descriptor, sub, levels - 1);
    }
    free(seen);
    return found;
}

// Refused by us alone, as rpc/codec/codec_internal.h says.
static bool is_stricter(const terni_codec_error *e)
{
    switch (e->fault) {
    case TERNI_CODEC_BAD_UTF8:
    case TERNI_CODEC_HAS_NUL:
    case TERNI_CODEC_TOO_DEEP:
    case TERNI_CODEC_BAD_FIELD_NUMBER:
    case TERNI_CODEC_BAD_LENGTH:
        return true;
    case TERNI_CODEC_BAD_WIRE_TYPE:
    case TERNI_CODEC_FINE:
    case TERNI_CODEC_NO_MEMORY:
    case TERNI_CODEC_TRUNCATED:
    case TERNI_CODEC_BAD_VARINT:
    case TERNI_CODEC_BAD_GROUP:
    case TERNI_CODEC_BAD_TAG:
    case TERNI_CODEC_BAD_PACKED:
    case TERNI_CODEC_MISSING:
    case TERNI_CODEC_TOO_LARGE:
        return false;
    }
    abort();
}

// ---- decoding ------------------------------------------------------------

static tern_block *make_block(const uint8_t *data, size_t len)
{
    tern_block *block = tern_block_new_shared(len + 1);

    if (!block)
        abort();
    if (len > 0)
        memcpy(block->base, data, len);
    block->used = len;
    return block;
}

// In pieces of `step` bytes.
static void fill_linkbuf(tern_linkbuf *q, const uint8_t *data, size_t len, size_t step)
{
    for (size_t off = 0; off < len; off += step) {
        size_t      n = len - off < step ? len - off : step;
        tern_block *block = make_block(data + off, n);

        CHECK(tern_linkbuf_append_view(q, block, block->base, n) == 0);
        tern_block_unref(block);
    }
}

static void check_linkbuf(const terni_plan *plan, const uint8_t *data, size_t len, size_t step,
                          int expected, const bytes *packed)
{
    ProtobufCMessage *msg;
    tern_linkbuf      q;
    terni_arena       a;

    tern_linkbuf_init(&q, NULL);
    terni_arena_init(&a, NULL, ARENA_MAX);
    fill_linkbuf(&q, data, len, step);
    CHECK(terni_codec_decode(plan, &q, &a, TERNI_DECODE_DEFAULT, &msg, NULL) == expected);
    CHECK(tern_linkbuf_len(&q) == len);
    tern_linkbuf_done(&q);  // the arena holds what it needs
    if (expected == 0)
        check_and_free(*packed, pack_ours(msg));
    terni_arena_done(&a);
}

static void check_owned(const terni_plan *plan, const uint8_t *data, size_t len, int expected,
                        const bytes *packed)
{
    ProtobufCMessage *msg;
    terni_codec_input in = { .data = data, .len = len };

    CHECK(terni_codec_decode_owned(plan, &in, ARENA_MAX, TERNI_DECODE_DEFAULT, &msg, NULL) ==
          expected);
    if (expected < 0)
        return;
    check_and_free(*packed, pack_ours(msg));
    terni_codec_free(msg);
}

// Packed again and decoded again: the same bytes from then on.
static void check_stable(const ProtobufCMessageDescriptor *desc, const bytes *packed)
{
    terni_codec_input in = { .data = packed->data, .len = packed->len };
    ProtobufCMessage *msg;

    CHECK(terni_codec_decode_owned(terni_plan_get(desc), &in, ARENA_MAX, TERNI_DECODE_DEFAULT, &msg,
                                   NULL) == 0);
    check_and_free(*packed, pack_ours(msg));
    terni_codec_free(msg);
}

static void check_against_theirs(const ProtobufCMessageDescriptor *desc, const uint8_t *data,
                                 size_t len, const ProtobufCMessage *ours,
                                 const terni_codec_error *error, const bytes *packed)
{
    ProtobufCMessage *theirs = protobuf_c_message_unpack(desc, NULL, len, data);
    bool              is_odd_for_them = has_odd_field(desc, (reader){ data, data + len }, 1000);

    if (!ours) {
        CHECK(!theirs || is_stricter(error));
        protobuf_c_message_free_unpacked(theirs, NULL);
        return;
    }
    CHECK(theirs || is_odd_for_them);
    if (!has_negative_zero(ours))
        check_and_free(*packed, pack_theirs(ours));
    if (!has_negative_zero(ours) && !is_odd_for_them) {
        check_and_free(*packed, pack_theirs(theirs));
        check_and_free(*packed, pack_ours(theirs));
    }
    protobuf_c_message_free_unpacked(theirs, NULL);
}

static bool compare(const ProtobufCMessageDescriptor *desc, const uint8_t *data, size_t len,
                    bool is_theirs_too)
{
    const terni_plan *plan = terni_plan_get(desc);
    tern_block       *block = make_block(data, len);
    terni_codec_input in = { .data = block->base, .len = len, .block = block };
    ProtobufCMessage *ours = NULL;
    terni_codec_error error;
    terni_arena       a;
    bytes             packed = { 0 };
    int               err;

    current = desc;
    terni_arena_init(&a, NULL, ARENA_MAX);
    err = terni_codec_decode_piece(plan, &in, &a, TERNI_DECODE_DEFAULT, &ours, &error);
    tern_block_unref(block);
    CHECK((err == 0) == (error.fault == TERNI_CODEC_FINE) && (err == 0) == (ours != NULL));
    if (ours)
        packed = pack_ours(ours);
    if (is_theirs_too && !has_merge(desc, (reader){ data, data + len }, 1000))
        check_against_theirs(desc, data, len, ours, &error, &packed);
    check_linkbuf(plan, data, len, 1 + len / 3, err, &packed);
    check_linkbuf(plan, data, len, 7, err, &packed);
    check_owned(plan, data, len, err, &packed);
    if (ours)
        check_stable(desc, &packed);
    free(packed.data);
    terni_arena_done(&a);
    return ours != NULL;
}

bool codec_compare_decode(const ProtobufCMessageDescriptor *desc, const uint8_t *data, size_t len)
{
    return compare(desc, data, len, true);
}

bool codec_compare_decode_own(const ProtobufCMessageDescriptor *desc, const uint8_t *data,
                              size_t len)
{
    return compare(desc, data, len, false);
}

// ---- encoding ------------------------------------------------------------

static void count_release(void *data, size_t len, void *arg)
{
    (void)data;
    CHECK(len >= TERNI_CODEC_LINK_MIN);
    *(size_t *)arg += 1;
}

static size_t count_large(const ProtobufCMessage *msg)
{
    terni_encoding e;

    CHECK(terni_codec_measure(&e, terni_plan_get(msg->descriptor), msg, NULL) == 0);
    terni_encoding_done(&e);
    return e.n_large;
}

void codec_compare_encode(const ProtobufCMessage *msg)
{
    size_t            n_released = 0;
    terni_encode_opts link = { .is_linking = true,
                               .release = count_release,
                               .release_arg = &n_released };
    bytes             theirs, bounded;

    current = msg->descriptor;
    theirs = has_negative_zero(msg) ? pack_ours(msg) : pack_theirs(msg);
    if (pack_bounded(msg, &bounded))
        check_and_free(theirs, bounded);
    check_and_free(theirs, pack_ours(msg));
    check_and_free(theirs, pack_to_linkbuf(msg, NULL));
    check_and_free(theirs, pack_to_linkbuf(msg, &link));
    CHECK(n_released == count_large(msg));
    CHECK(codec_compare_decode(msg->descriptor, theirs.data, theirs.len));
    check_stable(msg->descriptor, &theirs);
    free(theirs.data);
}
