// rpc/server/ctx_internal.h: a call on the server, inside. From the `opened` event until the handler has
// returned (or replied) and what it said is on its way. ctx.c answers what handlers ask.
//
//   FREE --> OPEN --> RUNNING --> ANSWERED --> DONE --> RELEASED --> FREE
//             |  |      |  ^                    ^          ^
//             |  |      v  | another thread's   |          |
//             |  |    OFFLOADED                 |          |
//             |  |      RUNNING ----------------+ nobody waits for an answer
//             |  +----> ANSWERED: no handler is started
//             +----------- cancelled before it was complete -+
//
// That nobody waits for the answer any more (as_parent.is_cancelled) goes beside it: the handler goes on.
#ifndef RPC_SERVER_CTX_INTERNAL_H
#define RPC_SERVER_CTX_INTERNAL_H

#include <stdatomic.h>

#include <tern/ctx.h>
#include <tern/fiber.h>
#include <tern/stub.h>
#include <tern/timer.h>

#include "rpc/base/arena_internal.h"
#include "rpc/call/inbox_internal.h"
#include "rpc/call/parent_internal.h"
#include "rpc/server/policy_internal.h"
#include "rpc/session/session_internal.h"

typedef struct terni_value    terni_value;     // ctx.c
typedef struct terni_ctx_pool terni_ctx_pool;  // ctx_life_internal.h
typedef struct terni_drain    terni_drain;     // drain_internal.h

enum { TERNI_CTX_FIRST_BYTES = 224 };  // of a call's memory come with the call

typedef enum terni_ctx_state {
    TERNI_CTX_FREE,       // in the pool
    TERNI_CTX_OPEN,       // its request is on the way
    TERNI_CTX_RUNNING,    // the handler has been started
    TERNI_CTX_OFFLOADED,  // and runs on another thread
    TERNI_CTX_ANSWERED,   // it has said all; what it said may still wait inside the engine
    TERNI_CTX_DONE,       // and is not on any stack
    TERNI_CTX_RELEASED,   // goes when what names it has run
    TERNI_N_CTX_STATES,
} terni_ctx_state;

// What a handler waits for, parked or to be told.
typedef enum terni_ctx_wait { TERNI_WAITS_NOT, TERNI_WAITS_IN, TERNI_WAITS_OUT } terni_ctx_wait;

typedef struct terni_caller terni_caller;

// The tern_compression of a call and of what it sends; 0: nothing of it was said.
typedef struct terni_ctx_packing terni_ctx_packing;
struct terni_ctx_packing {
    uint8_t wanted;         // by the server, until the handler says something else
    uint8_t with;           // as was chosen
    uint8_t came_with;      // as the caller says
    uint8_t accepts;        // what the caller reads: a bit for each; 0: as its connection says
    uint8_t which;          // tern_compress, of those that are sent from now on:
    bool    has_which;      // the handler's, else the server's
    bool    is_compressed;  // what the handler was given last had come so
};

typedef struct terni_accepted terni_accepted;  // ctx_packing.c

// What the connections of one poller stand on. The worker's.
typedef struct terni_home terni_home;
struct terni_home {
    tern_poller    *poller;
    terni_policy   *policy;
    terni_ctx_pool *pool;
    terni_drain    *drain;
    void (*emptied)(terni_caller *caller);  // its last call is gone, and it is ending
    void (*gone)(void *owner);              // a connection is, and its memory
    // May a long message come, from a connection that has announced `own` bytes before?
    bool (*announce)(void *owner, uint64_t own, uint64_t bytes);
    void *owner;
};

// Who makes the calls of one connection. A part of terni_server_conn.
struct terni_caller {
    terni_session     session;
    const terni_home *home;
    tern_ctx         *calls;     // newest first
    char             *address;   // NULL until somebody asks
    tern_identity    *identity;  // the same
    terni_accepted   *accepted;  // what the last call said of encodings; NULL until one does
    bool              is_ending;
    bool              is_leaving;      // the client is told to make no more calls
    bool              is_going;        // a final GOAWAY is out
    bool              is_held;         // its calls are being gone through
    uint32_t          metadata_bytes;  // that its calls hold, as they came
};

// A function on its way to the call's poller.
typedef struct terni_post terni_post;
struct terni_post {
    tern_task    task;
    tern_ctx    *ctx;
    tern_ctx_fn *fn;
    void        *arg;
};

struct tern_ctx {
    terni_stream stream;  // the engine's part, which it fills

    // Zeroed when the call is opened.
    tern_stub_handle    handle;  // what the handler gets: call, in, out or io
    terni_caller       *caller;
    const terni_method *method;        // NULL: nobody serves it
    tern_fiber         *fiber;         // that runs the handler
    tern_ctx           *next, **link;  // of the caller's calls; of the free list

    char        *message;
    void        *details;
    tern_code    code;
    uint32_t     details_len;
    terni_parent as_parent;  // deadline and cancellation, also for what is done on its behalf

    tern_metadata *metadata, *trailing, *initial;
    uint32_t       n_metadata, n_trailing, n_initial;
    uint32_t       n_begun;  // interceptors

    void        *request, *reply;
    terni_value *values;
    tern_ctx_fn *on_cancel;
    void        *on_cancel_arg;

    uint8_t state;                    // terni_ctx_state
    uint8_t waits_for;                // terni_ctx_wait
    bool    is_counted;               // against the server's and the method's limits
    bool    is_timed;                 // deadline_timer holds, if there is a deadline
    bool    has_item_arena, has_tmp;  // these hold
    bool    has_ended_in;             // the caller has sent everything
    bool    has_sent_initial;
    bool    is_spoiled;     // `code` and `message` stay, though the handler says OK
    bool    is_on_wire;     // the answer still waits inside the engine,
    bool    is_answer_due;  // or is to follow a message that does
    bool    is_in_handler;  // async: its callback is on the stack
    bool    has_pushed;     // async: in this call of `ready`
    bool    is_ready_queued, is_cancel_queued;  // tasks that name this call

    terni_ctx_packing packing;

    atomic_bool is_slot_taken;  // `slot` is on its way
    atomic_bool is_wake_posted;
    atomic_uint n_posted;  // things on their way here from any thread

    // Empty between calls.
    terni_arena arena;  // until the call ends
    terni_inbox inbox;

    // Not zeroed, since most calls do without: the flags above say what holds.
    terni_arena tmp;         // until the next send
    terni_arena item_arena;  // of the message that `_next` gave
    tern_timer  deadline_timer;
    uint64_t    since_ns;  // is_timed: when it turned out to last
    tern_task   cancel_task, ready_task, wake_task;
    terni_post  slot;  // the first thing that is posted needs no memory

    uint8_t first[TERNI_CTX_FIRST_BYTES] __attribute__((aligned(16)));
};

static inline bool terni_ctx_is_cancelled(const tern_ctx *ctx)
{
    return terni_parent_is_cancelled(&ctx->as_parent);
}

// The handler has said what it had to say.
static inline bool terni_ctx_is_answered(const tern_ctx *ctx)
{
    return ctx->state >= TERNI_CTX_ANSWERED;
}

// Something went wrong in the handler's hands, whatever it says of itself. The message is copied.
void terni_ctx_set_failure(tern_ctx *ctx, tern_code code, const char *message);
// What a handler returned: the message of tern_fail stays if it was for this code. OK is no answer to what was
// spoiled.
void terni_ctx_set_code(tern_ctx *ctx, tern_code code);
// What was cancelled for that is told.
const char *terni_ctx_why(tern_code why);
// How the call ends, as far as it is known.
tern_status terni_ctx_status(const tern_ctx *ctx);

#endif
