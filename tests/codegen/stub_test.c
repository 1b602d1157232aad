// The typed functions of a generated header against a runtime that only writes down what it was given:
// each reaches the right function of <tern/stub.h> with the right arguments, and handlers are found
// where the method's table says.
#include "tests/support/test.h"

#include <string.h>

#include "route.tern.h"

// ---- the runtime ---------------------------------------------------------

static struct {
    const char        *function;
    const tern_method *method;
    const void        *a, *b;
    tern_code          code;
} last;

static char      stream, reply, handlers_copy[sizeof(route_guide_handlers)];
static tern_ctx *ctx = (tern_ctx *)&stream;

static void note(const char *function, const tern_method *method, const void *a, const void *b)
{
    last.function = function;
    last.method = method;
    last.a = a;
    last.b = b;
}

// Those of this program's headers.
static void check_sizes(uint64_t sizes)
{
    assert_int_equal(tern_size_at(sizes, 0), sizeof(tern_call_opts));
    assert_int_equal(tern_size_at(sizes, 1), sizeof(tern_call_info));
}

tern_status tern_stub_unary_sized(tern_channel *ch, const tern_method *method, const void *req,
                                  const tern_call_opts *opts, void *ret_reply, uint64_t sizes)
{
    const void *given = &reply;

    check_sizes(sizes);
    note("unary", method, req, opts);
    memcpy(ret_reply, &given, sizeof given);
    (void)ch;
    return (tern_status){ .code = TERN_ABORTED, .msg = "a" };
}

tern_call *tern_stub_begin_sized(tern_channel *ch, const tern_method *method, const void *req,
                                 const tern_call_opts *opts, void *ret_reply, uint64_t sizes)
{
    (void)!tern_stub_unary_sized(ch, method, req, opts, ret_reply, sizes).code;
    last.function = "begin";
    return (tern_call *)&stream;
}

void tern_stub_unary_async_sized(tern_channel *ch, const tern_method *method, const void *req,
                                 const tern_call_opts *opts, tern_stub_done_fn *done, void *arg,
                                 uint64_t sizes)
{
    check_sizes(sizes);
    note("unary_async", method, req, opts);
    done((tern_status){ .code = TERN_ABORTED }, ch, arg);
}

void *tern_stub_open_sized(tern_channel *ch, const tern_method *method, const void *req,
                           const tern_call_opts *opts, uint64_t sizes)
{
    (void)ch;
    check_sizes(sizes);
    note("open", method, req, opts);
    return &stream;
}

static tern_stub_io_slot events;  // at least as large as any struct of events

void tern_stub_open_async_sized(tern_channel *ch, const tern_method *method, const void *req,
                                const tern_call_opts *opts, const void *wanted, void *arg,
                                uint64_t sizes)
{
    size_t n = method->kind == TERN_BIDI_STREAM ? 3 : 2;

    (void)ch, (void)opts;
    check_sizes(sizes);
    memcpy(&events, wanted, n * sizeof(void (*)(void)));
    note("open_async", method, req, arg);
}

#define VERB_1(name)                                                                               \
    void tern_stub_##name(void *handle) { note(#name, NULL, handle, NULL); }
VERB_1(stream_free)
VERB_1(close_send)
VERB_1(stream_wake)
VERB_1(wake)

#define VERB_2(name)                                                                               \
    void tern_stub_##name(void *handle, const void *msg) { note(#name, NULL, handle, msg); }
VERB_2(reply)
VERB_2(out_push)

#define VERB_CODE(name)                                                                            \
    void tern_stub_##name(void *handle, tern_code code)                                            \
    {                                                                                              \
        note(#name, NULL, handle, NULL);                                                           \
        last.code = code;                                                                          \
    }
VERB_CODE(fail)
VERB_CODE(out_finish)

#define VERB_SEND(name)                                                                            \
    tern_code tern_stub_##name(void *handle, const void *msg)                                      \
    {                                                                                              \
        note(#name, NULL, handle, msg);                                                            \
        return TERN_DATA_LOSS;                                                                     \
    }
VERB_SEND(send)
VERB_SEND(out_send)

#define VERB_NEXT(name)                                                                            \
    const void *tern_stub_##name(void *handle)                                                     \
    {                                                                                              \
        note(#name, NULL, handle, NULL);                                                           \
        return &reply;                                                                             \
    }
VERB_NEXT(next)
VERB_NEXT(in_next)

tern_status tern_stub_status(void *handle)
{
    note("status", NULL, handle, NULL);
    return (tern_status){ .code = TERN_NOT_FOUND };
}

tern_status tern_stub_finish(void *handle, void *ret_reply)
{
    return tern_stub_unary(NULL, NULL, handle, NULL, ret_reply);
}

void tern_stub_register_sized(tern_server *srv, const tern_service *service, const void *handlers,
                              const tern_service_opts *opts, uint64_t sizes)
{
    assert_int_equal(tern_size_at(sizes, 0), sizeof(tern_service_opts));
    assert_int_equal(tern_size_at(sizes, 1), sizeof(tern_method_limit));
    note("register", service->methods, srv, opts);
    assert_int_equal(service->handlers_size, sizeof handlers_copy);
    memcpy(handlers_copy, handlers, service->handlers_size);
}

static void check(const char *function, const void *a, const void *b)
{
    assert_string_equal(last.function, function);
    assert_ptr_equal(last.a, a);
    assert_ptr_equal(last.b, b);
}

// ---- the client ----------------------------------------------------------

static void on_done(tern_status st, const route_note *got, void *arg)
{
    assert_int_equal(st.code, TERN_ABORTED);
    assert_ptr_equal(got, &reply);
    *(bool *)arg = true;
}

static void test_unary_adds_its_method(void **state)
{
    const route_point *req = ROUTE_POINT(.latitude = 1);
    tern_call_opts     opts = { .timeout_ms = 5 };
    route_note        *got = NULL;
    tern_status        st = route_guide_get_feature(NULL, req, &opts, &got);
    bool               is_done = false;

    (void)state;
    check("unary", req, &opts);
    assert_string_equal(last.method->path, "/route.Guide/GetFeature");
    assert_ptr_equal(last.method->request, &route_point_descriptor);
    assert_ptr_equal(last.method->reply, &route_note_descriptor);
    assert_int_equal(st.code, TERN_ABORTED);
    assert_string_equal(st.msg, "a");
    assert_ptr_equal(got, &reply);

    got = NULL;
    assert_ptr_equal(route_guide_get_feature_begin(NULL, req, &opts, &got), &stream);
    check("begin", req, &opts);
    assert_ptr_equal(got, &reply);

    route_guide_get_feature_async((tern_channel *)&reply, req, &opts, on_done, &is_done);
    check("unary_async", req, &opts);
    assert_true(is_done);
}

static void test_streams_open_with_their_method(void **state)
{
    const route_point *req = ROUTE_POINT();

    (void)state;
    {
        TERN_AUTO(route_guide_list_features_stream) *s = route_guide_list_features(NULL, req, NULL);
        assert_ptr_equal(s, &stream);
        check("open", req, NULL);
        assert_int_equal(last.method->kind, TERN_SERVER_STREAM);
    }
    check("stream_free", &stream, NULL);
    assert_ptr_equal(route_guide_record_route(NULL, NULL), &stream);
    check("open", NULL, NULL);
    assert_string_equal(last.method->name, "RecordRoute");
    assert_ptr_equal(route_guide_chat(NULL, NULL), &stream);
    assert_int_equal(last.method->kind, TERN_BIDI_STREAM);
}

static void test_verbs_of_a_stream_reach_the_runtime(void **state)
{
    route_guide_chat_stream         *c = route_guide_chat(NULL, NULL);
    route_guide_record_route_stream *r = route_guide_record_route(NULL, NULL);
    const route_note                *msg = ROUTE_NOTE(.text = "t");
    route_summary                   *summary;

    (void)state;
    assert_int_equal(route_guide_chat_send(c, msg), TERN_DATA_LOSS);
    check("send", c, msg);
    assert_ptr_equal(route_guide_chat_next(c), &reply);
    check("next", c, NULL);
    route_guide_chat_close_send(c);
    check("close_send", c, NULL);
    route_guide_chat_wake(c);
    check("stream_wake", c, NULL);
    assert_int_equal(route_guide_chat_status(c).code, TERN_NOT_FOUND);
    assert_int_equal(route_guide_record_route_finish(r, &summary).code, TERN_ABORTED);
    assert_ptr_equal(summary, &reply);
}

static void on_point(route_guide_chat_stream *s, const route_point *msg, void *arg)
{
    note("on_point", NULL, s, msg);
    last.method = arg;
}
static void on_room(route_guide_chat_stream *s, void *arg) { note("on_room", NULL, s, arg); }
static void on_end(tern_status st, void *arg)
{
    note("on_end", NULL, arg, NULL);
    last.code = st.code;
}

// The struct of events as the runtime knows it.
struct bidi_events {
    void (*message)(void *stream, const void *msg, void *arg);
    void (*writable)(void *stream, void *arg);
    void (*end)(tern_status st, void *arg);
};

static void test_events_are_laid_out_as_the_runtime_reads_them(void **state)
{
    struct bidi_events read;
    char               arg;

    (void)state;
    route_guide_chat_async(
        NULL, NULL,
        &(route_guide_chat_events){ .message = on_point, .writable = on_room, .end = on_end },
        &arg);
    check("open_async", NULL, &arg);
    memcpy(&read, &events, sizeof read);

    read.message(&stream, &reply, NULL);
    check("on_point", &stream, &reply);
    read.writable(&stream, &arg);
    check("on_room", &stream, &arg);
    read.end((tern_status){ .code = TERN_CANCELLED }, &arg);
    check("on_end", &arg, NULL);
    assert_int_equal(last.code, TERN_CANCELLED);
}

// ---- the server ----------------------------------------------------------

static tern_code get_feature(tern_ctx *c, const route_point *req, route_note *ret)
{
    note("get_feature", NULL, req, ret);
    assert_ptr_equal(c, ctx);
    return TERN_OUT_OF_RANGE;
}

static void list_ready(route_guide_list_features_out *out)
{
    assert_ptr_equal(out->ctx, ctx);
    assert_string_equal(out->state, "state");
    assert_int_equal(out->req->longitude, 7);
    route_guide_list_features_push(out, ROUTE_NOTE());
    assert_string_equal(last.function, "out_push");
    route_guide_list_features_finish(out, TERN_OK);
}

static void chat_message(route_guide_chat_io *io, const route_note *msg)
{
    note(msg->text, NULL, io->ctx, io->state);
}

static tern_code chat(tern_ctx *c, route_guide_chat_io *io)
{
    (void)c;
    assert_ptr_equal(route_guide_chat_io_next(io), &reply);
    return route_guide_chat_io_send(io, ROUTE_POINT());
}

// As the runtime has them: memory of its own, which handlers see under their own types.
static tern_stub_handle *new_handle(void *memory, const void *req)
{
    tern_stub_handle *handle = test_malloc(sizeof *handle);

    handle->ctx = ctx;
    handle->state = memory;
    handle->req = req;
    return handle;
}

static const tern_method *registered(const char *name)
{
    const tern_method *m = route_guide_methods;

    while (strcmp(m->name, name) != 0)
        m++;
    return m;
}

static void read_slot(size_t offset, void *ret_slot, size_t size)
{
    memcpy(ret_slot, handlers_copy + offset, size);
}

static void test_handlers_are_found_where_the_table_says(void **state)
{
    tern_code (*unary)(tern_ctx *, const void *, void *);
    tern_code (*bidi)(tern_ctx *, void *);
    tern_stub_out_slot out;
    tern_stub_io_slot  io;
    tern_service_opts  opts = { .user_data = &reply };
    char               memory[] = "state";
    tern_stub_handle  *handle = new_handle(memory, ROUTE_POINT(.longitude = 7));

    (void)state;
    route_guide_register((tern_server *)&stream,
                         &(route_guide_handlers){
                             .get_feature = get_feature,
                             .list_features_async = { .ready = list_ready, .state_size = 40 },
                             .chat = chat,
                             .chat_async = { .message = chat_message },
                         },
                         &opts);
    check("register", &stream, &opts);

    read_slot(registered("GetFeature")->slot, &unary, sizeof unary);
    assert_int_equal(unary(ctx, &stream, &reply), TERN_OUT_OF_RANGE);
    check("get_feature", &stream, &reply);

    read_slot(registered("ListFeatures")->async_slot, &out, sizeof out);
    assert_int_equal(out.state_size, 40);
    assert_null(out.end);
    out.ready(handle);
    check("out_finish", handle, NULL);

    read_slot(registered("Chat")->slot, &bidi, sizeof bidi);
    assert_int_equal(bidi(ctx, handle), TERN_DATA_LOSS);
    assert_string_equal(last.function, "out_send");
    read_slot(registered("Chat")->async_slot, &io, sizeof io);
    io.message(handle, ROUTE_NOTE(.text = "a note"));
    check("a note", ctx, memory);
    test_free(handle);
}

static void test_an_empty_slot_is_null(void **state)
{
    tern_stub_in_slot in;
    void (*unary)(void *, const void *);

    (void)state;
    route_guide_register(NULL, &(route_guide_handlers){ .get_feature = get_feature }, NULL);
    read_slot(registered("RecordRoute")->async_slot, &in, sizeof in);
    assert_true(!in.message && !in.finished && !in.end && in.state_size == 0);
    read_slot(registered("GetFeature")->async_slot, &unary, sizeof unary);
    assert_null(unary);
}

static void test_replies_and_failures_reach_the_runtime(void **state)
{
    tern_stub_handle             *handle = new_handle(NULL, NULL);
    route_guide_get_feature_call *call = (route_guide_get_feature_call *)handle;
    route_guide_record_route_in  *in = (route_guide_record_route_in *)handle;
    const route_note             *answer = ROUTE_NOTE();

    (void)state;
    assert_ptr_equal(call->ctx, ctx);
    route_guide_get_feature_reply(call, answer);
    check("reply", call, answer);
    route_guide_record_route_fail(in, TERN_ABORTED);
    check("fail", in, NULL);
    assert_int_equal(last.code, TERN_ABORTED);
    route_guide_chat_io_wake((route_guide_chat_io *)handle);
    check("wake", handle, NULL);
    test_free(handle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unary_adds_its_method),
        cmocka_unit_test(test_streams_open_with_their_method),
        cmocka_unit_test(test_verbs_of_a_stream_reach_the_runtime),
        cmocka_unit_test(test_events_are_laid_out_as_the_runtime_reads_them),
        cmocka_unit_test(test_handlers_are_found_where_the_table_says),
        cmocka_unit_test(test_an_empty_slot_is_null),
        cmocka_unit_test(test_replies_and_failures_reach_the_runtime),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
