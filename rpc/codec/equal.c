// Do two messages say the same? By the fields that are set, not by the bytes that they would be.
#include "rpc/base/seldom_internal.h"

#include "rpc/codec/encoder_internal.h"

#include <string.h>

#include <tern/message.h>

#include "rpc/codec/map_internal.h"

static bool is_equal(const terni_plan *plan, const uint8_t *a, const uint8_t *b);

static bool is_same_bytes(const void *a, size_t a_len, const void *b, size_t b_len)
{
    return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

static bool is_same_string(const char *a, const char *b)
{
    return a == b || strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same_message(const terni_plan *plan, const uint8_t *a, const uint8_t *b)
{
    return a == b || (a && b && is_equal(plan, a, b));
}

// Numbers by their bits: -0.0 is not 0.0, and NaN is itself.
static bool is_same_value(const terni_field *f, const uint8_t *a, const uint8_t *b)
{
    switch ((terni_kind)f->kind) {
    case TERNI_KIND_STRING:
        return is_same_string(TERNI_AT(char *, a), TERNI_AT(char *, b));
    case TERNI_KIND_BYTES:
    case TERNI_KIND_TEXT:
        return is_same_bytes(
            TERNI_AT(ProtobufCBinaryData, a).data, TERNI_AT(ProtobufCBinaryData, a).len,
            TERNI_AT(ProtobufCBinaryData, b).data, TERNI_AT(ProtobufCBinaryData, b).len);
    case TERNI_KIND_MESSAGE:
    case TERNI_KIND_GROUP:
        return is_same_message(f->sub, TERNI_AT(uint8_t *, a), TERNI_AT(uint8_t *, b));
    case TERNI_KIND_BOOL:
        return !TERNI_AT(protobuf_c_boolean, a) == !TERNI_AT(protobuf_c_boolean, b);
    case TERNI_KIND_INT32:
    case TERNI_KIND_UINT32:
    case TERNI_KIND_SINT32:
    case TERNI_KIND_INT64:
    case TERNI_KIND_SINT64:
    case TERNI_KIND_FIXED32:
    case TERNI_KIND_FIXED64:
        return memcmp(a, b, f->element_size) == 0;
    }
    TERN_UNREACHABLE();
}

// Whether the field is there; of one without presence that does not matter.
static bool is_there(const terni_field *f, const uint8_t *msg)
{
    if (f->encode_op == TERNI_ENCODE_STRING || f->encode_op == TERNI_ENCODE_MESSAGE ||
        f->encode_op == TERNI_ENCODE_GROUP)
        return TERNI_AT(void *, msg + f->offset) != NULL &&
               TERNI_AT(void *, msg + f->offset) != f->default_value;
    return f->encode_op < TERNI_ENCODE_ALWAYS || terni_is_marked(f, msg);
}

// ---- arrays --------------------------------------------------------------

static size_t count_of(const terni_field *f, const uint8_t *msg)
{
    return TERNI_AT(size_t, msg + f->quantifier);
}

static bool is_same_array(const terni_field *f, const uint8_t *a, const uint8_t *b)
{
    const uint8_t *at = TERNI_AT(uint8_t *, a + f->offset),
                  *bt = TERNI_AT(uint8_t *, b + f->offset);

    for (size_t n = count_of(f, a); n > 0; n--, at += f->element_size, bt += f->element_size)
        if (!is_same_value(f, at, bt))
            return false;
    return true;
}

// Entries may be in any order. Quadratic where they are not in the same one.
static bool has_same_entry(const terni_field *f, const uint8_t *msg, const ProtobufCMessage *entry,
                           size_t likely)
{
    ProtobufCMessage *const *entries = TERNI_AT(ProtobufCMessage **, msg + f->offset);
    size_t                   n = count_of(f, msg);

    for (size_t i = 0; i < n; i++) {
        const ProtobufCMessage *other = entries[(likely + i) % n];

        if (terni_map_compare(&entry->descriptor->fields[0], terni_map_key(entry),
                              terni_map_key(other)) == 0)
            return is_equal(f->sub, (const uint8_t *)entry, (const uint8_t *)other);
    }
    return false;
}

static bool is_same_map(const terni_field *f, const uint8_t *a, const uint8_t *b)
{
    ProtobufCMessage *const *entries = TERNI_AT(ProtobufCMessage **, a + f->offset);

    for (size_t i = 0, n = count_of(f, a); i < n; i++)
        if (!has_same_entry(f, b, entries[i], i))
            return false;
    return true;
}

// ---- one message ---------------------------------------------------------

static bool is_same_field(const terni_field *f, const uint8_t *a, const uint8_t *b)
{
    if (f->desc->label == PROTOBUF_C_LABEL_REPEATED) {
        if (count_of(f, a) != count_of(f, b))
            return false;
        return f->desc->reserved_flags & TERN_FIELD_MAP ? is_same_map(f, a, b)
                                                        : is_same_array(f, a, b);
    }
    if (is_there(f, a) != is_there(f, b))
        return false;
    return !is_there(f, a) || is_same_value(f, a + f->offset, b + f->offset);
}

static bool is_same_unknown(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    if (a->n_unknown_fields != b->n_unknown_fields)
        return false;
    for (unsigned i = 0; i < a->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *u = &a->unknown_fields[i], *v = &b->unknown_fields[i];

        if (u->tag != v->tag || u->wire_type != v->wire_type ||
            !is_same_bytes(u->data, u->len, v->data, v->len))
            return false;
    }
    return true;
}

static bool is_equal(const terni_plan *plan, const uint8_t *a, const uint8_t *b)
{
    for (uint32_t i = 0; i < plan->n_fields; i++)
        if (!is_same_field(&plan->fields[i], a, b))
            return false;
    return is_same_unknown((const ProtobufCMessage *)(const void *)a,
                           (const ProtobufCMessage *)(const void *)b);
}

bool tern_message_equal(const ProtobufCMessageDescriptor *type, const void *a, const void *b)
{
    const terni_plan *plan = terni_plan_get(type);

    return a == b || (a && b && plan && is_equal(plan, a, b));
}
