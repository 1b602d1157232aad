// rpc/wire/native/heads_internal.h: the heads of frames in, field by field; docs/wire.md and
// proto/tern/wire.proto name the fields. Knows nothing of what a frame does.
#ifndef RPC_WIRE_NATIVE_HEADS_INTERNAL_H
#define RPC_WIRE_NATIVE_HEADS_INTERNAL_H

#include "rpc/wire/native/engine_internal.h"

// What the heads of frames in may hold; each kind fills its own. Points into the frame.
typedef struct head head;
struct head {
    const char    *path, *encoding, *message;
    uint32_t       path_len, encoding_len, message_len;
    const uint8_t *details;
    uint32_t       details_len;
    uint32_t       path_id, code;
    uint64_t       timeout_us, message_size;
    bool           not_processed;
    uint32_t       n_metas, meta_bytes;
};

// False for what is no protobuf, and without memory: the engine has then failed. Metadata go to
// e->metas.
bool terni_native_read_open(terni_engine *e, const frame *f, head *ret);
bool terni_native_read_headers(terni_engine *e, const frame *f, head *ret);
bool terni_native_read_close(terni_engine *e, const frame *f, head *ret);
bool terni_native_read_reset(const frame *f, head *ret);
bool terni_native_read_goaway(const frame *f, head *ret, uint32_t *ret_last_stream);
bool terni_native_read_number(const frame *f, uint64_t *ret_value);

#endif
