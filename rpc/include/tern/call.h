// tern/call.h: what a caller may say about one call, and learn about it. Knows nothing of messages.
//
// Lifetime:  options are read before the call function returns, but what `info` and `cancel` point at
//            has to live until the call has ended.
// Threads:   tern_cancel_fire may come from any thread; everything else belongs to the caller.
//
//   TERN_AUTO(tern_call_info) info = { 0 };
//   tern_status st = demo_greeter_say_hello(
//       ch, DEMO_HELLO_REQUEST(.name = "world"),
//       &(tern_call_opts){ .timeout_ms = 500, .info = &info }, &reply);
//   if (st.code)
//       fprintf(stderr, "%s: %s (%u attempts)\n", info.peer, info.message, info.n_attempts);
#ifndef TERN_CALL_H
#define TERN_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/compression.h>
#include <tern/identity.h>
#include <tern/metadata.h>
#include <tern/opts.h>
#include <tern/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_ctx tern_ctx;  // <tern/ctx.h>

// ---- cancellation --------------------------------------------------------

// A switch that ends every call it was given to with TERN_CANCELLED, those made later as well.
typedef struct tern_cancel tern_cancel;

TERN_API TERN_NODISCARD tern_cancel *tern_cancel_new(void);
// Legal while calls still hold it; it goes with the last of them.
TERN_API void      tern_cancel_free(tern_cancel *c);
static inline void tern_cancel_auto_(tern_cancel **c) { tern_cancel_free(*c); }
// Any thread, any number of times. The calls' completions still come, once each.
TERN_API void tern_cancel_fire(tern_cancel *c);

// ---- all there is to know about a call -----------------------------------

// Filled when the call ends. Zero-initialise; tern_call_info_done, or TERN_AUTO, releases what it
// holds. May be used for one call after another.
typedef struct tern_call_info tern_call_info;
struct tern_call_info {
    void                *memory_;  // the library's, as is
    uint32_t             size_;
    uint32_t             n_attempts;
    const char          *message;  // all of it, however long; "" for TERN_OK
    const void          *details;  // a serialised google.rpc.Status, or NULL
    size_t               details_len;
    const tern_metadata *initial;  // what the server sent ahead of the first message
    size_t               n_initial;
    const tern_metadata *trailing;  // and behind the last one
    size_t               n_trailing;
    const char          *peer;          // its address, "" if no connection was made
    uint64_t             n_compressed;  // of the messages that were read, how many had come so
    // Who the server is, as the connection's filter has found out; tern_ctx_identity's other end. NULL: there was no
    // filter, no connection was made, or there is no memory.
    const tern_identity *identity;
};

TERN_API void      tern_call_info_done_sized(tern_call_info *info, uint64_t sizes);
static inline void tern_call_info_done(tern_call_info *info)
{
    tern_call_info_done_sized(info, TERN_SIZE(0, tern_call_info));
}
static inline void tern_call_info_auto_(tern_call_info *info) { tern_call_info_done(info); }

// ---- options -------------------------------------------------------------

#define TERN_NO_TIMEOUT (-1)

// Zero is the default everywhere: &(tern_call_opts){ .timeout_ms = 500 }.
typedef struct tern_call_opts tern_call_opts;
struct tern_call_opts {
    // From now until the call has ended. 0: the channel's, which is 30 s for unary and client-streaming
    // calls and none for the others; TERN_NO_TIMEOUT: none. A call made by a handler never gets more
    // than its own call has left.
    int64_t timeout_ms;
    // Takes neither deadline nor cancellation from the call on whose behalf this one is made.
    bool detached;
    // Waits for a connection until the deadline, where it would fail with TERN_UNAVAILABLE: nobody listens, or it is not
    // who it should be.
    bool wait_for_ready;
    // On whose behalf, for handlers in the asynchronous style. On a handler's fiber it is known.
    const tern_ctx      *parent;
    tern_cancel         *cancel;
    tern_call_info      *info;
    const tern_metadata *metadata;
    size_t               n_metadata;
    // Of what is sent; what comes back is the server's business. `which` counts where `with` is set.
    tern_compression_choice compression;
    // Of a stream: what the server may send ahead of what was read, in bytes, rounded up to a power of two: at least
    // 4 KiB, at most the 16 MiB that all calls of a connection have together. A message that is longer comes all the
    // same. 0: 256 KiB.
    uint64_t window_bytes;
};

// ---- many at once --------------------------------------------------------

// A call that <method>_begin has started, and that somebody will wait for. Never NULL. It belongs to who
// began it; one fiber or thread at a time may wait for it.
//
//   TERN_AUTO(demo_hello_reply) *a = NULL, *b = NULL;
//   TERN_AUTO(tern_call) *x = demo_greeter_say_hello_begin(ch1, req, NULL, &a);
//   TERN_AUTO(tern_call) *y = demo_greeter_say_hello_begin(ch2, req, NULL, &b);
//   tern_status st = tern_wait_all((tern_call *[]){ x, y }, 2);
//
// On a fiber a call is on its way when begin returns. A plain thread without a poller has nobody who would
// carry it until some thread waits: calls begun there go out together, with the first wait, and are not for
// fibers to wait for.
typedef struct tern_call tern_call;

// Cancels a call that has not ended; it has when this returns. Accepts NULL.
TERN_API void      tern_call_free(tern_call *call);
static inline void tern_call_auto_(tern_call **call) { tern_call_free(*call); }

// How it ended; TERN_FAILED_PRECONDITION before that.
TERN_API TERN_NODISCARD tern_status tern_call_status(const tern_call *call);

// Parks, or drives the channels' loops on a plain thread, until all have ended: TERN_OK, or the failure of
// the first, by index, that failed. The replies of those that succeeded are where begin was told to put
// them, given to the caller. If the fiber is cancelled so are the calls. In a poller's callback, where
// nobody can wait, TERN_FAILED_PRECONDITION unless all have ended. NULLs among them are passed over.
TERN_API TERN_NODISCARD tern_status tern_wait_all(tern_call *const *calls, size_t n);

// The same until one has ended that was not returned before: its index, the lowest if there are several;
// `n` when all were returned. So this sees each call once:
//   while ((i = tern_wait_any(calls, n)) < n)
//       if (tern_call_status(calls[i]).code == TERN_OK) use(replies[i]);
TERN_API TERN_NODISCARD size_t tern_wait_any(tern_call *const *calls, size_t n);

#ifdef __cplusplus
}
#endif

#endif
