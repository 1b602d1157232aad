// tern/ctx.h: a call as its handler sees it: memory, failure, metadata, deadline, cancellation. Knows
// nothing of messages.
//
// Lifetime:  lives from the handler's start until it has returned (sync), replied or finished (async),
//            also when the caller has gone before. Request, reply and all memory from here live as
//            long; a handler frees nothing.
// Threads:   the poller's thread only, but for tern_ctx_post.
// Failure:   no memory is sticky: strings are "" then, and the next send or the handler's return
//            answers TERN_RESOURCE_EXHAUSTED. So does an arena that has grown beyond its limit.
//
//   static tern_code get(tern_ctx *ctx, const kv_get_request *req, kv_get_reply *reply)
//   {
//       const char *value = find(tern_ctx_user_data(ctx), req->key);
//       if (!value)
//           return tern_fail(ctx, TERN_NOT_FOUND, "no key `%s`", req->key);
//       reply->value = tern_printf(ctx, "%s", value);
//       return TERN_OK;
//   }
#ifndef TERN_CTX_H
#define TERN_CTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/call.h>
#include <tern/identity.h>
#include <tern/compression.h>
#include <tern/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_ctx tern_ctx;

// ---- memory --------------------------------------------------------------

// A string that lives until the call has ended. Never NULL.
TERN_API TERN_PRINTF(2, 3) char *tern_printf(tern_ctx *ctx, const char *fmt, ...);
// A string that lives until the next send on this call, for the messages of a stream. Never NULL.
TERN_API TERN_PRINTF(2, 3) char *tern_tmpf(tern_ctx *ctx, const char *fmt, ...);
// Zeroed memory for `n` elements that lives until the call has ended; NULL if there is none.
TERN_API TERN_NODISCARD void *tern_ctx_alloc(tern_ctx *ctx, size_t n, size_t size);
// A message that the handler was given, as the reply of a call of its own, is the call's from now on and goes
// with it; so this call's reply may point into it. Accepts NULL.
TERN_API void tern_ctx_own(tern_ctx *ctx, void *message);

// ---- failure -------------------------------------------------------------

// Sets the message that goes with `code`, of any length, and returns `code` for the handler to return.
TERN_API TERN_PRINTF(3, 4) TERN_NODISCARD tern_code
    tern_fail(tern_ctx *ctx, tern_code code, const char *fmt, ...);
// Adds details for programs: a serialised google.rpc.Status (<tern/error_details.h> makes one). Copied. More than what
// fits into a frame's head, some 45 KiB with trailing metadata, ends the call with TERN_RESOURCE_EXHAUSTED.
TERN_API void tern_fail_details(tern_ctx *ctx, const void *details, size_t len);

// ---- the caller ----------------------------------------------------------

// What tern_service_opts.user_data said at registration.
TERN_API void *tern_ctx_user_data(const tern_ctx *ctx);
// Its address; "" when asked first after the connection was lost.
TERN_API const char *tern_ctx_peer(const tern_ctx *ctx);
TERN_API const char *tern_ctx_method(const tern_ctx *ctx);  // "/demo.Greeter/SayHello"

// Who is at the other end, and how the call is protected, where TLS is between (<tern/tls.h>). NULL: it is not; or
// asked first after the connection was lost, or there is no memory: who is not known may nothing.
TERN_API const tern_identity *tern_ctx_identity(const tern_ctx *ctx);

// Who is at the other end of a unix socket, as the kernel knows it. 0; -EOPNOTSUPP for other sockets,
// -ENOTCONN once the connection is gone.
typedef struct tern_credentials tern_credentials;
struct tern_credentials {
    int64_t pid, uid, gid;
};
TERN_API TERN_NODISCARD int tern_ctx_credentials(const tern_ctx *ctx, tern_credentials *ret);

// What an interceptor has found out, for the handler: values by the address of a key.
//   static const char user_key;   tern_ctx_set_value(ctx, &user_key, user);
TERN_API void  tern_ctx_set_value(tern_ctx *ctx, const void *key, void *value);
TERN_API void *tern_ctx_value(const tern_ctx *ctx, const void *key);  // NULL: not set

// The caller's value of `key`, or NULL; the last one if it was sent several times.
TERN_API const tern_metadata *tern_ctx_metadata(const tern_ctx *ctx, const char *key);
// Goes out with the first message, or with the status. Copied; too late after the first message, which
// makes the call end with TERN_FAILED_PRECONDITION.
TERN_API void tern_ctx_add_initial(tern_ctx *ctx, const tern_metadata *m);
// Goes out with the status. Copied.
TERN_API void tern_ctx_add_trailing(tern_ctx *ctx, const tern_metadata *m);

// ---- compression ---------------------------------------------------------

// What the replies of this call are compressed with, if the caller can read that; else they go as they are.
// Instead of the server's. Too late after the first message, which makes the call end with
// TERN_FAILED_PRECONDITION.
TERN_API void tern_ctx_set_compression(tern_ctx *ctx, tern_compression with);
// Which of those that are sent from now on.
TERN_API void tern_ctx_compress(tern_ctx *ctx, tern_compress which);
// The message that the handler was given last had come compressed.
TERN_API bool tern_ctx_is_compressed(const tern_ctx *ctx);

// ---- the end before the end ----------------------------------------------

// TERN_OK while somebody waits for an answer; TERN_CANCELLED or TERN_DEADLINE_EXCEEDED after that, or TERN_UNAVAILABLE
// where the method ends with the server; or what the call will end with in any case: a message that cannot be read or
// sent, bad metadata. A handler that reads a stream asks when `_next` has returned NULL: only TERN_OK means that the
// caller has sent everything.
TERN_API TERN_NODISCARD tern_code tern_ctx_check(const tern_ctx *ctx);
// What is left until the deadline, 0 when it has passed, INT64_MAX without one.
TERN_API int64_t tern_ctx_time_left_ms(const tern_ctx *ctx);

typedef void tern_ctx_fn(tern_ctx *ctx, void *arg);
// Runs `fn` on the call's poller as soon as nobody waits for an answer any more; at most once, never
// from within this function. The call still has to be replied to or finished.
TERN_API void tern_ctx_on_cancel(tern_ctx *ctx, tern_ctx_fn *fn, void *arg);
// The server has begun to stop: what is left of its grace is left to this call. Who only waits ends it now, with
// TERN_UNAVAILABLE, and the caller goes elsewhere. Also on the thread of an offloaded handler.
TERN_API bool tern_ctx_is_draining(const tern_ctx *ctx);
// Runs `fn` on the call's poller as soon as the server begins to stop, or has; at most once for each time that it was
// set, never from within this function, nor when the handler has returned, replied or finished.
TERN_API void tern_ctx_on_draining(tern_ctx *ctx, tern_ctx_fn *fn, void *arg);
// From any thread: runs `fn` on the call's poller. The way back for an answer computed elsewhere.
TERN_API void tern_ctx_post(tern_ctx *ctx, tern_ctx_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif
