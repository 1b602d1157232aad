// greeter.tern.h: made from greeter.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef GREETER_TERN_H
#define GREETER_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/stub.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file greeter_proto_file;

typedef struct demo_hello_request demo_hello_request;
typedef struct demo_hello_reply   demo_hello_reply;

struct demo_hello_request {
    ProtobufCMessage base;
    const char      *name;
    uint32_t         count;
};
TERN_MESSAGE(demo_hello_request);
static inline demo_hello_request *demo_hello_request_literal_(demo_hello_request *m)
{
    if (!m->name)
        m->name = protobuf_c_empty_string;
    return m;
}

struct demo_hello_reply {
    ProtobufCMessage base;
    const char      *message;
};
TERN_MESSAGE(demo_hello_reply);
static inline demo_hello_reply *demo_hello_reply_literal_(demo_hello_reply *m)
{
    if (!m->message)
        m->message = protobuf_c_empty_string;
    return m;
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define DEMO_HELLO_REQUEST(...) TERN_INITIAL(demo_hello_request, __VA_ARGS__)
#define DEMO_HELLO_REPLY(...)   TERN_INITIAL(demo_hello_reply, __VA_ARGS__)

// ---- demo.Greeter -------------------------------------------------------

extern const tern_service demo_greeter_service;
extern const tern_method  demo_greeter_methods[2];

// rpc SayHello(HelloRequest) returns (HelloReply)
TERN_NODISCARD static inline tern_status demo_greeter_say_hello(tern_channel             *ch,
                                                                const demo_hello_request *req,
                                                                const tern_call_opts     *opts,
                                                                demo_hello_reply        **ret_reply)
{
    return tern_stub_unary(ch, &demo_greeter_methods[0], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *demo_greeter_say_hello_begin(tern_channel             *ch,
                                                                     const demo_hello_request *req,
                                                                     const tern_call_opts     *opts,
                                                                     demo_hello_reply **ret_reply)
{
    return tern_stub_begin(ch, &demo_greeter_methods[0], req, opts, ret_reply);
}

typedef void demo_greeter_say_hello_done(tern_status st, const demo_hello_reply *reply, void *arg);

static inline void demo_greeter_say_hello_async(tern_channel *ch, const demo_hello_request *req,
                                                const tern_call_opts        *opts,
                                                demo_greeter_say_hello_done *done, void *arg)
{
    tern_stub_unary_async(ch, &demo_greeter_methods[0], req, opts, (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(demo_greeter_say_hello_call);
void demo_greeter_say_hello_reply(demo_greeter_say_hello_call *call, const demo_hello_reply *reply)
    TERN_STUB(reply);
void demo_greeter_say_hello_fail(demo_greeter_say_hello_call *call, tern_code code) TERN_STUB(fail);

// rpc Watch(HelloRequest) returns (stream HelloReply)
TERN_STREAM(demo_greeter_watch_stream);
TERN_NODISCARD static inline demo_greeter_watch_stream *
demo_greeter_watch(tern_channel *ch, const demo_hello_request *req, const tern_call_opts *opts)
{
    return (demo_greeter_watch_stream *)tern_stub_open(ch, &demo_greeter_methods[1], req, opts);
}
const demo_hello_reply *demo_greeter_watch_next(demo_greeter_watch_stream *stream) TERN_STUB(next);
TERN_NODISCARD tern_status demo_greeter_watch_status(demo_greeter_watch_stream *stream)
    TERN_STUB(status);

typedef struct demo_greeter_watch_events {
    void (*message)(const demo_hello_reply *msg, void *arg);
    void (*end)(tern_status st, void *arg);
} demo_greeter_watch_events;
static inline void demo_greeter_watch_async(tern_channel *ch, const demo_hello_request *req,
                                            const tern_call_opts            *opts,
                                            const demo_greeter_watch_events *events, void *arg)
{
    tern_stub_open_async(ch, &demo_greeter_methods[1], req, opts, events, arg);
}

typedef struct demo_greeter_watch_out {
    tern_ctx                 *ctx;
    void                     *state;
    const demo_hello_request *req;
} demo_greeter_watch_out;
TERN_NODISCARD tern_code demo_greeter_watch_send(demo_greeter_watch_out *out,
                                                 const demo_hello_reply *msg) TERN_STUB(out_send);
void demo_greeter_watch_push(demo_greeter_watch_out *out, const demo_hello_reply *msg)
    TERN_STUB(out_push);
void demo_greeter_watch_finish(demo_greeter_watch_out *out, tern_code code) TERN_STUB(out_finish);
void demo_greeter_watch_wake(demo_greeter_watch_out *out) TERN_STUB(wake);

// One handler per method: a sync one, on a fiber, or an async one, on the poller.
typedef struct demo_greeter_handlers {
    tern_code (*say_hello)(tern_ctx *ctx, const demo_hello_request *req, demo_hello_reply *reply);
    void (*say_hello_async)(demo_greeter_say_hello_call *call, const demo_hello_request *req);
    tern_code (*watch)(tern_ctx *ctx, const demo_hello_request *req, demo_greeter_watch_out *out);
    struct {
        void (*ready)(demo_greeter_watch_out *out);
        void (*end)(demo_greeter_watch_out *out, tern_status st);
        size_t state_size;
    } watch_async;
} demo_greeter_handlers;

static inline void demo_greeter_register(tern_server *srv, const demo_greeter_handlers *handlers,
                                         const tern_service_opts *opts)
{
    tern_stub_register(srv, &demo_greeter_service, handlers, opts);
}

#ifdef __cplusplus
}
#endif

#endif
