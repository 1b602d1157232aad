// tern/testing.h: a server for one test, and a channel to it, both on the test's own thread: no port, no file, no other
// thread. A handler is called by that server and by nobody else, so its context is a call's own: fiber, memory, metadata,
// deadline, cancellation and status are what they are in production. Knows nothing of what is tested.
//
// Lifetime:  tern_testing_new / tern_testing_free, which returns when every handler has. Streams, calls and replies that
//            the test has are freed in any order.
// Threads:   the test's. Whoever waits for a call, for a message of a stream or for its status drives server and client
//            meanwhile; between two waits nothing runs. So a handler may use what the test has, without a lock, and mocks
//            that are a thread's own; but an assertion that jumps out of a handler leaves its fiber behind: those belong
//            behind the call.
//
//   TERN_AUTO(tern_testing) *t = tern_testing_new(NULL);
//   demo_greeter_register(tern_testing_server(t), &(demo_greeter_handlers){ .say_hello = say_hello }, NULL);
//   st = demo_greeter_say_hello(tern_testing_channel(t), DEMO_HELLO_REQUEST(.name = "Ada"),
//                               &(tern_call_opts){ .timeout_ms = 500, .info = &info }, &reply);
#ifndef TERN_TESTING_H
#define TERN_TESTING_H

#include <stdint.h>

#include <tern/base.h>
#include <tern/channel.h>
#include <tern/ctx.h>
#include <tern/identity.h>
#include <tern/opts.h>
#include <tern/poller.h>
#include <tern/server.h>
#include <tern/stub.h>

#ifdef __cplusplus
extern "C" {
#endif

// Zero is the default everywhere.
typedef struct tern_testing_opts tern_testing_opts;
struct tern_testing_opts {
    const tern_server_opts  *server;   // interceptors, limits; n_pollers is not looked at
    const tern_channel_opts *channel;  // the poller is not looked at
    // Who all callers are: tern_ctx_identity, as if a certificate had said so. Borrowed until the end. NULL: nobody, as
    // without TLS. Instead of the filters of `server`.
    const tern_identity *identity;
    bool                 is_grpc;  // over HTTP/2, in place of Tern's own wire
};

typedef struct tern_testing tern_testing;

// NULL without memory or descriptors, or where options are a newer libtern's: the log says so.
TERN_API TERN_NODISCARD tern_testing      *tern_testing_new_sized(const tern_testing_opts *opts,
                                                                  uint64_t sizes, uint64_t server_sizes,
                                                                  uint64_t channel_sizes);
TERN_NODISCARD static inline tern_testing *tern_testing_new(const tern_testing_opts *opts)
{
    return tern_testing_new_sized(
        opts, TERN_SIZE(0, tern_testing_opts),
        TERN_SIZE(0, tern_server_opts) | TERN_SIZE(1, tern_server_interceptor) |
            TERN_SIZE(2, tern_filter_source),
        TERN_SIZE(0, tern_channel_opts) | TERN_SIZE(1, tern_retry) |
            TERN_SIZE(2, tern_client_interceptor) | TERN_SIZE(3, tern_filter_source));
}
// Calls that are still there are cancelled. Accepts NULL.
TERN_API void      tern_testing_free(tern_testing *t);
static inline void tern_testing_auto_(tern_testing **t) { tern_testing_free(*t); }

// To register services with, before the channel is asked for.
TERN_API tern_server *tern_testing_server(tern_testing *t);
// Starts the server when it is asked for first; what is wrong with that goes to stderr. It is the test's until the end.
TERN_API tern_channel *tern_testing_channel(tern_testing *t);
// That all of it is on, for fibers and timers of the test's own.
TERN_API tern_poller *tern_testing_poller(tern_testing *t);

// For what takes a context and is no method: `fn` is run as the sync handler of a unary call that is made with `opts`, which
// may be NULL. The status as the caller has it; opts.info has the rest. What `fn` got from its context is gone by then.
//
//   static tern_code check(tern_ctx *ctx, void *arg) { return allow(ctx, arg); }
//   ...
//   st = tern_testing_call(t, &(tern_call_opts){ .metadata = &token, .n_metadata = 1 }, check, "billing");
typedef tern_code                   tern_testing_fn(tern_ctx *ctx, void *arg);
TERN_API TERN_NODISCARD tern_status tern_testing_call_sized(tern_testing         *t,
                                                            const tern_call_opts *opts,
                                                            tern_testing_fn *fn, void *arg,
                                                            uint64_t sizes);
TERN_NODISCARD static inline tern_status
tern_testing_call(tern_testing *t, const tern_call_opts *opts, tern_testing_fn *fn, void *arg)
{
    return tern_testing_call_sized(t, opts, fn, arg, TERN_CALL_SIZES_);
}

#ifdef __cplusplus
}
#endif

#endif
