// rpc/client/channel_internal.h: the inside of a channel: a shard for each poller that makes calls, its connectors (each
// is one connection that is made again when it is lost), links (the connections), and calls.
//
//   waiting --open--> on a link --closed--> done
//      ^                  |
//      +-- not processed -+
//      |                  | failed, and the policy says so
//      +-- backing off <--+
//
// Threads:   a shard, its links and its calls belong to the shard's poller. The private shard's poller is
//            driven by whichever caller waits (waiter_internal.h).
#ifndef RPC_CLIENT_CHANNEL_INTERNAL_H
#define RPC_CLIENT_CHANNEL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include <tern/address.h>
#include <tern/channel.h>
#include <tern/dialer.h>
#include <tern/fiber.h>
#include <tern/stub.h>

#include "rpc/base/arena_internal.h"
#include "rpc/codec/codec_internal.h"
#include "rpc/client/retry_policy_internal.h"
#include "rpc/session/session_internal.h"

enum {
    TERNI_MAX_ADDRESSES = 16,
    TERNI_MAX_CONNECTIONS = 64,
    TERNI_MAX_TRANSPARENT_RETRIES = 5,
    TERNI_OUTCALL_TIMEOUT_MS = 30 * 1000,
    TERNI_OUTCALL_ROOM = 256,          // what most requests and replies need
    TERNI_MAX_FREE_ASYNC_CALLS = 256,  // that a shard keeps
    TERNI_DIAL_TIMEOUT_MS = 20 * 1000,
    TERNI_MIN_BACKOFF_MS = 1000,
    TERNI_MAX_BACKOFF_MS = 120 * 1000,
};

typedef struct terni_shard     terni_shard;
typedef struct terni_connector terni_connector;
typedef struct terni_link      terni_link;
typedef struct terni_outcall   terni_outcall;

typedef struct terni_observers terni_observers;  // observers_internal.h

// What a streaming call is told beside its end. On its poller.
typedef struct terni_outcall_events terni_outcall_events;
struct terni_outcall_events {
    void (*opened)(terni_outcall *call);  // it may be sent on now
    void (*message)(terni_outcall *call, const terni_piece *piece);
    void (*writable)(terni_outcall *call);
};

// Runs on the call's poller when it is over: status and reply are in the call. Once.
typedef void terni_outcall_done_fn(terni_outcall *call);

struct terni_outcall {
    terni_stream                stream;
    terni_shard                *shard;
    terni_link                 *on;  // NULL: waiting for one
    terni_outcall              *next, **link;
    const tern_method          *method;
    const terni_plan           *request_plan, *reply_plan;
    const uint8_t              *body;  // the encoded request, kept for another attempt
    size_t                      body_len;
    tern_block                 *body_block;  // that it lies in; NULL: in the arena
    uint64_t                    deadline_ns;
    tern_timer                  timer;
    terni_arena                 arena;      // a short request, metadata, a reply that is lent
    terni_observers            *observers;  // NULL: none, as for most calls
    terni_meta                 *metas;
    uint32_t                    n_metas;
    uint32_t                    n_attempts;
    uint32_t                    n_refusals;  // attempts that were not processed
    uint32_t                    n_retries;   // by the channel's policy
    uint64_t                    position;    // of its opening in the link's output, or before that
    bool                        waits_for_ready;
    bool                        is_detached;
    bool                        is_starved;  // waits for room in the connection
    bool                        is_done;
    bool                        is_answered;     // the server has begun to: no other attempt
    bool                        is_backing_off;  // `timer` is for the next attempt
    bool                        lends_reply;     // it lives as long as the call, else by itself
    void                       *reply;
    tern_status                 status;
    terni_outcall_done_fn      *done;
    const terni_outcall_events *events;    // NULL: unary
    bool                        has_body;  // a request that goes with the opening
    bool                        is_last;   // and nothing after it
    bool                        has_sent;  // a message beside it, which no other attempt would have
    tern_task                   start_task;
    tern_fiber                 *fiber;      // that waits for it
    bool                        is_parked;  // and really does

    uint8_t room[TERNI_OUTCALL_ROOM]
        __attribute__((aligned(8)));  // of the arena, before it takes more
};

struct terni_link {
    terni_session    session;
    terni_shard     *shard;
    terni_connector *connector;
    terni_outcall   *calls;
    bool             has_settled;   // its settings have come: calls may have been processed
    bool             is_retired;    // takes no more calls; goes with the last one it has
    terni_link      *next, **link;  // of the shard's links
    terni_link      *ready_next, *ready_prev;  // round the shard's links that take calls
};

//           connect          dialled
//   IDLE -------------> DIALING -----> OPEN
//    ^  ^                  |            | GOAWAY, lost: to IDLE; lost before
//    |  +-- its time is over            | its settings came: DIALING the next address
//    |                     v            |
//    +------------------ FAILED <-------+ after the last address
typedef enum terni_connector_state {
    TERNI_CONNECTOR_IDLE,
    TERNI_CONNECTOR_DIALING,
    TERNI_CONNECTOR_OPEN,
    TERNI_CONNECTOR_FAILED,  // backs off
    TERNI_CONNECTOR_ABSENT,  // its name stands for fewer addresses than were thought
    TERNI_N_CONNECTOR_STATES,
} terni_connector_state;

struct terni_connector {
    terni_shard          *shard;
    terni_connector_state state;
    unsigned              first, n_addresses;  // of the channel's: those it tries in turn
    unsigned              n_tried;
    unsigned     nth, n_found;  // TERN_ROUND_ROBIN: of the addresses that a name stands for
    terni_link  *link;          // takes calls
    tern_dialer *dialer;        // on its way
    uint64_t     backoff_ms;
    tern_timer   retry_timer;
};

struct terni_shard {
    tern_channel   *channel;
    tern_poller    *poller;
    terni_shard    *next;
    terni_link     *current;  // for the next call; the others that take calls are round it
    terni_link     *links;
    uint32_t        n_links;
    terni_outcall  *waiting, **waiting_tail;
    terni_outcall  *backing_off;  // calls that failed and are to be tried again
    terni_outcall  *free_async;   // memory of calls with callbacks (unary.c), through `next`
    unsigned        n_free_async;
    unsigned        n_in[TERNI_N_CONNECTOR_STATES];
    bool            has_tried_again;  // all have failed, and were tried once more
    char            why[160];         // the last attempt to connect failed
    bool            is_private;
    bool            is_closing, is_gone;
    tern_task       close_task;
    unsigned        n_connectors;
    terni_connector connectors[];
};

struct tern_channel {
    tern_channel_opts  opts;
    tern_status        status;  // of a bad address
    tern_address       addresses[TERNI_MAX_ADDRESSES];
    unsigned           n_addresses;
    unsigned           n_connections;  // per poller, and with TERN_ROUND_ROBIN per address
    terni_retry_policy retry;

    tern_client_interceptor *interceptors;
    atomic_uint              used_fds;  // a bit for each address
    terni_wire_limits        limits;
    atomic_uint              refs;  // the handle, and each shard
    pthread_mutex_t          lock;
    _Atomic(terni_shard *)   shards;  // any thread walks the list; it only grows, under the lock
    terni_shard             *private_shard;
};

// ---- shard.c: connecting, and calls that wait for a connection ----
int terni_shard_new(tern_channel *ch, tern_poller *poller, terni_shard **ret_set);
// Ends every call and connection; frees the shard when the last is gone. On its poller.
void terni_shard_close(terni_shard *shard);
void terni_shard_check_gone(terni_shard *shard);
void terni_shard_free(terni_shard *shard);
// Calls that wait go on their way as far as there is room.
void terni_shard_start_waiting(terni_shard *shard);
void terni_shard_route_failed(terni_shard *shard);                // perhaps the last one
void terni_shard_add_link(terni_shard *shard, terni_link *link);  // it takes calls now
void terni_shard_remove_link(terni_shard *shard, terni_link *link);
void terni_shard_link_settled(terni_shard *shard, terni_link *link);

// ---- connector.c: one connection: made, lost, made again, with backoff between failures ----
// Tries the channel's addresses in turn.
void terni_connector_init(terni_connector *r, terni_shard *shard);
// Tries one of them only, and of those that its name stands for the `nth`.
void terni_connector_init_at(terni_connector *r, terni_shard *shard, unsigned address,
                             unsigned nth);
void terni_connector_close(terni_connector *r);
void terni_connector_connect(
    terni_connector *r);  // unless it is open or on its way; a backoff is cut short
void terni_connector_settle(terni_connector *r, const terni_link *link);
// The link takes no more calls. Nothing if it is not the connector's any more.
void terni_connector_leave(terni_connector *r, terni_link *link);
// The same for one that never was any good: the next address is tried.
void terni_connector_fail(terni_connector *r, terni_link *link, const char *why);

// ---- channel.c ----
// The shard for a call by this thread, or NULL with `ret_status`.
terni_shard *terni_channel_choose_shard(tern_channel *ch, tern_status *ret_status);
// The same for a call with callbacks: on the pinned poller, or on the one that this thread drives.
terni_shard *terni_channel_async_shard(tern_channel *ch, tern_status *ret_status);
void         terni_channel_unref(tern_channel *ch);
// The shard of the poller that this thread drives, made when it is wanted first; NULL without memory.
terni_shard *terni_channel_shard_of(tern_channel *ch, tern_poller *poller);
terni_shard *terni_channel_private_shard(tern_channel *ch);

// ---- unary.c ----
void terni_unary_forget_free(terni_shard *shard);

// ---- link.c ----
int terni_link_new(terni_connector *connector, int fd, terni_link **ret_link);
// 0, -EAGAIN: no room for another call now; -ENOTCONN: no calls any more; -EMSGSIZE, -E2BIG, -ENOMEM.
int  terni_link_open(terni_link *link, terni_outcall *call);
void terni_link_cancel(terni_outcall *call, tern_code code, const char *why);
void terni_link_retire(terni_link *link);  // no more calls; the connector may make another
void terni_link_abort(terni_link *link);   // its calls end with TERN_CANCELLED

// ---- retry_policy.c ----
// True if the call, which is on no link, will make another attempt by the channel's policy. There must
// be one.
bool terni_outcall_retry(terni_outcall *call, tern_code code, const terni_meta_list *trailing);
void terni_outcall_retry_now(terni_outcall *call);
// Nothing of it was answered, and all of it is still here.
bool terni_outcall_is_repeatable(const terni_outcall *call);

// ---- outcall.c ----
// Whether the fiber that makes a call parks until it is over, and so hears of its own cancellation.
typedef enum terni_style { TERNI_DOES_NOT_PARK, TERNI_PARKS } terni_style;

// Made by terni_outcall_init, then encoded: from any thread, the rest on the shard's poller. Also after a failure
// terni_outcall_done.
int         terni_outcall_init(terni_outcall *call, terni_shard *shard, const tern_method *method,
                               const tern_call_opts *opts, terni_style style);
int         terni_outcall_encode(terni_outcall *call, const void *request);
void        terni_outcall_done(terni_outcall *call);
tern_status terni_outcall_no_memory(void);
void        terni_outcall_copy_meta(terni_outcall *call, terni_meta *to, const tern_metadata *from);
uint64_t    terni_outcall_deadline_after(const terni_outcall *call, int64_t ms);
// Takes over until `done`. `err`: making or encoding it failed.
void terni_outcall_start(terni_outcall *call, int err);
void terni_outcall_begin(terni_outcall *call);  // one more attempt
void terni_outcall_wait(terni_outcall *call);   // in the shard's queue
void terni_outcall_unlink(terni_outcall *call);
// What it ends with when the fiber that waits for it was cancelled. TERN_OK: that is not its business.
tern_code terni_outcall_cancel_code(const terni_outcall *call);
// Ends a call that was started and is not done, wherever it is.
void terni_outcall_abort(terni_outcall *call, tern_code code, const char *why);
// How it ends, if nothing went wrong on this side before, and `done`.
void terni_outcall_close(terni_outcall *call, const terni_close *close);
void terni_outcall_finish(terni_outcall *call, tern_code code, const char *message, size_t len);
// Went wrong on this side: whatever comes later, this is its status.
void terni_outcall_fail(terni_outcall *call, tern_code code, const char *text);

#endif
