// tern/server.h: who answers. A server is a set of addresses and the services registered on it. Knows
// nothing of methods; generated functions register them.
//
// Lifetime:  tern_listen / tern_server_free. Free stops a server that still runs, without grace; one that
//            runs on the program's own pollers has to be stopped and waited for before.
// Threads:   tern_server_stop, _address, _poller, _set_health and _dump from any thread; the rest belongs to the one
//            that made it. Handlers run in parallel on the server's pollers.
// Failure:   tern_listen never returns NULL. A bad address, a port that is taken, a registration that
//            was refused: tern_serve and tern_server_start tell.
//
//   TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:7000", NULL);
//   demo_greeter_register(srv, &(demo_greeter_handlers){ .say_hello = say_hello }, NULL);
//   return tern_serve(srv);
#ifndef TERN_SERVER_H
#define TERN_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <tern/base.h>
#include <tern/compression.h>
#include <tern/ctx.h>
#include <tern/filter_source.h>
#include <tern/opts.h>
#include <tern/poller.h>
#include <tern/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_server tern_server;

// Looks at every call of a server, whatever its method and the style of its handler: authentication,
// accounting, logging. Any of the functions may be NULL.
typedef struct tern_server_interceptor tern_server_interceptor;
struct tern_server_interceptor {
    // Before the handler, and where that runs: on the fiber of a sync handler, where it may wait and make
    // calls. Anything but TERN_OK ends the call with tern_fail's text; neither the handler nor the
    // interceptors behind this one see it then.
    tern_code (*begin)(tern_ctx *ctx, void *arg);
    // Each message that the handler gets, and each that it has given. Borrowed.
    void (*received)(tern_ctx *ctx, const void *msg, void *arg);
    void (*sent)(tern_ctx *ctx, const void *msg, void *arg);
    // Once for each begin, in reverse order, when it is known how the call ends and not yet said: trailing
    // metadata may still be added. Must not wait.
    void (*end)(tern_ctx *ctx, tern_status st, void *arg);
    void *arg;
};

// Zero is the default everywhere.
typedef struct tern_server_opts tern_server_opts;
struct tern_server_opts {
    uint32_t n_pollers;   // 0: one per core
    bool     no_signals;  // tern_serve leaves SIGINT and SIGTERM alone
    bool no_health;  // no grpc.health.v1.Health, which is there unless the program brings its own
    // For calls in flight when the server stops. 0: 10 s; below 0: as long as they take.
    int64_t grace_ms;
    // Caps the deadline of every call, also of one that brings none. 0, or below: no cap.
    int64_t max_timeout_ms;
    // A client that sends nothing for so long, though calls are open, is asked for a sign of life, and its
    // calls are cancelled when none comes within the timeout. 0: 2 hours, and 20 s. Below 0: never asked, and
    // never given up. So generous since a client in blocking style answers only while one of its threads waits
    // for something: one that holds a stream and computes meanwhile is not dead. Where all clients have
    // fibers or callbacks, a channel's 30 s find the dead sooner.
    int64_t keepalive_ms;
    int64_t keepalive_timeout_ms;

    // Limits. A call beyond one ends with TERN_RESOURCE_EXHAUSTED and a sentence that names it.
    uint32_t
        max_calls;  // in progress at once, on all connections together. 0: 100,000 for each poller
    uint32_t max_connections;    // more are closed as soon as they come. 0: 10,000
    uint64_t max_message_bytes;  // of one request, or message of a stream. 0: 64 MiB
    // For what all clients together make the server hold: see tern_server_get_memory. 0: a quarter of the machine's,
    // and at most 1 GiB.
    uint64_t max_memory_bytes;

    const tern_server_interceptor *interceptors;  // copied
    size_t                         n_interceptors;
    const tern_filter_source      *filters;  // for tls:// addresses; copied. NULL: there are none
    // Of what handlers send that say nothing of it themselves.
    tern_compression_choice compression;
    uint64_t                compress_from_bytes;  // what is worthwhile. 0: 1 KiB
    // What clients may compress with, of those that are built in: "gzip,zstd". NULL: all; "": nothing.
    const char *encodings;

    // Times for clients, whose connections are closed beyond them: docs/limits.md has more. Below 0: no limit.
    int64_t header_timeout_ms;   // for a frame to become whole, once it has begun. 0: 20 s
    int64_t message_timeout_ms;  // in which a hundredth of a long message comes. 0: 60 s
    int64_t write_timeout_ms;    // in which something of what waits for the client is read. 0: 60 s
    int64_t
        idle_timeout_ms;  // without a call. 0: no limit, since a channel that is idle is healthy
    // From when on a connection, within a fifth, is told to take its next calls elsewhere, so that clients spread
    // anew; and how long its calls have then. 0: no limit.
    int64_t  max_age_ms;
    int64_t  max_age_grace_ms;
    uint64_t max_metadata_bytes;  // of all calls of one connection that are in progress. 0: 16 MiB

    // It begins to stop: calls have their grace from here on. Once, on the first poller, before clients are told: closes
    // the queues that handlers wait on, and the like. Must not wait.
    void (*on_draining)(tern_server *srv, void *arg);
    void *on_draining_arg;

    // Says in the log which handler has kept its poller, and so all other calls there, from going on for longer than so
    // many milliseconds: its method, its peer and where it is, and another line when it is over. 0: nobody looks, and it
    // costs nothing. It takes a thread, and SIGURG, which the system ignores unless a program wants it, for the
    // process and for good: one that is not ours goes on to the handler that was there before, but a program that
    // sets one later has to hand on what it does not know. The threads of the pollers take it from then on; what a
    // signal ends there with EINTR (a sleep, poll) ends once per line.
    uint64_t watchdog_ms;
};

// Addresses as for tern_connect, several separated by commas; port 0 lets the kernel choose. A listener
// speaks every wire, whatever the scheme; it only says whether TLS is required. inproc:name is for this process alone, as
// tests want it: the same stack over unix sockets without a name (<tern/address.h>). fd:N listens already, or is connected:
// then it is the first connection and the only one from there.
TERN_API TERN_NODISCARD tern_server *
tern_listen_sized(const char *addresses, const tern_server_opts *opts, uint64_t sizes);
TERN_NODISCARD static inline tern_server *tern_listen(const char             *addresses,
                                                      const tern_server_opts *opts)
{
    return tern_listen_sized(addresses, opts,
                             TERN_SIZE(0, tern_server_opts) |
                                 TERN_SIZE(1, tern_server_interceptor) |
                                 TERN_SIZE(2, tern_filter_source));
}
// Accepts NULL.
TERN_API void      tern_server_free(tern_server *srv);
static inline void tern_server_auto_(tern_server **srv) { tern_server_free(*srv); }

typedef enum tern_method_limit_flags {
    // Its calls only wait, as those of who watches something: when the server begins to stop they are cancelled, and end
    // with TERN_UNAVAILABLE.
    TERN_METHOD_ENDS_WHEN_DRAINING = 1,
} tern_method_limit_flags;

// Of one method.
typedef struct tern_method_limit tern_method_limit;
struct tern_method_limit {
    const char *method;     // "SayHello"; NULL: each method that has no limit of its own
    uint64_t    max_calls;  // in progress at once. 0: no limit
    uint64_t    flags;      // tern_method_limit_flags
    // Of a stream from the client: what it may send ahead of what was read. As tern_call_opts.window_bytes, but at least
    // 64 KiB, which clients send before they know better.
    uint64_t window_bytes;
};

// What goes with the registration of one service. Zero is the default everywhere.
typedef struct tern_service_opts tern_service_opts;
struct tern_service_opts {
    void                    *user_data;  // for handlers: tern_ctx_user_data
    const tern_method_limit *limits;     // copied
    size_t                   n_limits;
};

// Runs until SIGINT, SIGTERM or tern_server_stop, and returns when every handler has returned. A second
// signal ends the program at once. For main: says what went wrong on stderr and returns the exit code.
TERN_API TERN_NODISCARD int tern_serve(tern_server *srv);

// The same in pieces, without signals: start returns at once, and the server has threads of its own, which
// take no signals. With `pollers`, which the program drives itself, already or from then on, it has none, and
// `opts.n_pollers` is ignored.
TERN_API TERN_NODISCARD tern_status tern_server_start(tern_server *srv, tern_poller *const *pollers,
                                                      size_t n_pollers);
// Stops accepting, tells the peers, gives calls in flight their grace, cancels the rest.
TERN_API void tern_server_stop(tern_server *srv);
// Waits until it has stopped. The first thing that went wrong, or TERN_OK.
TERN_API TERN_NODISCARD tern_status tern_server_wait(tern_server *srv);

// While the server runs, until it begins to stop: `fn` every so many milliseconds, on a fiber of the first poller, where
// it may wait; when one turn lasts longer the next is left out. Before the start.
typedef void  tern_server_fn(tern_server *srv, void *arg);
TERN_API void tern_server_every(tern_server *srv, int64_t every_ms, tern_server_fn *fn, void *arg);

// What the health service says of `service` ("demo.Greeter"), or with "" of the server as a whole; those who
// watch are told. From any thread. All that is registered serves unless told otherwise, and nothing does
// once the server stops.
TERN_API void tern_server_set_health(tern_server *srv, const char *service, bool is_serving);

// What clients make a server hold: messages on their way, what waits in streams' inboxes and for peers to read it, calls
// with their memory. With three quarters of max_bytes held, nothing more is read from the connections that hold more
// than their share; with seven eighths, or after a second, the calls of the one that holds most end with
// RESOURCE_EXHAUSTED; and if that does not help, it is closed.
typedef struct tern_server_memory tern_server_memory;
struct tern_server_memory {
    uint64_t max_bytes;
    uint64_t
        pooled_bytes;  // what its pollers have in blocks, for it and for all else that the program does on them
    uint64_t
        held_bytes;  // by clients, as of the last look: nobody looks while pooled_bytes are below the half
    uint64_t n_slowed;   // connections, times that they were
    uint64_t n_refused;  // calls
    uint64_t n_ended;    // connections
};

// From any thread.
TERN_API tern_server_memory tern_server_get_memory(const tern_server *srv);

// Its pollers, for their counters (tern_poller_get_stats) and for what a program attaches to them: from the start until the
// server is freed. NULL beyond the last one.
TERN_API unsigned     tern_server_n_pollers(const tern_server *srv);
TERN_API tern_poller *tern_server_poller(const tern_server *srv, unsigned i);

// For people, between the start and the end: what each poller has counted, its connections, the calls on them and the
// fibers, a line each. From any thread, which waits for the pollers to tell; one that does not come round within a second
// is said not to answer.
TERN_API void tern_server_dump(tern_server *srv, FILE *to);

// The first address it listens on, with the port that was chosen for 0; "" before start. Borrowed until
// the server is freed.
TERN_API const char *tern_server_address(const tern_server *srv);

#ifdef __cplusplus
}
#endif

#endif
