// names.tern.h: made from names.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef NAMES_TERN_H
#define NAMES_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/stub.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file names_proto_file;

typedef enum names_outer_mode {
    NAMES_OUTER_MODE_A = 0,
    NAMES_OUTER_MODE_A_ = 0,
} names_outer_mode;
extern const ProtobufCEnumDescriptor names_outer_mode_descriptor;

typedef enum names_outer_mode_ {
    NAMES_OUTER_MODE_A__ = 0,
} names_outer_mode_;
extern const ProtobufCEnumDescriptor names_outer_mode__descriptor;

typedef struct names_words                  names_words;
typedef struct names_clashes                names_clashes;
typedef struct names_outer                  names_outer;
typedef struct names_outer_inner            names_outer_inner;
typedef struct names_outer_inner_           names_outer_inner_;
typedef struct names_foo                    names_foo;
typedef struct names_foo_init_              names_foo_init_;
typedef struct names_http_server2_config    names_http_server2_config;
typedef struct names_uint32_box             names_uint32_box;
typedef struct names_ipv4_address           names_ipv4_address;
typedef struct names_words_service_handlers names_words_service_handlers;

typedef enum names_words_for_case {
    NAMES_WORDS_FOR_NOT_SET = 0,
    NAMES_WORDS_FOR_WHILE = 10,
    NAMES_WORDS_FOR_NOT_SET_ = 11,
} names_words_for_case;

struct names_words {
    ProtobufCMessage     base;
    int32_t              int_;
    const char          *default_;
    size_t               n_switch_;
    int32_t             *switch_;
    protobuf_c_boolean   has_register_;
    protobuf_c_boolean   register_;
    int32_t              class_;
    int32_t              delete_;
    int32_t              errno_;
    int32_t              unix_;
    int32_t              base_;
    names_words_for_case for_case;
    union {
        int32_t while_;
        int32_t not_set;
    };
    const char *camel_case;
    int32_t     http_port;
    int32_t     given;
};
TERN_MESSAGE(names_words);
static inline names_words *names_words_literal_(names_words *m)
{
    if (!m->default_)
        m->default_ = protobuf_c_empty_string;
    if (!m->camel_case)
        m->camel_case = protobuf_c_empty_string;
    return m;
}

typedef enum names_clashes_kind_case {
    NAMES_CLASHES_KIND_NOT_SET = 0,
    NAMES_CLASHES_KIND_A = 5,
} names_clashes_kind_case;

struct names_clashes {
    ProtobufCMessage        base;
    size_t                  n_items;
    int32_t                *items;
    uint32_t                n_items_;
    protobuf_c_boolean      has_size;
    int32_t                 size;
    protobuf_c_boolean      has_size_;
    names_clashes_kind_case kind_case_;
    union {
        int32_t a;
    };
    int32_t kind_case;
};
TERN_MESSAGE(names_clashes);

// Outer.Inner and OuterInner are the same words.
struct names_outer {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_outer);

struct names_outer_inner {
    ProtobufCMessage base;
    int32_t          x;
};
TERN_MESSAGE(names_outer_inner);

struct names_outer_inner_ {
    ProtobufCMessage base;
    int32_t          y;
};
TERN_MESSAGE(names_outer_inner_);

// Foo's functions have taken this one's name.
struct names_foo {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_foo);

struct names_foo_init_ {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_foo_init_);

struct names_http_server2_config {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_http_server2_config);

struct names_uint32_box {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_uint32_box);

struct names_ipv4_address {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_ipv4_address);

struct names_words_service_handlers {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_words_service_handlers);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
// A member with a has_ beside it counts only when that is set as well; what is left out is
// absent, and reads as its default once it has been sent.
#define NAMES_WORDS(...)                  TERN_INITIAL(names_words, __VA_ARGS__)
#define NAMES_CLASHES(...)                TERN_LITERAL(names_clashes, __VA_ARGS__)
#define NAMES_OUTER(...)                  TERN_LITERAL(names_outer, __VA_ARGS__)
#define NAMES_OUTER_INNER(...)            TERN_LITERAL(names_outer_inner, __VA_ARGS__)
#define NAMES_OUTER_INNER_(...)           TERN_LITERAL(names_outer_inner_, __VA_ARGS__)
#define NAMES_FOO(...)                    TERN_LITERAL(names_foo, __VA_ARGS__)
#define NAMES_FOO_INIT_(...)              TERN_LITERAL(names_foo_init_, __VA_ARGS__)
#define NAMES_HTTP_SERVER2_CONFIG(...)    TERN_LITERAL(names_http_server2_config, __VA_ARGS__)
#define NAMES_UINT32_BOX(...)             TERN_LITERAL(names_uint32_box, __VA_ARGS__)
#define NAMES_IPV4_ADDRESS(...)           TERN_LITERAL(names_ipv4_address, __VA_ARGS__)
#define NAMES_WORDS_SERVICE_HANDLERS(...) TERN_LITERAL(names_words_service_handlers, __VA_ARGS__)

// ---- names.Words_Service ------------------------------------------------

extern const tern_service names_words_service__service;
extern const tern_method  names_words_service__methods[5];

// rpc Default(Foo) returns (Foo)
TERN_NODISCARD static inline tern_status names_words_service__default(tern_channel         *ch,
                                                                      const names_foo      *req,
                                                                      const tern_call_opts *opts,
                                                                      names_foo **ret_reply)
{
    return tern_stub_unary(ch, &names_words_service__methods[0], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *
names_words_service__default_begin(tern_channel *ch, const names_foo *req,
                                   const tern_call_opts *opts, names_foo **ret_reply)
{
    return tern_stub_begin(ch, &names_words_service__methods[0], req, opts, ret_reply);
}

typedef void names_words_service__default_done(tern_status st, const names_foo *reply, void *arg);

static inline void names_words_service__default_async(tern_channel *ch, const names_foo *req,
                                                      const tern_call_opts              *opts,
                                                      names_words_service__default_done *done,
                                                      void                              *arg)
{
    tern_stub_unary_async(ch, &names_words_service__methods[0], req, opts,
                          (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(names_words_service__default_call);
void names_words_service__default_reply(names_words_service__default_call *call,
                                        const names_foo                   *reply) TERN_STUB(reply);
void names_words_service__default_fail(names_words_service__default_call *call, tern_code code)
    TERN_STUB(fail);

// rpc Delete(Foo) returns (FooInit)
TERN_NODISCARD static inline tern_status names_words_service__delete(tern_channel         *ch,
                                                                     const names_foo      *req,
                                                                     const tern_call_opts *opts,
                                                                     names_foo_init_ **ret_reply)
{
    return tern_stub_unary(ch, &names_words_service__methods[1], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *
names_words_service__delete_begin(tern_channel *ch, const names_foo *req,
                                  const tern_call_opts *opts, names_foo_init_ **ret_reply)
{
    return tern_stub_begin(ch, &names_words_service__methods[1], req, opts, ret_reply);
}

typedef void names_words_service__delete_done(tern_status st, const names_foo_init_ *reply,
                                              void *arg);

static inline void names_words_service__delete_async(tern_channel *ch, const names_foo *req,
                                                     const tern_call_opts             *opts,
                                                     names_words_service__delete_done *done,
                                                     void                             *arg)
{
    tern_stub_unary_async(ch, &names_words_service__methods[1], req, opts,
                          (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(names_words_service__delete_call);
void names_words_service__delete_reply(names_words_service__delete_call *call,
                                       const names_foo_init_            *reply) TERN_STUB(reply);
void names_words_service__delete_fail(names_words_service__delete_call *call, tern_code code)
    TERN_STUB(fail);

// rpc Watch(Foo) returns (stream Foo)
TERN_STREAM(names_words_service__watch_stream);
TERN_NODISCARD static inline names_words_service__watch_stream *
names_words_service__watch(tern_channel *ch, const names_foo *req, const tern_call_opts *opts)
{
    return (names_words_service__watch_stream *)tern_stub_open(ch, &names_words_service__methods[2],
                                                               req, opts);
}
const names_foo *names_words_service__watch_next(names_words_service__watch_stream *stream)
    TERN_STUB(next);
TERN_NODISCARD tern_status
names_words_service__watch_status(names_words_service__watch_stream *stream) TERN_STUB(status);

typedef struct names_words_service__watch_events {
    void (*message)(const names_foo *msg, void *arg);
    void (*end)(tern_status st, void *arg);
} names_words_service__watch_events;
static inline void names_words_service__watch_async(tern_channel *ch, const names_foo *req,
                                                    const tern_call_opts                    *opts,
                                                    const names_words_service__watch_events *events,
                                                    void                                    *arg)
{
    tern_stub_open_async(ch, &names_words_service__methods[2], req, opts, events, arg);
}

typedef struct names_words_service__watch_out {
    tern_ctx        *ctx;
    void            *state;
    const names_foo *req;
} names_words_service__watch_out;
TERN_NODISCARD tern_code names_words_service__watch_send(names_words_service__watch_out *out,
                                                         const names_foo *msg) TERN_STUB(out_send);
void names_words_service__watch_push(names_words_service__watch_out *out, const names_foo *msg)
    TERN_STUB(out_push);
void names_words_service__watch_finish(names_words_service__watch_out *out, tern_code code)
    TERN_STUB(out_finish);
void names_words_service__watch_wake(names_words_service__watch_out *out) TERN_STUB(wake);

// rpc WatchNext(Foo) returns (Foo)
TERN_NODISCARD static inline tern_status
names_words_service__watch_next_(tern_channel *ch, const names_foo *req, const tern_call_opts *opts,
                                 names_foo **ret_reply)
{
    return tern_stub_unary(ch, &names_words_service__methods[3], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *
names_words_service__watch_next__begin(tern_channel *ch, const names_foo *req,
                                       const tern_call_opts *opts, names_foo **ret_reply)
{
    return tern_stub_begin(ch, &names_words_service__methods[3], req, opts, ret_reply);
}

typedef void names_words_service__watch_next__done(tern_status st, const names_foo *reply,
                                                   void *arg);

static inline void
names_words_service__watch_next__async(tern_channel *ch, const names_foo *req,
                                       const tern_call_opts                  *opts,
                                       names_words_service__watch_next__done *done, void *arg)
{
    tern_stub_unary_async(ch, &names_words_service__methods[3], req, opts,
                          (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(names_words_service__watch_next__call);
void names_words_service__watch_next__reply(names_words_service__watch_next__call *call,
                                            const names_foo *reply) TERN_STUB(reply);
void names_words_service__watch_next__fail(names_words_service__watch_next__call *call,
                                           tern_code code) TERN_STUB(fail);

// rpc Delete_Async(Foo) returns (Foo)
TERN_NODISCARD static inline tern_status
names_words_service__delete_async_(tern_channel *ch, const names_foo *req,
                                   const tern_call_opts *opts, names_foo **ret_reply)
{
    return tern_stub_unary(ch, &names_words_service__methods[4], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *
names_words_service__delete_async__begin(tern_channel *ch, const names_foo *req,
                                         const tern_call_opts *opts, names_foo **ret_reply)
{
    return tern_stub_begin(ch, &names_words_service__methods[4], req, opts, ret_reply);
}

typedef void names_words_service__delete_async__done(tern_status st, const names_foo *reply,
                                                     void *arg);

static inline void
names_words_service__delete_async__async(tern_channel *ch, const names_foo *req,
                                         const tern_call_opts                    *opts,
                                         names_words_service__delete_async__done *done, void *arg)
{
    tern_stub_unary_async(ch, &names_words_service__methods[4], req, opts,
                          (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(names_words_service__delete_async__call);
void names_words_service__delete_async__reply(names_words_service__delete_async__call *call,
                                              const names_foo *reply) TERN_STUB(reply);
void names_words_service__delete_async__fail(names_words_service__delete_async__call *call,
                                             tern_code code) TERN_STUB(fail);

// One handler per method: a sync one, on a fiber, or an async one, on the poller.
typedef struct names_words_service__handlers {
    tern_code (*default_)(tern_ctx *ctx, const names_foo *req, names_foo *reply);
    void (*default_async)(names_words_service__default_call *call, const names_foo *req);
    tern_code (*delete_)(tern_ctx *ctx, const names_foo *req, names_foo_init_ *reply);
    void (*delete_async)(names_words_service__delete_call *call, const names_foo *req);
    tern_code (*watch)(tern_ctx *ctx, const names_foo *req, names_words_service__watch_out *out);
    struct {
        void (*ready)(names_words_service__watch_out *out);
        void (*end)(names_words_service__watch_out *out, tern_status st);
        size_t state_size;
    } watch_async;
    tern_code (*watch_next)(tern_ctx *ctx, const names_foo *req, names_foo *reply);
    void (*watch_next_async)(names_words_service__watch_next__call *call, const names_foo *req);
    tern_code (*delete_async_)(tern_ctx *ctx, const names_foo *req, names_foo *reply);
    void (*delete_async_async)(names_words_service__delete_async__call *call, const names_foo *req);
} names_words_service__handlers;

static inline void names_words_service__register(tern_server                         *srv,
                                                 const names_words_service__handlers *handlers,
                                                 const tern_service_opts             *opts)
{
    tern_stub_register(srv, &names_words_service__service, handlers, opts);
}

#ifdef __cplusplus
}
#endif

#endif
