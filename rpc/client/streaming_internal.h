// rpc/client/streaming_internal.h: a client's streaming call, shared by the sync style (streaming.c) and the
// callbacks (streaming_async.c).
//
// Threads:   the call's poller only; streaming.c brings other threads' wishes there.
#ifndef RPC_CLIENT_STREAMING_INTERNAL_H
#define RPC_CLIENT_STREAMING_INTERNAL_H

#include "rpc/client/channel_internal.h"
#include "rpc/call/inbox_internal.h"

typedef enum terni_side { TERNI_SENDING, TERNI_RECEIVING, TERNI_N_SIDES } terni_side;

struct operation;

typedef struct terni_client_stream terni_client_stream;
struct terni_client_stream {
    terni_call        call;
    tern_poller      *poller;  // the set may go before the stream is freed; NULL: there was none
    terni_inbox       inbox;
    terni_arena       item_arena;  // of the message that was given last
    struct operation *pending[TERNI_N_SIDES];
    bool              is_over;     // call.status holds
    bool              wants_end;   // no more messages from here
    bool              is_dead;     // static
    bool              is_private;  // its poller is the channel\'s own
};

static inline terni_client_stream *terni_client_stream_of(terni_call *call)
{
    return TERN_CONTAINER_OF(call, terni_client_stream, call);
}

TERN_NODISCARD int terni_client_stream_init(terni_client_stream *s, terni_set *set,
                                            const tern_method *method, const void *req,
                                            const tern_call_opts *opts);
void               terni_client_stream_done(terni_client_stream *s);

// The stream is open and not blocked. 0 or -errno.
int         terni_client_stream_send(terni_client_stream *s, const void *msg);
const void *terni_client_stream_decode(terni_client_stream *s, const terni_piece *piece);
void        terni_client_stream_cancel(terni_client_stream *s, tern_code code, const char *why);

#endif
