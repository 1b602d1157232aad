#include <tern/message.h>

#include <errno.h>

#include <protobuf-c/protobuf-c.h>

#include <tern/mem.h>

#include "rpc/codec/codec_internal.h"
#include "rpc/codec/map_internal.h"

void tern_message_init(const ProtobufCMessageDescriptor *type, void *ret_message)
{
    protobuf_c_message_init(type, ret_message);
}

size_t tern_message_size(const ProtobufCMessageDescriptor *type, const void *message)
{
    const terni_plan *plan = terni_plan_get(type);
    terni_encoding    e;

    if (!plan || terni_codec_measure(&e, plan, message, NULL) < 0)
        return 0;  // _pack says why
    terni_encoding_done(&e);
    return e.size;
}

ssize_t tern_message_pack(const ProtobufCMessageDescriptor *type, const void *message, void *buf,
                          size_t len)
{
    const terni_plan *plan = terni_plan_get(type);
    terni_encoding    e;
    int               err;

    if (!plan)
        return -ENOMEM;
    if ((err = terni_codec_check(plan, message)) < 0 ||
        (err = terni_codec_measure(&e, plan, message, NULL)) < 0)
        return err;
    if (e.size > len) {
        terni_encoding_done(&e);
        return -ENOBUFS;
    }
    len = e.size;
    terni_codec_write_flat(&e, buf);
    return (ssize_t)len;
}

void *tern_message_unpack_why(const ProtobufCMessageDescriptor *type, const void *data, size_t len,
                              tern_unpack_error *ret_why)
{
    const terni_plan       *plan = terni_plan_get(type);
    const terni_codec_input in = { .data = data, .len = len };
    ProtobufCMessage       *msg;
    terni_codec_error       error;
    int                     err = -ENOMEM;

    terni_codec_error_set(&error, TERNI_CODEC_NO_MEMORY, type);
    if (plan)
        err = terni_codec_decode_owned(plan, &in, SIZE_MAX, TERNI_DECODE_DEFAULT, &msg, &error);
    if (err == 0)
        return msg;
    ret_why->err = err;
    ret_why->message = error.message->name;
    ret_why->field = error.field ? error.field->name : NULL;
    terni_codec_error_print(&error, ret_why->text, sizeof ret_why->text);
    return NULL;
}

void *tern_message_unpack(const ProtobufCMessageDescriptor *type, const void *data, size_t len)
{
    tern_unpack_error unwanted;

    return tern_message_unpack_why(type, data, len, &unwanted);
}

void *tern_message_clone(const ProtobufCMessageDescriptor *type, const void *message)
{
    const terni_plan *plan = terni_plan_get(type);
    terni_encoding    e;
    uint8_t          *bytes;
    void             *copy = NULL;

    if (!plan || terni_codec_measure(&e, plan, message, NULL) < 0)
        return NULL;
    if ((bytes = tern_mem_alloc(e.size + 1))) {
        size_t len = e.size;

        terni_codec_write_flat(&e, bytes);
        copy = tern_message_unpack(type, bytes, len);
    } else {
        terni_encoding_done(&e);
    }
    tern_mem_free(bytes);
    return copy;
}

void tern_message_free(const ProtobufCMessageDescriptor *type, void *message)
{
    (void)type;
    terni_codec_free(message);
}

// ---- maps ----------------------------------------------------------------

const void *tern_message_find(const void *entries, size_t n_entries, const void *key)
{
    const ProtobufCMessage *const *entry = entries;
    const char                    *string = key;

    if (n_entries > 0 && entry[0]->descriptor->fields[0].type == PROTOBUF_C_TYPE_STRING)
        key = &string;  // as it lies in an entry
    while (n_entries-- > 0)
        if (terni_map_compare(&entry[n_entries]->descriptor->fields[0],
                              terni_map_key(entry[n_entries]), key) == 0)
            return entry[n_entries];
    return NULL;
}
