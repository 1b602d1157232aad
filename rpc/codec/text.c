// Messages as text, for logs and debuggers: protobuf's text format, on one line.
#include "rpc/base/seldom_internal.h"

#include "rpc/codec/encoder_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/message.h>

// As snprintf: what has no room is counted.
typedef struct text text;
struct text {
    char  *data;
    size_t size, len;
};

static void print_message(text *t, const terni_plan *plan, const uint8_t *msg, int levels);

__attribute__((format(printf, 2, 3))) static void print(text *t, const char *fmt, ...)
{
    size_t  at = t->len < t->size ? t->len : t->size;
    va_list args;
    int     n;

    va_start(args, fmt);
    n = vsnprintf(t->size > at ? t->data + at : NULL, t->size - at, fmt, args);
    va_end(args);
    if (n > 0)
        t->len += (size_t)n;
}

static void print_quoted(text *t, const uint8_t *p, size_t len, bool is_utf8)
{
    static const char escaped[] = "\n\r\t\"'\\", letters[] = "nrt\"'\\";

    print(t, "\"");
    for (const uint8_t *end = p + len; p < end; p++) {
        const char *escape = *p ? strchr(escaped, *p) : NULL;

        if (escape)
            print(t, "\\%c", letters[escape - escaped]);
        else if (*p < 0x20 || *p == 0x7f || (*p > 0x7f && !is_utf8))
            print(t, "\\%03o", *p);
        else
            print(t, "%c", *p);
    }
    print(t, "\"");
}

// The shortest digits that read as the same number.
static void print_floating(text *t, double v, int least, int most)
{
    char digits[40];

    if (v != v) {
        print(t, "nan");
        return;
    }
    for (int precision = least; precision <= most; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, v);
        if (precision == most ||
            (most > 9 ? strtod(digits, NULL) == v : strtof(digits, NULL) == (float)v))
            break;
    }
    print(t, "%s", digits);
}

static void print_enum(text *t, const terni_field *f, int32_t v)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(f->desc->descriptor, v);

    if (value)
        print(t, "%s", value->name);
    else
        print(t, "%" PRId32, v);
}

static void print_number(text *t, const terni_field *f, const uint8_t *at)
{
    switch (f->desc->type) {
    case PROTOBUF_C_TYPE_ENUM:
        print_enum(t, f, TERNI_AT(int32_t, at));
        return;
    case PROTOBUF_C_TYPE_BOOL:
        print(t, "%s", TERNI_AT(protobuf_c_boolean, at) ? "true" : "false");
        return;
    case PROTOBUF_C_TYPE_FLOAT:
        print_floating(t, (double)TERNI_AT(float, at), 6, 9);
        return;
    case PROTOBUF_C_TYPE_DOUBLE:
        print_floating(t, TERNI_AT(double, at), 15, 17);
        return;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        print(t, "%" PRIu32, TERNI_AT(uint32_t, at));
        return;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        print(t, "%" PRIu64, TERNI_AT(uint64_t, at));
        return;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        print(t, "%" PRId32, TERNI_AT(int32_t, at));
        return;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        print(t, "%" PRId64, TERNI_AT(int64_t, at));
        return;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    TERN_UNREACHABLE();
}

// ---- fields --------------------------------------------------------------

// A space between fields.
static void begin(text *t)
{
    if (t->len > 0)
        print(t, " ");
}

static void print_sub(text *t, const terni_field *f, const uint8_t *msg, int levels)
{
    // The name of a group is its type's.
    print(t, "%s {", f->kind == TERNI_KIND_GROUP ? f->sub->desc->short_name : f->desc->name);
    if (msg)
        print_message(t, f->sub, msg, levels);
    print(t, " }");
}

static void print_value(text *t, const terni_field *f, const uint8_t *at, int levels)
{
    const char *string;

    begin(t);
    if (f->sub) {
        print_sub(t, f, TERNI_AT(uint8_t *, at), levels);
        return;
    }
    print(t, "%s: ", f->desc->name);
    switch (f->kind) {
    case TERNI_KIND_STRING:
        string = TERNI_AT(char *, at) ? TERNI_AT(char *, at) : "";
        print_quoted(t, (const uint8_t *)string, strlen(string), true);
        return;
    case TERNI_KIND_BYTES:
    case TERNI_KIND_TEXT:
        print_quoted(t, TERNI_AT(ProtobufCBinaryData, at).data,
                     TERNI_AT(ProtobufCBinaryData, at).len, f->kind == TERNI_KIND_TEXT);
        return;
    default:
        print_number(t, f, at);
    }
}

// Is there something to print? Of fields without presence: anything but zero.
static bool is_there(const terni_field *f, const uint8_t *at, const uint8_t *msg)
{
    static const uint8_t zero[16];

    if (f->encode_op >= TERNI_ENCODE_ALWAYS)
        return terni_is_marked(f, msg);
    if (f->kind == TERNI_KIND_BYTES || f->kind == TERNI_KIND_TEXT)
        return TERNI_AT(ProtobufCBinaryData, at).len > 0;
    if (f->encode_op == TERNI_ENCODE_TEXT)
        return TERNI_AT(char *, at) && *TERNI_AT(char *, at);
    if (f->kind == TERNI_KIND_STRING || f->sub)
        return terni_is_pointer_set(f, TERNI_AT(void *, at));
    return memcmp(at, zero, f->element_size) != 0;
}

static void print_field(text *t, const terni_field *f, const uint8_t *msg, int levels)
{
    const uint8_t *at = msg + f->offset;

    if (f->desc->label != PROTOBUF_C_LABEL_REPEATED) {
        if (is_there(f, at, msg))
            print_value(t, f, at, levels);
        return;
    }
    at = TERNI_AT(uint8_t *, at);
    for (size_t n = TERNI_AT(size_t, msg + f->quantifier); n > 0; n--, at += f->element_size)
        print_value(t, f, at, levels);
}

// By its number, and as its wire type has it. Of a group only that it is there.
static void print_unknown(text *t, const ProtobufCMessageUnknownField *u)
{
    const uint8_t *p = u->data;
    uint64_t       v = 0;

    begin(t);
    switch ((unsigned)u->wire_type) {
    case TERNI_WIRE_VARINT:
        if (terni_varint_read_any(p, p + u->len, &v))
            print(t, "%" PRIu32 ": %" PRIu64, u->tag, v);
        return;
    case TERNI_WIRE_64:
        print(t, "%" PRIu32 ": 0x%016" PRIx64, u->tag, terni_load64(p));
        return;
    case TERNI_WIRE_32:
        print(t, "%" PRIu32 ": 0x%08" PRIx32, u->tag, terni_load32(p));
        return;
    case TERNI_WIRE_BYTES:
        if ((p = terni_varint_read_any(p, p + u->len, &v))) {
            print(t, "%" PRIu32 ": ", u->tag);
            print_quoted(t, p, (size_t)(u->data + u->len - p), false);
        }
        return;
    default:
        print(t, "%" PRIu32 " { }", u->tag);
    }
}

static void print_message(text *t, const terni_plan *plan, const uint8_t *msg, int levels)
{
    const ProtobufCMessage *base = (const ProtobufCMessage *)(const void *)msg;

    if (levels < 0) {
        print(t, " ...");
        return;
    }
    for (uint32_t i = 0; i < plan->n_fields; i++)
        print_field(t, &plan->fields[i], msg, levels - 1);
    for (unsigned i = 0; i < base->n_unknown_fields; i++)
        print_unknown(t, &base->unknown_fields[i]);
}

size_t tern_message_print(const ProtobufCMessageDescriptor *type, const void *message, char *buf,
                          size_t size)
{
    const terni_plan *plan = terni_plan_get(type);
    text              t = { buf, size, 0 };

    if (size > 0)
        *buf = '\0';
    if (plan && message)
        print_message(&t, plan, message, TERN_MAX_NESTING);
    return t.len;
}
