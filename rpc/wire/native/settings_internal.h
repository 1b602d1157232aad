// rpc/wire/native/settings_internal.h: SETTINGS, ours and the peer's, and what holds before they have
// come.
#ifndef RPC_WIRE_NATIVE_SETTINGS_INTERNAL_H
#define RPC_WIRE_NATIVE_SETTINGS_INTERNAL_H

#include "rpc/wire/native/engine_internal.h"

enum {
    FIRST_MAX_FRAME = 64 * 1024,
    FIRST_MAX_STREAMS = 100,
    FIRST_PATH_IDS = 64,
    FIRST_STREAM_WINDOW = 64 * 1024,
    FIRST_CONNECTION_WINDOW = 16 * 1024 * 1024,
};

enum { MAX_PEER_ENCODINGS = 255 };  // bytes of their names; Tern knows two short ones

void terni_native_send_settings(terni_engine *e);
void terni_native_take_settings(terni_engine *e, const frame *f);

#endif
