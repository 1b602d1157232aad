#include "codegen/wire.h"

enum { VARINT, FIXED64, BYTES, GROUP, GROUP_END, FIXED32, MAX_NESTING = 100 };

static bool take(gen_bytes *in, size_t n)
{
    if (n > in->len)
        return false;
    in->data += n;
    in->len -= n;
    return true;
}

static bool take_varint(gen_bytes *in, uint64_t *ret)
{
    *ret = 0;
    for (unsigned shift = 0; shift < 64 && in->len > 0; shift += 7) {
        uint8_t byte = *in->data;

        take(in, 1);
        *ret |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static bool take_field(gen_bytes *in, gen_wire_field *ret_field, int levels);

static bool take_group(gen_bytes *in, uint32_t number, int levels)
{
    gen_wire_field inner;

    while (levels > 0 && take_field(in, &inner, levels - 1))
        if (inner.wire_type == GROUP_END)
            return inner.number == number;
    return false;
}

static bool take_value(gen_bytes *in, gen_wire_field *f, int levels)
{
    uint64_t v;

    switch (f->wire_type) {
    case VARINT:
        return take_varint(in, &v);
    case FIXED64:
        return take(in, 8);
    case FIXED32:
        return take(in, 4);
    case BYTES:
        if (!take_varint(in, &v) || v > in->len)
            return false;
        f->value = (gen_bytes){ in->data, (size_t)v };
        return take(in, (size_t)v);
    case GROUP:
        return take_group(in, f->number, levels);
    default:
        return f->wire_type == GROUP_END;
    }
}

static bool take_field(gen_bytes *in, gen_wire_field *ret_field, int levels)
{
    const uint8_t *start = in->data;
    uint64_t       tag;

    if (in->len == 0 || !take_varint(in, &tag) || tag >> 3 == 0 || tag > UINT32_MAX)
        return false;
    *ret_field = (gen_wire_field){ .number = (uint32_t)(tag >> 3), .wire_type = tag & 7 };
    if (!take_value(in, ret_field, levels))
        return false;
    ret_field->whole = (gen_bytes){ start, (size_t)(in->data - start) };
    return true;
}

bool gen_wire_next(gen_bytes *in, gen_wire_field *ret_field)
{
    gen_bytes rest = *in;

    if (!take_field(&rest, ret_field, MAX_NESTING) || ret_field->wire_type == GROUP_END)
        return false;
    *in = rest;
    return true;
}

bool gen_wire_take_bytes(gen_bytes *in)
{
    uint64_t len;

    if (!take_varint(in, &len) || len > in->len)
        return false;
    in->len = (size_t)len;
    return true;
}

// ---- without groups ------------------------------------------------------

static void append_varint(gen_text *out, uint64_t v)
{
    char bytes[10];
    int  n = 0;

    for (; v >= 0x80; v >>= 7)
        bytes[n++] = (char)(v | 0x80);
    bytes[n++] = (char)v;
    gen_text_append(out, bytes, (size_t)n);
}

static const ProtobufCMessageDescriptor *message_in(const ProtobufCMessageDescriptor *type,
                                                    const gen_wire_field             *f)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(type, f->number);

    return f->wire_type == BYTES && field && field->type == PROTOBUF_C_TYPE_MESSAGE
               ? field->descriptor
               : NULL;
}

bool gen_wire_without_groups(gen_text *out, gen_bytes in, const ProtobufCMessageDescriptor *type)
{
    gen_wire_field f;

    while (gen_wire_next(&in, &f)) {
        const ProtobufCMessageDescriptor *inner = message_in(type, &f);
        gen_text                          content = { 0 };

        if (f.wire_type == GROUP)
            continue;
        if (!inner) {
            gen_text_append(out, (const char *)f.whole.data, f.whole.len);
            continue;
        }
        if (!gen_wire_without_groups(&content, f.value, inner))
            return false;
        append_varint(out, (uint64_t)f.number << 3 | BYTES);
        append_varint(out, content.len);
        if (content.len)
            gen_text_append(out, content.data, content.len);
    }
    return in.len == 0;
}
