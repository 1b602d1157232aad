#include "tests/rpc/codec/random.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ELEMENTS = 20, MAX_BYTES = 300 };

static uint8_t draw(codec_random *r) { return r->p < r->end ? *r->p++ : 0; }

static uint64_t draw_number(codec_random *r)
{
    // As many bytes as a first one says: all sizes of varints come up.
    unsigned n = draw(r) % 9;
    uint64_t v = 0;

    while (n-- > 0)
        v = v << 8 | draw(r);
    return v;
}

// Mostly short.
static size_t draw_len(codec_random *r, size_t max)
{
    uint8_t b = draw(r);

    return b < 250 ? b % 24 % max : (b - 249u) * draw(r) % max;
}

static void *get_memory(size_t n)
{
    void *p = calloc(1, n ? n : 1);

    if (!p)
        abort();
    return p;
}

static char *draw_text(codec_random *r)
{
    static const char *const pieces[] = { "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x90\xa6" };
    size_t                   n = draw_len(r, MAX_BYTES);
    char                    *text = get_memory(4 * n + 1), *at = text;

    for (size_t i = 0; i < n; i++) {
        uint8_t b = draw(r);

        if (b > 250)
            at = stpcpy(at, pieces[b % 3]);
        else
            *at++ = (char)(' ' + b % 95);
    }
    return text;
}

static ProtobufCBinaryData draw_bytes(codec_random *r)
{
    size_t   n = draw_len(r, MAX_BYTES);
    uint8_t *data = n ? get_memory(n) : NULL;

    for (size_t i = 0; i < n; i++)
        data[i] = draw(r);
    return (ProtobufCBinaryData){ .len = n, .data = data };
}

static void draw_value(codec_random *r, const ProtobufCFieldDescriptor *f, void *at, int levels)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = draw(r) & 1;
        return;
    case PROTOBUF_C_TYPE_STRING:
        *(char **)at = draw_text(r);
        return;
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *)at = draw_bytes(r);
        return;
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)at = codec_random_message(r, f->descriptor, levels - 1);
        return;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        *(uint64_t *)at = draw_number(r);
        return;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        *(uint32_t *)at = (uint32_t)draw_number(r);
        return;
    }
    abort();
}

static size_t element_size(const ProtobufCFieldDescriptor *f)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_BOOL:
        return 4;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return 8;
    }
    abort();
}

static void draw_repeated(codec_random *r, const ProtobufCFieldDescriptor *f, uint8_t *msg,
                          int levels)
{
    size_t   n = draw_len(r, MAX_ELEMENTS);
    uint8_t *array = n ? get_memory(n * element_size(f)) : NULL;

    for (size_t i = 0; i < n; i++)
        draw_value(r, f, array + i * element_size(f), levels);
    *(size_t *)(void *)(msg + f->quantifier_offset) = n;
    *(uint8_t **)(void *)(msg + f->offset) = array;
}

static void draw_field(codec_random *r, const ProtobufCFieldDescriptor *f, uint8_t *msg, int levels)
{
    uint32_t *mark = (uint32_t *)(void *)(msg + f->quantifier_offset);
    bool      is_oneof = f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;

    if (f->label == PROTOBUF_C_LABEL_REPEATED) {
        draw_repeated(r, f, msg, levels);
        return;
    }
    if (is_oneof && *mark)
        return;
    draw_value(r, f, msg + f->offset, levels);
    if (f->quantifier_offset)
        *mark = is_oneof ? f->id : 1;
}

static void draw_unknown(codec_random *r, ProtobufCMessage *msg)
{
    ProtobufCMessageUnknownField *u = get_memory(sizeof *u);

    *u = (ProtobufCMessageUnknownField){ 100000u + draw(r), PROTOBUF_C_WIRE_TYPE_32BIT, 4, NULL };
    u->data = get_memory(u->len);
    u->data[0] = draw(r);
    msg->n_unknown_fields = 1;
    msg->unknown_fields = u;
}

// A required message has to be there however deep it is.
static bool is_drawn(codec_random *r, const ProtobufCFieldDescriptor *f, int levels)
{
    if (f->label == PROTOBUF_C_LABEL_REQUIRED)
        return true;
    if (f->type == PROTOBUF_C_TYPE_MESSAGE && levels <= 0)
        return false;
    return draw(r) % 3 == 1;
}

ProtobufCMessage *codec_random_message(codec_random *r, const ProtobufCMessageDescriptor *desc,
                                       int levels)
{
    ProtobufCMessage *msg = get_memory(desc->sizeof_message);

    protobuf_c_message_init(desc, msg);
    for (unsigned i = 0; i < desc->n_fields; i++)
        if (is_drawn(r, &desc->fields[i], levels))
            draw_field(r, &desc->fields[i], (uint8_t *)msg, levels);
    if (draw(r) == 77)
        draw_unknown(r, msg);
    return msg;
}

void codec_random_fill(uint8_t *bytes, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t z = seed += 0x9e3779b97f4a7c15;

        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        bytes[i] = (uint8_t)(z ^ (z >> 31));
    }
}
