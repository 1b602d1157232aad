// rpc/wire/h2/engine_internal.h: one HTTP/2 engine, and what each file of it needs: to fail, to forget a stream,
// to write a control frame, to give credit back. Knows nothing of who calls it: the frames in (receive.c), their
// heads (heads.c), the messages out (send.c), answers (answer.c), calls (open.c), the table that the session sees
// (h2.c).
//
// Lifetime:  h2.c makes it and frees it.
// Threads:   none. One owner at a time.
// Invariant: in H2_FAILED no frame is written any more and no event raised.
#ifndef RPC_WIRE_H2_ENGINE_INTERNAL_H
#define RPC_WIRE_H2_ENGINE_INTERNAL_H

#include <assert.h>
#include <stdalign.h>

#include "rpc/wire/arriving_internal.h"
#include "rpc/wire/budget_internal.h"
#include "rpc/wire/credit_internal.h"
#include "rpc/wire/h2/block_internal.h"
#include "rpc/wire/h2/frame_internal.h"
#include "rpc/wire/h2/hpack_internal.h"
#include "rpc/wire/outqueue_internal.h"
#include "rpc/wire/streams_internal.h"
#include "rpc/wire/window_internal.h"
#include "rpc/wire/wire_internal.h"

// ---- a stream ------------------------------------------------------------

enum { H2_MESSAGE_PREFIX = 5 };  // of each message of gRPC's: a flag, and its length

// A message that is not whole yet, from its first byte on; and what few bodies have, a length that was told.
typedef struct h2_incoming h2_incoming;
struct h2_incoming {
    uint8_t         prefix[H2_MESSAGE_PREFIX];
    uint8_t         n_prefix;
    bool            has_length;
    uint64_t        body_left;  // of content-length
    terni_arriving *arriving;   // NULL until the prefix is whole
};

// What this engine keeps in a stream's room.
typedef struct h2_stream h2_stream;
struct h2_stream {
    int64_t        send_window;
    terni_credit   credit;    // of the peer
    terni_waiting *waiting;   // output; NULL: none
    h2_incoming   *incoming;  // NULL: nothing of it
};

static_assert(sizeof(h2_stream) <= TERNI_STREAM_ROOM, "TERNI_STREAM_ROOM is for every engine");
static_assert(alignof(h2_stream) <= 8, "the room is aligned to 8");

// Of terni_stream.own_flags.
enum {
    H2_HEADERS_SENT = 1 << 0,  // server: the answer has begun
    H2_HEAD_CAME = 1 << 1,     // client: the server has begun its answer
    H2_NOT_GRPC = 1 << 2,      // client: what comes is not gRPC's, and is skipped
    H2_TELLS_ENCODINGS =
        1 << 3,  // server: what it used is not known here, and the answer says what is
};

static inline h2_stream *h2_of(const terni_stream *s) { return (h2_stream *)(uintptr_t)s->room; }

// Of terni_stream.own_value: a client's status of HTTP, and behind it the call's window, where it has one of its own.
enum { H2_STATUS_BITS = 10, H2_MAX_HTTP = (1 << H2_STATUS_BITS) - 1 };

static inline unsigned h2_status_of(const terni_stream *s) { return s->own_value & H2_MAX_HTTP; }

static inline unsigned h2_own_window(const terni_stream *s)
{
    return s->own_value >> H2_STATUS_BITS;
}

// ---- output that waits ---------------------------------------------------

// How a message that waits is sent: the engine's part of a terni_waiting.
typedef struct h2_sending h2_sending;
struct h2_sending {
    bool     is_last;     // END_STREAM with it
    bool     is_closing;  // the status behind it
    bool     has_begun;   // a part of it is out
    uint32_t code;        // of the status
    uint32_t status_len;
    uint8_t  status[];  // terni_h2_put_status
};

static inline h2_sending *terni_h2_sending(const terni_waiting *w)
{
    return (h2_sending *)(uintptr_t)w->own;
}

// ---- an engine -----------------------------------------------------------

typedef enum h2_state { H2_WANT_PREFACE, H2_WANT_SETTINGS, H2_RUNNING, H2_FAILED } h2_state;

typedef struct h2_peer h2_peer;
struct h2_peer {
    uint32_t max_frame, max_streams, stream_window, max_header_list;
};

// The DATA frame that is being read.
typedef struct h2_data h2_data;
struct h2_data {
    uint32_t left, padding;  // bytes of it that are still to come: of the content, and behind it
    uint32_t stream;
    bool     is_under_way;
    bool     is_last;
};

// A header block that came without its end.
typedef struct h2_partial h2_partial;
struct h2_partial {
    uint8_t *bytes;  // NULL: there is none
    uint32_t len, cap;
    uint32_t stream;
    uint32_t n_frames;
    uint8_t  flags;  // of its HEADERS
};

// A path that the peer has in its table.
typedef struct h2_known_path h2_known_path;
struct h2_known_path {
    const char *path;
    uint16_t    entry;
};

// What went into the peer's table, once: 0 while it has not.
typedef struct h2_entries h2_entries;
struct h2_entries {
    uint16_t content_type, ok;                                     // a server's
    uint16_t authority, te, user_agent, accept_encoding, timeout;  // a client's, with content_type
    uint16_t n_paths;
};

// Of streams that have ended, the last ones, so that what still comes for them is judged rightly: where the peer
// ended its half itself it is a mistake, where we did not wait for that it may have crossed.
enum { H2_N_ENDED = 8 };

struct terni_engine {
    terni_role               role : 8;
    h2_state                 state : 8;
    bool                     is_going;  // a GOAWAY came or went: no new calls
    bool                     is_filtered;
    terni_budget             nuisance;  // by the peer
    const terni_wire_limits *limits;
    h2_peer                  peer;
    const terni_wire_events *events;
    void                    *owner;
    tern_linkbuf            *out;
    terni_streams            streams;
    const terni_stream      *current;    // that the frame being read is for; NULL once it has ended
    uint32_t                 last_id;    // opened by the client
    uint32_t                 last_told;  // in a GOAWAY of ours: it never rises
    int64_t                  send_window;
    terni_shared_credit      credit;  // of the peer, for all bodies
    uint32_t stream_window;   // that we let the peer have on each stream that has none of its own
    bool     has_own_window;  // one has, or had: the others' does not grow any more
    bool     is_sounding;     // growth.c: how much comes until a PING is answered
    uint64_t n_sounded;
    terni_outqueue queue;
    size_t         unsent_control;  // at most so much of `out` the peer has provoked
    h2_data        data;
    h2_partial     partial;
    terni_hpack    hpack;           // the table that the peer writes
    h2_table       table;           // and the one that we do
    h2_entries     entries;         // of it
    h2_known_path *paths;           // client: in the table
    char          *peer_encodings;  // client: what the server can read; NULL: it did not say
    uint32_t       ended[H2_N_ENDED];
    uint8_t        at_ended;
    int32_t        turn_left;  // frames and messages; one frame may hold many more of these
};

// ---- control frames ------------------------------------------------------

// Contiguous room for a frame's prefix, written, and payload; NULL fails the engine.
uint8_t *terni_h2_begin_frame(terni_engine *e, h2_kind kind, unsigned flags, uint32_t stream,
                              size_t len);
void     terni_h2_send_window(terni_engine *e, uint32_t stream, uint64_t bytes);
void     terni_h2_send_reset(terni_engine *e, uint32_t stream, h2_error error);
// The same, because of the peer, which cannot make us hold any number of these.
void terni_h2_answer_reset(terni_engine *e, uint32_t stream, h2_error error);
void terni_h2_send_goaway(terni_engine *e, uint32_t last_stream, h2_error error, const char *text);

// ---- a stream's beginning and end, and the engine's ----------------------

// On the table, with the windows that hold at first.
static inline void terni_h2_begin_stream(terni_engine *e, terni_stream *s, uint32_t id,
                                         uint8_t flags);
void               terni_h2_fail(terni_engine *e, h2_error error, const char *why);
// The same, without a word to the peer.
void terni_h2_lack_memory(terni_engine *e);
// The stream is over for the engine: off the table, its memory and its credit given back.
void terni_h2_forget(terni_engine *e, terni_stream *s);
// The peer has made work for nothing, once more. False: too often, and the engine has failed.
bool terni_h2_bear(terni_engine *e);
// The same, with the whole connection's credit past caring for.
void terni_h2_release(terni_engine *e, terni_stream *s);
// Forgets the stream, and tells the core how it ended.
void terni_h2_close_stream(terni_engine *e, terni_stream *s, const terni_close *close);

// What waits of its output is sent, or is not to be.
void terni_h2_unwait(terni_engine *e, terni_stream *s);

// The stream is over, and we did or did not wait for the peer's end.
void terni_h2_note_end(terni_engine *e, uint32_t id, bool by_us);
// It was so, and not long ago.
bool terni_h2_has_ended(const terni_engine *e, uint32_t id, bool by_us);

// ---- credit --------------------------------------------------------------

void     terni_h2_consumed(terni_engine *e, terni_stream *s, size_t len);
void     terni_h2_set_window(terni_engine *e, terni_stream *s, unsigned window);
uint32_t terni_h2_window_of(const terni_engine *e, const terni_stream *s);

// ---- inline bodies -------------------------------------------------------

static inline void terni_h2_begin_stream(terni_engine *e, terni_stream *s, uint32_t id,
                                         uint8_t flags)
{
    h2_stream *own = h2_of(s);

    s->id = id;
    s->flags = flags;
    s->own_flags = 0;
    s->own_value = 0;
    own->send_window = e->peer.stream_window;
    terni_credit_init(&own->credit, e->stream_window);
    own->waiting = NULL;
    own->incoming = NULL;
    terni_streams_insert(&e->streams, s);
}

#endif
