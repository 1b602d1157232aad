// rpc/client/streaming_internal.h: a client's streaming call, shared by the sync style (streaming.c) and the
// callbacks (streaming_async.c).
//
// Lifetime:  the user's handle. It holds the channel and the poller's memory, so that it may be freed after them.
// Threads:   the call's poller only; streaming.c brings other threads' wishes there.
#ifndef RPC_CLIENT_STREAMING_INTERNAL_H
#define RPC_CLIENT_STREAMING_INTERNAL_H

#include "rpc/client/channel_internal.h"
#include "rpc/call/inbox_internal.h"

typedef enum terni_side { TERNI_SENDING, TERNI_RECEIVING, TERNI_N_SIDES } terni_side;

struct operation;

typedef struct terni_streaming terni_streaming;
struct terni_streaming {
    terni_outcall     call;
    tern_channel     *channel;  // a reference
    tern_poller      *poller;   // a reference; NULL: the stream was refused
    terni_inbox       inbox;
    terni_arena       item_arena;  // of the message that was given last
    struct operation *pending[TERNI_N_SIDES];
    bool              is_over;     // call.status holds
    bool              wants_end;   // no more messages from here
    bool              is_dead;     // static
    bool              is_private;  // its poller is the channel's own
};

static inline terni_streaming *terni_streaming_of(terni_outcall *call)
{
    return TERN_CONTAINER_OF(call, terni_streaming, call);
}

TERN_NODISCARD int terni_streaming_init(terni_streaming *s, terni_shard *shard,
                                        const tern_method *method, const void *req,
                                        const tern_call_opts *opts);
void               terni_streaming_done(terni_streaming *s);

// The stream is open and not blocked. 0 or -errno.
int         terni_streaming_send(terni_streaming *s, const void *msg);
const void *terni_streaming_decode(terni_streaming *s, const terni_piece *piece);
void        terni_streaming_cancel(terni_streaming *s, tern_code code, const char *why);

#endif
