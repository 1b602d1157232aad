// foreign.tern.h: made from foreign.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef FOREIGN_TERN_H
#define FOREIGN_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/pb/google/protobuf/timestamp.tern.h>
#include <tern/stub.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file foreign_proto_file;

typedef struct lodge_stay lodge_stay;

struct lodge_stay {
    ProtobufCMessage           base;
    google_protobuf_timestamp *until;
};
TERN_MESSAGE(lodge_stay);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define LODGE_STAY(...) TERN_LITERAL(lodge_stay, __VA_ARGS__)

// ---- lodge.Lodge --------------------------------------------------------

extern const tern_service lodge_lodge_service;
extern const tern_method  lodge_lodge_methods[1];

// rpc Book(Stay) returns (Stay)
TERN_NODISCARD static inline tern_status lodge_lodge_book(tern_channel *ch, const lodge_stay *req,
                                                          const tern_call_opts *opts,
                                                          lodge_stay          **ret_reply)
{
    return tern_stub_unary(ch, &lodge_lodge_methods[0], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *lodge_lodge_book_begin(tern_channel         *ch,
                                                               const lodge_stay     *req,
                                                               const tern_call_opts *opts,
                                                               lodge_stay          **ret_reply)
{
    return tern_stub_begin(ch, &lodge_lodge_methods[0], req, opts, ret_reply);
}

typedef void lodge_lodge_book_done(tern_status st, const lodge_stay *reply, void *arg);

static inline void lodge_lodge_book_async(tern_channel *ch, const lodge_stay *req,
                                          const tern_call_opts *opts, lodge_lodge_book_done *done,
                                          void *arg)
{
    tern_stub_unary_async(ch, &lodge_lodge_methods[0], req, opts, (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(lodge_lodge_book_call);
void lodge_lodge_book_reply(lodge_lodge_book_call *call, const lodge_stay *reply) TERN_STUB(reply);
void lodge_lodge_book_fail(lodge_lodge_book_call *call, tern_code code) TERN_STUB(fail);

// One handler per method: a sync one, on a fiber, or an async one, on the poller.
typedef struct lodge_lodge_handlers {
    tern_code (*book)(tern_ctx *ctx, const lodge_stay *req, lodge_stay *reply);
    void (*book_async)(lodge_lodge_book_call *call, const lodge_stay *req);
} lodge_lodge_handlers;

static inline void lodge_lodge_register(tern_server *srv, const lodge_lodge_handlers *handlers,
                                        const tern_service_opts *opts)
{
    tern_stub_register(srv, &lodge_lodge_service, handlers, opts);
}

#ifdef __cplusplus
}
#endif

#endif
