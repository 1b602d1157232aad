// rpc/wire/native/engine_internal.h: one native engine, and what each file of it needs: to fail, to
// forget a stream, to write a control frame, to give credit back. Knows nothing of who calls it: the
// frames in (receive.c), the messages out (send.c), the table that the session sees (native.c).
//
// Lifetime:  native.c makes it and frees it.
// Threads:   none. One owner at a time.
// Invariant: in FAILED no frame is written any more and no event raised.
#ifndef RPC_WIRE_NATIVE_ENGINE_INTERNAL_H
#define RPC_WIRE_NATIVE_ENGINE_INTERNAL_H

#include <assert.h>
#include <stdalign.h>

#include "rpc/wire/arriving_internal.h"
#include "rpc/wire/budget_internal.h"
#include "rpc/wire/credit_internal.h"
#include "rpc/wire/native/frame_internal.h"
#include "rpc/wire/outqueue_internal.h"
#include "rpc/wire/streams_internal.h"
#include "rpc/wire/window_internal.h"
#include "rpc/wire/wire_internal.h"

// What this engine keeps in a stream's room; own_value is the call's window, where it has one of its own.
typedef struct native_stream native_stream;
struct native_stream {
    int64_t         send_window;
    terni_credit    credit;    // of the peer
    terni_waiting  *waiting;   // output; NULL: none
    terni_arriving *arriving;  // a message that is not whole yet; NULL: none
};

static_assert(sizeof(native_stream) <= TERNI_STREAM_ROOM, "TERNI_STREAM_ROOM is for every engine");
static_assert(alignof(native_stream) <= 8, "the room is aligned to 8");

static inline native_stream *terni_native_of(const terni_stream *s)
{
    return (native_stream *)(uintptr_t)s->room;
}

typedef struct peer_settings peer_settings;
struct peer_settings {
    uint32_t max_frame, max_streams, max_path_ids, stream_window;
    uint64_t max_message;
};

typedef enum engine_state { WANT_PREFACE, WANT_SETTINGS, RUNNING, FAILED } engine_state;

enum { FEW_PATHS = 4 };  // to begin with: a power of two

typedef struct path_entry path_entry;
struct path_entry {
    const void *key;  // server: not NULL once registered; client: the path's address
    void       *method;
};

struct terni_engine {
    terni_role               role : 8;
    engine_state             state : 8;
    bool                     is_going;    // a GOAWAY came or went: no new calls
    uint8_t                  metas_log2;  // room there is in `metas`; 0: none
    terni_budget             nuisance;    // by the peer
    const terni_wire_limits *limits;
    peer_settings            peer;
    char                    *peer_encodings;  // what it can read: "gzip,zstd"; NULL: nothing
    const terni_wire_events *events;
    void                    *owner;
    tern_linkbuf            *out;
    terni_streams            streams;
    const terni_stream      *current;  // that the frame being read is for; NULL once it has ended
    path_entry              *paths;    // server: by id; client: hashed by address
    path_entry               first_path;      // of a server: many clients call one method
    uint32_t                 n_paths;         // entries there are
    uint32_t                 n_path_ids;      // client: in use
    uint32_t                 last_id;         // opened by the client
    uint32_t                 unsent_control;  // at most so much of `out` the peer has provoked
    int64_t                  send_window;
    terni_shared_credit      credit;  // of the peer, for all bodies
    terni_outqueue           queue;
    terni_meta              *metas;  // scratch for one set of metadata
};

// ---- control frames ------------------------------------------------------

// Contiguous room for a control frame of `head_len` bytes of head; NULL fails the engine.
uint8_t *terni_native_begin_frame(terni_engine *e, frame_kind kind, uint8_t flags, uint32_t stream,
                                  size_t head_len, size_t body_len);
void     terni_native_send_window(terni_engine *e, uint32_t stream, uint64_t bytes);
void     terni_native_send_pong(terni_engine *e, const uint8_t *opaque);
void     terni_native_send_reset(terni_engine *e, uint32_t stream, uint32_t code, const char *why,
                                 bool is_not_processed);
void     terni_native_send_goaway(terni_engine *e, uint32_t last_stream, uint32_t code,
                                  const char *text);

// ---- a stream's beginning and end, and the engine's ----------------------

// On the table, with the windows that hold at first.
static inline void terni_native_begin_stream(terni_engine *e, terni_stream *s, uint32_t id,
                                             uint8_t flags);
void               terni_native_fail(terni_engine *e, uint32_t code, const char *why);
// The stream is over for the engine: off the table, its memory and its credit given back.
void terni_native_forget(terni_engine *e, terni_stream *s);
// The peer has made work for nothing, once more. False: too often, and the engine has failed.
bool terni_native_bear(terni_engine *e);
// The same, with the whole connection's credit past caring for.
void terni_native_release(terni_engine *e, terni_stream *s);

// What waits of its output is sent, or is not to be.
void terni_native_unwait(terni_engine *e, terni_stream *s);

// ---- credit --------------------------------------------------------------

void terni_native_consumed(terni_engine *e, terni_stream *s, size_t len);
void terni_native_set_window(terni_engine *e, terni_stream *s, unsigned window);

// ---- inline bodies -------------------------------------------------------

static inline void terni_native_begin_stream(terni_engine *e, terni_stream *s, uint32_t id,
                                             uint8_t flags)
{
    native_stream *own = terni_native_of(s);

    s->id = id;
    s->flags = flags;
    s->own_flags = 0;
    s->own_value = 0;
    own->send_window = e->peer.stream_window;
    terni_credit_init(&own->credit, e->limits->stream_window);
    own->waiting = NULL;
    own->arriving = NULL;
    terni_streams_insert(&e->streams, s);
}

#endif
