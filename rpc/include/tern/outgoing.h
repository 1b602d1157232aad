// tern/outgoing.h: a client's call as the interceptors of its channel see it. Knows nothing of messages.
//
// Lifetime:  an outgoing call is borrowed for the function it is given to.
// Threads:   begin, and sent for a call's first message, run where the call is made; the others on the
//            call's poller, which a plain thread that waits may be driving. For one call never two at once.
//
//   static tern_code sign(tern_outgoing *call, void *token)
//   {
//       tern_outgoing_add_metadata(call, &(tern_metadata){ "authorization", token, strlen(token) });
//       return TERN_OK;
//   }
//   tern_client_interceptor auth = { .begin = sign, .arg = token, .secret = "the token" };
//   tern_connect(address, &(tern_channel_opts){ .interceptors = &auth, .n_interceptors = 1 });
#ifndef TERN_OUTGOING_H
#define TERN_OUTGOING_H

#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/call.h>
#include <tern/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_outgoing tern_outgoing;

// Looks at every call of a channel, whatever its kind and style: signing, accounting, tracing. One that is
// tried again is still one call; one that its channel cannot make at all (a bad address) is none. Any of
// the functions may be NULL.
typedef struct tern_client_interceptor tern_client_interceptor;
struct tern_client_interceptor {
    // Before anything is sent. Anything but TERN_OK ends the call with tern_outgoing_fail's text; the
    // interceptors behind this one do not see it then.
    tern_code (*begin)(tern_outgoing *call, void *arg);
    // Each message as it is encoded, in order of the interceptors; and each one that has come as it is
    // decoded, in reverse. Borrowed. Must not wait.
    void (*sent)(tern_outgoing *call, const void *msg, void *arg);
    void (*received)(tern_outgoing *call, const void *msg, void *arg);
    // Once for each begin, in reverse order, before the caller is told. Must not wait.
    void (*end)(tern_outgoing *call, tern_status st, void *arg);
    void *arg;
    // What of that which `begin` adds is nobody else's business: "the token". Its calls go over TLS or to a unix socket,
    // or end with TERN_UNAUTHENTICATED before anything of them is sent. NULL: nothing is. Not copied.
    const char *secret;
};

TERN_API const char *tern_outgoing_method(const tern_outgoing *call);  // "/demo.Greeter/SayHello"
// A pointer of this interceptor's own for this call, NULL at first.
TERN_API void **tern_outgoing_data(tern_outgoing *call);

// ---- in `begin` only -----------------------------------------------------

// Copied. Goes behind what the caller gave. Without memory the call ends with TERN_RESOURCE_EXHAUSTED.
TERN_API void tern_outgoing_add_metadata(tern_outgoing *call, const tern_metadata *m);
// Instead of the caller's or the channel's: from now, TERN_NO_TIMEOUT for none. Never more than the call
// that this one is made for has left.
TERN_API void tern_outgoing_set_timeout(tern_outgoing *call, int64_t timeout_ms);
// Sets the message that goes with `code`, of any length, and returns `code` for begin to return.
TERN_API TERN_PRINTF(3, 4) TERN_NODISCARD tern_code
    tern_outgoing_fail(tern_outgoing *call, tern_code code, const char *fmt, ...);

#ifdef __cplusplus
}
#endif

#endif
