#include <tern/any.h>

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

// The first member of every message says what it is.
static const ProtobufCMessageDescriptor *type_of(const void *message)
{
    return message ? ((const ProtobufCMessage *)message)->descriptor : NULL;
}

// As one message in memory of its own; `room` is for the URL and the bytes.
static int pack(const ProtobufCMessageDescriptor *type, const void *message, size_t len, char *room,
                google_protobuf_any **ret_any)
{
    const size_t         url_size = sizeof TERN_ANY_PREFIX + strlen(type->name);
    uint8_t             *bytes = (uint8_t *)room + url_size;
    const ssize_t        n = tern_message_pack(type, message, bytes, len);
    google_protobuf_any *any;

    if (n < 0)
        return (int)n;
    memcpy(room, TERN_ANY_PREFIX, sizeof TERN_ANY_PREFIX - 1);
    strcpy(room + sizeof TERN_ANY_PREFIX - 1, type->name);
    any = google_protobuf_any_clone(
        GOOGLE_PROTOBUF_ANY(.type_url = room, .value = { (size_t)n, bytes }));
    if (!any)
        return -ENOMEM;
    *ret_any = any;
    return 0;
}

int tern_any_pack(const void *message, google_protobuf_any **ret_any)
{
    const ProtobufCMessageDescriptor *type = type_of(message);
    size_t                            len;
    char                             *room;
    int                               err;

    if (!type)
        return -EINVAL;
    len = tern_message_size(type, message);  // 0 if it cannot be packed: then packing says why
    room = tern_mem_alloc(sizeof TERN_ANY_PREFIX + strlen(type->name) + len);
    if (!room)
        return -ENOMEM;
    err = pack(type, message, len, room, ret_any);
    tern_mem_free(room);
    return err;
}

const char *tern_any_type_name(const google_protobuf_any *any)
{
    const char *slash = any && any->type_url ? strrchr(any->type_url, '/') : NULL;

    return slash && slash[1] ? slash + 1 : NULL;
}

bool tern_any_is(const google_protobuf_any *any, const ProtobufCMessageDescriptor *type)
{
    const char *name = tern_any_type_name(any);

    return name && strcmp(name, type->name) == 0;
}

void *tern_any_unpack(const google_protobuf_any *any, const ProtobufCMessageDescriptor *type)
{
    return tern_any_is(any, type) ? tern_message_unpack(type, any->value.data, any->value.len)
                                  : NULL;
}

const ProtobufCMessageDescriptor *tern_any_find_type(const google_protobuf_any               *any,
                                                     const ProtobufCMessageDescriptor *const *types,
                                                     size_t n_types)
{
    for (size_t i = 0; i < n_types; i++)
        if (tern_any_is(any, types[i]))
            return types[i];
    return NULL;
}
