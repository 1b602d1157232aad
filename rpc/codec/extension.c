#include "rpc/base/seldom_internal.h"

#include <tern/extension.h>

#include <errno.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

#include <tern/mem.h>

#include "rpc/base/varint_internal.h"
#include "rpc/codec/codec_internal.h"

typedef ProtobufCMessageUnknownField unknown_field;

static uint32_t number_of(const tern_extension *x) { return x->type->fields[0].id; }

// The message, which must be of the extended type.
static ProtobufCMessage *base_of(const tern_extension *x, const void *message)
{
    ProtobufCMessage *base = (ProtobufCMessage *)(uintptr_t)message;

    TERN_ASSERT(strcmp(base->descriptor->name, x->extendee) == 0);
    return base;
}

bool tern_extension_has(const tern_extension *x, const void *message)
{
    const ProtobufCMessage *base = base_of(x, message);

    for (unsigned i = 0; i < base->n_unknown_fields; i++)
        if (base->unknown_fields[i].tag == number_of(x))
            return true;
    return false;
}

// ---- reading -------------------------------------------------------------

static uint64_t tag_of(const unknown_field *u) { return (uint64_t)u->tag << 3 | u->wire_type; }

static size_t size_of(const unknown_field *u) { return terni_varint_size(tag_of(u)) + u->len; }

static uint8_t *write_unknown(const unknown_field *u, uint8_t *p)
{
    p = terni_varint_write(p, tag_of(u));
    if (u->len > 0)
        memcpy(p, u->data, u->len);
    return p + u->len;
}

// All that there is of the extension, as a message with nothing else.
static size_t collect(const tern_extension *x, const ProtobufCMessage *base, uint8_t *bytes)
{
    size_t len = 0;

    for (unsigned i = 0; i < base->n_unknown_fields; i++) {
        const unknown_field *u = &base->unknown_fields[i];

        if (u->tag != number_of(x))
            continue;
        if (bytes)
            write_unknown(u, bytes + len);
        len += size_of(u);
    }
    return len;
}

void *tern_extension_get(const tern_extension *x, const void *message)
{
    const ProtobufCMessage *base = base_of(x, message);
    size_t                  len = collect(x, base, NULL);
    uint8_t                *bytes = tern_mem_alloc(len + 1);
    void                   *value;

    if (!bytes)
        return NULL;
    collect(x, base, bytes);
    value = tern_message_unpack(x->type, bytes, len);
    tern_mem_free(bytes);
    return value;
}

// ---- writing -------------------------------------------------------------

void tern_extension_clear(const tern_extension *x, void *message)
{
    ProtobufCMessage *base = base_of(x, message);
    unsigned          n = 0;

    for (unsigned i = 0; i < base->n_unknown_fields; i++)
        if (base->unknown_fields[i].tag != number_of(x))
            base->unknown_fields[n++] = base->unknown_fields[i];
    base->n_unknown_fields = n;
}

// A message that knows no field: it takes bytes apart.
static const ProtobufCMessageDescriptor nothing = { .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
                                                    .name = "tern.Nothing",
                                                    .sizeof_message = sizeof(ProtobufCMessage) };

// What was there but for the extension, and the fields of `parts`, whose bytes lie at `bytes`.
static void fill(const tern_extension *x, ProtobufCMessage *base, unknown_field *room,
                 const ProtobufCMessage *parts, uint8_t *bytes)
{
    unsigned n;

    tern_extension_clear(x, base);
    n = base->n_unknown_fields;
    if (n > 0)
        memmove(room, base->unknown_fields, n * sizeof *room);
    for (unsigned i = 0; i < parts->n_unknown_fields; i++) {
        room[n] = parts->unknown_fields[i];
        room[n++].data = bytes + terni_varint_size(tag_of(&parts->unknown_fields[i]));
        bytes += size_of(&parts->unknown_fields[i]);
    }
    base->unknown_fields = room;
    base->n_unknown_fields = n;
}

// Up to where an array may begin.
static size_t padding(const void *p) { return -(uintptr_t)p & (_Alignof(unknown_field) - 1); }

// The bytes of the value are at the end of `buf`.
static ssize_t set(const tern_extension *x, ProtobufCMessage *base, const ProtobufCMessage *parts,
                   uint8_t *buf, size_t len, size_t n_bytes)
{
    size_t n = (size_t)base->n_unknown_fields + parts->n_unknown_fields;
    size_t used = padding(buf) + n * sizeof(unknown_field);

    if (used + n_bytes > len)
        return -ENOBUFS;
    memmove(buf + used, buf + len - n_bytes, n_bytes);
    fill(x, base, (unknown_field *)(void *)(buf + padding(buf)), parts, buf + used);
    return (ssize_t)(used + n_bytes);
}

ssize_t tern_extension_set(const tern_extension *x, void *message, const void *value, void *buf,
                           size_t len)
{
    ProtobufCMessage *base = base_of(x, message), *parts;
    terni_codec_input in;
    terni_arena       a;
    ssize_t           n = (ssize_t)tern_message_size(x->type, value);

    if ((size_t)n > len)
        return -ENOBUFS;
    in = (terni_codec_input){ .data = (uint8_t *)buf + len - (size_t)n, .len = (size_t)n };
    if ((n = tern_message_pack(x->type, value, (uint8_t *)buf + len - (size_t)n, in.len)) < 0)
        return n;
    terni_arena_init(&a, NULL, SIZE_MAX);
    n = terni_codec_decode_piece(terni_plan_get(&nothing), &in, &a, TERNI_DECODE_DEFAULT, &parts,
                                 NULL);
    if (n == 0)
        n = set(x, base, parts, buf, len, in.len);
    terni_arena_done(&a);
    return n;
}
