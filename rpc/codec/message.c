#include <tern/message.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

#include "rpc/codec/codec_internal.h"

void tern_message_init(const ProtobufCMessageDescriptor *type, void *ret_message)
{
    protobuf_c_message_init(type, ret_message);
}

size_t tern_message_size(const ProtobufCMessageDescriptor *type, const void *message)
{
    const terni_plan *plan = terni_plan_get(type);
    terni_encoding    e;
    size_t            size;

    if (!plan || terni_codec_measure(&e, plan, message, NULL) < 0)
        return protobuf_c_message_get_packed_size(message);  // which needs no memory
    size = e.size;
    terni_encoding_done(&e);
    return size;
}

ssize_t tern_message_pack(const ProtobufCMessageDescriptor *type, const void *message, void *buf,
                          size_t len)
{
    const terni_plan *plan = terni_plan_get(type);
    terni_encoding    e;

    if (!plan || terni_codec_measure(&e, plan, message, NULL) < 0)
        return -ENOBUFS;
    if (e.size > len) {
        terni_encoding_done(&e);
        return -ENOBUFS;
    }
    len = e.size;
    terni_codec_write_flat(&e, buf);
    return (ssize_t)len;
}

void *tern_message_unpack(const ProtobufCMessageDescriptor *type, const void *data, size_t len)
{
    const terni_plan       *plan = terni_plan_get(type);
    const terni_codec_input in = { .data = data, .len = len };
    ProtobufCMessage       *msg;

    if (!plan ||
        terni_codec_decode_owned(plan, &in, SIZE_MAX, TERNI_DECODE_DEFAULT, &msg, NULL) < 0)
        return NULL;
    return msg;
}

void tern_message_free(const ProtobufCMessageDescriptor *type, void *message)
{
    (void)type;
    terni_codec_free(message);
}

// ---- maps ----------------------------------------------------------------

static size_t key_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return sizeof(int64_t);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
        return sizeof(int32_t);
    case PROTOBUF_C_TYPE_FLOAT:  // no key of a map has one of these types
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_MESSAGE:
    case PROTOBUF_C_TYPE_BYTES:  // and these have no size
    case PROTOBUF_C_TYPE_STRING:
        break;
    }
    TERN_UNREACHABLE();
}

static bool is_same_text(const tern_text *a, const tern_text *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static bool has_key(const ProtobufCMessage *entry, const void *key)
{
    const ProtobufCFieldDescriptor *field = &entry->descriptor->fields[0];
    const char                     *stored = (const char *)entry + field->offset;
    const char                     *string;

    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return is_same_text((const tern_text *)(const void *)stored, key);
    if (field->type != PROTOBUF_C_TYPE_STRING)
        return memcmp(stored, key, key_size(field->type)) == 0;
    memcpy(&string, stored, sizeof string);
    return strcmp(string ? string : "", key) == 0;
}

const void *tern_message_find(const void *entries, size_t n_entries, const void *key)
{
    const ProtobufCMessage *const *entry = entries;

    while (n_entries-- > 0)
        if (has_key(entry[n_entries], key))
            return entry[n_entries];
    return NULL;
}
