// rpc/client/outcall_internal.h: a client's call, from its start to its end, whatever its style. Knows nothing of
// channels and connections: a carrier takes it to one, and may try again.
//
//            begin, no room                drop, closed, failed
//    IDLE ------------------> WAITING ----------------------------+
//    |  ^--------------------------|                              v
//    |  |  closed, not processed: begin again                   DONE
//    |  +<------------------- OPEN -------------------------------^
//    +-------> OPEN                                               |
//    +-------> BACKING_OFF: it failed, and the policy says so ----+ (begin: IDLE)
//
// Lifetime:  embedded in what its style needs; terni_outcall_init / terni_outcall_done.
// Threads:   init and encode on any thread, the rest on the carrier's poller.
// Invariant: `done` runs once, with the status and the reply in the call; while it is OPEN it is on a link's
//            list, while WAITING or BACKING_OFF on one of its carrier's, else on none.
#ifndef RPC_CLIENT_OUTCALL_INTERNAL_H
#define RPC_CLIENT_OUTCALL_INTERNAL_H

#include <tern/fiber.h>

#include "rpc/client/call_packing_internal.h"
#include "rpc/client/observers_internal.h"
#include "rpc/codec/codec_internal.h"

enum {
    TERNI_OUTCALL_TIMEOUT_MS = 30 * 1000,
    TERNI_OUTCALL_ROOM = 256,  // what most requests and replies need
};

typedef struct terni_outcall terni_outcall;
typedef struct terni_link    terni_link;  // link_internal.h

typedef enum terni_outcall_state {
    TERNI_OUTCALL_IDLE,         // not begun, or between two attempts
    TERNI_OUTCALL_WAITING,      // for room on a connection
    TERNI_OUTCALL_OPEN,         // on one
    TERNI_OUTCALL_BACKING_OFF,  // `timer` is for the next attempt
    TERNI_OUTCALL_DONE,
    TERNI_N_OUTCALL_STATES,
} terni_outcall_state;

// What calls are given to. All run on its poller.
typedef struct terni_carrier_ops terni_carrier_ops;
struct terni_carrier_ops {
    // One more attempt: of a call that is IDLE, or BACKING_OFF.
    void (*begin)(terni_outcall *call);
    // An attempt has ended, the call is IDLE: another one, or terni_outcall_close.
    void (*ended)(terni_outcall *call, const terni_close *close);
    // The call is given up: it is taken from wherever it is, and the server told. It is IDLE then.
    void (*drop)(terni_outcall *call, tern_code code, const char *why);
    // What a deadline says that passed before there was a connection.
    void (*describe_wait)(const terni_outcall *call, char *text, size_t size);
};

typedef struct terni_carrier terni_carrier;
struct terni_carrier {
    const terni_carrier_ops       *ops;
    tern_poller                   *poller;
    int64_t                        timeout_ms;  // of calls that name none; 0: by their kind
    const tern_client_interceptor *interceptors;
    size_t                         n_interceptors;
    terni_packing                  packing;  // of calls that say nothing of it
};

// What a streaming call is told beside its end.
typedef struct terni_outcall_events terni_outcall_events;
struct terni_outcall_events {
    void (*opened)(terni_outcall *call);  // it may be sent on now
    void (*message)(terni_outcall *call, const terni_piece *piece);
    void (*writable)(terni_outcall *call);
};

// It is over: the last that is done with it here.
typedef void terni_outcall_done_fn(terni_outcall *call);

struct terni_outcall {
    terni_stream                stream;
    terni_call_head             head;
    terni_carrier              *carrier;
    terni_link                 *on;  // OPEN
    terni_outcall              *next, **link;
    const terni_plan           *request_plan, *reply_plan;
    const uint8_t              *body;  // the encoded request, kept for another attempt
    size_t                      body_len;
    tern_block                 *body_block;  // that it lies in; NULL: in the arena
    tern_timer                  timer;
    terni_observers            *observers;  // NULL: none, as for most calls
    uint64_t                    position;   // of its opening in the link's output, or before that
    uint64_t                    since_ns;
    uint32_t                    n_attempts;
    uint32_t                    n_refusals;  // attempts that were not processed
    uint32_t                    n_retries;   // by the channel's policy
    uint8_t                     state;       // terni_outcall_state
    bool                        waits_for_ready;
    bool                        is_detached;
    bool                        lends_reply;  // it lives as long as the call, else by itself
    bool                        has_body;     // a request that goes with the opening
    bool                        is_last;      // and nothing after it
    bool                        has_sent;  // a message beside it, which no other attempt would have
    bool                        is_answered;  // the server has begun to: no other attempt
    bool                        is_aborted;   // from here, and not because the server said so
    bool                        is_starved;   // waits for room in the connection
    bool                        is_parked;    // its fiber is
    uint8_t                     window;       // of what comes (window_internal.h)
    void                       *reply;
    tern_status                 status;
    terni_outcall_done_fn      *done;
    const terni_outcall_events *events;  // NULL: unary
    terni_call_packing          packing;
    tern_task                   start_task;
    tern_fiber                 *fiber;  // that waits for it

    uint8_t room[TERNI_OUTCALL_ROOM]
        __attribute__((aligned(8)));  // of the arena, before it takes more
};

static inline bool terni_outcall_is_done(const terni_outcall *call)
{
    return call->state == TERNI_OUTCALL_DONE;
}

// Whether the fiber that makes a call parks until it is over, and so hears of its own cancellation.
typedef enum terni_style { TERNI_DOES_NOT_PARK, TERNI_PARKS } terni_style;

// Made, then encoded: 0 or -errno. Also after a failure terni_outcall_done.
TERN_NODISCARD int terni_outcall_init(terni_outcall *call, terni_carrier *carrier,
                                      const tern_method *method, const tern_call_opts *opts,
                                      terni_style style);
TERN_NODISCARD int terni_outcall_encode(terni_outcall *call, const void *request);
void               terni_outcall_done(terni_outcall *call);
tern_status        terni_outcall_no_memory(void);

// Takes over until `done`. `err`: making or encoding it failed.
void terni_outcall_start(terni_outcall *call, int err);
// Ends a call that was started and is not done, wherever it is.
void terni_outcall_abort(terni_outcall *call, tern_code code, const char *why);
// What it ends with when the fiber that waits for it was cancelled. TERN_OK: that is not its business.
tern_code terni_outcall_cancel_code(const terni_outcall *call);

// ---- for carriers --------------------------------------------------------

// Aborts on an arrow that is not drawn.
void terni_outcall_set_state(terni_outcall *call, terni_outcall_state next);
// How it ends, if nothing went wrong on this side before, and `done`.
void terni_outcall_close(terni_outcall *call, const terni_close *close);
void terni_outcall_finish(terni_outcall *call, tern_code code, const char *message);
// Went wrong on this side: whatever comes later, this is its status.
void terni_outcall_fail(terni_outcall *call, tern_code code, const char *text);
// Nothing of it was answered, and all of it is still here.
bool terni_outcall_is_repeatable(const terni_outcall *call);
// It was to have one, and the server says OK.
bool terni_outcall_lacks_reply(const terni_outcall *call);

#endif
