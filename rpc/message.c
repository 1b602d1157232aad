#include <tern/message.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>
#include <tern/mem.h>

static void *allocate(void *arg, size_t size)
{
    (void)arg;
    return tern_mem_alloc(size);
}

static void release(void *arg, void *ptr)
{
    (void)arg;
    tern_mem_free(ptr);
}

static ProtobufCAllocator allocator = { allocate, release, NULL };

void tern_message_init(const ProtobufCMessageDescriptor *type, void *ret_message)
{
    protobuf_c_message_init(type, ret_message);
}

size_t tern_message_size(const ProtobufCMessageDescriptor *type, const void *message)
{
    (void)type;
    return protobuf_c_message_get_packed_size(message);
}

ssize_t tern_message_pack(const ProtobufCMessageDescriptor *type, const void *message, void *buf,
                          size_t len)
{
    if (tern_message_size(type, message) > len)
        return -ENOBUFS;
    return (ssize_t)protobuf_c_message_pack(message, buf);
}

void *tern_message_unpack(const ProtobufCMessageDescriptor *type, const void *data, size_t len)
{
    return protobuf_c_message_unpack(type, &allocator, len, data);
}

void tern_message_free(const ProtobufCMessageDescriptor *type, void *message)
{
    (void)type;
    protobuf_c_message_free_unpacked(message, &allocator);
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
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
    case PROTOBUF_C_TYPE_STRING:
        break;
    }
    return 0;
}

static bool has_key(const ProtobufCMessage *entry, const void *key)
{
    const ProtobufCFieldDescriptor *field = &entry->descriptor->fields[0];
    const char                     *stored = (const char *)entry + field->offset;
    const char                     *string;

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
