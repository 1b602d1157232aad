// rpc/wire/native/heads_internal.h: the heads of frames in, field by field; docs/wire.md and
// proto/tern/wire.proto name the fields. Knows nothing of what a frame does.
#ifndef RPC_WIRE_NATIVE_HEADS_INTERNAL_H
#define RPC_WIRE_NATIVE_HEADS_INTERNAL_H

#include "rpc/wire/native/engine_internal.h"

// The set of metadata of a head; the entries themselves are in e->metas until the next head is read.
typedef struct meta_set meta_set;
struct meta_set {
    uint32_t n, bytes;  // with what each entry counts beside its own
};

// The head of an OPEN: what is handed up lies there as it will be, but for `method` and `metadata`.
typedef struct opening opening;
struct opening {
    terni_open open;
    meta_set   metas;
    uint32_t   path_id;
    uint32_t   window;  // of what we send; 0: as announced
    uint64_t   message_size;
};

// What the other heads may hold; each kind fills its own. Points into the frame.
typedef struct head head;
struct head {
    const char    *message, *encoding;
    uint32_t       message_len, encoding_len;
    const uint8_t *details;
    uint32_t       details_len;
    uint32_t       code;
    uint64_t       message_size;
    bool           not_processed;
    meta_set       metas;
};

// False for what is no protobuf, and without memory: the engine has then failed.
bool terni_native_read_open(terni_engine *e, const frame *f, opening *ret);
bool terni_native_read_headers(terni_engine *e, const frame *f, head *ret);
bool terni_native_read_close(terni_engine *e, const frame *f, head *ret);
bool terni_native_read_reset(const frame *f, head *ret);
bool terni_native_read_goaway(const frame *f, head *ret, uint32_t *ret_last_stream);
bool terni_native_read_number(const frame *f, uint64_t *ret_value);

#endif
