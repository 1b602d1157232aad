// rpc/server/ctx_internal.h: a call on the server, inside. From the `opened` event until the handler has
// returned (or replied) and what it said is on its way.
//
//   opened --> [message...] --> dispatch --> handler --> finish --> released
//                                  |            ^
//                  closed, deadline: cancelled; the handler goes on, its answer is dropped
#ifndef RPC_SERVER_CTX_INTERNAL_H
#define RPC_SERVER_CTX_INTERNAL_H

#include <tern/ctx.h>
#include <tern/fiber.h>
#include <tern/stub.h>
#include <tern/timer.h>

#include "rpc/base/arena_internal.h"
#include "rpc/codec/codec_internal.h"
#include "rpc/call/inbox_internal.h"
#include "rpc/wire/wire_internal.h"

typedef struct terni_method      terni_method;       // registry_internal.h
typedef struct terni_server_conn terni_server_conn;  // server_internal.h
typedef struct terni_value       terni_value;        // ctx.c

enum { TERNI_CTX_FIRST_BYTES = 224 };  // of a call's memory come with the call

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
    terni_server_conn  *conn;    // the connection; NULL once it is gone
    const terni_method *method;
    tern_fiber         *fiber;         // that runs the handler
    tern_ctx           *next, **link;  // of the connection's calls, newest first; of the free list

    tern_code code;  // cancelled: why
    tern_code why;   // it was cancelled
    char     *message;
    void     *details;
    size_t    details_len;
    uint64_t  deadline_ns;

    tern_metadata *metadata, *trailing, *initial;
    uint32_t       n_metadata, n_trailing, n_initial;

    void        *request, *reply;
    terni_value *values;
    uint32_t     n_begun;  // interceptors
    tern_cancel *scope;    // of what acts on behalf of this call; NULL: nobody does
    tern_ctx_fn *on_cancel;
    void        *on_cancel_arg;

    bool is_counted;                     // against the server's and the method's limits
    bool is_offloaded;                   // the handler runs on another thread
    bool is_timed;                       // deadline_timer holds, if there is a deadline
    bool has_item_arena, has_tmp;        // these hold
    bool is_cancelled;                   // nobody waits for the answer any more
    bool has_ended_in;                   // the caller has sent everything
    bool is_dispatched;                  // the handler has been started
    bool is_done;                        // the handler has answered
    bool is_waiting_in, is_waiting_out;  // parked, or an async handler to be told
    bool is_on_wire;                     // the answer still waits inside the engine
    bool has_sent_initial;
    bool is_in_handler;                      // async: its callback is on the stack
    bool is_answered;                        // async: the handler has said what it had to say
    bool has_pushed;                         // async: in this call of `ready`
    bool is_ready_queued, is_cancel_queued;  // tasks that name this call
    bool is_released;                        // goes when they have run, and what was posted
    bool is_slot_taken;                      // atomic: `slot` is on its way
    bool is_wake_posted;                     // atomic

    uint32_t n_posted;  // atomic: things on their way here from any thread

    // Empty between calls.
    terni_arena arena;  // until the call ends
    terni_inbox inbox;

    // Not zeroed, since most calls do without: the flags above say what holds.
    terni_arena tmp;         // until the next send
    terni_arena item_arena;  // of the message that `_next` gave
    tern_timer  deadline_timer;
    tern_task   cancel_task, ready_task, wake_task;
    terni_post  slot;  // the first thing that is posted needs no memory

    uint8_t first[TERNI_CTX_FIRST_BYTES] __attribute__((aligned(16)));
};

#endif
