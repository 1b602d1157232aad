// tern/stub.h: what generated code stands on: the tables it fills in, and the functions that its typed
// ones are. Users include the generated header, which includes this.
//
// A typed function is either a line that adds the method's table to its arguments, or a second name for
// one of the functions below, with the types that are right for the method:
//
//   const demo_hello_reply *demo_greeter_watch_next(demo_greeter_watch_stream *stream) TERN_STUB(next);
//
// So a wrong message or a wrong handle is a compile error, and the right one costs nothing.
//
// Lifetime:  tables are static. Requests and messages are encoded before a function returns.
// Threads:   those of the channel, the stream and the call: <tern/channel.h>, <tern/ctx.h>. One sender
//            and one receiver at a time per stream.
// Handles:   `stream` is the client's end of a streaming call, which every function here takes as what
//            the method calls it. `call`, `in`, `out` and `io` are the server's: tern_stub_handle.
#ifndef TERN_STUB_H
#define TERN_STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/block.h>
#include <tern/call.h>
#include <tern/channel.h>
#include <tern/compression.h>
#include <tern/ctx.h>
#include <tern/message.h>
#include <tern/opts.h>
#include <tern/poller.h>
#include <tern/server.h>
#include <tern/status.h>

// A handler or a callback of another method's type is an error from here on, as it is in C++, and in C since gcc 14
// and clang 16.
#ifndef __cplusplus
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#endif

#ifdef __cplusplus
extern "C" {
#endif

// The function being declared is tern_stub_<name>, under a typed name (as glibc's headers redirect
// fscanf).
#define TERN_STUB(name) __asm__("tern_stub_" #name) TERN_API

// ---- tables --------------------------------------------------------------

typedef enum tern_method_kind {
    TERN_UNARY,
    TERN_CLIENT_STREAM,
    TERN_SERVER_STREAM,
    TERN_BIDI_STREAM,
} tern_method_kind;

typedef enum tern_method_flags {
    TERN_METHOD_IDEMPOTENT = 1,  // option idempotency_level: may be repeated without asking
    TERN_METHOD_INLINE = 2,      // option (tern.inline): never blocks, needs no fiber
    TERN_METHOD_OFFLOAD = 4,     // option (tern.offload): computes for long, needs a thread
} tern_method_flags;

typedef struct tern_method tern_method;
struct tern_method {
    const char                              *name;  // "SayHello"
    const char                              *path;  // "/demo.Greeter/SayHello"
    tern_method_kind                         kind;
    unsigned                                 flags;
    const struct ProtobufCMessageDescriptor *request, *reply;
    size_t                                   slot, async_slot;  // offsets in the table of handlers
};

typedef struct tern_service tern_service;
struct tern_service {
    const char            *name;  // "demo.Greeter"
    const tern_proto_file *file;  // NULL: it is listed by reflection, and not described
    const tern_method     *methods;
    size_t                 n_methods;
    size_t                 handlers_size;
};

// ---- client: unary -------------------------------------------------------

#define TERN_CALL_SIZES_ (TERN_SIZE(0, tern_call_opts) | TERN_SIZE(1, tern_call_info))

// `ret_reply` is the address of a pointer to the reply's type: given to the caller, who frees it with
// the type's _free. Untouched on failure. From a poller's callback: TERN_FAILED_PRECONDITION.
TERN_API TERN_NODISCARD tern_status      tern_stub_unary_sized(tern_channel         *ch,
                                                               const tern_method    *method,
                                                               const void           *req,
                                                               const tern_call_opts *opts,
                                                               void *ret_reply, uint64_t sizes);
TERN_NODISCARD static inline tern_status tern_stub_unary(tern_channel      *ch,
                                                         const tern_method *method, const void *req,
                                                         const tern_call_opts *opts,
                                                         void                 *ret_reply)
{
    return tern_stub_unary_sized(ch, method, req, opts, ret_reply, TERN_CALL_SIZES_);
}

// Runs on the call's poller, exactly once, never before the call function has returned. May start calls
// and free the channel. `reply` is borrowed for the duration; NULL unless st.code is TERN_OK.
typedef void       tern_stub_done_fn(tern_status st, const void *reply, void *arg);
TERN_API void      tern_stub_unary_async_sized(tern_channel *ch, const tern_method *method,
                                               const void *req, const tern_call_opts *opts,
                                               tern_stub_done_fn *done, void *arg, uint64_t sizes);
static inline void tern_stub_unary_async(tern_channel *ch, const tern_method *method,
                                         const void *req, const tern_call_opts *opts,
                                         tern_stub_done_fn *done, void *arg)
{
    tern_stub_unary_async_sized(ch, method, req, opts, done, arg, TERN_CALL_SIZES_);
}

// `ret_reply` as for tern_stub_unary, written by the wait that finds the call ended.
TERN_API TERN_NODISCARD tern_call      *tern_stub_begin_sized(tern_channel      *ch,
                                                              const tern_method *method, const void *req,
                                                              const tern_call_opts *opts,
                                                              void *ret_reply, uint64_t sizes);
TERN_NODISCARD static inline tern_call *tern_stub_begin(tern_channel *ch, const tern_method *method,
                                                        const void *req, const tern_call_opts *opts,
                                                        void *ret_reply)
{
    return tern_stub_begin_sized(ch, method, req, opts, ret_reply, TERN_CALL_SIZES_);
}

// ---- client: streams -----------------------------------------------------

// Never NULL; what went wrong is in the stream's status. `req` is the request of a server-streaming
// call, NULL for the other kinds.
TERN_API TERN_NODISCARD void      *tern_stub_open_sized(tern_channel *ch, const tern_method *method,
                                                        const void *req, const tern_call_opts *opts,
                                                        uint64_t sizes);
TERN_NODISCARD static inline void *tern_stub_open(tern_channel *ch, const tern_method *method,
                                                  const void *req, const tern_call_opts *opts)
{
    return tern_stub_open_sized(ch, method, req, opts, TERN_CALL_SIZES_);
}
// Accepts NULL. Cancels a call that has not ended.
TERN_API void tern_stub_stream_free(void *stream);

// Parks, or blocks a plain thread, until there is room. TERN_OK, or why there is no point in sending
// more; _finish or _status then has the whole of it. Inside `writable` it never waits: once per call
// of that.
TERN_API TERN_NODISCARD tern_code tern_stub_send(void *stream, const void *msg);
// No more messages from here. Called twice it is called once.
TERN_API void tern_stub_close_send(void *stream);
// The next message, borrowed until the next call of this or the stream's end of life; NULL at the end.
TERN_API const void *tern_stub_next(void *stream);
// How the stream ended. Reads what is left of it first.
TERN_API TERN_NODISCARD tern_status tern_stub_status(void *stream);
// Closes sending, waits for the reply, ends the call. `ret_reply` as for tern_stub_unary.
TERN_API TERN_NODISCARD tern_status tern_stub_finish(void *stream, void *ret_reply);

// Which of the messages that are sent from now on are compressed, if the call's options or the channel's say what
// with. By who sends.
TERN_API void tern_stub_compress(void *stream, tern_compress which);
// The message that _next has returned, or that a callback got, had come compressed.
TERN_API bool tern_stub_is_compressed(const void *stream);

// The same with callbacks. `events` is the struct that the method's header declares, copied here:
//   message   0..n times, in order; the message is borrowed for the duration
//   writable  once per message that there is room for. Sends one or closes sending; if neither, it
//             comes again after _wake
//   end       exactly once and last, also after a cancel; the stream is gone when it returns
// All run on the call's poller, never before this function has returned.
TERN_API void      tern_stub_open_async_sized(tern_channel *ch, const tern_method *method,
                                              const void *req, const tern_call_opts *opts,
                                              const void *events, void *arg, uint64_t sizes);
static inline void tern_stub_open_async(tern_channel *ch, const tern_method *method,
                                        const void *req, const tern_call_opts *opts,
                                        const void *events, void *arg)
{
    tern_stub_open_async_sized(ch, method, req, opts, events, arg, TERN_CALL_SIZES_);
}
// From any thread, until `end` has returned: there is something to send now.
TERN_API void tern_stub_stream_wake(void *stream);

// Declares a client's stream: the handle, its _free, and TERN_AUTO.
#define TERN_STREAM(type)                                                                          \
    typedef struct type type;                                                                      \
    void                type##_free(type *stream) TERN_STUB(stream_free);                          \
    static inline void  type##_auto_(type **stream) { type##_free(*stream); }                      \
    struct type /* the semicolon is the caller's */

// ---- server: handles -----------------------------------------------------

// The server's end of a call, in allocated memory: handlers read it under types of their own. One that
// a handler was given stays valid until it has returned (sync), replied or finished (async).
typedef struct tern_stub_handle tern_stub_handle;
struct tern_stub_handle {
    tern_ctx   *ctx;
    void       *state;  // of a stream: state_size zeroed bytes. Of a unary call: NULL, yours to set
    const void *req;    // of a server-streaming call
} __attribute__((may_alias));

// Declares `call`, `in` and `io`: the first two members, as a type of its own. `out` has all three.
#define TERN_HANDLE(type)                                                                          \
    typedef struct type {                                                                          \
        tern_ctx *ctx;                                                                             \
        void     *state;                                                                           \
    } type

// Sync handlers. Parks until there is room; TERN_OK, or what the handler should return.
TERN_API TERN_NODISCARD tern_code tern_stub_out_send(void *out, const void *msg);
// The next message, borrowed until the next call of this; NULL at the end, see tern_ctx_check.
TERN_API const void *tern_stub_in_next(void *in);

// Async handlers. Their failures are sticky: the call ends with them. A reply to a call that was
// cancelled is dropped.
TERN_API void tern_stub_reply(void *call, const void *reply);
TERN_API void tern_stub_fail(void *call, tern_code code);  // with tern_fail's text
TERN_API void tern_stub_out_push(void       *out,
                                 const void *msg);  // inside `ready`, once per call of that
TERN_API void tern_stub_out_finish(void *out, tern_code code);

// A message for many, encoded once: a block of its bytes, which may cross threads, given to the caller (tern_block_unref).
// NULL without memory, or for what cannot be encoded.
TERN_API TERN_NODISCARD tern_block *tern_stub_encode(const struct ProtobufCMessageDescriptor *type,
                                                     const void                              *msg);
// To an async handler's stream, on its poller, inside `ready` or not: sends a message of the method's reply type that was
// encoded before, which stays the caller's. False: there is no room, and `ready` comes when there is; or the call is
// over. Interceptors do not see it, and it is not compressed.
TERN_API bool tern_stub_out_offer(void *out, tern_block *encoded);
TERN_API void tern_stub_wake(void *handle);  // any thread: call `ready` again

// ---- server: handlers ----------------------------------------------------

// A table of handlers holds, for each method, a slot for a sync handler and one for an async handler.
// Sync, on a fiber, returning the call's code:
//   unary          tern_code (*)(tern_ctx *ctx, const Request *req, Reply *reply)
//   server stream  tern_code (*)(tern_ctx *ctx, const Request *req, <method>_out *out)
//   client stream  tern_code (*)(tern_ctx *ctx, <method>_in *in, Reply *reply)
//   bidi stream    tern_code (*)(tern_ctx *ctx, <method>_io *io)
// Async, on the poller, never waiting: for a unary method void (*)(<method>_call *call, const Request
// *req), for the others one of these structs with types.
typedef struct tern_stub_out_slot tern_stub_out_slot;
struct tern_stub_out_slot {
    void (*ready)(void *out);                // once per message that the peer has room for
    void (*end)(void *out, tern_status st);  // exactly once and last, for clean-up
    size_t state_size;
};

typedef struct tern_stub_in_slot tern_stub_in_slot;
struct tern_stub_in_slot {
    void (*message)(void *in, const void *msg);  // borrowed for the duration
    void (*finished)(void *in);  // the caller has sent everything: reply, now or later
    void (*end)(void *in, tern_status st);
    size_t state_size;
};

typedef struct tern_stub_io_slot tern_stub_io_slot;
struct tern_stub_io_slot {
    void (*message)(void *io, const void *msg);
    void (*finished)(void *io);
    void (*ready)(void *io);
    void (*end)(void *io, tern_status st);
    size_t state_size;
};

// `handlers` is the struct that the service's header declares; copied. A method with both slots filled
// is refused, with its name, by tern_serve; one with neither answers TERN_UNIMPLEMENTED.
TERN_API void      tern_stub_register_sized(tern_server *srv, const tern_service *service,
                                            const void *handlers, const tern_service_opts *opts,
                                            uint64_t sizes);
static inline void tern_stub_register(tern_server *srv, const tern_service *service,
                                      const void *handlers, const tern_service_opts *opts)
{
    tern_stub_register_sized(srv, service, handlers, opts,
                             TERN_SIZE(0, tern_service_opts) | TERN_SIZE(1, tern_method_limit));
}

#ifdef __cplusplus
}
#endif

#endif
