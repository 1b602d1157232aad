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
#include <tern/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_ctx tern_ctx;  // <tern/ctx.h>

// A key and its value, which travel beside the messages. Keys are small letters, digits and `-_.`; one
// that ends in "-bin" may have any bytes for a value, others printable ASCII.
typedef struct tern_metadata tern_metadata;
struct tern_metadata {
    const char *key;
    const void *value;
    size_t      len;
};

// ---- cancellation --------------------------------------------------------

// A switch that ends every call it was given to with TERN_CANCELLED, those made later as well.
typedef struct tern_cancel tern_cancel;

TERN_API tern_cancel *tern_cancel_new(void);
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
    const char          *message;  // all of it, however long; "" for TERN_OK
    const void          *details;  // a serialised google.rpc.Status, or NULL
    size_t               details_len;
    const tern_metadata *initial;  // what the server sent ahead of the first message
    size_t               n_initial;
    const tern_metadata *trailing;  // and behind the last one
    size_t               n_trailing;
    const char          *peer;  // its address, "" if no connection was made
    uint32_t             n_attempts;
    void                *memory_;
};

TERN_API void      tern_call_info_done(tern_call_info *info);
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
    // Waits for a connection until the deadline, where it would fail with TERN_UNAVAILABLE.
    bool wait_for_ready;
    // On whose behalf, for handlers in the asynchronous style. On a handler's fiber it is known.
    const tern_ctx      *parent;
    tern_cancel         *cancel;
    tern_call_info      *info;
    const tern_metadata *metadata;
    size_t               n_metadata;
};

#ifdef __cplusplus
}
#endif

#endif
