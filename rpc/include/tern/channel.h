// tern/channel.h: whom a client talks to. A channel is an address and the connections made to it, as
// they are needed. Knows nothing of methods; generated functions make the calls.
//
// Lifetime:  tern_connect / tern_channel_free. Freeing drops the handle: calls in flight end with
//            TERN_CANCELLED on their poller, and the channel goes when the last of them has. Legal
//            inside a callback.
// Threads:   any thread may use a channel. It keeps one set of connections per poller: a call from a
//            fiber or a callback uses those of the poller it runs on, a plain thread drives a loop of
//            the channel's own while it waits.
// Failure:   tern_connect never returns NULL. A bad address, or no memory, is the status of the first
//            call.
//
//   TERN_AUTO(tern_channel) *ch = tern_connect("tcp://127.0.0.1:7000", NULL);
#ifndef TERN_CHANNEL_H
#define TERN_CHANNEL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <tern/base.h>
#include <tern/call.h>
#include <tern/compression.h>
#include <tern/filter_source.h>
#include <tern/opts.h>
#include <tern/outgoing.h>
#include <tern/poller.h>
#include <tern/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_channel tern_channel;

// Which of several addresses a call goes to.
typedef enum tern_balance {
    TERN_PICK_FIRST,   // the first that can be connected to; the others stand by
    TERN_ROUND_ROBIN,  // all that can be connected to, also of one host name: one call each in turn
} tern_balance;

// When a call that failed is tried again, beside those that the server proves not to have touched, which
// always are. Only until the server has begun to answer; a stream only until a message was sent on it.
// Zero is the default everywhere.
typedef struct tern_retry tern_retry;
struct tern_retry {
    uint32_t max_attempts;        // of one call, the first included. 0: 3; at most 10
    int64_t  initial_backoff_ms;  // before the second attempt, +-20 %. 0: 100
    int64_t  max_backoff_ms;      // 0: 5000
    double   multiplier;          // of the backoff from one attempt to the next. 0: 2
    // What is worth another attempt. None: TERN_UNAVAILABLE.
    const tern_code *codes;
    size_t           n_codes;
    // A failure costs a token, another end earns `throttle_ratio`; no retries while no more than half of
    // them are left, so that a server that is down is not made to stay so. 0: 100, and 0.1.
    uint32_t throttle_tokens;
    double   throttle_ratio;
};

// Zero is the default everywhere.
typedef struct tern_channel_opts tern_channel_opts;
struct tern_channel_opts {
    // All calls run on this one, whoever makes them; others then post to it. It has to outlive the
    // channel's calls. NULL: that of the caller.
    tern_poller *poller;
    // Deadline of a call that sets none itself. 0: 30 s for unary and client-streaming calls, none for the
    // others; below 0 (TERN_NO_TIMEOUT): none.
    int64_t      timeout_ms;
    tern_balance balance;
    // Connections that calls go round over: for each poller, and with TERN_ROUND_ROBIN for each address
    // as well. 0: 1; at most 64.
    uint32_t n_connections;
    // Of one message from a server: a larger one ends its call with TERN_RESOURCE_EXHAUSTED. 0: 64 MiB.
    uint64_t max_message_bytes;
    // A server that sends nothing for so long, though calls are open, is asked for a sign of life; calls
    // end with TERN_UNAVAILABLE when none comes within the timeout. 0: 30 s, and 20 s. Below 0: never asked,
    // and never given up.
    int64_t           keepalive_ms;
    int64_t           keepalive_timeout_ms;
    const tern_retry *retry;  // copied. NULL: no retries by policy
    // Copied, but for what their `arg` points at, which has to outlive the channel's calls.
    const tern_client_interceptor *interceptors;
    size_t                         n_interceptors;
    const tern_filter_source      *filters;  // for tls:// addresses; copied. NULL: there are none
    // Of what calls send that say nothing of it themselves.
    tern_compression_choice compression;
    uint64_t                compress_from_bytes;  // what is worthwhile. 0: 1 KiB
    // What servers may compress with, of those that are built in: "gzip,zstd". NULL: all; "": nothing.
    const char *encodings;
    // Whom calls are for, in place of each address: "db.example" or "db.example:7000". gRPC's servers are told so, and
    // with TLS it is who the server has to be. Copied. NULL: as the addresses say.
    const char *authority;
    // In which a hundredth of a long message comes from a server: else its connection is closed, and its calls end with
    // TERN_UNAVAILABLE. 0: 60 s; below 0: no limit.
    int64_t message_timeout_ms;
};

// Connects when the first call needs it. One of these, or several separated by commas:
//   tcp://host:port  tcp://[::1]:port  unix:///path  unix:@abstract  fd:N    Tern's own wire
//   inproc:name  grpc+inproc:name  tls+inproc:name                            whoever listens at inproc:name in this process
//   grpc://host:port  grpc+unix:///path  grpc+unix:@abstract  grpc+fd:N       gRPC, also as it writes
//   dns:///host:port  ipv4:127.0.0.1:port  ipv6:[::1]:port                    addresses itself
//   tls://host:port  grpcs://host:port                                        either, through `filters`
TERN_API TERN_NODISCARD tern_channel *
tern_connect_sized(const char *addresses, const tern_channel_opts *opts, uint64_t sizes);
TERN_NODISCARD static inline tern_channel *tern_connect(const char              *addresses,
                                                        const tern_channel_opts *opts)
{
    return tern_connect_sized(addresses, opts,
                              TERN_SIZE(0, tern_channel_opts) | TERN_SIZE(1, tern_retry) |
                                  TERN_SIZE(2, tern_client_interceptor) |
                                  TERN_SIZE(3, tern_filter_source));
}

// Other addresses from now on, by any thread: connections that the new ones want too stay as they are, and those
// that they do not take no more calls but end those that they have. TERN_OK, or what is wrong with the
// addresses; then those before stay.
TERN_API TERN_NODISCARD tern_status tern_channel_set_addresses(tern_channel *ch,
                                                               const char   *addresses);

// How well a channel is connected: the best that it is on any poller. It connects when a call needs it, so one that
// nobody uses is idle, and one that only failed is so until the backoff is over.
typedef enum tern_channel_state {
    TERN_CHANNEL_IDLE,
    TERN_CHANNEL_CONNECTING,
    TERN_CHANNEL_READY,
    TERN_CHANNEL_FAILING,
} tern_channel_state;

// Any thread; it may be another one already.
TERN_API tern_channel_state tern_channel_get_state(tern_channel *ch);
TERN_API const char        *tern_channel_state_name(tern_channel_state state);  // "READY"

// Runs on whichever poller has changed it, one at a time. Must not wait, watch, or free the channel.
typedef void tern_channel_state_fn(tern_channel *ch, tern_channel_state state, void *arg);
// From now on `fn` is told of each change, in place of who was before. NULL: nobody; the one before does not run any
// more when this returns. The state that the changes start from.
TERN_API tern_channel_state tern_channel_watch_state(tern_channel *ch, tern_channel_state_fn *fn,
                                                     void *arg);

// For people: its connections on each poller, their calls, and those that wait for one. As tern_server_dump.
TERN_API void tern_channel_dump(tern_channel *ch, FILE *to);

// Accepts NULL.
TERN_API void      tern_channel_free(tern_channel *ch);
static inline void tern_channel_auto_(tern_channel **ch) { tern_channel_free(*ch); }

#ifdef __cplusplus
}
#endif

#endif
