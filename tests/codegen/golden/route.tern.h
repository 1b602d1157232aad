// route.tern.h: made from route.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef ROUTE_TERN_H
#define ROUTE_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/stub.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file route_proto_file;

typedef struct route_point   route_point;
typedef struct route_summary route_summary;
typedef struct route_note    route_note;

struct route_point {
    ProtobufCMessage base;
    int32_t          latitude;
    int32_t          longitude;
};
TERN_MESSAGE(route_point);

struct route_summary {
    ProtobufCMessage base;
    uint32_t         n_points;
};
TERN_MESSAGE(route_summary);

struct route_note {
    ProtobufCMessage base;
    const char      *text;
};
TERN_MESSAGE(route_note);
static inline route_note *route_note_literal_(route_note *m)
{
    if (!m->text)
        m->text = protobuf_c_empty_string;
    return m;
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define ROUTE_POINT(...)   TERN_LITERAL(route_point, __VA_ARGS__)
#define ROUTE_SUMMARY(...) TERN_LITERAL(route_summary, __VA_ARGS__)
#define ROUTE_NOTE(...)    TERN_INITIAL(route_note, __VA_ARGS__)

// ---- route.Guide --------------------------------------------------------

// Finds the way.
extern const tern_service route_guide_service;
extern const tern_method  route_guide_methods[4];

// rpc GetFeature(Point) returns (Note)
// What stands at a point.
TERN_NODISCARD static inline tern_status route_guide_get_feature(tern_channel         *ch,
                                                                 const route_point    *req,
                                                                 const tern_call_opts *opts,
                                                                 route_note          **ret_reply)
{
    return tern_stub_unary(ch, &route_guide_methods[0], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *route_guide_get_feature_begin(tern_channel         *ch,
                                                                      const route_point    *req,
                                                                      const tern_call_opts *opts,
                                                                      route_note **ret_reply)
{
    return tern_stub_begin(ch, &route_guide_methods[0], req, opts, ret_reply);
}

typedef void route_guide_get_feature_done(tern_status st, const route_note *reply, void *arg);

static inline void route_guide_get_feature_async(tern_channel *ch, const route_point *req,
                                                 const tern_call_opts         *opts,
                                                 route_guide_get_feature_done *done, void *arg)
{
    tern_stub_unary_async(ch, &route_guide_methods[0], req, opts, (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(route_guide_get_feature_call);
void route_guide_get_feature_reply(route_guide_get_feature_call *call, const route_note *reply)
    TERN_STUB(reply);
void route_guide_get_feature_fail(route_guide_get_feature_call *call, tern_code code)
    TERN_STUB(fail);

// rpc ListFeatures(Point) returns (stream Note)
// Everything around it.
TERN_STREAM(route_guide_list_features_stream);
TERN_NODISCARD static inline route_guide_list_features_stream *
route_guide_list_features(tern_channel *ch, const route_point *req, const tern_call_opts *opts)
{
    return (route_guide_list_features_stream *)tern_stub_open(ch, &route_guide_methods[1], req,
                                                              opts);
}
const route_note *route_guide_list_features_next(route_guide_list_features_stream *stream)
    TERN_STUB(next);
TERN_NODISCARD tern_status
route_guide_list_features_status(route_guide_list_features_stream *stream) TERN_STUB(status);

typedef struct route_guide_list_features_events {
    void (*message)(const route_note *msg, void *arg);
    void (*end)(tern_status st, void *arg);
} route_guide_list_features_events;
static inline void route_guide_list_features_async(tern_channel *ch, const route_point *req,
                                                   const tern_call_opts                   *opts,
                                                   const route_guide_list_features_events *events,
                                                   void                                   *arg)
{
    tern_stub_open_async(ch, &route_guide_methods[1], req, opts, events, arg);
}

typedef struct route_guide_list_features_out {
    tern_ctx          *ctx;
    void              *state;
    const route_point *req;
} route_guide_list_features_out;
TERN_NODISCARD tern_code route_guide_list_features_send(route_guide_list_features_out *out,
                                                        const route_note *msg) TERN_STUB(out_send);
void route_guide_list_features_push(route_guide_list_features_out *out, const route_note *msg)
    TERN_STUB(out_push);
void route_guide_list_features_finish(route_guide_list_features_out *out, tern_code code)
    TERN_STUB(out_finish);
void route_guide_list_features_wake(route_guide_list_features_out *out) TERN_STUB(wake);

// rpc RecordRoute(stream Point) returns (Summary)
// Takes a route, point by point.
TERN_STREAM(route_guide_record_route_stream);
TERN_NODISCARD static inline route_guide_record_route_stream *
route_guide_record_route(tern_channel *ch, const tern_call_opts *opts)
{
    return (route_guide_record_route_stream *)tern_stub_open(ch, &route_guide_methods[2], NULL,
                                                             opts);
}
TERN_NODISCARD tern_code route_guide_record_route_send(route_guide_record_route_stream *stream,
                                                       const route_point *msg) TERN_STUB(send);
void route_guide_record_route_close_send(route_guide_record_route_stream *stream)
    TERN_STUB(close_send);
void route_guide_record_route_wake(route_guide_record_route_stream *stream) TERN_STUB(stream_wake);
TERN_NODISCARD tern_status route_guide_record_route_finish(route_guide_record_route_stream *stream,
                                                           route_summary **ret_reply)
    TERN_STUB(finish);

typedef struct route_guide_record_route_events {
    void (*writable)(route_guide_record_route_stream *stream, void *arg);
    void (*end)(tern_status st, const route_summary *reply, void *arg);
} route_guide_record_route_events;
static inline void route_guide_record_route_async(tern_channel *ch, const tern_call_opts *opts,
                                                  const route_guide_record_route_events *events,
                                                  void                                  *arg)
{
    tern_stub_open_async(ch, &route_guide_methods[2], NULL, opts, events, arg);
}

TERN_HANDLE(route_guide_record_route_in);
const route_point *route_guide_record_route_next(route_guide_record_route_in *in)
    TERN_STUB(in_next);
void route_guide_record_route_reply(route_guide_record_route_in *in, const route_summary *reply)
    TERN_STUB(reply);
void route_guide_record_route_fail(route_guide_record_route_in *in, tern_code code) TERN_STUB(fail);

// rpc Chat(stream Note) returns (stream Point)
// Talks with others on the way.
TERN_STREAM(route_guide_chat_stream);
TERN_NODISCARD static inline route_guide_chat_stream *route_guide_chat(tern_channel         *ch,
                                                                       const tern_call_opts *opts)
{
    return (route_guide_chat_stream *)tern_stub_open(ch, &route_guide_methods[3], NULL, opts);
}
TERN_NODISCARD tern_code route_guide_chat_send(route_guide_chat_stream *stream,
                                               const route_note        *msg) TERN_STUB(send);
void route_guide_chat_close_send(route_guide_chat_stream *stream) TERN_STUB(close_send);
const route_point *route_guide_chat_next(route_guide_chat_stream *stream) TERN_STUB(next);
void route_guide_chat_wake(route_guide_chat_stream *stream) TERN_STUB(stream_wake);
TERN_NODISCARD tern_status route_guide_chat_status(route_guide_chat_stream *stream)
    TERN_STUB(status);

typedef struct route_guide_chat_events {
    void (*message)(route_guide_chat_stream *stream, const route_point *msg, void *arg);
    void (*writable)(route_guide_chat_stream *stream, void *arg);
    void (*end)(tern_status st, void *arg);
} route_guide_chat_events;
static inline void route_guide_chat_async(tern_channel *ch, const tern_call_opts *opts,
                                          const route_guide_chat_events *events, void *arg)
{
    tern_stub_open_async(ch, &route_guide_methods[3], NULL, opts, events, arg);
}

TERN_HANDLE(route_guide_chat_io);
TERN_NODISCARD tern_code route_guide_chat_io_send(route_guide_chat_io *io, const route_point *msg)
    TERN_STUB(out_send);
void route_guide_chat_io_push(route_guide_chat_io *io, const route_point *msg) TERN_STUB(out_push);
void route_guide_chat_io_finish(route_guide_chat_io *io, tern_code code) TERN_STUB(out_finish);
void route_guide_chat_io_wake(route_guide_chat_io *io) TERN_STUB(wake);
const route_note *route_guide_chat_io_next(route_guide_chat_io *io) TERN_STUB(in_next);

// One handler per method: a sync one, on a fiber, or an async one, on the poller.
typedef struct route_guide_handlers {
    tern_code (*get_feature)(tern_ctx *ctx, const route_point *req, route_note *reply);
    void (*get_feature_async)(route_guide_get_feature_call *call, const route_point *req);
    tern_code (*list_features)(tern_ctx *ctx, const route_point *req,
                               route_guide_list_features_out *out);
    struct {
        void (*ready)(route_guide_list_features_out *out);
        void (*end)(route_guide_list_features_out *out, tern_status st);
        size_t state_size;
    } list_features_async;
    tern_code (*record_route)(tern_ctx *ctx, route_guide_record_route_in *in, route_summary *reply);
    struct {
        void (*message)(route_guide_record_route_in *in, const route_point *msg);
        void (*finished)(route_guide_record_route_in *in);
        void (*end)(route_guide_record_route_in *in, tern_status st);
        size_t state_size;
    } record_route_async;
    tern_code (*chat)(tern_ctx *ctx, route_guide_chat_io *io);
    struct {
        void (*message)(route_guide_chat_io *io, const route_note *msg);
        void (*finished)(route_guide_chat_io *io);
        void (*ready)(route_guide_chat_io *io);
        void (*end)(route_guide_chat_io *io, tern_status st);
        size_t state_size;
    } chat_async;
} route_guide_handlers;

static inline void route_guide_register(tern_server *srv, const route_guide_handlers *handlers,
                                        const tern_service_opts *opts)
{
    tern_stub_register(srv, &route_guide_service, handlers, opts);
}

#ifdef __cplusplus
}
#endif

#endif
