// prefixed.tern.h: made from prefixed.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef PREFIXED_TERN_H
#define PREFIXED_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/stub.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file prefixed_proto_file;

typedef enum lib_kind {
    LIB_KIND_NOVEL = 0,
    LIB_KIND_ATLAS = 1,
} lib_kind;
extern const ProtobufCEnumDescriptor lib_kind_descriptor;

typedef struct lib_book      lib_book;
typedef struct lib_book_page lib_book_page;

struct lib_book {
    ProtobufCMessage base;
    const char      *title;
    lib_kind         kind;
    size_t           n_pages;
    lib_book_page  **pages;
};
TERN_MESSAGE(lib_book);
static inline lib_book *lib_book_literal_(lib_book *m)
{
    if (!m->title)
        m->title = protobuf_c_empty_string;
    return m;
}

struct lib_book_page {
    ProtobufCMessage base;
    int32_t          number;
};
TERN_MESSAGE(lib_book_page);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define LIB_BOOK(...)      TERN_INITIAL(lib_book, __VA_ARGS__)
#define LIB_BOOK_PAGE(...) TERN_LITERAL(lib_book_page, __VA_ARGS__)

// ---- company.department.library.v1.Shelf --------------------------------

extern const tern_service lib_shelf_service;
extern const tern_method  lib_shelf_methods[1];

// rpc Take(Book) returns (Book)
TERN_NODISCARD static inline tern_status lib_shelf_take(tern_channel *ch, const lib_book *req,
                                                        const tern_call_opts *opts,
                                                        lib_book            **ret_reply)
{
    return tern_stub_unary(ch, &lib_shelf_methods[0], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *lib_shelf_take_begin(tern_channel *ch, const lib_book *req,
                                                             const tern_call_opts *opts,
                                                             lib_book            **ret_reply)
{
    return tern_stub_begin(ch, &lib_shelf_methods[0], req, opts, ret_reply);
}

typedef void lib_shelf_take_done(tern_status st, const lib_book *reply, void *arg);

static inline void lib_shelf_take_async(tern_channel *ch, const lib_book *req,
                                        const tern_call_opts *opts, lib_shelf_take_done *done,
                                        void *arg)
{
    tern_stub_unary_async(ch, &lib_shelf_methods[0], req, opts, (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(lib_shelf_take_call);
void lib_shelf_take_reply(lib_shelf_take_call *call, const lib_book *reply) TERN_STUB(reply);
void lib_shelf_take_fail(lib_shelf_take_call *call, tern_code code) TERN_STUB(fail);

// One handler per method: a sync one, on a fiber, or an async one, on the poller.
typedef struct lib_shelf_handlers {
    tern_code (*take)(tern_ctx *ctx, const lib_book *req, lib_book *reply);
    void (*take_async)(lib_shelf_take_call *call, const lib_book *req);
} lib_shelf_handlers;

static inline void lib_shelf_register(tern_server *srv, const lib_shelf_handlers *handlers,
                                      const tern_service_opts *opts)
{
    tern_stub_register(srv, &lib_shelf_service, handlers, opts);
}

#ifdef __cplusplus
}
#endif

#endif
