// bare.tern.h: made from bare.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef BARE_TERN_H
#define BARE_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/stub.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file bare_proto_file;

typedef enum log_ {
    LOG_NONE = 0,
    LOG_EOF = 1,
} log_;
extern const ProtobufCEnumDescriptor log__descriptor;

typedef struct int_  int_;
typedef struct time_ time_;
typedef struct file  file;
typedef struct req_  req_;

struct int_ {
    ProtobufCMessage base;
};
TERN_MESSAGE(int_);

struct time_ {
    ProtobufCMessage base;
    int64_t          seconds;
};
TERN_MESSAGE(time_);

struct file {
    ProtobufCMessage base;
    const char      *path;
};
TERN_MESSAGE(file);
static inline file *file_literal_(file *m)
{
    if (!m->path)
        m->path = protobuf_c_empty_string;
    return m;
}

struct req_ {
    ProtobufCMessage base;
};
TERN_MESSAGE(req_);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define INT_(...)  TERN_LITERAL(int_, __VA_ARGS__)
#define TIME_(...) TERN_LITERAL(time_, __VA_ARGS__)
#define FILE(...)  TERN_INITIAL(file, __VA_ARGS__)
#define REQ_(...)  TERN_LITERAL(req_, __VA_ARGS__)

// ---- Clock --------------------------------------------------------------

extern const tern_service clock__service;
extern const tern_method  clock__methods[1];

// rpc Now(Req) returns (Time)
TERN_NODISCARD static inline tern_status clock__now(tern_channel *ch, const req_ *req,
                                                    const tern_call_opts *opts, time_ **ret_reply)
{
    return tern_stub_unary(ch, &clock__methods[0], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *
clock__now_begin(tern_channel *ch, const req_ *req, const tern_call_opts *opts, time_ **ret_reply)
{
    return tern_stub_begin(ch, &clock__methods[0], req, opts, ret_reply);
}

typedef void clock__now_done(tern_status st, const time_ *reply, void *arg);

static inline void clock__now_async(tern_channel *ch, const req_ *req, const tern_call_opts *opts,
                                    clock__now_done *done, void *arg)
{
    tern_stub_unary_async(ch, &clock__methods[0], req, opts, (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(clock__now_call);
void clock__now_reply(clock__now_call *call, const time_ *reply) TERN_STUB(reply);
void clock__now_fail(clock__now_call *call, tern_code code) TERN_STUB(fail);

// One handler per method: a sync one, on a fiber, or an async one, on the poller.
typedef struct clock__handlers {
    tern_code (*now)(tern_ctx *ctx, const req_ *req, time_ *reply);
    void (*now_async)(clock__now_call *call, const req_ *req);
} clock__handlers;

static inline void clock__register(tern_server *srv, const clock__handlers *handlers,
                                   const tern_service_opts *opts)
{
    tern_stub_register(srv, &clock__service, handlers, opts);
}

#ifdef __cplusplus
}
#endif

#endif
